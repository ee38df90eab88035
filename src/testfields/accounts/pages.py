"""Logging in and out, and what is one's own: account, password, tokens, the company's people."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from litestar import Request, Response, get, post
from litestar.response import Template

from testfields.accounts import address_pages, addresses, admin_pages, organisation_pages, service, tokens
from testfields.accounts.access import allowed, scopes_for
from testfields.accounts.authority import May
from testfields.accounts.entries import NewToken, OwnAccount
from testfields.accounts.guards import Only
from testfields.accounts.identity import (
    Caller,
    Visitor,
    address_of,
    browser_cookie,
    browser_secret,
    session_cookie,
    session_secret,
)
from testfields.accounts.rules import SCOPE_WORDS, Actor, Scope
from testfields.accounts.views import in_a_row, options, roles_line, too_many, when
from testfields.accounts.ways import home_of
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, TooMany, fault
from testfields.web import locale
from testfields.web.forms import Posted, faults_of, posted
from testfields.web.pages import language_cookie, page, redirect
from testfields.web.parameters import PathId

TOKEN_DAYS = (30, 90, 180, 365)
USUAL_TOKEN_DAYS = 90
TOKEN_LABELS = {"name": N_("Name"), "scopes": N_("What it may do")}


def local_path(text: str) -> str:
    """`text` where it is an address of this portal's own pages, else nothing.

    Browsers take ``//host`` and ``/\\host`` for another host, also around tabs and line ends, which they drop.
    """
    plain = unquote(text)
    inside = text.startswith("/") and text.isascii() and plain.isprintable() and " " not in text
    return text if inside and "\\" not in plain and not plain.startswith("//") else ""


@get("/login", include_in_schema=False, guards=[Only(May.COME_AND_GO)])
async def login_page(request: Request[Any, Any, Any], visitor: Visitor) -> Template | Response[Any]:
    """The login form; whoever is logged in goes straight on."""
    where = local_path(request.query_params.get("next", ""))
    if visitor is not None:
        return redirect(where or home_of(visitor))
    return page(request, "accounts/login.html", email="", next=where, wait=0, **faults_of(None))


@post("/login", include_in_schema=False, guards=[Only(May.COME_AND_GO)])
async def log_in(request: Request[Any, Any, Any]) -> Template | Response[Any]:
    """Log in, with a new session whatever the browser sent before; the form again where that fails."""
    form = await posted(request)
    email, where = form.text("email"), local_path(form.text("next"))
    try:
        session = await service.log_in(
            email, form.text("password"), address_of(request), now(), browser_secret(request)
        )
    except InvalidInput as error:
        return page(request, "accounts/login.html", status=422, email=email, next=where, wait=0, **faults_of(error))
    except TooMany as error:
        return too_many(request, "accounts/login.html", error, email=email, next=where)
    return await enter(request, session, where or home_of(await service.actor_by_session(session.secret, now())))


async def enter(
    request: Request[Any, Any, Any], session: service.NewSession, where: str, text: str = ""
) -> Response[Any]:
    """Send a browser on with a new session in place of the one that it came with."""
    before = session_secret(request)
    if before:
        await service.close_session(before)
    answer = redirect(where, "info", text)
    answer.set_cookie(session_cookie(request, session.secret))
    answer.set_cookie(browser_cookie(request, session.browser))
    return answer


@post("/logout", include_in_schema=False, guards=[Only(May.COME_AND_GO)])
async def log_out(request: Request[Any, Any, Any]) -> Response[Any]:
    """End the session, here and in the database."""
    secret = session_secret(request)
    if secret:
        await service.close_session(secret)
    answer = redirect("/", "success", N_("You are logged out."))
    answer.set_cookie(session_cookie(request, ""))
    return answer


@get("/my/account", include_in_schema=False, guards=[Only(May.SEE_ACCOUNT)])
async def account_page(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """Who one is here, and what one can do about it."""
    return await account(request, actor)


async def account(
    request: Request[Any, Any, Any],
    actor: Actor,
    error: InvalidInput | None = None,
    unconfirmed: tuple[int | None, str] | None = None,
    typed: str | None = None,
) -> Template:
    """One's account; `typed` is the name that was refused, `unconfirmed` the organisation that one did not leave, and
    what has to be confirmed first."""
    asked = await addresses.asked(actor, now())
    return page(
        request,
        "accounts/account.html",
        status=409 if unconfirmed else 422 if error else 200,
        unconfirmed=unconfirmed,
        new_email=asked.email if asked else "",
        usable_until=when(asked.expires_at) if asked else "",
        own_name=actor.name if typed is None else typed,
        roles=roles_line(actor.memberships),
        organisations={one.organisation_id: locale.named(one, "name") for one in actor.memberships},
        manages=allowed(actor, May.SEE_MEMBERS),
        **faults_of(error, {"name": N_("Name")}),
    )


@post("/my/account", include_in_schema=False, guards=[Only(May.CHANGE_ACCOUNT)])
async def change_account(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """Change one's name and the language of mails and pages, which takes the place of what this browser was set to."""
    form = await posted(request)
    chosen, name = form.text("locale"), form.text("name") if "name" in form else None
    if chosen not in locale.LOCALES:
        error = InvalidInput([fault("locale", N_("Please choose one of these."))])
        return await account(request, actor, error, typed=name)
    try:
        await service.change_account(actor, OwnAccount("en" if chosen == "en" else "ja", name))
    except InvalidInput as error:
        return await account(request, actor, error, typed=name)
    answer = redirect("/my/account", "success", N_("Your name and language are saved."))
    answer.set_cookie(language_cookie(request, chosen))
    return answer


@get("/my/password", include_in_schema=False, guards=[Only(May.GUARD_ACCOUNT)])
async def password_page(request: Request[Any, Any, Any]) -> Template:
    """The form for a new password."""
    return page(request, "accounts/password.html", wait=0, **faults_of(None))


@post("/my/password", include_in_schema=False, guards=[Only(May.GUARD_ACCOUNT)])
async def change_password(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """Change one's password; one's other browsers are logged out."""
    form = await posted(request)
    end_tokens = bool(form.text("end_tokens"))
    try:
        session = await service.change_password(
            actor, form.text("current"), form.text("new"), address_of(request), now(), end_tokens
        )
    except InvalidInput as error:
        return page(request, "accounts/password.html", status=422, wait=0, end_tokens=end_tokens, **faults_of(error))
    except TooMany as error:
        return too_many(request, "accounts/password.html", error, end_tokens=end_tokens)
    changed = N_("Your password is changed. Your other browsers are logged out.")
    ended = N_("Your password is changed. Your other browsers are logged out, and your API tokens are ended.")
    # Whoever was made to choose one goes where they begin.
    where = home_of(actor) if actor.initial_password else "/my/account"
    return await enter(request, session, where, ended if end_tokens else changed)


@get("/my/tokens", include_in_schema=False, guards=[Only(May.SEE_ACCOUNT)])
async def tokens_page(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """One's tokens, and a form for another one."""
    return await _tokens(request, actor)


@post("/my/tokens", include_in_schema=False, guards=[Only(May.GUARD_ACCOUNT)])
async def create_token(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """Make a token; its secret stands on the page that answers, and nowhere else."""
    form = await posted(request)
    days = form.whole("days")
    chosen = [scope for scope in Scope if scope in form.chosen("scopes")]
    life = timedelta(days=days if days in TOKEN_DAYS else USUAL_TOKEN_DAYS)
    try:
        issued = await tokens.create(actor, NewToken(form.text("name"), chosen, now() + life), now())
    except InvalidInput as error:
        return await _tokens(request, actor, form, error)
    return await _tokens(request, actor, issued=issued)


async def _tokens(
    request: Request[Any, Any, Any],
    actor: Actor,
    form: Posted | None = None,
    error: InvalidInput | None = None,
    issued: tokens.IssuedToken | None = None,
) -> Template:
    rows = [
        {
            "id": one.id,
            "name": one.name,
            "scopes": in_a_row(locale.translate(SCOPE_WORDS[Scope(scope)]) for scope in one.scopes),
            "created": when(one.created_at),
            "expires": when(one.expires_at),
        }
        for one in await tokens.in_force(actor, now())
    ]
    return page(
        request,
        "accounts/tokens.html",
        status=422 if error else 200,
        tokens=rows,
        issued=issued,
        form=form or Posted({"days": [str(USUAL_TOKEN_DAYS)], "scopes": [Scope.READ]}),
        scopes=options(SCOPE_WORDS, [scope for scope in Scope if scope in scopes_for(actor)]),
        days=[{"value": day, "label": locale.translate(N_("%(days)s days"), None, days=day)} for day in TOKEN_DAYS],
        **faults_of(error, TOKEN_LABELS),
    )


@post("/my/tokens/{token_id:int}/revoke", include_in_schema=False, guards=[Only(May.GUARD_ACCOUNT)])
async def revoke_token(actor: Caller, token_id: PathId) -> Response[Any]:
    """Revoke one of one's tokens."""
    await tokens.revoke(actor, token_id, now())
    return redirect("/my/tokens", "success", N_("The token is revoked. It opens nothing from now on."))


pages = [
    login_page,
    log_in,
    log_out,
    account_page,
    change_account,
    password_page,
    change_password,
    tokens_page,
    create_token,
    revoke_token,
    *address_pages.pages,
    *admin_pages.pages,
    *organisation_pages.pages,
]
