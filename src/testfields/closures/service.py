"""Closures: staff keep places shut, each by a claim like any other, over all heights.

A closure needs no notice, no opening hours and no grid of times: works and weather keep none either.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any

import asyncpg

from testfields.accounts.access import reach, roles_by
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.availability import service as availability
from testfields.availability.kinds import ClaimKind
from testfields.availability.refusals import number_of, told_to_anybody
from testfields.closures import queries
from testfields.closures.grounds import Closed, Scope, found
from testfields.closures.rules import ClosureKind
from testfields.core.errors import N_, Fault, InTheWay, InvalidInput, NotFound, Stale, WrongState, fault, refuse_stale
from testfields.core.periods import Period
from testfields.core.texts import text_faults, tidy
from testfields.db.engine import transactional
from testfields.db.values import period_range
from testfields.events import service as events
from testfields.events.rules import Event, Subject
from testfields.reservations import displacing, steps
from testfields.reservations.displacing import Displaced, Ground

# A storm does not wait for a form: a closure may begin when somebody began to write it down.
WRITTEN_DOWN_WITHIN = timedelta(minutes=15)
# In characters; visitors read it beside the hours of the calendar.
LONGEST_REASON = 500


class Step(StrEnum):
    """What is done about a closure."""

    CLOSE = "close"
    LIFT = "lift"


@dataclass(frozen=True)
class Closing:
    """What is to be shut, when, and why in both languages.

    Without `displaces` whatever stands there is in the way; with `seen` none but these applications are displaced.
    """

    scope: Scope
    kind: ClosureKind
    reason_ja: str
    reason_en: str
    period: Period
    displaces: bool = False
    seen: frozenset[int] | None = None


@dataclass(frozen=True)
class Versioned:
    """A closure and the version it has now."""

    id: int
    version: int


@dataclass(frozen=True)
class Entered(Versioned):
    """The closures of one closing, the first of which gives it its number, and the applications it displaced."""

    closures: tuple[int, ...]
    displaced: tuple[int, ...]


@transactional
async def close(actor: Actor, closing: Closing, now: datetime) -> Entered:
    """Shut places, all of them or none. What stands there has to be released first, or is displaced.

    Raises NotFound, InvalidInput, WrongState where others are at work there, Stale where somebody has come whom
    nobody has seen, or Taken with the numbers of the applications in the way.
    """
    _check(closing, now)
    places = await found(closing.scope, reach(actor, May.CLOSE).owners)
    grounds = [one.ground for one in places]
    if closing.displaces:
        displaced = await displacing.hold(grounds, closing.period, now)
    else:
        await availability.hold_sites({one.site_id: one.site_version for one in grounds})
        displaced = []
    gone = tuple(one.locked.id for one in displaced)
    if closing.seen is not None and not closing.seen >= set(gone):
        raise Stale(N_("Others have applied or booked there meanwhile. Please look at the list again."))
    numbers = await _written(actor, closing, places, now)
    details = {"closing": numbers[0]}
    if displaced:
        await displacing.displace(actor, displaced, _in_both(closing), details, now)
    wanted = [(one.site_id, number, one.footprint) for number, one in zip(numbers, grounds, strict=True)]
    await availability.close(wanted, closing.period, _told_to_staff, makes_room=closing.displaces)
    await events.tell(_told(actor, closing, dict(zip(numbers, places, strict=True)), gone), now)
    if displaced:
        await _offer(grounds, now)
    return Entered(numbers[0], 1, tuple(numbers), gone)


@dataclass(frozen=True)
class Met:
    """An application that would be displaced; `row` tells whose it is and where."""

    row: asyncpg.Record
    displaced: Displaced


@dataclass(frozen=True)
class Preview:
    """What a closing would meet: whom it would displace, by site and company, what is closed there already and stays
    so, and what is in its way."""

    met: tuple[Met, ...]
    closed: tuple[asyncpg.Record, ...]
    in_the_way: tuple[asyncpg.Record, ...]

    @property
    def companies(self) -> int:
        """How many."""
        return len({one.row["company_id"] for one in self.met})

    @property
    def stays(self) -> int:
        """How many."""
        return sum(len(one.displaced.met) for one in self.met)


async def preview(actor: Actor, scope: Scope, period: Period, now: datetime) -> Preview:
    """What closing these places would meet now; nothing is written or held. Raises NotFound, InvalidInput."""
    if faults := _time_faults(period, now):
        raise InvalidInput(faults)
    grounds = [one.ground for one in await found(scope, reach(actor, May.CLOSE).owners)]
    displaced = {one.locked.id: one for one in await displacing.met_by(grounds, period, now)}
    rows = await queries.ABOUT.rows(ids=list(displaced))
    standing = await queries.STANDING.rows(
        site_ids=[one.site_id for one in grounds],
        footprints=[one.footprint for one in grounds],
        period=period_range(period),
    )
    return Preview(
        tuple(Met(row, displaced[row["id"]]) for row in rows),
        tuple(row for row in standing if row["closure_id"] is not None),
        tuple(row for row in standing if row["closure_id"] is None),
    )


async def _written(actor: Actor, closing: Closing, places: Sequence[Closed], now: datetime) -> list[int]:
    rows = await queries.CLOSE.rows(
        site_ids=[one.ground.site_id for one in places],
        area_ids=[one.area_id for one in places],
        drawn=[one.drawn for one in places],
        kind=closing.kind,
        reason_ja=tidy(closing.reason_ja),
        reason_en=tidy(closing.reason_en),
        period=period_range(closing.period),
        person_id=actor.person_id,
        now=now,
    )
    return [row["id"] for row in rows]


def _in_both(closing: Closing) -> str:
    """The reason as a story keeps it, which is read in either language."""
    return "\n".join(dict.fromkeys((tidy(closing.reason_ja), tidy(closing.reason_en))))


async def _offer(grounds: Iterable[Ground], now: datetime) -> None:
    """Offer what is free at these sites to whoever waits there, before anybody else can take it."""
    for site_id in sorted({one.site_id for one in grounds}):
        await steps.offer_waiting(site_id, now)


def _told(actor: Actor, closing: Closing, places: Mapping[int, Closed], displaced: Sequence[int]) -> list[Event]:
    """What is told of each closure; the first one's event also tells whom all of them displaced."""
    first = min(places)
    return [_closed_event(actor, closing, number, place, first, displaced) for number, place in places.items()]


def _closed_event(
    actor: Actor, closing: Closing, number: int, place: Closed, first: int, displaced: Sequence[int]
) -> Event:
    details: dict[str, object] = {"period": closing.period, "area_id": place.area_id, "kind": closing.kind}
    details["closing"] = first
    if number == first and displaced:
        details["displaced"] = list(displaced)
    of = _event(actor, number, Step.CLOSE, place.ground.site_id, place.owner_id)
    return replace(of, reason=tidy(closing.reason_ja), details=details)


def _event(actor: Actor, closure_id: int, step: Step, site_id: int, owner_id: int) -> Event:
    role = min(roles_by(actor, May.CLOSE, owner_id))
    return Event(Subject.CLOSURE, closure_id, step, role, site_id=site_id, tenant_id=owner_id, actor_id=actor.person_id)


def _check(closing: Closing, now: datetime) -> None:
    faults = _time_faults(closing.period, now)
    for name in ("reason_ja", "reason_en"):
        text = tidy(getattr(closing, name))
        if not text:
            faults.append(fault(name, N_("Please state the reason in both languages; visitors read it.")))
        faults += text_faults(name, text, LONGEST_REASON)
    if faults:
        raise InvalidInput(faults)


def _time_faults(period: Period, now: datetime) -> list[Fault]:
    faults = []
    if period.start < now - WRITTEN_DOWN_WITHIN:
        faults.append(fault("period.start", N_("The start lies in the past.")))
    if period.end <= now:
        faults.append(fault("period.end", N_("The end lies in the past.")))
    return faults


def _told_to_staff(standing: dict[str, Any]) -> InTheWay:
    return replace(told_to_anybody(standing), reservation_id=number_of(standing["kind"], standing["source"]))


@transactional
async def lift(
    actor: Actor, closure_id: int, version: int | None, now: datetime, *, together: bool = False
) -> Versioned:
    """End a closure, `together` with those that were entered with it; what becomes free is offered to whoever waits.

    `version` None is any. Raises NotFound, Stale, or WrongState when there is nothing left to lift.
    """
    owners = reach(actor, May.CLOSE).owners
    sites = await queries.SITES.rows(id=closure_id, owners=owners, together=together)
    # As whoever books there and whoever changes the ground: first the site, then what is taken at it.
    for row in sites:
        await availability.lock(row["site_id"])
    rows = {row["id"]: row for row in await queries.LOCK.rows(id=closure_id, owners=owners, together=together)}
    if closure_id not in rows:
        raise NotFound(N_("There is no such closure."))
    refuse_stale(version, rows[closure_id]["version"])
    standing = {number: row for number, row in rows.items() if row["lifted_at"] is None and row["ends_at"] > now}
    if closure_id not in standing:
        raise WrongState(N_("This closure is over already."))
    for number in standing:
        await availability.release(number, (ClaimKind.CLOSURE,))
    await queries.LIFT.run(ids=list(standing), now=now)
    # What other closures would close there as well stays closed by them.
    lifted_at = sorted({row["site_id"] for row in standing.values()})
    for site_id in lifted_at:
        await queries.CLOSE_WHAT_IS_LEFT.value(site_id=site_id, now=now)
    told = [_event(actor, number, Step.LIFT, row["site_id"], row["owner_id"]) for number, row in standing.items()]
    await events.tell(told, now)
    for site_id in lifted_at:
        await steps.offer_waiting(site_id, now)
    return Versioned(closure_id, rows[closure_id]["version"] + 1)


async def listed(actor: Actor, site: str | None, before: int, limit: int) -> list[asyncpg.Record]:
    """Closures of the actor's owners, newest first, below the id `before`."""
    owners = reach(actor, May.SEE_DESK).owners
    return await queries.LIST.rows(owners=owners, site=site, before=before, limit=limit)


async def closings(actor: Actor, site: str | None, before: int, limit: int) -> list[list[asyncpg.Record]]:
    """The same closing by closing, each with all closures that were entered together, below the number `before`.

    With `site` those that closed something there.
    """
    owners = reach(actor, May.SEE_DESK).owners
    rows = await queries.LIST_CLOSINGS.rows(owners=owners, site=site, before=before, limit=limit)
    return [list(found) for _, found in groupby(rows, key=itemgetter("closing_id"))]


async def places(actor: Actor) -> list[asyncpg.Record]:
    """What the actor may close: each site as a whole, then its areas."""
    return await queries.PLACES.rows(owners=reach(actor, May.CLOSE).owners)
