"""Finding out who calls: a Bearer token, or the cookie of a browser that is logged in."""

import hmac
from typing import Any

from litestar import Request
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from testfields.accounts import service
from testfields.accounts.rules import Actor, require_login
from testfields.core.clock import now
from testfields.core.errors import N_, NotAllowed, NotLoggedIn
from testfields.web import locale

SESSION_COOKIE = "session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "_csrf"
OTHER_SITE = N_("This request came from another site, or from a page that is out of date. Please load the page again.")


class Identity(ASGIMiddleware):
    """Puts the actor, or None, into the request's state, and the caller's language into effect."""

    exclude_path_pattern = r"^/(static|healthz|readyz|metrics)(/|$)"

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Raises NotLoggedIn for a token that is not valid, NotAllowed for a forged form."""
        request: Request[Any, Any, Any] = Request(scope, receive)
        locale.use(locale.choose(request))
        request.state.actor = await _actor(request)
        await next_app(scope, receive, send)


async def _actor(request: Request[Any, Any, Any]) -> Actor | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        actor = await service.actor_by_token(token.strip(), now())
        if actor is None:
            raise NotLoggedIn(N_("This API token is not known, has expired or was revoked."))
        return actor
    _refuse_other_sites(request)
    cookie = request.cookies.get(SESSION_COOKIE)
    actor = await service.actor_by_session(cookie, now()) if cookie else None
    if actor is not None and request.method not in SAFE_METHODS:
        await _refuse_forged(request, actor)
    return actor


def _refuse_other_sites(request: Request[Any, Any, Any]) -> None:
    """Browsers say where a request was made (Fetch Metadata); this also covers the login form, before any session."""
    if request.method not in SAFE_METHODS and request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        raise NotAllowed(OTHER_SITE)


async def _refuse_forged(request: Request[Any, Any, Any], actor: Actor) -> None:
    sent = request.headers.get(CSRF_HEADER)
    if sent is None and request.content_type[0] in {
        RequestEncodingType.URL_ENCODED,
        RequestEncodingType.MULTI_PART,
    }:
        sent = (await request.form()).get(CSRF_FIELD)
    if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), actor.csrf_token.encode()):
        raise NotAllowed(OTHER_SITE)


async def provide_visitor(request: Request[Any, Any, Any]) -> Actor | None:
    """Whoever asks, known or not."""
    actor: Actor | None = request.state.actor
    return actor


async def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """Whoever asks; raises NotLoggedIn where nobody is known."""
    return require_login(request.state.actor)


# What handlers ask for: `actor: Caller` where somebody must be logged in, `visitor: Visitor` where anybody may come.
Caller = NamedDependency[Actor]
Visitor = NamedDependency[Actor | None]
