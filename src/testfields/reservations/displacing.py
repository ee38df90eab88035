"""Taking the ground from under applications: which stays a closure meets, and what becomes of them and of the rest."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import asyncpg
from shapely.geometry import MultiPolygon

from testfields.accounts.access import roles_by
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.availability import service as availability
from testfields.core.errors import N_, WrongState
from testfields.core.periods import Period
from testfields.db.engine import DB
from testfields.db.values import period_range, to_period
from testfields.events import service as events
from testfields.events.rules import Event, Subject
from testfields.reservations import day, stay_queries
from testfields.reservations.deadlines import times_of
from testfields.reservations.moving import Locked
from testfields.reservations.rules import TRANSITIONS, Action, State, acting_role, role_of
from testfields.reservations.states import PERMITTED, STATES, UNDER_WAY
from testfields.reservations.stays import OPEN, Stay, StayState, closed_from, ends_by_itself, state_of

# So often newcomers are waited for before somebody is asked to try again.
ROUNDS = 5


@dataclass(frozen=True)
class Ground:
    """What is closed of a site, as it counts (`ground`); `site_version` is the site's as it was looked at."""

    site_id: int
    site_version: int
    footprint: MultiPolygon


@dataclass(frozen=True)
class Displaced:
    """An application that a closure meets: its stays that it `met`, what becomes of them, and where it stands then."""

    locked: Locked
    met: tuple[Stay, ...]
    changed: tuple[Stay, ...]
    to: State


class _Newcomers(Exception):
    """Whoever has come between two looks: all that have to be held by then."""

    def __init__(self, numbers: Iterable[int]) -> None:
        super().__init__()
        self.numbers = frozenset(numbers)


async def met_by(grounds: Sequence[Ground], closed: Period, now: datetime) -> list[Displaced]:
    """What a closure would make of the applications that it meets, in the order of their numbers; nothing is held."""
    met = await _met(grounds, closed)
    return await _displaced(await stay_queries.STANDING.rows(ids=list(met)), met, closed, now)


async def hold(grounds: Sequence[Ground], closed: Period, now: datetime) -> list[Displaced]:
    """The same, and until the transaction ends nobody moves any of them, or takes anything at these sites.

    Whoever takes a step holds an application first and then its site, and so does this; where somebody who has come
    meanwhile is in others' hands it lets go of all and begins anew. Raises WrongState where a site has changed, or
    others keep coming.
    """
    versions = {one.site_id: one.site_version for one in grounds}
    await availability.turns_at(versions)
    known = await _claiming(grounds, closed)
    for _ in range(ROUNDS):
        try:
            async with DB.transaction():
                await stay_queries.LOCK_ALL.run(ids=sorted(known))
                await availability.hold_sites(versions)
                await _bring_up_to(grounds, closed, known, now)
                met = await _met(grounds, closed)
                # Those on the waiting list come last, as where a place is offered to them.
                return await _displaced(await stay_queries.LOCK_ALL.rows(ids=list(met)), met, closed, now)
        except _Newcomers as come:
            known = come.numbers
    raise WrongState(N_("Others are booking there at this moment. Please try again."))


async def _bring_up_to(grounds: Sequence[Ground], closed: Period, known: Set[int], now: datetime) -> None:
    """End what has ended by itself among those that are held; raises _Newcomers where somebody else holds some of them.

    Those who have come meanwhile are asked for without waiting: whoever holds one may be waiting for the site.
    """
    claiming = await _claiming(grounds, closed)
    newcomers = claiming - known
    if len(await stay_queries.LOCK_FREE.rows(ids=sorted(newcomers))) < len(newcomers):
        raise _Newcomers(claiming)
    for locked, stays in await _standing(await stay_queries.STANDING.rows(ids=sorted(claiming))):
        if any(_is_over(locked, one, now) for one in stays):
            await day.brought_up_to(locked, now)


async def _met(grounds: Sequence[Ground], closed: Period) -> dict[int, set[int]]:
    """The stays that a closure meets, by application."""
    rows = await _meeting(grounds, closed)
    return {number: {row["stay_id"] for row in found} for number, found in groupby(rows, key=itemgetter("id"))}


async def _claiming(grounds: Sequence[Ground], closed: Period) -> frozenset[int]:
    """The applications among them that are more than waiting."""
    rows = await _meeting(grounds, closed)
    return frozenset(row["id"] for row in rows if STATES[State(row["state"])].claims)


async def _meeting(grounds: Sequence[Ground], closed: Period) -> list[asyncpg.Record]:
    return await stay_queries.MEETING.rows(
        site_ids=[one.site_id for one in grounds],
        footprints=[one.footprint for one in grounds],
        period=period_range(closed),
    )


async def _standing(rows: Sequence[asyncpg.Record]) -> list[tuple[Locked, list[Stay]]]:
    """Applications with all of their stays."""
    found: dict[int, list[Stay]] = {row["id"]: [] for row in rows}
    for one in await stay_queries.STAYS_OF_ALL.rows(ids=list(found)):
        stay = Stay(one["id"], to_period(one["period"]), StayState(one["state"]), one["checked_in_at"])
        found[one["reservation_id"]].append(stay)
    return [(_locked(row, found[row["id"]]), found[row["id"]]) for row in rows]


def _locked(row: asyncpg.Record, stays: Sequence[Stay]) -> Locked:
    values = dict(row.items())
    counted = [one.period for one in stays if one.state in OPEN] or [one.period for one in stays]
    times = times_of(values.pop("deadline"), counted)
    return Locked(**values | {"state": State(row["state"]), "times": times})


async def _displaced(
    rows: Sequence[asyncpg.Record], met: Mapping[int, Set[int]], closed: Period, now: datetime
) -> list[Displaced]:
    """What becomes of them; somebody on the waiting list may have left it between the look and the lock."""
    standing = await _standing([row for row in rows if row["state"] in UNDER_WAY])
    found = (_outcome(locked, stays, met[locked.id], closed, now) for locked, stays in standing)
    return [one for one in found if one is not None]


def _outcome(locked: Locked, stays: Sequence[Stay], met: Set[int], closed: Period, now: datetime) -> Displaced | None:
    """None where all that was met is over by itself."""
    permitted, wants_check_in = locked.state in PERMITTED, locked.no_show_minutes > 0
    taken = [one for one in stays if one.id in met and one.state in OPEN and not _is_over(locked, one, now)]
    if not taken:
        return None
    changed = tuple(
        closed_from(one, closed.start, wants_check_in, now) if permitted else replace(one, state=StayState.DISPLACED)
        for one in taken
    )
    after = day.with_changes(stays, changed)
    if permitted:
        return Displaced(locked, tuple(taken), changed, state_of(after))
    left = any(one.state in OPEN for one in after)
    to = locked.state if left else TRANSITIONS[locked.state, Action.DISPLACE].to
    return Displaced(locked, tuple(taken), changed, to)


def _is_over(locked: Locked, stay: Stay, now: datetime) -> bool:
    return locked.state in PERMITTED and ends_by_itself(stay, locked.no_show_minutes, now) is not None


async def displace(
    actor: Actor, displaced: Sequence[Displaced], reason: str, details: Mapping[str, object], now: datetime
) -> None:
    """Write what becomes of those that are held, with `reason` and `details` in the event of each.

    What is left of them takes what it took before, also where that reaches into the closed ground.
    """
    await day.write([stay for one in displaced for stay in one.changed])
    await stay_queries.MOVE_ALL.run(ids=[one.locked.id for one in displaced], states=[one.to for one in displaced])
    await events.tell([_event(actor, one, reason, details) for one in displaced], now)
    await availability.release_all([one.locked.id for one in displaced if STATES[one.to].claims is None])
    for one in displaced:
        if kind := STATES[one.to].claims:
            await day.keep_rest(one.locked, kind, now)


def _event(actor: Actor, one: Displaced, reason: str, details: Mapping[str, object]) -> Event:
    locked = one.locked
    roles = frozenset(role_of(role) for role in roles_by(actor, May.CLOSE, locked.owner_id))
    return Event(
        Subject.RESERVATION,
        locked.id,
        Action.DISPLACE,
        acting_role(locked.state, Action.DISPLACE, roles),
        site_id=locked.site_id,
        tenant_id=locked.owner_id,
        actor_id=actor.person_id,
        from_state=locked.state,
        to_state=one.to,
        reason=reason,
        details={"stays": day.told(one.changed), **details},
    )
