"""What administrators do about organisations: find them, add one, say what is said of it, let its people in again."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Template

from testfields.accounts import directory, organising
from testfields.accounts.authority import May
from testfields.accounts.entries import ChangedOrganisation, NewOrganisation, folded_email
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.organising import OrganisationRow
from testfields.accounts.rules import OSAKAS_SYSTEM, PLANE_RECTANGULAR_SYSTEMS, OrganisationKind
from testfields.accounts.views import older, options, when
from testfields.accounts.words import KIND_WORDS
from testfields.core.clock import now
from testfields.core.corporate_number import folded_number
from testfields.core.errors import N_, InvalidInput, Stale, fault
from testfields.web import locale
from testfields.web.forms import Posted, faults_of, posted
from testfields.web.pages import page, redirect
from testfields.web.parameters import LARGEST_ID, Before, Limit, PathId, Words

LISTED = 50
LABELS = {
    "kind": N_("Kind"),
    "name_ja": N_("Name in Japanese"),
    "name_en": N_("Name in English"),
    "kana": N_("Name in kana"),
    "slug": N_("Short name in addresses"),
    "corporate_number": N_("Corporate number"),
    "address": N_("Postal address"),
    "contact_email": N_("E-mail address for contact"),
    "metric_crs": N_("Plane rectangular system"),
}


@get("/admin/organisations", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def organisations_page(
    request: Request[Any, Any, Any], text: Words = None, before: Before = LARGEST_ID, limit: Limit = LISTED
) -> Template:
    """Organisations, newest first, by words of their names, and a form for another one."""
    return await _organisations(request, before, limit, text or "")


@post("/admin/organisations", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def create_organisation(request: Request[Any, Any, Any]) -> Template | Response[Any]:
    """Add an organisation; with faults, the form again."""
    form = await posted(request)
    try:
        await directory.add_organisation(_new(form))
    except InvalidInput as error:
        return await _organisations(request, form=form, error=error)
    return redirect("/admin/organisations", "success", N_("“%(name)s” is added."), name=form.text("name_ja").strip())


def _new(form: Posted) -> NewOrganisation:
    if form.text("kind") not in list(OrganisationKind):
        raise InvalidInput([fault("kind", N_("Please choose one of these."))])
    return NewOrganisation(
        kind=OrganisationKind(form.text("kind")),
        slug=form.text("slug").strip(),
        name_ja=form.text("name_ja").strip(),
        name_en=form.text("name_en").strip(),
        contact_email=folded_email(form.text("contact_email")),
        corporate_number=folded_number(form.text("corporate_number")) or None,
        metric_crs=form.whole("metric_crs") or 0,
        asks_verified=not form.ticked("at_once"),
    )


async def _organisations(
    request: Request[Any, Any, Any],
    before: int = LARGEST_ID,
    limit: int = LISTED,
    text: str = "",
    form: Posted | None = None,
    error: InvalidInput | None = None,
) -> Template:
    rows = await organising.organisations(before, limit, text)
    return page(
        request,
        "accounts/organisations.html",
        status=422 if error else 200,
        organisations=[_line(one) for one in rows],
        text=text,
        older=older("/admin/organisations", rows, limit, text),
        form=form or Posted({"kind": [OrganisationKind.COMPANY], "metric_crs": [str(OSAKAS_SYSTEM)]}),
        kinds=options(KIND_WORDS, list(OrganisationKind)),
        systems=_systems(),
        **faults_of(error, LABELS),
    )


def _systems() -> list[dict[str, Any]]:
    return [
        {"value": code, "label": locale.translate(N_("System %(number)s (EPSG:%(code)s)"), number=number, code=code)}
        for code, number in PLANE_RECTANGULAR_SYSTEMS.items()
    ]


def _line(one: OrganisationRow) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": locale.named(one, "name"),
        "kind": locale.translate(KIND_WORDS[OrganisationKind(one.kind)]),
        "slug": one.slug,
        "number": one.corporate_number or "",
        "email": one.contact_email,
        "system": PLANE_RECTANGULAR_SYSTEMS.get(one.metric_crs, "") if one.kind == OrganisationKind.OWNER else "",
        "active": one.active,
        "created": when(one.created_at),
    }


@get("/admin/organisations/{organisation_id:int}", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def organisation_page(request: Request[Any, Any, Any], organisation_id: PathId) -> Template:
    """One organisation: what is said of it, in a form."""
    return await _organisation(request, organisation_id)


@post("/admin/organisations/{organisation_id:int}", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def change_organisation(
    request: Request[Any, Any, Any], actor: Caller, organisation_id: PathId
) -> Template | Response[Any]:
    """Say anew what is said of an organisation; with faults, or where somebody was quicker, the form again."""
    form = await posted(request)
    new = ChangedOrganisation(
        name_ja=form.text("name_ja"),
        name_en=form.text("name_en"),
        kana=form.text("kana"),
        corporate_number=folded_number(form.text("corporate_number")) or None,
        address=form.text("address"),
        contact_email=folded_email(form.text("contact_email")),
        metric_crs=form.whole("metric_crs") or 0,
        asks_verified=form.ticked("asks_verified"),
    )
    try:
        await organising.change(actor, organisation_id, form.whole("version") or 0, new, now())
    except InvalidInput as error:
        return await _organisation(request, organisation_id, form, error)
    except Stale:
        return await _organisation(request, organisation_id, form, stale=True)
    return redirect(f"/admin/organisations/{organisation_id}", "success", N_("The organisation is saved."))


async def _organisation(
    request: Request[Any, Any, Any],
    organisation_id: int,
    form: Posted | None = None,
    error: InvalidInput | None = None,
    stale: bool = False,
) -> Template:
    one = await organising.organisation(organisation_id)
    said = {name: [getattr(one, name) or ""] for name in LABELS if hasattr(one, name)}
    said |= {"asks_verified": ["true" if one.asks_verified else ""], "version": [str(one.version)]}
    if stale and form:
        # What was typed stays; saving again is then a choice made in sight of the newer version.
        form = Posted({**form.values, "version": said["version"]})
    return page(
        request,
        "accounts/organisation.html",
        status=422 if error else 409 if stale else 200,
        stale=stale,
        one=_line(one),
        is_owner=one.kind == OrganisationKind.OWNER,
        systems=_systems(),
        is_operator=one.kind == OrganisationKind.OPERATOR,
        form=form or Posted(said),
        **faults_of(error, LABELS),
    )


@post("/admin/organisations/{organisation_id:int}/activate", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def activate_organisation(actor: Caller, organisation_id: PathId) -> Response[Any]:
    """Let an organisation's people work here again."""
    await organising.set_active(actor, organisation_id, True, now())
    message = N_("The organisation is active again; its people may log in and act for it.")
    return redirect(f"/admin/organisations/{organisation_id}", "success", message)


pages = [organisations_page, create_organisation, organisation_page, change_organisation, activate_organisation]
