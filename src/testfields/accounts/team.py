"""What people are in their organisations, and leaving one; a role that an organisation needs is not left to nobody."""

from collections.abc import Collection
from datetime import datetime

from testfields.accounts import last_ones, organisation_queries, queries
from testfields.accounts.access import allowed
from testfields.accounts.authority import May
from testfields.accounts.directory import give_roles
from testfields.accounts.entries import NewRole
from testfields.accounts.last_ones import LastOne
from testfields.accounts.rules import GIVEN_ROLES, ROLES, Actor, MemberRole, OrganisationKind
from testfields.core.errors import N_, InvalidInput, Message, NotFound, fault
from testfields.db.engine import transactional
from testfields.events import service as events
from testfields.events.rules import PERSON, Event, Subject

LAST_ONE = N_("This person is the last one here who is “%(role)s”. Please give this to somebody else first.")


@transactional
async def set_roles(
    actor: Actor,
    person_id: int,
    organisation_id: int,
    roles: Collection[MemberRole],
    now: datetime,
    even_last: bool = False,
) -> None:
    """What a person is in an organisation from now on; nothing, where there are no `roles`.

    Raises NotFound for an organisation that the actor does not manage or a person who is not in it, InvalidInput for a
    role that it does not have or the last one of a role that it needs, LastOne where nobody would be left who can
    approve, unless that is meant: `even_last`.
    """
    if not allowed(actor, May.INVITE, organisation_id):
        raise NotFound(N_("There is no such person."))
    await _set_roles(actor, person_id, organisation_id, roles, now, even_last)


@transactional
async def leave(actor: Actor, organisation_id: int, now: datetime, even_last: bool = False) -> None:
    """Leave an organisation. Raises NotFound where one is not in it, InvalidInput and LastOne as `set_roles` does."""
    await _set_roles(actor, actor.person_id, organisation_id, (), now, even_last)


async def _set_roles(
    actor: Actor,
    person_id: int,
    organisation_id: int,
    roles: Collection[MemberRole],
    now: datetime,
    even_last: bool,
) -> None:
    organisation = await organisation_queries.LOCK_ORGANISATION.row(organisation_id=organisation_id)
    known = await queries.ROLES_IN.rows(person_id=person_id, organisation_id=organisation_id)
    if organisation is None or not known:
        raise NotFound(N_("There is no such person."))
    kind = OrganisationKind(organisation["kind"])
    if not GIVEN_ROLES[kind].issuperset(roles):
        raise InvalidInput([fault("roles", N_("This organisation has no such role."))])
    before = await last_ones.held([organisation_id])
    await queries.END_MEMBERSHIPS.run(
        person_id=person_id, organisation_id=organisation_id, kept=[one.value for one in roles]
    )
    await give_roles(person_id, [NewRole(organisation_id, one) for one in roles])
    _refuse_to_lose({role for _, role in before - await last_ones.held([organisation_id])}, even_last)
    if not roles:
        # Whoever leaves shall not go on reading what is the organisation's, nor begin again by coming back.
        await queries.END_FEED.run(person_id=person_id)
    was = sorted(row["role"] for row in known)
    if was != sorted(roles):
        details = {"organisation": organisation_id, "was": was, "roles": sorted(roles)}
        told = Event(
            Subject.PERSON,
            person_id,
            "set_roles",
            PERSON,
            tenant_id=organisation_id,
            actor_id=actor.person_id,
            details=details,
        )
        await events.tell([told], now)


def _refuse_to_lose(roles: Collection[MemberRole], even_last: bool) -> None:
    """Raise InvalidInput, or LastOne where it may be meant: an approver can be named by those who are left."""
    for role in sorted(roles):
        if role is not MemberRole.APPROVER:
            raise InvalidInput([fault("roles", LAST_ONE, role=Message(ROLES[role].word))])
    if roles and not even_last:
        raise LastOne
