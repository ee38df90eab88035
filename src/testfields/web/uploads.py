"""Files that came with a form, whether or not anybody asked for them, are let go of with the request."""

from litestar.datastructures import UploadFile
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Empty, Receive, Scope, Send
from litestar.utils.scope.state import ScopeState


class NoFileLeftOpen(ASGIMiddleware):
    """Closes the files of a form that has been read; Litestar leaves them to whoever handles the request."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answer, then close."""
        try:
            await next_app(scope, receive, send)
        finally:
            form = ScopeState.from_scope(scope).form
            values = form.values() if form is not Empty else ()
            for one in [each for value in values for each in (value if isinstance(value, list) else [value])]:
                if isinstance(one, UploadFile):
                    await one.close()
