"""The desk: what waits for a decision, and all that a decision rests on."""

from dataclasses import dataclass
from datetime import date, datetime

import asyncpg

from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.availability import service as availability
from testfields.availability.rules import check_volumes
from testfields.availability.service import Asked, Place
from testfields.core.errors import Fault, InvalidInput, NotFound, refuse_stale
from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand
from testfields.db.engine import transactional
from testfields.db.values import to_band, to_period
from testfields.projects.rules import craft_of
from testfields.projects.service import facts_in
from testfields.reservations.reading import NO_SUCH, asked_at_first, asked_for, roles_of
from testfields.reservations.rules import Action, Role, State
from testfields.reservations.taking_back import Decided, standing_decision
from testfields.reviews import queries, queue_queries
from testfields.reviews.rules import (
    DAYS_OF,
    STATES_SHOWN,
    Check,
    Due,
    Order,
    Shown,
    Whose,
    checks_of,
    days_of,
    decisions_for,
    order_of,
)
from testfields.sites.stays import place_faults
from testfields.zones.rules import Finding
from testfields.zones.service import findings_of


@dataclass(frozen=True)
class Cursor:
    """Where a page of the queue ended."""

    rank: int
    id: int


@dataclass(frozen=True)
class QueueQuery:
    """Which applications to show, and after which one to go on."""

    shown: Shown = Shown.OPEN
    site: str | None = None
    text: str | None = None
    due: Due | None = None
    order: Order | None = None
    # Local days of the site on which something of it takes place, both included.
    first_day: date | None = None
    last_day: date | None = None
    whose: Whose | None = None
    after: Cursor | None = None
    limit: int = 50


@dataclass(frozen=True)
class Case:
    """An application before whoever is to decide on it."""

    row: asyncpg.Record
    state: State
    roles: frozenset[Role]
    asked: tuple[Asked, ...]
    checks: tuple[Check, ...]
    # What law and the place say of it, by the zones as they hold now.
    findings: tuple[Finding, ...]
    days: tuple[date, ...]
    # The last decision, while it can be taken back.
    decided: Decided | None

    @property
    def decisions(self) -> list[Action]:
        """What the reader may decide now."""
        return decisions_for(self.state, self.roles, undoable=self.decided is not None)


QUEUES = {
    Order.DUE: queue_queries.QUEUE_BY_DUE,
    Order.NEWEST: queue_queries.QUEUE_NEWEST,
    Order.START: queue_queries.QUEUE_BY_START,
}


async def queue(actor: Actor, query: QueueQuery, now: datetime) -> list[asyncpg.Record]:
    """Applications at the sites of the actor's owners, in the order asked for, with what to beware of."""
    return await QUEUES[order_of(query.shown, query.order)].rows(
        owners=reach(actor, May.SEE_DESK).owners,
        person_id=actor.person_id,
        states=sorted(STATES_SHOWN[query.shown]),
        site=query.site,
        text=query.text,
        due=query.due,
        due_days=DAYS_OF[query.due] if query.due else None,
        first_day=query.first_day,
        last_day=query.last_day,
        mine=query.whose is Whose.MINE,
        unassigned=query.whose is Whose.NOBODYS,
        now=now,
        after_rank=query.after.rank if query.after else None,
        after_id=query.after.id if query.after else None,
        limit=query.limit,
    )


async def sites(actor: Actor) -> list[asyncpg.Record]:
    """The sites whose applications the actor may see."""
    return await queries.SITES.rows(owners=reach(actor, May.SEE_DESK).owners)


async def case(actor: Actor, reservation_id: int, now: datetime) -> Case:
    """An application with all that its review shows; raises NotFound, also for another owner's and for a draft."""
    row = await queries.CASE.row(id=reservation_id, owners=reach(actor, May.SEE_REVIEW).owners)
    if row is None:
        raise NotFound(NO_SUCH)
    # Of what is over, all that had been asked for.
    asked = await asked_for(reservation_id) or await asked_at_first(reservation_id)
    place = await availability.place(row["area_id"], asked)
    return Case(
        row=row,
        state=State(row["state"]),
        roles=roles_of(actor, row["company_id"], row["owner_id"]),
        asked=asked,
        checks=tuple(checks_of(_faults(row, place))),
        findings=await findings_of(craft_of(facts_in(row)), place.volumes, now),
        days=tuple(days_of([one.period for one in asked], row["timezone"])),
        decided=await standing_decision(reservation_id, now),
    )


def _faults(row: asyncpg.Record, place: Place) -> tuple[Fault, ...]:
    """What the site's rules as they are today hold against it, the notice counted from when it was filed."""
    found = tuple(place_faults(place.uses, row["use"], place.retired))
    try:
        check_volumes(place.policy, place.placed, row["submitted_at"] or row["created_at"])
    except InvalidInput as refusal:
        return found + refusal.faults
    return found


@dataclass(frozen=True)
class Standing:
    """A volume on the day's scene: what somebody asks for or has, or a closure. `shape` is GeoJSON text.

    `number` is the application's, or the closure's; `state` the application's state, or the closure's kind; the names
    are the company's, or the closure's reason.
    """

    kind: str
    number: int
    part: int
    state: str
    mine: bool
    rival: bool
    name_ja: str
    name_en: str
    area_name_ja: str | None
    area_name_en: str | None
    period: Period
    altitude: AltitudeBand
    shape: str


async def scene(actor: Actor, reservation_id: int, day: date) -> list[Standing]:
    """All that stands or is asked for at the application's site on a local day, this application first."""
    rows = await queries.SCENE.rows(id=reservation_id, owners=reach(actor, May.SEE_REVIEW).owners, day=day)
    return [
        Standing(**dict(row.items()) | {"period": to_period(row["period"]), "altitude": to_band(row["altitude"])})
        for row in rows
    ]


@dataclass(frozen=True)
class Ground:
    """A site or an area as it lies there. `shape` is GeoJSON text."""

    kind: str
    slug: str
    name_ja: str
    name_en: str
    altitude: AltitudeBand | None
    shape: str


async def ground(reservation_id: int) -> list[Ground]:
    """The site of an application and its areas; the caller has made sure that they may be seen."""
    return [
        Ground(
            row["kind"],
            row["slug"],
            row["name_ja"],
            row["name_en"],
            to_band(row["altitude"]) if row["altitude"] is not None else None,
            row["shape"],
        )
        for row in await queries.GROUND.rows(id=reservation_id)
    ]


async def read(actor: Actor, reservation_id: int, version: int | None) -> None:
    """Remember that somebody has read an application at `version`, None for as it stands. Raises NotFound, Stale."""
    row = await queries.CASE.row(id=reservation_id, owners=reach(actor, May.MARK_READ).owners)
    if row is None:
        raise NotFound(NO_SUCH)
    refuse_stale(version, row["version"])
    await mark_read(actor, reservation_id, row["version"])


@transactional
async def mark_read(actor: Actor, reservation_id: int, version: int) -> None:
    """Remember that somebody has seen an application as it stands."""
    await queries.MARK_READ.run(person_id=actor.person_id, reservation_id=reservation_id, version=version)
