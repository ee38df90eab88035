"""Cookies without quotes: the portal sets none that needs them, and to read a quoted one costs its length squared.

Python's `http.cookies` takes a quoted value apart in this way up to 3.11.10 and 3.12.5 (CVE-2024-7592), whatever the
cookie is called; a value without quotes is left as it is (RFC 6265, 4.1.1).
"""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send


def reading_plain_cookies(app: ASGIApp) -> ASGIApp:
    """`app`, which sees the cookies without their quotes."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            scope["headers"] = [
                (name, value.replace(b'"', b"") if name.lower() == b"cookie" else value)
                for name, value in scope["headers"]
            ]
        await app(scope, receive, send)

    return answer
