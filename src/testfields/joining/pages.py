"""A new password by mail: asking for it, and the page that the link opens."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from testfields.accounts import service as accounts
from testfields.accounts import ways_in
from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import browser_secret
from testfields.accounts.pages import address_of, enter, too_many
from testfields.accounts.ways import home_of
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, NotFound, TooMany
from testfields.joining import service
from testfields.web import locale
from testfields.web.forms import faults_of, posted
from testfields.web.pages import page, redirect

# A link's address is told to no other page, also of the portal's own.
UNTOLD = {"Referrer-Policy": "no-referrer"}
SENT = N_(
    "If somebody has an account with this address, we have sent a mail with a link to it. The link can be used for an"
    " hour."
)


@get("/forgot", include_in_schema=False, guards=[Only(May.COME_AND_GO)])
async def forgot_page(request: Request[Any, Any, Any]) -> Template:
    """The form that asks for a link by mail."""
    return page(request, "joining/forgot.html", email="", wait=0, **faults_of(None))


@post("/forgot", include_in_schema=False, guards=[Only(May.COME_AND_GO)])
async def forgot(request: Request[Any, Any, Any]) -> Template | Response[Any]:
    """Have the link sent; the answer is the same whether or not anybody has the address."""
    email = (await posted(request)).text("email")
    try:
        await service.ask_for_password(email, locale.current(), address_of(request), now())
    except InvalidInput as error:
        return page(request, "joining/forgot.html", status=422, email=email, wait=0, **faults_of(error))
    except TooMany as error:
        return too_many(request, "joining/forgot.html", error, email=email)
    return redirect("/login", "info", SENT)


@get("/enter/{secret:str}", include_in_schema=False, guards=[Only(May.COME_AND_GO)])
async def enter_page(request: Request[Any, Any, Any], secret: FromPath[str]) -> Template:
    """What a link opens. Looking changes nothing: mail scanners open links before people do."""
    try:
        way = await ways_in.find(secret, now())
    except NotFound:
        return _over(request)
    return _form(request, way)


@post("/enter/{secret:str}", include_in_schema=False, guards=[Only(May.COME_AND_GO)])
async def use_link(request: Request[Any, Any, Any], secret: FromPath[str]) -> Template | Response[Any]:
    """Use a link, once."""
    form = await posted(request)
    at, tokens = now(), form.ticked("end_tokens")
    try:
        way = await ways_in.find(secret, at)
        session = await service.choose_password(secret, form.text("new"), at, browser_secret(request), tokens)
    except NotFound:
        return _over(request)
    except InvalidInput as error:
        return _form(request, way, error, tokens)
    where = home_of(await accounts.actor_by_session(session.secret, at))
    return await enter(request, session, where, N_("Your password is changed. Your other browsers are logged out."))


def _form(
    request: Request[Any, Any, Any], way: ways_in.WayIn, error: InvalidInput | None = None, end_tokens: bool = False
) -> Template:
    status = 422 if error else 200
    return page(
        request,
        "joining/password.html",
        status=status,
        headers=UNTOLD,
        email=way.email,
        end_tokens=end_tokens,
        **faults_of(error),
    )


def _over(request: Request[Any, Any, Any]) -> Template:
    return page(request, "joining/over.html", status=404, headers=UNTOLD)


pages = (forgot_page, forgot, enter_page, use_link)
