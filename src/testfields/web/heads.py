"""HEAD for every address that answers GET: the same answer without its body (RFC 9110, 9.3.2)."""

from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

HEAD_ALONE = "head_alone"


def head_alone(request: Request[Any, Any, Any]) -> bool:
    """Whether nobody reads the body, which is worth knowing where it is long."""
    return HEAD_ALONE in request.scope["state"]


def answering_heads(app: ASGIApp) -> ASGIApp:
    """`app`, which sees a GET where a HEAD was sent."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.WEBSOCKET or scope["method"] != "HEAD":
            await app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        scope["method"] = "GET"
        scope["state"] = {**scope.get("state", {}), HEAD_ALONE: True}
        await app(scope, receive, send_head)

    return answer


def with_head(allow: str) -> str:
    """The methods of an ``Allow`` header, HEAD among them where GET is."""
    methods = dict.fromkeys(allow.split(", "))
    return ", ".join([*methods, *(["HEAD"] if "GET" in methods and "HEAD" not in methods else [])])
