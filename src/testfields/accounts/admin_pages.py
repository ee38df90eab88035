"""What administrators do about organisations and people."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Template

from testfields.accounts import directory
from testfields.accounts.authority import May
from testfields.accounts.entries import NewOrganisation, NewPerson, NewRole, folded_email
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import (
    OSAKAS_SYSTEM,
    PLANE_RECTANGULAR_SYSTEMS,
    Actor,
    MemberRole,
    OrganisationKind,
)
from testfields.accounts.views import older, options, people_lines, when
from testfields.accounts.words import KIND_WORDS, ROLE_WORDS
from testfields.core.clock import now
from testfields.core.corporate_number import folded_number
from testfields.core.errors import N_, InvalidInput, fault
from testfields.web import locale
from testfields.web.forms import Posted, faults_of, posted
from testfields.web.pages import page, redirect
from testfields.web.parameters import LARGEST_ID, Before, Limit, PathId

LISTED = 50
ORGANISATION_LABELS = {
    "kind": N_("Kind"),
    "name_ja": N_("Name in Japanese"),
    "name_en": N_("Name in English"),
    "slug": N_("Short name in addresses"),
    "corporate_number": N_("Corporate number"),
    "contact_email": N_("E-mail address for contact"),
    "metric_crs": N_("Plane rectangular system"),
}
PERSON_LABELS = {
    "name": N_("Name"),
    "email": N_("E-mail address"),
    "organisation_id": N_("Organisation"),
    "roles": N_("Roles"),
}
# Faults of a person's roles, told at the fields in which the form asks for them.
PERSON_FIELDS = {"organisation_id": "organisation_id", "role": "roles", "memberships": "roles"}


@get("/admin", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def admin_page(request: Request[Any, Any, Any]) -> Template:
    """Where administrators begin."""
    return page(request, "accounts/admin.html")


@get("/admin/organisations", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def organisations_page(
    request: Request[Any, Any, Any], before: Before = LARGEST_ID, limit: Limit = LISTED
) -> Template:
    """Organisations, newest first, and a form for another one."""
    return await _organisations(request, before, limit)


@post("/admin/organisations", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def create_organisation(request: Request[Any, Any, Any]) -> Template | Response[Any]:
    """Add an organisation; with faults, the form again."""
    form = await posted(request)
    try:
        await directory.add_organisation(_organisation(form))
    except InvalidInput as error:
        return await _organisations(request, form=form, error=error)
    return redirect("/admin/organisations", "success", N_("“%(name)s” is added."), name=form.text("name_ja").strip())


def _organisation(form: Posted) -> NewOrganisation:
    number = folded_number(form.text("corporate_number"))
    if form.text("kind") not in list(OrganisationKind):
        raise InvalidInput([fault("kind", N_("Please choose one of these."))])
    return NewOrganisation(
        kind=OrganisationKind(form.text("kind")),
        slug=form.text("slug").strip(),
        name_ja=form.text("name_ja").strip(),
        name_en=form.text("name_en").strip(),
        contact_email=folded_email(form.text("contact_email")),
        corporate_number=number or None,
        metric_crs=form.whole("metric_crs") or 0,
        asks_verified=not form.ticked("at_once"),
    )


async def _organisations(
    request: Request[Any, Any, Any],
    before: int = LARGEST_ID,
    limit: int = LISTED,
    form: Posted | None = None,
    error: InvalidInput | None = None,
) -> Template:
    rows = await directory.organisations(before, limit)
    listed = [
        {
            "name": locale.named(one, "name"),
            "kind": locale.translate(KIND_WORDS[OrganisationKind(one.kind)]),
            "slug": one.slug,
            "number": one.corporate_number or "",
            "email": one.contact_email,
            "system": PLANE_RECTANGULAR_SYSTEMS.get(one.metric_crs, "") if one.kind == OrganisationKind.OWNER else "",
            "created": when(one.created_at),
        }
        for one in rows
    ]
    return page(
        request,
        "accounts/organisations.html",
        status=422 if error else 200,
        organisations=listed,
        older=older("/admin/organisations", rows, limit),
        form=form or Posted({"kind": [OrganisationKind.COMPANY], "metric_crs": [str(OSAKAS_SYSTEM)]}),
        kinds=options(KIND_WORDS, list(OrganisationKind)),
        systems=[
            {
                "value": code,
                "label": locale.translate(N_("System %(number)s (EPSG:%(code)s)"), number=number, code=code),
            }
            for code, number in PLANE_RECTANGULAR_SYSTEMS.items()
        ],
        **faults_of(error, ORGANISATION_LABELS),
    )


@get("/admin/people", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def people_page(
    request: Request[Any, Any, Any], actor: Caller, before: Before = LARGEST_ID, limit: Limit = LISTED
) -> Template:
    """People, newest first, and a form for another one."""
    return await people(request, actor, before, limit)


@post("/admin/people", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def add_person(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """Add a person; the password stands on the page that answers, and nowhere else."""
    form = await posted(request)
    organisation_id = form.whole("organisation_id") or 0
    roles = [NewRole(organisation_id, role) for role in MemberRole if role in form.chosen("roles")]
    new = NewPerson(
        email=folded_email(form.text("email")),
        name=form.text("name").strip(),
        memberships=roles,
        locale="en" if form.text("locale") == "en" else "ja",
    )
    try:
        added = await directory.add_person(new)
    except InvalidInput as error:
        return await people(request, actor, form=form, error=error)
    return await people(request, actor, made=added)


@post("/admin/people/{person_id:int}/password", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def reset_password(request: Request[Any, Any, Any], actor: Caller, person_id: PathId) -> Template:
    """A new password for somebody who has lost theirs; it stands on the page that answers, and nowhere else."""
    return await people(request, actor, made=await directory.reset_password(person_id))


@post("/admin/people/{person_id:int}/activate", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def activate(actor: Caller, person_id: PathId) -> Response[Any]:
    """Let a person in again."""
    await directory.activate(actor, person_id, now())
    return redirect("/admin/people", "success", N_("The person may log in again."))


async def people(
    request: Request[Any, Any, Any],
    actor: Actor,
    before: int = LARGEST_ID,
    limit: int = LISTED,
    form: Posted | None = None,
    error: InvalidInput | None = None,
    made: directory.InitialPassword | None = None,
) -> Template:
    """People, newest first, with the form for another one as it was typed."""
    rows = await directory.people(actor, before, limit)
    choices = [
        {
            "value": one.id,
            "label": f"{locale.named(one, 'name')} ({locale.translate(KIND_WORDS[OrganisationKind(one.kind)])})",
        }
        for one in await directory.choices()
    ]
    return page(
        request,
        "accounts/people.html",
        status=422 if error else 200,
        people=people_lines(rows),
        older=older("/admin/people", rows, limit),
        form=form or Posted({"locale": ["ja"]}),
        organisations=choices,
        roles=options(ROLE_WORDS, list(MemberRole)),
        made=made,
        **faults_of(error, PERSON_LABELS, PERSON_FIELDS),
    )


pages = [
    admin_page,
    organisations_page,
    create_organisation,
    people_page,
    add_person,
    reset_password,
    activate,
]
