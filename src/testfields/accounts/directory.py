"""Organisations and the people in them, as administrators keep them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import asyncpg
import msgspec

from testfields.accounts import last_ones, organisation_queries, passwords, queries
from testfields.accounts import service as accounts
from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.entries import (
    NewOrganisation,
    NewPerson,
    NewRole,
    check_organisation,
    check_password,
    check_person,
)
from testfields.accounts.last_ones import LAST_ADMIN, LastOne
from testfields.accounts.rules import (
    GIVEN_ROLES,
    Actor,
    MemberRole,
    Membership,
    OrganisationKind,
)
from testfields.core.errors import N_, InvalidInput, NotAllowed, NotFound, WrongState, fault
from testfields.core.texts import tidy
from testfields.db.engine import transactional
from testfields.events import service as events
from testfields.events.rules import OPERATOR, Event, Subject

EMAIL_TAKEN = N_("Somebody is registered with this e-mail address already.")
OPERATOR_SLUG = "operator"
MEMBERSHIPS = msgspec.json.Decoder(tuple[Membership, ...])


@dataclass(frozen=True)
class Choice:
    """An organisation to choose from."""

    id: int
    kind: str
    name_ja: str
    name_en: str


@dataclass(frozen=True)
class PersonRow:
    """A person, with those memberships that the reader may know of."""

    id: int
    email: str
    name: str
    locale: str
    active: bool
    created_at: datetime
    memberships: tuple[Membership, ...]


@dataclass(frozen=True)
class InitialPassword:
    """A person and the password that the portal has just made for them; nobody can read it again."""

    id: int
    email: str
    password: str = field(repr=False)


async def choices() -> list[Choice]:
    """Every organisation, by kind and name."""
    return await organisation_queries.ORGANISATION_CHOICES.all(Choice)


async def add_organisation(new: NewOrganisation) -> int:
    """Add an organisation; its id. Raises InvalidInput, also where the slug or the number is another's."""
    check_organisation(new)
    organisation_id = await _add_organisation(new)
    if organisation_id is not None:
        return organisation_id
    if await organisation_queries.ORGANISATION_BY_SLUG.value(slug=new.slug) is not None:
        raise InvalidInput([fault("slug", N_("Another organisation has this already."))])
    raise InvalidInput([fault("corporate_number", N_("Another organisation has this already."))])


async def ensure_organisation(new: NewOrganisation) -> int:
    """The id of the organisation with this slug, added where there is none; raises InvalidInput."""
    check_organisation(new)
    added = await _add_organisation(new)
    found: int | None = (
        added if added is not None else await organisation_queries.ORGANISATION_BY_SLUG.value(slug=new.slug)
    )
    if found is None:
        raise InvalidInput([fault("corporate_number", N_("Another organisation has this already."))])
    return found


async def _add_organisation(new: NewOrganisation) -> int | None:
    names = {"name_ja": tidy(new.name_ja), "name_en": tidy(new.name_en)}
    added: int | None = await organisation_queries.ADD_ORGANISATION.value(**{**msgspec.structs.asdict(new), **names})
    return added


async def people(actor: Actor, before: int, limit: int, words: str | None = None) -> list[PersonRow]:
    """Whoever the actor may know of, newest first: administrators everybody, a manager their own people.

    Of `words` all are to be found in name and e-mail address.
    """
    if reach(actor, May.SEE_PEOPLE).everything:
        return [_person(row) for row in await queries.PEOPLE.rows(before=before, limit=limit, words=words)]
    return await members(actor, before, limit, words)


async def members(actor: Actor, before: int, limit: int, words: str | None = None) -> list[PersonRow]:
    """The people of the organisations that the actor manages, newest first."""
    far = reach(actor, May.SEE_MEMBERS)
    mine = far.companies + far.owners
    rows = await queries.MEMBERS.rows(organisations=mine, before=before, limit=limit, words=words)
    return [_person(row) for row in rows]


def _person(row: asyncpg.Record) -> PersonRow:
    return PersonRow(**dict(row.items()) | {"memberships": MEMBERSHIPS.decode(row["memberships"])})


async def add_person(new: NewPerson) -> InitialPassword:
    """Add a person with roles and a password made by the portal; raises InvalidInput."""
    password = passwords.initial()
    person_id = await _add_person(new, await _ready(new, password), initial=True)
    if person_id is None:
        raise InvalidInput([fault("email", EMAIL_TAKEN)])
    return InitialPassword(person_id, new.email, password)


@transactional
async def create_admin(email: str, name: str, password: str) -> int:
    """The portal's first administrators, as the command line adds them; the person's id. Raises InvalidInput."""
    check_password(password)
    operator = NewOrganisation(
        OrganisationKind.OPERATOR, OPERATOR_SLUG, "ポータル運営者", "Operator of the portal", email
    )
    roles = [NewRole(await ensure_organisation(operator), MemberRole.ADMIN)]
    new = NewPerson(email=email, name=name, memberships=roles)
    person_id = await _add_person(new, await _ready(new, password), initial=False)
    if person_id is None:
        raise InvalidInput([fault("email", EMAIL_TAKEN)])
    return person_id


async def ensure_person(new: NewPerson, password: str) -> int:
    """The id of the person with this e-mail, added where there is none; raises InvalidInput.

    Somebody who is there keeps name, password and language, and gets those of the roles that were missing.
    """
    check_password(password)
    added = await _add_person(new, await _ready(new, password), initial=False)
    if added is not None:
        return added
    found: int = await queries.PERSON_BY_EMAIL.value(email=new.email)
    await give_roles(found, new.memberships)
    return found


async def _ready(new: NewPerson, password: str) -> str:
    """What is stored of the password, once everything else has been found right; raises InvalidInput."""
    check_person(new)
    await _check_roles(new.memberships)
    return await passwords.hashed(password)


async def _check_roles(roles: Sequence[NewRole]) -> None:
    """Raise InvalidInput for a role that its organisation does not have, or an organisation that is not there."""
    rows = await organisation_queries.KINDS.rows(ids=[one.organisation_id for one in roles])
    kinds = {row["id"]: OrganisationKind(row["kind"]) for row in rows}
    faults = []
    for index, one in enumerate(roles):
        if one.organisation_id not in kinds:
            faults.append(fault(f"memberships[{index}].organisation_id", N_("There is no such organisation.")))
        elif one.role not in GIVEN_ROLES[kinds[one.organisation_id]]:
            faults.append(fault(f"memberships[{index}].role", N_("This organisation has no such role.")))
    if faults:
        raise InvalidInput(faults)


@transactional
async def join(email: str, name: str, locale: str, password: str, roles: Sequence[NewRole]) -> int | None:
    """Somebody new, who chose the password (its hash) and comes with a proof of the e-mail; None where it is known."""
    new = NewPerson(email=email, name=name, memberships=list(roles), locale="en" if locale == "en" else "ja")
    return await _add_person(new, password, initial=False)


@transactional
async def _add_person(new: NewPerson, password_hash: str, initial: bool) -> int | None:
    person_id: int | None = await queries.ADD_PERSON.value(
        email=new.email, name=tidy(new.name), locale=new.locale, password_hash=password_hash, initial=initial
    )
    if person_id is not None:
        await give_roles(person_id, new.memberships)
    return person_id


async def give_roles(person_id: int, roles: Sequence[NewRole]) -> None:
    """Further roles for somebody who is known; those that they have already stay."""
    await queries.ADD_MEMBERSHIPS.run(
        person_id=person_id,
        organisations=[one.organisation_id for one in roles],
        roles=[one.role.value for one in roles],
    )


async def reset_password(person_id: int, now: datetime) -> InitialPassword:
    """A new password made by the portal; the person's browsers are logged out. Raises NotFound."""
    password = passwords.initial()
    email = await _set_password(person_id, await passwords.hashed(password), now)
    return InitialPassword(person_id, email, password)


@transactional
async def _set_password(person_id: int, password_hash: str, now: datetime) -> str:
    email: str | None = await queries.SET_PASSWORD.value(
        person_id=person_id, known_hash=None, password_hash=password_hash, initial=True
    )
    if email is None:
        raise NotFound(N_("There is no such person."))
    await accounts.end_what_hangs_on_it(person_id, now)
    return email


async def deactivate(actor: Actor, person_id: int, now: datetime, even_last: bool = False) -> None:
    """Lock a person out at once: sessions end and tokens are revoked, and stay so.

    Raises NotFound, NotAllowed, WrongState for the portal's last administrator, and LastOne where nobody of an owner of
    land would be left who can approve, unless that is meant: `even_last`.
    """
    if person_id == actor.person_id:
        raise NotAllowed(N_("You cannot lock yourself out. Please ask another administrator."))
    await lock_out(person_id, now, even_last, actor)


@transactional
async def lock_out(person_id: int, now: datetime, even_last: bool = False, actor: Actor | None = None) -> None:
    """The same as the command line does it."""
    theirs = [row["organisation_id"] for row in await queries.ORGANISATIONS_OF.rows(person_id=person_id)]
    before = await last_ones.held(theirs)
    await _set_active(person_id, False, actor, now)
    lost = {role for _, role in before - await last_ones.held(theirs)}
    if MemberRole.ADMIN in lost:
        raise WrongState(LAST_ADMIN)
    if MemberRole.APPROVER in lost and not even_last:
        raise LastOne
    await queries.CLOSE_SESSIONS.run(person_id=person_id)
    await queries.REVOKE_TOKENS.run(person_id=person_id, name=None, now=now)
    await queries.END_FEED.run(person_id=person_id)


@transactional
async def activate(actor: Actor, person_id: int, now: datetime) -> None:
    """Let a person log in again. Raises NotFound."""
    await _set_active(person_id, True, actor, now)


async def _set_active(person_id: int, active: bool, actor: Actor | None, now: datetime) -> None:
    """Told only where it changes anything. The tenant is the person's organisation, where there is just one."""
    row = await queries.SET_ACTIVE.row(person_id=person_id, active=active)
    if row is None:
        raise NotFound(N_("There is no such person."))
    if row["was"] == active:
        return
    told = Event(
        Subject.PERSON,
        person_id,
        "let_in" if active else "lock_out",
        MemberRole.ADMIN if actor else OPERATOR,
        tenant_id=row["tenant_id"],
        actor_id=actor.person_id if actor else None,
    )
    await events.tell([told], now)
