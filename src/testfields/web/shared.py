"""Answers that are the same for everybody: shared caches may keep them for a moment, browsers ask whether they changed.

A handler with ``opt=SHARED`` says so of its answers to callers who are not logged in. They are told apart by
language (RFC 9111, 4.1: `Vary`), and by login: whoever is known gets an answer of their own that no cache keeps.
"""

import hashlib
from typing import Any

from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

SHARED = {"answer_is_shared": True}
# So long a cache before the portal answers in its place, in s; a browser asks each time.
SHARED_SECONDS = 15
VARY = "Accept-Language, Authorization, Cookie"


class SharedAnswers(ASGIMiddleware):
    """Inside whatever finds out who calls."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Mark what may be shared, and answer 304 where the caller has it already (RFC 9110, 13.1.2)."""
        if (
            scope["type"] != ScopeType.HTTP
            or scope["method"] != "GET"
            or not SHARED.items() <= scope["route_handler"].opt.items()
        ):
            await next_app(scope, receive, send)
            return
        request: Request[Any, Any, Any] = Request(scope)
        await next_app(scope, receive, _Marked(request, send))


class _Marked:
    """Sends an answer on with its tag and its lifetime; it comes in two messages, as all but files do."""

    def __init__(self, request: Request[Any, Any, Any], send: Send) -> None:
        self.known = request.headers.get("if-none-match", "")
        self.anonymous = getattr(request.state, "actor", None) is None
        self.send = send
        self.start: HTTPResponseStartEvent | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
            return
        start, self.start = self.start, None
        if start is not None and message["type"] == "http.response.body":
            message = self._mark(start, message)
            await self.send(start)
        await self.send(message)

    def _mark(self, start: HTTPResponseStartEvent, body: Any) -> Any:
        headers = MutableScopeHeaders.from_message(start)
        headers["Vary"] = VARY
        # What sets a cookie, such as a switch of the language or a message shown once, is for one browser.
        if not self.anonymous or start["status"] != 200 or body["more_body"] or "set-cookie" in headers:
            headers.setdefault("Cache-Control", "private, no-cache")
            return body
        # What has a version of its own is known by that.
        tag = headers.setdefault("ETag", f'"{hashlib.sha256(body["body"]).hexdigest()[:32]}"')
        headers["Cache-Control"] = f"public, max-age=0, s-maxage={SHARED_SECONDS}"
        if not {tag, "*"} & {one.strip().removeprefix("W/") for one in self.known.split(",")}:
            return body
        start["status"] = 304
        for name in ("content-length", "content-type"):
            if name in headers:
                del headers[name]
        return {**body, "body": b""}
