"""How staff share the work at the desk: taking an application on, notes for each other, a recommendation.

None of it is the company's business, and none of it moves the application on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.core.errors import N_, InvalidInput, NotFound, WrongState, fault, refuse_stale
from testfields.db.engine import transactional
from testfields.reservations.actions import DECISIONS
from testfields.reservations.reading import NO_SUCH
from testfields.reservations.rules import State, checked_texts
from testfields.reviews import work_queries as queries
from testfields.reviews.changes import Change, changes_between, wanted_told

# More than anybody reads; the newest are shown.
MOST_NOTES = 200


@dataclass(frozen=True)
class Note:
    """What somebody has noted; `recommends` where it came with a recommendation."""

    name: str
    text: str
    at: datetime
    recommends: bool


@dataclass(frozen=True)
class Work:
    """Who is at an application, who recommends it as it stands since when, and what has been noted, newest first."""

    assignee_id: int | None
    assignee: str | None
    recommended_by: str | None
    recommended_at: datetime | None
    notes: Sequence[Note]


@dataclass(frozen=True)
class Colleague:
    """Somebody of the land's staff."""

    id: int
    name: str


async def counts(actor: Actor) -> dict[State, int]:
    """How many applications stand where staff still have something to do with them."""
    rows = await queries.COUNTS.rows(owners=reach(actor, May.SEE_DESK).owners, states=sorted(queries.COUNTED))
    return {State(row["state"]): row["count"] for row in rows}


async def work_on(reservation_id: int) -> Work:
    """The work on an application that somebody has found already."""
    mark = await queries.MARK.row(id=reservation_id)
    notes = await queries.NOTES.all(Note, id=reservation_id, limit=MOST_NOTES)
    return Work(**dict(mark.items()) if mark else {}, notes=notes)


async def colleagues(owner_id: int) -> list[Colleague]:
    """Whom an application on that owner's land may be given to."""
    roles = sorted(May.WORK_ON_APPLICATION.value.roles)
    return await queries.COLLEAGUES.all(Colleague, owner_id=owner_id, roles=roles)


async def changes(reservation_id: int) -> list[Change]:
    """What is asked for now and was not when staff last decided, or when it was first submitted; and what no more."""
    row = await queries.CHANGES.row(id=reservation_id, decisions=sorted(DECISIONS))
    return changes_between(wanted_told(row["before"]), wanted_told(row["after"])) if row else []


@transactional
async def assign(actor: Actor, reservation_id: int, person_id: int | None) -> None:
    """Give an application to one of the land's staff, or to nobody; raises NotFound, InvalidInput."""
    row = await _held(actor, reservation_id, May.WORK_ON_APPLICATION)
    if person_id is not None and person_id not in {one.id for one in await colleagues(row["owner_id"])}:
        raise InvalidInput([fault("person_id", N_("Please choose somebody of your own staff."))])
    await queries.ASSIGN.run(id=reservation_id, assignee_id=person_id)


@transactional
async def add_note(actor: Actor, reservation_id: int, text: str, now: datetime) -> None:
    """Note something that staff of the land's owner alone read; raises NotFound, InvalidInput."""
    await _held(actor, reservation_id, May.WORK_ON_APPLICATION)
    (text,) = checked_texts(text=text)
    if not text:
        raise InvalidInput([fault("text", N_("Please write the note."))])
    await queries.ADD_NOTE.run(id=reservation_id, person_id=actor.person_id, text=text, now=now, recommends=False)


@transactional
async def recommend(actor: Actor, reservation_id: int, version: int | None, text: str, now: datetime) -> None:
    """Tell whoever decides that it is checked and should be approved, as it stands now.

    Raises NotFound, Stale, InvalidInput, WrongState where there is nothing to decide.
    """
    row = await _held(actor, reservation_id, May.REVIEW)
    refuse_stale(version, row["version"])
    if State(row["state"]) is not State.SUBMITTED:
        raise WrongState(N_("Only an application that waits for a decision can be recommended."))
    (text,) = checked_texts(text=text)
    await queries.RECOMMEND.run(id=reservation_id, person_id=actor.person_id, now=now)
    await queries.ADD_NOTE.run(id=reservation_id, person_id=actor.person_id, text=text, now=now, recommends=True)


async def _held(actor: Actor, reservation_id: int, may: May) -> asyncpg.Record:
    row = await queries.HOLD.row(id=reservation_id, owners=reach(actor, may).owners)
    if row is None:
        raise NotFound(NO_SUCH)
    return row
