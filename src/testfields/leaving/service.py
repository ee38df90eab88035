"""Locking somebody out with open eyes."""

from dataclasses import dataclass
from datetime import datetime

from testfields.accounts import directory, organising
from testfields.accounts.entries import folded_email
from testfields.accounts.rules import Actor, OrganisationKind
from testfields.core.errors import N_, NotFound
from testfields.db.engine import transactional
from testfields.leaving import queries
from testfields.leaving.rules import DECIDING, SETTLED, UNDECIDED, Closing, Left


@dataclass(frozen=True)
class Leaver:
    """A person and what they leave behind, by organisation."""

    id: int
    name: str
    email: str
    active: bool
    left: tuple[Left, ...]


async def leaver(person_id: int, now: datetime) -> Leaver:
    """What would be left behind by a person; raises NotFound."""
    row = await queries.PERSON.row(person_id=person_id)
    if row is None:
        raise NotFound(N_("There is no such person."))
    rows = await queries.LEFT.rows(
        person_id=person_id,
        deciding=sorted(DECIDING),
        settled=sorted(SETTLED),
        undecided=sorted(UNDECIDED),
        now=now,
    )
    left = tuple(Left(**dict(one.items()) | {"kind": OrganisationKind(one["kind"])}) for one in rows)
    return Leaver(**dict(row.items()), left=left)


async def find(email: str, now: datetime) -> Leaver:
    """The same by e-mail address, for the command line; raises NotFound."""
    return await leaver(await queries.BY_EMAIL.value(email=folded_email(email)) or 0, now)


@transactional
async def lock_out(actor: Actor, person_id: int, now: datetime, even_last: bool = False) -> Leaver:
    """Lock a person out at once; what is left behind. Raises as `directory.deactivate` does."""
    await directory.deactivate(actor, person_id, now, even_last)
    return await leaver(person_id, now)


async def closing(organisation_id: int, now: datetime) -> Closing:
    """What stays open when an organisation is deactivated; raises NotFound."""
    row = await queries.CLOSING.row(
        organisation_id=organisation_id, settled=sorted(SETTLED), undecided=sorted(UNDECIDED), now=now
    )
    if row is None:
        raise NotFound(organising.NO_SUCH)
    return Closing(**dict(row.items()) | {"kind": OrganisationKind(row["kind"])})


@transactional
async def deactivate(actor: Actor, organisation_id: int, now: datetime) -> Closing:
    """Deactivate an organisation; what stays open. Raises as `organising.set_active` does."""
    await organising.set_active(actor, organisation_id, False, now)
    return await closing(organisation_id, now)
