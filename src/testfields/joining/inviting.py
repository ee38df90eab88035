"""Inviting people into an organisation by a single-use link, which `entering` uses.

What was offered holds only as long as who invited may still offer it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import asyncpg
import msgspec

from testfields.accounts import attempts, ways_in
from testfields.accounts import service as accounts
from testfields.accounts.access import allowed, reach
from testfields.accounts.attempts import email_subject
from testfields.accounts.authority import May
from testfields.accounts.entries import (
    LARGEST_ID,
    Language,
    NewRole,
    email_faults,
    folded_email,
)
from testfields.accounts.rules import GIVEN_ROLES, INVITATIONS_PER_PERSON, Actor, MemberRole, OrganisationKind, Purpose
from testfields.accounts.ways_in import OVER, Invitation, WayIn
from testfields.core.errors import N_, InvalidInput, NotFound, fault
from testfields.db.engine import transactional
from testfields.events import service as events
from testfields.events.rules import PERSON, Event, Subject
from testfields.joining import queries

MOST_LISTED = 200


class NewInvitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to invite, into which organisation, as what; the mail is written in `locale`."""

    email: str
    organisation_id: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ID)]
    roles: list[MemberRole]
    locale: Language = "ja"


@dataclass(frozen=True)
class Invited:
    """An invitation that has not been used yet."""

    id: int
    email: str
    locale: Language
    roles: tuple[MemberRole, ...]
    organisation_id: int
    created_at: datetime
    expires_at: datetime
    name_ja: str
    name_en: str
    kind: OrganisationKind
    invited_by: str


async def invite(actor: Actor, new: NewInvitation, now: datetime) -> int:
    """Have an invitation sent, in the place of one before to the same address; its number.

    Raises NotFound for an organisation that the actor does not manage, InvalidInput, TooMany.
    """
    if not allowed(actor, May.INVITE, new.organisation_id):
        raise NotFound(N_("There is no such organisation."))
    row = await queries.ORGANISATION.row(organisation_id=new.organisation_id)
    if row is None:
        raise NotFound(N_("There is no such organisation."))
    email = folded_email(new.email)
    faults = email_faults("email", email)
    if not new.roles:
        faults.append(fault("roles", N_("Please choose at least one role.")))
    elif not GIVEN_ROLES[OrganisationKind(row["kind"])].issuperset(new.roles):
        faults.append(fault("roles", N_("This organisation has no such role.")))
    if faults:
        raise InvalidInput(faults)
    await attempts.count({email_subject(str(actor.person_id), "invite"): INVITATIONS_PER_PERSON}, now)
    roles = tuple(sorted(set(new.roles)))
    return await _open(email, new.locale, Invitation(new.organisation_id, roles, actor.person_id), now)


@transactional
async def _open(email: str, locale: str, invitation: Invitation, now: datetime) -> int:
    return await ways_in.open_way(Purpose.INVITE, email, locale, "invite", now, invitation)


async def invitations(actor: Actor, now: datetime) -> list[Invited]:
    """Those into the organisations that the actor manages which may still be used, the newest first."""
    rows = await queries.OPEN.rows(now=now, limit=MOST_LISTED, **_managed(actor))
    return [_invited(row) for row in rows]


async def send_again(actor: Actor, invitation_id: int, now: datetime) -> int:
    """The same invitation once more, with another link; the one before ends. Raises NotFound, TooMany."""
    row = await queries.ONE.row(id=invitation_id)
    if row is None or not allowed(actor, May.INVITE, row["organisation_id"]):
        raise NotFound(N_("There is no such invitation."))
    one = _invited(row)
    return await invite(actor, NewInvitation(one.email, one.organisation_id, list(one.roles), one.locale), now)


@transactional
async def withdraw(actor: Actor, invitation_id: int, now: datetime) -> None:
    """End an invitation that has not been used. Raises NotFound."""
    organisation_id = await queries.WITHDRAW.value(id=invitation_id, now=now, **_managed(actor))
    if organisation_id is None:
        raise NotFound(N_("There is no such invitation."))
    told = Event(Subject.WAY_IN, invitation_id, "withdraw", PERSON, tenant_id=organisation_id, actor_id=actor.person_id)
    await events.tell([told], now)


async def offered(way: WayIn) -> Invited:
    """What a link offers. Raises NotFound where who invited may not offer it any more, or the organisation is gone."""
    row = await queries.ONE.row(id=way.id)
    inviter = await accounts.actor_by_id(way.invitation.invited_by) if way.invitation else None
    if row is None or not allowed(inviter, May.INVITE, row["organisation_id"]):
        raise NotFound(OVER)
    return _invited(row)


async def roles_of(way: WayIn, now: datetime) -> list[NewRole]:  # noqa: ARG001 - as registrations are asked
    """What an invitation gives; raises NotFound as `offered` does."""
    one = await offered(way)
    return [NewRole(one.organisation_id, role) for role in one.roles]


def _managed(actor: Actor) -> dict[str, object]:
    far = reach(actor, May.INVITE)
    return {"organisations": far.companies + far.owners, "everything": far.everything}


def _invited(row: asyncpg.Record) -> Invited:
    known = dict(row.items())
    roles = tuple(MemberRole(role) for role in row["roles"])
    return Invited(**known | {"roles": roles, "kind": OrganisationKind(row["kind"])})
