"""The people of one's organisation: who they are there, whom one invites; and leaving it."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Template

from testfields.accounts import admin_pages, directory, organising, team
from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.entries import Language
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.last_ones import LastOne
from testfields.accounts.pages import account
from testfields.accounts.rules import GIVEN_ROLES, Actor, MemberRole, OrganisationKind
from testfields.accounts.views import in_a_row, older, options
from testfields.accounts.words import ROLE_WORDS
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.local_time import JAPANS_ZONE
from testfields.joining import deputising, inviting
from testfields.joining.deputy_pages import lines
from testfields.joining.inviting import NewInvitation
from testfields.web import locale
from testfields.web.forms import Posted, faults_of, posted
from testfields.web.pages import page, redirect
from testfields.web.parameters import LARGEST_ID, Before, Limit, PathId
from testfields.web.words import instant

LABELS = {"email": N_("E-mail address"), "roles": N_("Roles")}
SENT = N_("The invitation is on its way. It can be used for seven days.")


@get("/my/members", include_in_schema=False, guards=[Only(May.SEE_MEMBERS)])
async def members_page(
    request: Request[Any, Any, Any], actor: Caller, before: Before = LARGEST_ID, limit: Limit = 50
) -> Template:
    """The people of the organisations that one manages, and those who are invited."""
    return await _members(request, actor, before, limit)


@post("/my/members", include_in_schema=False, guards=[Only(May.SEE_MEMBERS)])
async def invite(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """Invite somebody; with faults, the form again."""
    form = await posted(request)
    try:
        await inviting.invite(actor, _invitation(form), now())
    except InvalidInput as error:
        return await _members(request, actor, form=form, error=error)
    return redirect("/my/members", "success", SENT)


@post("/my/members/invitations/{invitation_id:int}/again", include_in_schema=False, guards=[Only(May.SEE_MEMBERS)])
async def send_again(actor: Caller, invitation_id: PathId) -> Response[Any]:
    """Send an invitation again."""
    await inviting.send_again(actor, invitation_id, now())
    return redirect("/my/members", "success", SENT)


@post("/my/members/invitations/{invitation_id:int}/withdraw", include_in_schema=False, guards=[Only(May.SEE_MEMBERS)])
async def withdraw(actor: Caller, invitation_id: PathId) -> Response[Any]:
    """Withdraw an invitation."""
    await inviting.withdraw(actor, invitation_id, now())
    return redirect("/my/members", "success", N_("The invitation is withdrawn; its link opens nothing any more."))


@post("/my/members/{person_id:int}/roles", include_in_schema=False, guards=[Only(May.SEE_MEMBERS)])
async def set_roles(request: Request[Any, Any, Any], actor: Caller, person_id: PathId) -> Template | Response[Any]:
    """Say what somebody is in one's organisation; without roles they leave it."""
    form = await posted(request)
    roles = [] if form.text("what") == "end" else _roles(form)
    organisation_id = form.whole("organisation_id") or 0
    try:
        await team.set_roles(actor, person_id, organisation_id, roles, now(), form.ticked("even_last"))
    except InvalidInput as error:
        return await _members(request, actor, error=error)
    except LastOne as error:
        asked = {"person_id": person_id, "organisation_id": organisation_id, "roles": [role.value for role in roles]}
        return await _members(request, actor, unconfirmed=asked | {"text": locale.said(error.message)})
    return redirect("/my/members", "success", N_("The roles are saved."))


@post("/my/members/verified", include_in_schema=False, guards=[Only(May.ASK_VERIFIED)])
async def ask_verified(request: Request[Any, Any, Any], actor: Caller) -> Response[Any]:
    """Say whether companies have to be verified before they apply for an owner's land."""
    form = await posted(request)
    await organising.ask_verified(actor, form.whole("organisation_id") or 0, form.ticked("asks_verified"), now())
    return redirect("/my/members", "success", N_("This is saved, and counts from now on."))


@post("/admin/people/invite", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def invite_into_any(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """Invite somebody into any organisation, such as an owner's first people; with faults, the form again."""
    form = await posted(request)
    try:
        if not form.whole("organisation_id"):
            raise InvalidInput([fault("organisation_id", N_("Please choose one of these."))])
        await inviting.invite(actor, _invitation(form), now())
    except InvalidInput as error:
        return await admin_pages.people(request, actor, form=form, error=error)
    return redirect("/admin/people", "success", SENT)


@post("/my/account/leave", include_in_schema=False, guards=[Only(May.LEAVE)])
async def leave(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """Leave an organisation."""
    form = await posted(request)
    try:
        await team.leave(actor, form.whole("organisation_id") or 0, now(), form.ticked("even_last"))
    except InvalidInput as error:
        return await account(request, actor, error)
    except LastOne as error:
        return await account(request, actor, unconfirmed=(form.whole("organisation_id"), locale.said(error.message)))
    return redirect("/my/account", "success", N_("You have left the organisation."))


def _invitation(form: Posted) -> NewInvitation:
    language: Language = "en" if form.text("locale") == "en" else "ja"
    return NewInvitation(form.text("email"), form.whole("organisation_id") or 0, _roles(form), language)


def _roles(form: Posted) -> list[MemberRole]:
    return [role for role in MemberRole if role in form.chosen("roles")]


async def _members(
    request: Request[Any, Any, Any],
    actor: Actor,
    before: int = LARGEST_ID,
    limit: int = 50,
    form: Posted | None = None,
    error: InvalidInput | None = None,
    unconfirmed: Mapping[str, Any] | None = None,
) -> Template:
    far = reach(actor, May.SEE_MEMBERS)
    managed = {
        one.organisation_id: one for one in actor.memberships if one.organisation_id in far.companies + far.owners
    }
    rows = await directory.members(actor, before, limit)
    return page(
        request,
        "joining/members.html",
        status=409 if unconfirmed else 422 if error else 200,
        unconfirmed=unconfirmed,
        asking=[
            {"id": one.id, "name": locale.named(one, "name"), "asks": one.asks_verified}
            for one in await organising.asking(actor)
        ],
        deputies=lines(await deputising.deputies(actor, now()), actor),
        people=[_line(row, managed) for row in rows],
        older=older("/my/members", rows, limit),
        invited=[
            {
                "id": one.id,
                "email": one.email,
                "roles": in_a_row(locale.translate(ROLE_WORDS[role]) for role in one.roles),
                "organisation": locale.named(one, "name"),
                "until": instant(one.expires_at, JAPANS_ZONE),
            }
            for one in await inviting.invitations(actor, now())
            if one.organisation_id in managed
        ],
        organisations=[{"value": key, "label": locale.named(one, "name")} for key, one in managed.items()],
        roles=options(ROLE_WORDS, _roles_of({one.kind for one in managed.values()})),
        form=form or Posted({"locale": [locale.current()]}),
        inviting=form is not None,
        **faults_of(error, LABELS),
    )


def _roles_of(kinds: set[OrganisationKind]) -> list[MemberRole]:
    return [role for role in MemberRole if any(role in GIVEN_ROLES[kind] for kind in kinds)]


def _line(row: directory.PersonRow, managed: dict[int, Any]) -> dict[str, Any]:
    places = dict.fromkeys(one.organisation_id for one in row.memberships)
    return {
        "id": row.id,
        "name": row.name,
        "email": row.email,
        "active": row.active,
        "places": [
            {
                "id": place,
                "name": locale.named(managed[place], "name"),
                "roles": [
                    {
                        "value": role.value,
                        "label": locale.translate(ROLE_WORDS[role]),
                        "has": any(one.role is role and one.organisation_id == place for one in row.memberships),
                    }
                    for role in _roles_of({managed[place].kind})
                ],
            }
            for place in places
            if place in managed
        ],
    }


pages = (members_page, invite, send_again, withdraw, set_roles, ask_verified, invite_into_any, leave)
