"""The pages that a link by mail opens, and asking for one with which to choose a new password."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from testfields.accounts import addresses, ways_in
from testfields.accounts import service as accounts
from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Visitor, address_of, browser_secret
from testfields.accounts.pages import enter
from testfields.accounts.rules import Actor, Purpose
from testfields.accounts.views import in_a_row, too_many
from testfields.accounts.ways import home_of
from testfields.accounts.ways_in import WayIn
from testfields.accounts.words import ROLE_WORDS
from testfields.consent import forms
from testfields.consent import service as consent
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, Message, NotFound, TooMany, WrongState
from testfields.joining import entering, inviting, registering, service
from testfields.web import locale
from testfields.web.forms import Posted, faults_of, posted
from testfields.web.pages import page, redirect

# A link's address is told to no other page, also of the portal's own.
UNTOLD = {"Referrer-Policy": "no-referrer"}
SENT = N_(
    "If somebody has an account with this address, we have sent a mail with a link to it. The link can be used for an"
    " hour."
)
EMAIL_CHANGED = N_("Your e-mail address is changed. The address before is told so by mail.")
EMAIL_TAKEN_BACK = N_("Your account has this e-mail address again. All other logins and all API tokens are ended.")
JOINED = N_("You have joined. What you may do is in the menu above.")
NO_NUMBER = N_("None: a sole trader, or a body from abroad")
LABELS = {
    "corporate_number": N_("Corporate number"),
    "name": N_("Name"),
    "new": N_("Password"),
    "email": N_("Password"),
}


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
async def enter_page(request: Request[Any, Any, Any], visitor: Visitor, secret: FromPath[str]) -> Template:
    """What a link opens. Looking changes nothing: mail scanners open links before people do."""
    try:
        way = await ways_in.find(secret, now())
        return await _form(request, way, visitor)
    except NotFound:
        return _over(request)


@post("/enter/{secret:str}", include_in_schema=False, guards=[Only(May.COME_AND_GO)])
async def use_link(
    request: Request[Any, Any, Any], visitor: Visitor, secret: FromPath[str]
) -> Template | Response[Any]:
    """Use a link, once."""
    form, at = await posted(request), now()
    try:
        way = await ways_in.find(secret, at)
        return await USES[way.purpose](request, visitor, way, secret, form)
    except NotFound:
        return _over(request)
    except WrongState as error:
        return _over(request, error)


async def _choose_password(
    request: Request[Any, Any, Any], visitor: Actor | None, way: WayIn, secret: str, form: Posted
) -> Template | Response[Any]:
    at, tokens = now(), form.ticked("end_tokens")
    try:
        session = await service.choose_password(secret, form.text("new"), at, browser_secret(request), tokens)
    except InvalidInput as error:
        return await _form(request, way, visitor, form, error)
    where = home_of(await accounts.actor_by_session(session.secret, at))
    return await enter(request, session, where, N_("Your password is changed. Your other browsers are logged out."))


async def _join(
    request: Request[Any, Any, Any], visitor: Actor | None, way: WayIn, secret: str, form: Posted
) -> Template | Response[Any]:
    """As whoever is logged in, as somebody known who proves it by the password, or as somebody new."""
    at, browser, agreed = now(), browser_secret(request), forms.agreed(form)
    try:
        if visitor is not None and visitor.email == way.email:
            await entering.as_known(visitor, secret, agreed, at)
            return redirect(home_of(await accounts.actor_by_email(way.email)), "success", JOINED)
        if await accounts.person_by_email(way.email) is None:
            session = await entering.as_new(secret, form.text("name"), form.text("new"), agreed, at, browser)
        else:
            password, address = form.text("password"), address_of(request)
            session = await entering.with_password(secret, password, address, agreed, at, browser)
    except InvalidInput as error:
        return await _form(request, way, visitor, form, error)
    except TooMany as error:
        return too_many(request, "joining/invited.html", error, **await _offer(way, visitor, Posted()))
    where = home_of(await accounts.actor_by_session(session.secret, at))
    return await enter(request, session, where, JOINED)


async def _confirm_email(
    request: Request[Any, Any, Any], visitor: Actor | None, way: WayIn, secret: str, form: Posted
) -> Template | Response[Any]:
    """As whoever is logged in, or as whoever gives the password of the account."""
    if visitor is not None and visitor.person_id == way.person_id:
        await addresses.confirm(visitor, secret, now())
        return redirect("/my/account", "success", EMAIL_CHANGED)
    try:
        password, browser = form.text("password"), browser_secret(request)
        session = await addresses.confirm_with_password(secret, password, address_of(request), now(), browser)
    except InvalidInput as error:
        return await _form(request, way, visitor, form, error)
    except TooMany as error:
        return too_many(request, "joining/email.html", error, email=way.email, is_here=False)
    return await enter(request, session, "/my/account", EMAIL_CHANGED)


async def _take_email_back(
    request: Request[Any, Any, Any], visitor: Actor | None, way: WayIn, secret: str, form: Posted
) -> Template | Response[Any]:
    try:
        session = await addresses.take_back(secret, form.text("new"), now(), browser_secret(request))
    except InvalidInput as error:
        return await _form(request, way, visitor, form, error)
    return await enter(request, session, "/my/account", EMAIL_TAKEN_BACK)


USES = {
    Purpose.RESET: _choose_password,
    Purpose.NEW_EMAIL: _confirm_email,
    Purpose.OLD_EMAIL: _take_email_back,
    **dict.fromkeys(entering.ROLES, _join),
}


async def _form(
    request: Request[Any, Any, Any],
    way: WayIn,
    visitor: Actor | None,
    form: Posted | None = None,
    error: InvalidInput | None = None,
) -> Template:
    typed = form or Posted()
    shown: dict[str, Any] = {"email": way.email, "wait": 0}
    if way.purpose is Purpose.RESET:
        name, shown = "joining/password.html", {**shown, "end_tokens": typed.ticked("end_tokens")}
    elif way.purpose is Purpose.NEW_EMAIL:
        is_here = visitor is not None and visitor.person_id == way.person_id
        name, shown = "joining/email.html", {**shown, "is_here": is_here}
    elif way.purpose is Purpose.OLD_EMAIL:
        name = "joining/old_email.html"
    else:
        name, shown = "joining/invited.html", {**shown, **await _offer(way, visitor, typed)}
    return page(request, name, status=422 if error else 200, headers=UNTOLD, **shown, **faults_of(error, LABELS))


async def _offer(way: WayIn, visitor: Actor | None, form: Posted) -> dict[str, Any]:
    person_id = await accounts.person_by_email(way.email)
    return {
        **await _told_of(way),
        "asked": forms.asked(await consent.asked_of(person_id, now())),
        "email": way.email,
        "is_here": visitor is not None and visitor.email == way.email,
        "other": visitor.name if visitor is not None and visitor.email != way.email else "",
        "known": person_id is not None,
        "typed": form.text("name"),
    }


async def _told_of(way: WayIn) -> dict[str, Any]:
    """What a link offers, in words: a heading, facts, and what its button says."""
    if way.purpose is Purpose.REGISTER:
        said = await registering.said_by(way)
        return {
            "heading": locale.translate(N_("Registration of your company")),
            "told": [
                (locale.translate(N_("Name")), f"{said.name_ja} / {said.name_en}"),
                (locale.translate(N_("Corporate number")), said.corporate_number or locale.translate(NO_NUMBER)),
                (locale.translate(N_("Postal address")), said.address),
            ],
            "does": locale.translate(N_("Confirm the registration")),
        }
    offered = await inviting.offered(way)
    return {
        "heading": locale.translate(
            locale.translate(N_("Invitation to %(organisation)s")), organisation=locale.named(offered, "name")
        ),
        "told": [
            (locale.translate(N_("Invited by")), offered.invited_by),
            (locale.translate(N_("Roles")), in_a_row(locale.translate(ROLE_WORDS[role]) for role in offered.roles)),
        ],
        "does": locale.translate(N_("Accept the invitation")),
    }


def _over(request: Request[Any, Any, Any], error: WrongState | None = None) -> Template:
    said = locale.said(error.message if error else Message(ways_in.OVER))
    return page(request, "joining/over.html", status=409 if error else 404, headers=UNTOLD, said=said)


pages = (forgot_page, forgot, enter_page, use_link)
