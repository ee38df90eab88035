"""Asking whoever is logged in for their agreement to a new version, once, before the next page that they open."""

import re
from typing import Any

from litestar import Request
from litestar.enums import MediaType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from testfields.consent import service
from testfields.core.clock import now
from testfields.core.errors import ConsentMissing

# What can be read and done without having agreed.
OPEN = re.compile(r"/(consent|terms|privacy|my/password|login|logout|forgot|demo|enter/[^/]+)")


class Asking(ASGIMiddleware):
    """Inside whatever finds out who calls.

    A form that is being sent is let through, so that nothing typed is lost: the page after it is asked for. Programs
    with a token read no page; they go on, and their people are asked when they log in.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Raises ConsentMissing."""
        request: Request[Any, Any, Any] = Request(scope, receive)
        actor = getattr(request.state, "actor", None)
        if actor is not None and _opens_a_page(request) and await service.is_to_agree(actor.person_id, now()):
            raise ConsentMissing
        await next_app(scope, receive, send)


def _opens_a_page(request: Request[Any, Any, Any]) -> bool:
    return (
        request.method == "GET"
        and MediaType.HTML in request.headers.get("accept", "")
        and "hx-request" not in request.headers
        and not request.url.path.startswith("/api/")
        and not OPEN.fullmatch(request.url.path)
    )
