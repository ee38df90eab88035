"""Answers packed as the caller can read them: brotli, else gzip (RFC 9110, 12.5.3).

Text alone is packed; pictures and fonts are already. A tag (`ETag`) stays what it is: it names the version of a
thing, and no packed answer is sent in parts. The one secret of a page, its form's token, is masked (`web.masking`).
"""

import asyncio
import gzip
from collections.abc import Mapping
from typing import Literal

import brotli
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

Encoding = Literal["br", "gzip"]
# What is shorter fits into a packet or two as it is.
SHORTEST = 860
# What is longer is packed beside the loop, which answers others meanwhile.
LONG = 200_000
TEXTS = ("text/", "application/json", "image/svg+xml")
# Quick for what is made anew for each answer, thorough for files that are packed once.
BROTLI_QUICK, BROTLI_THOROUGH = 4, 11
GZIP_QUICK, GZIP_THOROUGH = 5, 9


def encoding_for(accepted: str) -> Encoding | None:
    """The better of the two that an ``Accept-Encoding`` lets through; None for an answer as it is."""
    wanted = dict(_weighed(part) for part in accepted.lower().split(","))
    for one in ("br", "gzip"):
        if wanted.get(one, wanted.get("*", False)):
            return "br" if one == "br" else "gzip"
    return None


def _weighed(part: str) -> tuple[str, bool]:
    name, _, weight = part.partition(";")
    return name.strip(), weight.strip().replace(" ", "").rstrip("0").rstrip(".") != "q="


def is_text(media_type: str) -> bool:
    """Whether packing makes it smaller."""
    return media_type.startswith(TEXTS) or media_type.partition(";")[0].endswith("+json")


def packed(body: bytes, encoding: Encoding, thorough: bool = False) -> bytes:
    """`body` in an encoding."""
    if encoding == "br":
        return bytes(brotli.compress(body, quality=BROTLI_THOROUGH if thorough else BROTLI_QUICK))
    return gzip.compress(body, GZIP_THOROUGH if thorough else GZIP_QUICK, mtime=0)


def packing(app: ASGIApp) -> ASGIApp:
    """`app`, whose texts are packed for those who can unpack them."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        headers: Mapping[bytes, bytes] = dict(scope["headers"])
        encoding = encoding_for(headers.get(b"accept-encoding", b"").decode("latin-1"))
        await app(scope, receive, _Packed(encoding, send))

    return answer


class _Packed:
    """Sends an answer on, packed where it is one text in one piece."""

    def __init__(self, encoding: Encoding | None, send: Send) -> None:
        self.encoding = encoding
        self.send = send
        self.start: HTTPResponseStartEvent | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
            return
        start, self.start = self.start, None
        if start is not None:
            if message["type"] == "http.response.body" and not message["more_body"]:
                message["body"] = await self._pack(start, message["body"])
            await self.send(start)
        await self.send(message)

    async def _pack(self, start: HTTPResponseStartEvent, body: bytes) -> bytes:
        headers = MutableScopeHeaders.from_message(start)
        if len(body) < SHORTEST or "content-encoding" in headers or not is_text(headers.get("content-type", "")):
            return body
        headers["Vary"] = ", ".join(filter(None, [headers.get("vary", ""), "Accept-Encoding"]))
        if self.encoding is None or start["status"] == 206:
            return body
        encoding = self.encoding
        short = await asyncio.to_thread(packed, body, encoding) if len(body) > LONG else packed(body, encoding)
        headers["Content-Encoding"] = encoding
        headers["Content-Length"] = str(len(short))
        return short
