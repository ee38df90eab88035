"""What administrators do about people."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Template

from testfields.accounts import directory
from testfields.accounts.authority import May
from testfields.accounts.entries import NewPerson, NewRole, folded_email
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import ROLES, Actor, MemberRole, OrganisationKind
from testfields.accounts.views import older, options, people_lines
from testfields.accounts.words import KIND_WORDS, ROLE_WORDS
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput
from testfields.web import locale
from testfields.web.forms import Posted, faults_of, posted
from testfields.web.pages import page, redirect
from testfields.web.parameters import LARGEST_ID, Before, Limit, PathId, Words

LISTED = 50
PERSON_LABELS = {
    "name": N_("Name"),
    "email": N_("E-mail address"),
    "organisation_id": N_("Organisation"),
    "roles": N_("Roles"),
}
# Faults of a person's roles, told at the fields in which the form asks for them.
PERSON_FIELDS = {"organisation_id": "organisation_id", "role": "roles", "memberships": "roles"}


@get("/admin/people", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def people_page(
    request: Request[Any, Any, Any],
    actor: Caller,
    text: Words = None,
    before: Before = LARGEST_ID,
    limit: Limit = LISTED,
) -> Template:
    """People, newest first, by words of names and addresses, and a form for another one."""
    return await people(request, actor, before, limit, text or "")


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
    return await people(request, actor, made=await directory.reset_password(person_id, now()))


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
    text: str = "",
    form: Posted | None = None,
    error: InvalidInput | None = None,
    made: directory.InitialPassword | None = None,
) -> Template:
    """People, newest first, with the form for another one as it was typed."""
    rows = await directory.people(actor, before, limit, text)
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
        text=text,
        older=older("/admin/people", rows, limit, text),
        form=form or Posted({"locale": ["ja"]}),
        organisations=choices,
        roles=options(ROLE_WORDS, [role for role in MemberRole if ROLES[role].given]),
        made=made,
        **faults_of(error, PERSON_LABELS, PERSON_FIELDS),
    )


pages = [
    people_page,
    add_person,
    reset_password,
    activate,
]
