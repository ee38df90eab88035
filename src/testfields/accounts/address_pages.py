"""Changing one's e-mail address."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Template

from testfields.accounts import addresses
from testfields.accounts.authority import May
from testfields.accounts.entries import NewEmail
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller, address_of
from testfields.accounts.views import too_many
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, TooMany
from testfields.web.forms import faults_of, posted
from testfields.web.pages import page, redirect

LABELS = {"email": N_("New e-mail address"), "password": N_("Present password")}
SENT = N_("We have sent a mail to the new address. Nothing changes until you open the link in it, within a day.")


@get("/my/email", include_in_schema=False, guards=[Only(May.GUARD_ACCOUNT)])
async def email_page(request: Request[Any, Any, Any]) -> Template:
    """The form for another address."""
    return page(request, "accounts/email.html", email="", wait=0, **faults_of(None))


@post("/my/email", include_in_schema=False, guards=[Only(May.GUARD_ACCOUNT)])
async def ask(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """Have a link sent to the new address; the answer is the same whether or not anybody has it."""
    form = await posted(request)
    email = form.text("email")
    try:
        await addresses.ask(actor, NewEmail(email, form.text("password")), address_of(request), now())
    except InvalidInput as error:
        return page(request, "accounts/email.html", status=422, email=email, wait=0, **faults_of(error, LABELS))
    except TooMany as error:
        return too_many(request, "accounts/email.html", error, email=email)
    return redirect("/my/account", "info", SENT)


@post("/my/email/again", include_in_schema=False, guards=[Only(May.GUARD_ACCOUNT)])
async def send_again(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """Send the link again."""
    try:
        await addresses.send_again(actor, address_of(request), now())
    except TooMany as error:
        return too_many(request, "accounts/email.html", error, email="")
    return redirect("/my/account", "info", SENT)


@post("/my/email/cancel", include_in_schema=False, guards=[Only(May.GUARD_ACCOUNT)])
async def cancel(actor: Caller) -> Response[Any]:
    """Keep the address that one has."""
    await addresses.cancel(actor, now())
    return redirect(
        "/my/account", "success", N_("Your e-mail address stays as it is. The link opens nothing any more.")
    )


pages = (email_page, ask, send_again, cancel)
