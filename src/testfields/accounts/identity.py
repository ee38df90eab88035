"""Finding out who calls: a Bearer token, or the cookie of a browser that is logged in."""

import hmac
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from testfields.accounts import service
from testfields.accounts.rules import SESSION_LIFE, Actor
from testfields.core.clock import now
from testfields.core.errors import N_, InitialPassword, NotAllowed, NotLoggedIn
from testfields.web import locale
from testfields.web.masking import unmasked
from testfields.web.problems import KEPT, RENEWED

SESSION_COOKIE = "session"
# Outlives the session, so that a page left open through its end can still be sent after the next login.
BROWSER_COOKIE = "browser"
BROWSER_LIFE = timedelta(days=30)
BROWSER_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
# Browsers take a cookie of this prefix over https alone and from this very host, so that no neighbour under the same
# domain can log somebody in as somebody else (RFC 6265bis, 4.1.3.2).
SECURE_PREFIX = "__Host-"
API = "/api/"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "_csrf"
# What no page repeats.
PASSWORD_FIELDS = frozenset({"password", "current", "new"})
FORMS = frozenset({RequestEncodingType.URL_ENCODED, RequestEncodingType.MULTI_PART})
# Answers that are the same for everybody cost no look at the session.
NEEDS_NOBODY = re.compile(r"/(static|healthz|readyz)(/|$)")
# All that is open to somebody in a browser who has not chosen a password of their own yet.
WAYS_IN_AND_OUT = re.compile(r"/(my/password|login|logout|demo|forgot|enter/[^/]+)")
EARLIER_LOGIN = N_("You have logged in again since this page was opened. Nothing was changed yet.")
OTHER_SITE = N_("This request came from another site, or from a page that is out of date. Please load the page again.")


class Identity(ASGIMiddleware):
    """Puts the actor, or None, into the request's state, and the caller's language into effect."""

    should_bypass_for_scope = staticmethod(lambda scope: bool(NEEDS_NOBODY.match(scope["path"])))

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Raises NotLoggedIn for a token that is not valid, NotAllowed for a forged form, InitialPassword."""
        request: Request[Any, Any, Any] = Request(scope, receive)
        locale.use(locale.choose(request))
        request.state.actor = actor = await _actor(request)
        # A program says what it reads with each request; a browser says what its maker chose.
        if actor is not None and actor.in_browser:
            request.state[locale.OWN_LANGUAGE] = actor.locale
            locale.use(locale.choose(request))
            if actor.initial_password and not WAYS_IN_AND_OUT.fullmatch(scope["path"]):
                raise InitialPassword
        await next_app(scope, receive, send)


async def _actor(request: Request[Any, Any, Any]) -> Actor | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    # Pages know no tokens: there people may do all their roles allow.
    if kind.lower() == "bearer" and request.scope["path"].startswith(API):
        actor = await service.actor_by_token(token.strip(), now())
        if actor is None:
            raise NotLoggedIn(N_("This API token is not known, has expired or was revoked."))
        return actor
    _refuse_other_sites(request)
    cookie = session_secret(request)
    actor = await service.actor_by_session(cookie, now()) if cookie else None
    if actor is not None and request.method not in SAFE_METHODS:
        await _refuse_forged(request, actor)
    return actor


def _refuse_other_sites(request: Request[Any, Any, Any]) -> None:
    """Browsers say where a request was made: this also covers the login form, before any session.

    By Fetch Metadata, and by Origin in browsers that do not know it; a program that sends neither has no cookies of
    somebody else's to misuse.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        foreign = site not in {"same-origin", "none"}
    else:
        foreign = origin is not None and urlsplit(origin).netloc not in _own_hosts(request)
    if foreign:
        raise NotAllowed(OTHER_SITE)


def _own_hosts(request: Request[Any, Any, Any]) -> set[str]:
    return {request.headers.get("host", ""), urlsplit(request.app.state.settings.base_url).netloc}


async def _refuse_forged(request: Request[Any, Any, Any], actor: Actor) -> None:
    sent = request.headers.get(CSRF_HEADER)
    if sent is None and request.content_type[0] in FORMS:
        sent = (await request.form()).get(CSRF_FIELD)
    sent = unmasked(sent) if isinstance(sent, str) else ""
    if _same(sent, actor.csrf_token):
        return
    if _same(_mark(sent), _mark(actor.csrf_token)):
        # Their own page, of an earlier login.
        request.state.actor = actor
        request.state[RENEWED] = actor.csrf_token
        request.state[KEPT] = await kept_form(request)
        raise NotAllowed(EARLIER_LOGIN)
    raise NotAllowed(OTHER_SITE)


def _same(sent: str, known: str) -> bool:
    return bool(known) and hmac.compare_digest(sent.encode(errors="surrogatepass"), known.encode())


def _mark(token: str) -> str:
    """What is the same in all sessions of one person in one browser; see `service.form_token`."""
    return token.rpartition(".")[2] if "." in token else ""


def session_secret(request: Request[Any, Any, Any]) -> str | None:
    """What the browser sent as its session, if anything."""
    return request.cookies.get(_cookie_name(request, SESSION_COOKIE))


def browser_secret(request: Request[Any, Any, Any]) -> str:
    """What the browser kept from an earlier login; empty where there is none, or none that the portal made."""
    kept = request.cookies.get(_cookie_name(request, BROWSER_COOKIE), "")
    return kept if BROWSER_SECRET.fullmatch(kept) else ""


def browser_cookie(request: Request[Any, Any, Any], secret: str) -> Cookie:
    """The cookie by which forms outlive a session."""
    return _cookie(request, BROWSER_COOKIE, secret, BROWSER_LIFE)


def session_cookie(request: Request[Any, Any, Any], secret: str) -> Cookie:
    """The cookie that keeps a browser logged in; an empty secret takes it away."""
    return _cookie(request, SESSION_COOKIE, secret, SESSION_LIFE if secret else timedelta())


def _cookie(request: Request[Any, Any, Any], name: str, secret: str, life: timedelta) -> Cookie:
    return Cookie(
        key=_cookie_name(request, name),
        value=secret,
        max_age=int(life.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=_is_secure(request),
    )


def _cookie_name(request: Request[Any, Any, Any], name: str) -> str:
    return f"{SECURE_PREFIX}{name}" if _is_secure(request) else name


def _is_secure(request: Request[Any, Any, Any]) -> bool:
    return bool(request.app.state.settings.secure_cookies)


def address_of(request: Request[Any, Any, Any]) -> str:
    """The network address that asks."""
    return request.client.host if request.client else ""


async def provide_visitor(request: Request[Any, Any, Any]) -> Actor | None:
    """Whoever asks, known or not."""
    actor: Actor | None = request.state.actor
    return actor


async def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """Whoever asks; the guard of a handler that asks for an actor has let nobody else in."""
    actor: Actor = request.state.actor
    return actor


async def kept_form(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    """What was written in the form that came, to be sent again; not of one with files, which no page can send again."""
    if request.content_type[0] != RequestEncodingType.URL_ENCODED:
        return []
    form = await request.form()
    return [(name, text) for name, text in form.multi_items() if isinstance(text, str) and name not in PASSWORD_FIELDS]


# What handlers ask for: `actor: Caller` where somebody must be logged in, `visitor: Visitor` where anybody may come.
Caller = NamedDependency[Actor]
Visitor = NamedDependency[Actor | None]
