"""A POST sent twice under one ``Idempotency-Key`` is carried out once (draft-ietf-httpapi-idempotency-key-header).

The key, the work and the answer are stored in one transaction: either all are there or none. A second request under
the same key waits for the first, then gets its answer again. Refusals are not kept: what was taken yesterday may be
free today. Nor is an answer that holds a secret: a handler with ``opt={NEVER_KEPT: True}`` works anew each time.
"""

import hashlib
import json
from copy import copy
from datetime import datetime, timedelta
from typing import Any

import msgspec
from litestar import Request
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from testfields.core.errors import N_, InvalidInput, fault
from testfields.db.engine import DB, begun_anew
from testfields.web import queries

HEADER = "idempotency-key"
NEVER_KEPT = "answer_is_never_kept"
LONGEST_KEY = 255
KEPT_FOR = timedelta(days=2)
KEPT_HEADERS = frozenset({b"content-type", b"location", b"etag", b"content-language"})


class Idempotency(ASGIMiddleware):
    """Wraps the API, inside whatever finds out who calls; requests without the header pass by untouched."""

    exclude_opt_key = NEVER_KEPT

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answer from the store, or do the work and store its answer."""
        request: Request[Any, Any, Any] = Request(scope, receive)
        key = request.headers.get(HEADER)
        actor = getattr(request.state, "actor", None)
        if request.method != "POST" or key is None or actor is None:
            await next_app(scope, receive, send)
            return
        if not 0 < len(key) <= LONGEST_KEY:
            message = N_("An Idempotency-Key has 1 to %(most)s characters.")
            raise InvalidInput([fault("Idempotency-Key", message, most=LONGEST_KEY)])
        await _once(request, actor.person_id, key, next_app, send)


async def _once(request: Request[Any, Any, Any], person_id: int, key: str, app: ASGIApp, send: Send) -> None:
    body = await request.body()
    fingerprint = _fingerprint(request, body)

    async def attempt() -> _Recorder:
        answer = _Recorder()
        async with DB.transaction() as transaction:
            if not await queries.CLAIM_KEY.run(person_id=person_id, key=key, fingerprint=fingerprint):
                await _replay(person_id, key, fingerprint, answer)
                return answer
            await app(_scope_again(request.scope), _body_again(body), answer)
            if answer.status < 300:
                await queries.KEEP_ANSWER.run(
                    person_id=person_id, key=key, status=answer.status, headers=answer.kept_headers(), body=answer.body
                )
                return answer
            await transaction.rollback()
            # What asked to begin anew has been made an answer on its way here.
            if transaction.again is not None:
                raise transaction.again
        return answer

    answer = await begun_anew(attempt)
    await answer.pass_on(send)


def _fingerprint(request: Request[Any, Any, Any], body: bytes) -> bytes:
    """What makes two requests the same: where to, what, upon which version, and with which rights."""
    # Without scheme and host: the same portal may be reached by several names.
    address = f"{request.url.path}?{request.url.query}".encode()
    seen = request.headers.get("if-match", "")
    scopes = ",".join(sorted(request.state.actor.scopes))
    return hashlib.sha256(b"\0".join([address, seen.encode(), scopes.encode(), body])).digest()


async def _replay(person_id: int, key: str, fingerprint: bytes, send: Send) -> None:
    row = await queries.KEPT_ANSWER.row(person_id=person_id, key=key)
    if row is None or row["fingerprint"] != fingerprint:
        message = N_("This Idempotency-Key was used for another request. Please choose a new one.")
        raise InvalidInput([fault("Idempotency-Key", message)])
    headers = [(name.encode(), value.encode()) for name, value in json.loads(row["headers"])]
    headers.append((b"idempotency-replayed", b"true"))
    await send({"type": "http.response.start", "status": row["status"], "headers": headers})
    await send({"type": "http.response.body", "body": row["body"], "more_body": False})


async def forget_answers(now: datetime) -> int:
    """Delete answers that are older than a client may still ask for; how many went."""
    return await queries.FORGET_ANSWERS.run(before=now - KEPT_FOR)


def _scope_again(scope: Scope) -> Any:
    """The request for one attempt, of which the framework notes that it was answered; outside it is not yet."""
    return {**scope, "state": {name: copy(value) for name, value in scope["state"].items()}}


def _body_again(body: bytes) -> Receive:
    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


class _Recorder:
    """Takes an answer instead of the network, until it is known that it stands."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int:
        return next((one["status"] for one in self.messages if one["type"] == "http.response.start"), 500)

    @property
    def body(self) -> bytes:
        return b"".join(one.get("body", b"") for one in self.messages if one["type"] == "http.response.body")

    def kept_headers(self) -> str:
        start = next(one for one in self.messages if one["type"] == "http.response.start")
        kept = [(name.decode(), value.decode()) for name, value in start["headers"] if name.lower() in KEPT_HEADERS]
        return msgspec.json.encode(kept).decode()

    async def pass_on(self, send: Send) -> None:
        for message in self.messages:
            await send(message)
