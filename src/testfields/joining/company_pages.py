"""Registering a company, and the staff's page on which companies are verified."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller, address_of
from testfields.accounts.views import too_many
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, TooMany
from testfields.core.local_time import JAPANS_ZONE
from testfields.joining import registering
from testfields.joining.registering import NewCompany
from testfields.web import locale
from testfields.web.forms import Posted, faults_of, posted
from testfields.web.pages import page, redirect
from testfields.web.parameters import PathId
from testfields.web.words import instant

LABELS = {
    "name_ja": N_("Name in Japanese"),
    "name_en": N_("Name in English"),
    "kana": N_("Name in kana"),
    "corporate_number": N_("Corporate number"),
    "address": N_("Postal address"),
    "email": N_("E-mail address"),
    "wish": N_("What do you want to try?"),
}
SENT = N_("We have sent a mail with a link to this address. Please open it within a day to confirm the registration.")


@get("/register", include_in_schema=False, guards=[Only(May.COME_AND_GO)])
async def register_page(request: Request[Any, Any, Any]) -> Template:
    """The form in which a company says who it is."""
    return page(request, "joining/register.html", form=Posted(), wait=0, **faults_of(None))


@post("/register", include_in_schema=False, guards=[Only(May.COME_AND_GO)])
async def register(request: Request[Any, Any, Any]) -> Template | Response[Any]:
    """Have the link sent; the answer is the same whether or not anybody has the address."""
    form = await posted(request)
    new = NewCompany(**{name: form.text(name) for name in NewCompany.__struct_fields__})
    try:
        await registering.register(new, locale.current(), address_of(request), now())
    except InvalidInput as error:
        return page(request, "joining/register.html", status=422, form=form, wait=0, **faults_of(error, LABELS))
    except TooMany as error:
        return too_many(request, "joining/register.html", error, form=form)
    return redirect("/login", "info", SENT)


@get("/desk/companies", include_in_schema=False, guards=[Only(May.VERIFY)])
async def companies_page(request: Request[Any, Any, Any]) -> Template:
    """Companies that registered themselves and wait to be verified."""
    return await _companies(request)


@post("/desk/companies/{company_id:int}/verify", include_in_schema=False, guards=[Only(May.VERIFY)])
async def verify(actor: Caller, company_id: PathId) -> Response[Any]:
    """Verify a company."""
    await registering.verify(actor, company_id, now())
    return redirect("/desk/companies", "success", N_("The company is verified, and is told so by mail."))


@post("/desk/companies/{company_id:int}/refuse", include_in_schema=False, guards=[Only(May.VERIFY)])
async def do_not_verify(request: Request[Any, Any, Any], actor: Caller, company_id: PathId) -> Template | Response[Any]:
    """Tell a company why it could not be verified."""
    reason = (await posted(request)).text(f"reason_{company_id}")
    try:
        await registering.do_not_verify(actor, company_id, reason, now())
    except InvalidInput as error:
        return await _companies(request, company_id, reason, error)
    return redirect("/desk/companies", "success", N_("The company is told why by mail. It goes on waiting here."))


async def _companies(
    request: Request[Any, Any, Any], refused: int = 0, reason: str = "", error: InvalidInput | None = None
) -> Template:
    return page(
        request,
        "joining/companies.html",
        status=422 if error else 200,
        companies=[
            {"one": one, "name": locale.named(one, "name"), "since": instant(one.unverified_since, JAPANS_ZONE)}
            for one in await registering.unverified()
        ],
        refused=refused,
        reason=reason,
        **faults_of(error, {f"reason_{refused}": N_("Reason")}, {"reason": f"reason_{refused}"}),
    )


pages = (register_page, register, companies_page, verify, do_not_verify)
