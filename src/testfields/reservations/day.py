"""What happens to the stays of a permitted application: used, missed, given back, taken away, or over by themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from testfields.accounts.rules import Actor
from testfields.availability import service as availability
from testfields.availability.kinds import ClaimKind
from testfields.core.errors import N_, InvalidInput, WrongState, fault
from testfields.db.values import period_range, to_period
from testfields.reservations import stay_queries
from testfields.reservations.deadlines import may_check_in
from testfields.reservations.filing import Moved
from testfields.reservations.moving import Locked, Step, lock, move, next_of
from testfields.reservations.reading import volumes_with_stays
from testfields.reservations.rules import TRANSITIONS, Action, Party, Role, State
from testfields.reservations.states import PERMITTED, STATES
from testfields.reservations.stays import (
    IN_FORCE,
    OPEN,
    TIMES_OVER,
    Stay,
    StayState,
    ended_early,
    ends_by_itself,
    state_of,
    taken_back,
)

T = StayState
NO_TERMS: dict[str, datetime | None] = {"deadline": None, "submitted_at": None, "due_at": None}


async def stays_of(reservation_id: int) -> list[Stay]:
    """The stays of an application that somebody has found already, by when they begin."""
    rows = await stay_queries.STAYS.rows(id=reservation_id)
    return [Stay(row["id"], to_period(row["period"]), StayState(row["state"]), row["checked_in_at"]) for row in rows]


async def take(actor: Actor | None, locked: Locked, step: Step, role: Role, now: datetime) -> Moved:
    """A step that is about single stays: those it names, or whichever it is time for.

    Raises InvalidInput for a stay that is not one of this application's, WrongState where it is not time for it.
    """
    stays = await stays_of(locked.id)
    changed = changed_by(step.action, chosen(stays, step.stays), locked.no_show_minutes > 0, now)
    after = with_changes(stays, changed)
    by_stays = TRANSITIONS[(locked.state, step.action)].by_stays
    to = state_of(after) if by_stays else TRANSITIONS[(locked.state, step.action)].to
    await settle(locked, changed, to, now)
    return await move(actor, locked, step, to, role, now, NO_TERMS, {"stays": told(changed)})


def chosen(stays: Sequence[Stay], numbers: Sequence[int]) -> list[Stay]:
    """The open stays with these numbers; none is all of them."""
    strange = set(numbers) - {one.id for one in stays}
    if strange:
        raise InvalidInput([fault("stays", N_("This application has no stay %(number)s."), number=min(strange))])
    found = [one for one in stays if one.state in OPEN and (not numbers or one.id in numbers)]
    if not found:
        raise WrongState(TIMES_OVER)
    return found


def changed_by(action: Action, stays: Sequence[Stay], wants_check_in: bool, now: datetime) -> list[Stay]:
    """What becomes of open stays by an action; raises WrongState where it is not time for it."""
    match action:
        case Action.CHECK_IN:
            planned = [one for one in stays if one.state is T.PLANNED]
            due = [one for one in planned if may_check_in(one.period.start, one.period.end, now)]
            return [replace(one, state=T.ACTIVE, checked_in_at=now) for one in _first(due, CHECK_IN_TIMES)]
        case Action.CHECK_OUT:
            under_way = [one for one in stays if one.state is T.ACTIVE]
            return [ended_early(one, now) for one in _first(under_way, N_("Nobody has checked in."))]
        case Action.NO_SHOW:
            begun = [one for one in stays if one.state is T.PLANNED and one.period.start <= now]
            return [replace(one, state=T.MISSED) for one in _first(begun, N_("The time has not begun yet."))]
        case Action.REVOKE:
            return [taken_back(one, T.DISPLACED, wants_check_in, now) for one in stays]
        case _:
            return [taken_back(one, T.GIVEN_BACK, wants_check_in, now) for one in stays]


def may_be_noted(action: Action, stay: Stay, now: datetime) -> bool:
    """Whether it is time to note that somebody came to one stay, left it, or did not come."""
    try:
        return bool(changed_by(action, [stay], True, now))
    except WrongState:
        return False


CHECK_IN_TIMES = N_("You can check in from one hour before the start until the end.")


def _first(stays: Sequence[Stay], otherwise: str) -> Sequence[Stay]:
    if not stays:
        raise WrongState(otherwise)
    return stays[:1]


def with_changes(stays: Iterable[Stay], changed: Iterable[Stay]) -> list[Stay]:
    """All stays, some of them as they are by now."""
    after = {one.id: one for one in changed}
    return [after.get(one.id, one) for one in stays]


def told(stays: Iterable[Stay]) -> list[dict[str, object]]:
    """Stays as an event keeps them."""
    return [{"id": one.id, "state": one.state, "period": [one.period.start, one.period.end]} for one in stays]


async def settle(locked: Locked, changed: Sequence[Stay], to: State, now: datetime) -> None:
    """Write what becomes of stays, and give back what is free by it."""
    await write(changed)
    kind = STATES[to].claims
    if kind is None:
        await availability.release(locked.id)
        return
    ended = any(one.state is T.COMPLETED and one.period.end == now for one in changed)
    if ended or any(one.state not in IN_FORCE for one in changed):
        await keep_rest(locked, kind, now)


async def write(changed: Sequence[Stay]) -> None:
    """Write what becomes of stays."""
    await stay_queries.SET_STAYS.run(
        ids=[one.id for one in changed],
        states=[one.state for one in changed],
        periods=[period_range(one.period) for one in changed],
        checked_in=[one.checked_in_at for one in changed],
    )


async def keep_rest(locked: Locked, kind: ClaimKind, now: datetime) -> None:
    """From now on take what the stays that are left need, and no more."""
    kept = [
        one.asked
        for one, state in await volumes_with_stays(locked.id)
        if state in OPEN or (state in IN_FORCE and one.volume.period.end == now)
    ]
    if kept:
        await availability.keep(await availability.place(locked.area_id, kept), kind, locked.id, now)
    else:
        await availability.release_from(locked.id, now)


async def lapse(locked: Locked, to: State, now: datetime) -> list[Stay]:
    """The stays that have begun before they were decided are over; those."""
    begun = [one for one in await stays_of(locked.id) if one.state in OPEN and one.period.start <= now]
    lapsed = [replace(one, state=T.LAPSED) for one in begun]
    if lapsed:
        await settle(locked, lapsed, to, now)
    return lapsed


async def brought_up_to(locked: Locked, now: datetime) -> Locked:
    """The reservation as it stands when the stays that end by themselves have ended."""
    if locked.state not in PERMITTED:
        return locked
    stays = await stays_of(locked.id)
    ended = [
        replace(one, state=state)
        for one in stays
        if (state := ends_by_itself(one, locked.no_show_minutes, now)) is not None
    ]
    if not ended:
        return locked
    _, role = next_of(None, locked, Action.FINISH, frozenset({Party.PORTAL}))
    to = state_of(with_changes(stays, ended))
    await settle(locked, ended, to, now)
    await move(None, locked, Step(Action.FINISH), to, role, now, NO_TERMS, {"stays": told(ended)})
    again, _ = await lock(None, locked.id, None)
    return again
