"""A request is read to its end before it is answered, and its body taken as it is or not at all.

A client that still sends when the answer comes and the connection closes sees a reset in place of the answer: so a body
that is too large, or that nobody asked for, is read and thrown away first.
"""

import asyncio
from contextlib import suppress
from typing import Any

from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from testfields.core.errors import N_, UnsupportedMedia

# Whoever sends more, or slower, is no longer listened to: bytes and seconds.
LONGEST_LISTENING = 60_000_000
LISTENS_FOR_S = 10
AS_IT_IS = frozenset({b"", b"identity"})


def reading_to_the_end(app: ASGIApp) -> ASGIApp:
    """`app`, whose answers wait until the request has been read."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.WEBSOCKET or not _has_body(dict(scope["headers"])):
            await app(scope, receive, send)
            return
        body = _Body(receive, expected=b"expect" in dict(scope["headers"]))

        async def send_when_read(message: Message) -> None:
            if message["type"] == "http.response.start":
                await body.read_out()
            await send(message)

        await app(scope, body.receive, send_when_read)

    return answer


def _has_body(headers: dict[bytes, bytes]) -> bool:
    return headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers


class _Body:
    """What a client sends; who `expected` to be asked for it sends nothing before that (RFC 9110, 10.1.1)."""

    def __init__(self, receive: Receive, expected: bool) -> None:
        self._receive = receive
        self._ended = expected

    async def receive(self) -> Any:
        # Who sends too slowly is told so, and no longer waited for.
        self._ended = True
        message: Any = await self._receive()
        self._ended = message["type"] == "http.disconnect" or not message.get("more_body", False)
        return message

    async def read_out(self) -> None:
        if self._ended:
            return
        left = LONGEST_LISTENING
        with suppress(TimeoutError, HTTPException):
            async with asyncio.timeout(LISTENS_FOR_S):
                while not self._ended and left > 0:
                    message = await self.receive()
                    left -= len(message.get("body", b""))


class PlainBodies(ASGIMiddleware):
    """Refuses what is sent compressed: the portal unpacks nothing."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Raises UnsupportedMedia."""
        if dict(scope["headers"]).get(b"content-encoding", b"").strip().lower() not in AS_IT_IS:
            raise UnsupportedMedia(N_("Please send the body as it is, without “Content-Encoding”."))
        await next_app(scope, receive, send)
