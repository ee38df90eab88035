"""Stays: the volumes of one period, each used, missed, given back or taken away by itself. Values and verdicts.

An application is filed, reviewed and permitted as a whole; on the day its state follows from its stays.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.local_time import instant_typed, local_time
from testfields.core.periods import OUTSIDE, Period, parse_period, within_calendar
from testfields.db.sets import a_set
from testfields.reservations.states import State


class StayState(StrEnum):
    """What has become of a stay."""

    PLANNED = "planned"
    ACTIVE = "active"
    COMPLETED = "completed"
    MISSED = "missed"
    GIVEN_BACK = "given_back"
    # By staff: its permit was revoked, or its ground closed.
    DISPLACED = "displaced"
    # It began before it was decided.
    LAPSED = "lapsed"


@dataclass(frozen=True, kw_only=True)
class StayRow:
    """All that is said of a stay's state: its word, icon and tone; `open` where it is still to come or under way;
    `in_force` where its ground is its own, or was its own when it was used."""

    word: str
    icon: str
    tone: str = ""
    open: bool = False
    in_force: bool = False


T = StayState
STAYS: Mapping[StayState, StayRow] = {
    T.PLANNED: StayRow(word=N_("Planned"), icon="calendar", tone="blue", open=True, in_force=True),
    T.ACTIVE: StayRow(word=N_("Under way"), icon="play", tone="cyan full", open=True, in_force=True),
    T.COMPLETED: StayRow(word=N_("Used"), icon="flag", tone="cyan", in_force=True),
    T.MISSED: StayRow(word=N_("Not used"), icon="user-off", tone="red"),
    T.GIVEN_BACK: StayRow(word=N_("Given back"), icon="leave"),
    T.DISPLACED: StayRow(word=N_("Taken away by the owner"), icon="ban", tone="red"),
    T.LAPSED: StayRow(word=N_("Lapsed"), icon="clock-off"),
}


def those(fits: Callable[[StayRow], bool]) -> frozenset[StayState]:
    """The states whose row fits."""
    return frozenset(state for state, row in STAYS.items() if fits(row))


OPEN = those(lambda row: row.open)
IN_FORCE = those(lambda row: row.in_force)
SQL = a_set("open_stays", OPEN) + a_set("stays_in_force", IN_FORCE)


TIMES_OVER = N_("These times are over, or have been given back.")

# So long after its end somebody may still say that a place is restored; then the portal takes it for said.
LATE_CHECK_OUT = timedelta(hours=1)


@dataclass(frozen=True)
class Stay:
    """One stay of an application."""

    id: int
    period: Period
    state: StayState
    checked_in_at: datetime | None = None


def state_of(stays: Iterable[Stay]) -> State:
    """Where a permitted application stands, by its stays."""
    found = {one.state for one in stays}
    if T.ACTIVE in found:
        return State.ACTIVE
    if T.PLANNED in found:
        return State.CONFIRMED
    if T.COMPLETED in found:
        return State.COMPLETED
    if T.MISSED in found:
        return State.NO_SHOW
    return State.REVOKED if T.DISPLACED in found else State.CANCELLED


def ends_by_itself(stay: Stay, no_show_minutes: int, now: datetime) -> StayState | None:
    """What becomes of a stay that nobody has ended; None where it goes on, or is over already.

    `no_show_minutes` after its start nobody is expected any more; 0 is a site that wants no check-in, where what was
    booked counts as used when its time is over.
    """
    if stay.state is T.PLANNED and no_show_minutes:
        limit = min(stay.period.start + timedelta(minutes=no_show_minutes), stay.period.end)
        return T.MISSED if limit <= now else None
    late = LATE_CHECK_OUT if stay.state is T.ACTIVE else timedelta(0)
    return T.COMPLETED if stay.state in OPEN and stay.period.end + late <= now else None


def ended_early(stay: Stay, now: datetime) -> Stay:
    """It was used until now, and before its time where somebody came and left ahead of it."""
    begins = stay.period.start
    if now <= begins:
        begins = min(stay.checked_in_at or now, now - timedelta(seconds=1))
    return replace(stay, state=T.COMPLETED, period=Period(begins, min(now, stay.period.end)))


def is_used(stay: Stay, wants_check_in: bool, now: datetime) -> bool:
    """Whether somebody uses it by now: whoever checked in, also ahead of it, or has no need to where none is wanted."""
    return stay.state is T.ACTIVE or (stay.period.start < now and not wants_check_in)


def taken_back(stay: Stay, state: StayState, wants_check_in: bool, now: datetime) -> Stay:
    """What is under way was used until now; the rest is gone."""
    return ended_early(stay, now) if is_used(stay, wants_check_in, now) else replace(stay, state=state)


def closed_from(stay: Stay, begins: datetime, wants_check_in: bool, now: datetime) -> Stay:
    """What becomes of a permitted stay whose ground is closed: what is under way by now goes on until that `begins`."""
    if max(now, stay.period.start) < begins and is_used(stay, wants_check_in, now):
        return replace(stay, period=Period(stay.period.start, begins))
    return taken_back(stay, T.DISPLACED, wants_check_in, now)


def shifted(stays: Iterable[Stay], start: datetime, zone: str) -> dict[Period, Period]:
    """Where stays go whose first one is to begin at `start`: all by as much as that by the clocks of `zone`, so that a
    series keeps its time of the day when the clocks change.

    Raises InvalidInput, at ``start``, for the present time, a time out of the calendar, and one that a clock does not
    show just once.
    """
    periods = sorted(one.period for one in stays)
    if not within_calendar(start):
        raise InvalidInput([fault("start", OUTSIDE)])
    if start == periods[0].start:
        raise InvalidInput([fault("start", N_("It begins then already. Please choose another time."))])
    by = _clock(start, zone) - _clock(periods[0].start, zone)

    def moved(instant: datetime) -> datetime:
        clock = _clock(instant, zone) + by
        return start if instant == periods[0].start else instant_typed(clock, zone, "start")

    return {one: parse_period(moved(one.start), moved(one.end), "start", "start") for one in periods}


def _clock(instant: datetime, zone: str) -> datetime:
    return local_time(instant, zone).replace(tzinfo=None)
