"""Moving single stays of an application, and asking for more of them.

What is still to be decided is changed as it stands, all or nothing. Of what is permitted the new times become an
application of their own, so that the rest stays permitted (docs/decisions/0028).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from testfields.accounts.rules import Actor
from testfields.availability import service as availability
from testfields.availability.service import Asked, Place, in_area_arrays
from testfields.core.errors import N_, InvalidInput, WrongState, all_at, fault
from testfields.core.periods import Period
from testfields.db.engine import DB, transactional
from testfields.reservations import day, stay_queries
from testfields.reservations.day import NO_TERMS
from testfields.reservations.deadlines import refuse_untimely
from testfields.reservations.filing import Application, Moved, checked_place, refuse_too_much, refuse_use, write
from testfields.reservations.moving import Locked, Step, lock, move, next_of
from testfields.reservations.reading import asked_by_stay, asked_for, own
from testfields.reservations.refusals import nearest_told, refuse_waiting_for_oneself
from testfields.reservations.rules import Action, Role, State
from testfields.reservations.states import PERMITTED, STATES
from testfields.reservations.stays import IN_FORCE, Stay, StayState, shifted, state_of
from testfields.reservations.steps import offer_waiting, take_instead, terms_anew
from testfields.reservations.telling import moved_story, story_of


@dataclass(frozen=True)
class Rescheduled(Moved):
    """Where an application stands; `split_off` is the one that the new times have become, if any."""

    split_off: int | None = None


@dataclass(frozen=True)
class _At:
    """An application in hand, and the step that is taken with it."""

    actor: Actor
    locked: Locked
    action: Action
    to: State
    role: Role
    now: datetime


@transactional
async def move_stays(
    actor: Actor, reservation_id: int, version: int | None, numbers: Sequence[int], start: datetime, now: datetime
) -> Rescheduled:
    """Move stays by their numbers, none is all of them, so that the first begins at `start` and the others keep their
    distance from it by the clocks of the site.

    Raises as `steps.act` does; then all of them stay where they are.
    """
    at = await _in_hand(actor, reservation_id, version, Action.MOVE, now)
    stays = await day.stays_of(reservation_id)
    chosen = _movable(at, day.chosen(stays, numbers), numbers)
    zone: str = await stay_queries.ZONE.value(site_id=at.locked.site_id)
    ways = shifted(chosen, start, zone)
    moved, asked = {one.id for one in chosen}, await asked_by_stay(reservation_id)
    fresh = [replace(one, period=ways[one.period]) for number, one in asked if number in moved]
    place = await _checked(at, fresh)
    if at.locked.state in PERMITTED:
        return await _parted(at, place, stays, chosen, ways)
    _refuse_meeting([one for one in stays if one not in chosen], ways.values(), "start")
    others = [one for number, one in asked if number not in moved]
    return await _changed(at, place, others, chosen, ways)


@transactional
async def add_stays(
    actor: Actor, reservation_id: int, version: int | None, asked: Sequence[Asked], now: datetime
) -> Rescheduled:
    """Ask for more stays, without a word at what there is. Raises as `steps.act` does."""
    at = await _in_hand(actor, reservation_id, version, Action.ADD, now)
    stays = await day.stays_of(reservation_id)
    place = await checked_place(at.locked.area_id, asked, now)
    if at.locked.state in PERMITTED:
        return await _parted(at, place, stays, [], {})
    _refuse_meeting(stays, [one.period for one in asked], "volumes")
    return await _changed(at, place, await asked_for(reservation_id), [], {})


async def _in_hand(actor: Actor, reservation_id: int, version: int | None, action: Action, now: datetime) -> _At:
    locked, roles = await lock(actor, reservation_id, version)
    locked = await day.brought_up_to(locked, now)
    to, role = next_of(actor, locked, action, roles)
    refuse_untimely(locked.state, action, locked.times, now)
    return _At(actor, locked, action, to, role, now)


def _movable(at: _At, chosen: Sequence[Stay], numbers: Sequence[int]) -> list[Stay]:
    """Those that have not begun, where that counts: what nobody has decided yet has not taken place.

    Raises WrongState for one that was named and has begun, and where all have.
    """
    if at.locked.state not in PERMITTED:
        return list(chosen)
    coming = [one for one in chosen if one.state is StayState.PLANNED and one.period.start > at.now]
    if not coming or (numbers and len(coming) < len(chosen)):
        raise WrongState(N_("This time has begun; it can no longer be moved."))
    return coming


def _refuse_meeting(others: Sequence[Stay], periods: Iterable[Period], field: str) -> None:
    """Raise InvalidInput where a stay would come to lie where another of the application is, or has been used."""
    if not {one.period for one in others if one.state in IN_FORCE}.isdisjoint(periods):
        raise InvalidInput([fault(field, N_("This application has that time already."))])


async def _checked(at: _At, fresh: Sequence[Asked]) -> Place:
    """The new place by the rules of the site; what it breaks is told of the new start, from which all follows."""
    try:
        return await checked_place(at.locked.area_id, fresh, at.now)
    except InvalidInput as error:
        raise InvalidInput(all_at("start", error.faults)) from error


async def _changed(
    at: _At, fresh: Place, others: Sequence[Asked], chosen: Sequence[Stay], ways: Mapping[Period, Period]
) -> Rescheduled:
    """Change what is still to be decided: `fresh` stands beside the others, which stay as they are."""
    locked, asked = at.locked, [one.asked for one in fresh.volumes]
    place = await availability.place(locked.area_id, [*others, *asked])
    refuse_use(place, locked.use)
    refuse_too_much(place)
    if at.to is State.WAITING:
        await refuse_waiting_for_oneself(at.actor, locked.site_id, await availability.claims_of(place))
    async with nearest_told(at.actor, fresh, asked, at.now, besides=locked.id):
        await take_instead(locked, place, at.to, at.now)
    await day.write([replace(one, period=ways[one.period]) for one in chosen])
    if not chosen:
        await stay_queries.ADD_STAYS.run(id=locked.id, area_id=locked.area_id, **in_area_arrays(fresh.volumes))
    terms, warnings = terms_anew(locked, place, at.to, at.now)
    details = story_of(place.volumes) | moved_story(ways)
    moved = await move(at.actor, locked, Step(at.action), at.to, at.role, at.now, terms, details)
    if STATES[at.to].claims:
        await offer_waiting(locked.site_id, at.now)
    return Rescheduled(moved.id, moved.state, moved.version, warnings=warnings)


async def _parted(
    at: _At, place: Place, stays: Sequence[Stay], chosen: Sequence[Stay], ways: Mapping[Period, Period]
) -> Rescheduled:
    """Ask for the new times by an application of their own; the old ones are given back when the new are sure."""
    locked, now = at.locked, at.now
    row = await own(at.actor, locked.id)
    asked = tuple(one.asked for one in place.volumes)
    application = Application(row["project_id"], locked.area_id, asked, Action.SUBMIT, row["note"])
    claims = await availability.claims_of(place)
    given = [replace(one, state=StayState.GIVEN_BACK) for one in chosen]
    to = state_of(day.with_changes(stays, given)) if given else at.to
    await availability.hold_site(place)
    async with nearest_told(at.actor, place, asked, now), DB.transaction():
        if given:
            await day.settle(locked, given, to, now)
        filed = await write(at.actor, application, place, claims, now, other=locked.id)
    details = {"other": filed.id, **moved_story(ways), **({"stays": day.told(given)} if given else {})}
    moved = await move(at.actor, locked, Step(at.action), to, at.role, now, NO_TERMS, details)
    if given:
        await offer_waiting(locked.site_id, now)
    return Rescheduled(moved.id, moved.state, moved.version, warnings=filed.warnings, split_off=filed.id)
