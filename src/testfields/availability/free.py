"""Free time as values: what pages draw from it, and where a set of times would fit. No I/O, no clock."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from math import gcd

from shapely.geometry import MultiPolygon

from testfields.core.errors import N_, Fault, InvalidInput, fault
from testfields.core.local_time import instant_of, local_days, local_time
from testfields.core.periods import Period
from testfields.core.spatial_ids import Voxel
from testfields.core.volumes import AltitudeBand
from testfields.sites.stays import on_grid

LONGEST_WINDOW = timedelta(days=366)
LONGEST_MINUTES = 366 * 1440
DAY_MINUTES = 1440
NO_SHIFT = timedelta(0)
# Clocks are set forward and back by whole half hours, so the grids before and after lie apart by as much.
CLOCK_CHANGE_MINUTES = 30


@dataclass(frozen=True)
class FreeQuery:
    """What to search for free time; what is left out does not narrow the search.

    `minutes` below a site's minimum stand for that minimum; no footprint is the whole area, no altitude (metres above
    ground) the area's whole band; a voxel is what of it lies in the area. `after` is the last area id of the page
    before.
    """

    within: Period
    minutes: int = 0
    sites: tuple[str, ...] = ()
    areas: tuple[int, ...] = ()
    bbox: MultiPolygon | None = None
    use: str | None = None
    altitude: AltitudeBand | None = None
    footprint: MultiPolygon | None = None
    voxel: Voxel | None = None
    after: int = 0
    limit: int = 200


def check_query(query: FreeQuery) -> None:
    """Raise InvalidInput for a search that no answer of bounded size could be given to."""
    faults: list[Fault] = []
    if query.within.duration > LONGEST_WINDOW:
        faults.append(fault("to", N_("Please ask for at most %(days)s days at a time."), days=LONGEST_WINDOW.days))
    if not 0 <= query.minutes <= LONGEST_MINUTES:
        message = N_("The duration must lie between 0 and %(most)s minutes.")
        faults.append(fault("duration", message, most=LONGEST_MINUTES))
    if faults:
        raise InvalidInput(faults)


@dataclass(frozen=True)
class Periods:
    """Stretches of time, sorted and apart from each other."""

    all: tuple[Period, ...] = ()

    @cached_property
    def _starts(self) -> list[datetime]:
        return [one.start for one in self.all]

    def __iter__(self) -> Iterator[Period]:
        return iter(self.all)

    def meets(self, period: Period) -> bool:
        """Whether one of these shares an instant with `period`."""
        before = bisect_left(self._starts, period.end)
        return before > 0 and self.all[before - 1].end > period.start

    def covers(self, period: Period) -> bool:
        """Whether one of these holds the whole of `period`."""
        before = bisect_left(self._starts, period.end)
        return before > 0 and self.all[before - 1].start <= period.start and period.end <= self.all[before - 1].end

    def near(self, start: datetime, end: datetime) -> tuple[Period, ...]:
        """All that meet or touch the time from `start` to `end`, and at most one that ends before it."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        return self.all[first : bisect_right(self._starts, end)]

    def minutes_in(self, period: Period) -> int:
        """Whole minutes of `period` that lie in these."""
        shared = (min(one.end, period.end) - max(one.start, period.start) for one in self.all if one.overlaps(period))
        return int(sum(shared, NO_SHIFT) / timedelta(minutes=1))


@dataclass(frozen=True)
class AreaTime:
    """The time of one area within a window, for the volume that was asked for.

    `free` can be booked: it is open, within notice and horizon, on the slot grid, and long enough. `held`, `reserved`
    and `closed` are when something stands in the way, the turnaround before it included. `partly` is when something
    stands in a shared area without filling it.
    """

    area_id: int
    area: str
    timezone: str
    slot_minutes: int
    open: Periods = field(default_factory=Periods)
    free: Periods = field(default_factory=Periods)
    held: Periods = field(default_factory=Periods)
    reserved: Periods = field(default_factory=Periods)
    closed: Periods = field(default_factory=Periods)
    partly: Periods = field(default_factory=Periods)


class SlotState(StrEnum):
    """What can be said of one slot of an area."""

    FREE = "free"
    PARTLY = "partly"
    HELD = "held"
    TAKEN = "taken"
    CLOSED = "closed"
    # Open and not taken, but past, before the notice, beyond the horizon, or a gap shorter than the site's minimum.
    BARRED = "barred"
    # Not open.
    OUTSIDE = "outside"


def state_of(area: AreaTime, slot: Period) -> SlotState:
    """The one word for a slot: a closure says more than a booking, a booking more than a hold."""
    if not area.open.covers(slot):
        return SlotState.OUTSIDE
    standing = ((area.closed, SlotState.CLOSED), (area.reserved, SlotState.TAKEN), (area.held, SlotState.HELD))
    for periods, state in standing:
        if periods.meets(slot):
            return SlotState.PARTLY if area.partly.meets(slot) else state
    return SlotState.FREE if area.free.covers(slot) else SlotState.BARRED


@dataclass(frozen=True)
class Slot:
    """One cell of the week grid."""

    period: Period
    state: SlotState


@dataclass(frozen=True)
class AreaWeek:
    """One row of the week grid: the slots of each local day."""

    area_id: int
    area: str
    days: Mapping[date, tuple[Slot, ...]]


def week_of(area: AreaTime, first: date) -> AreaWeek:
    """Seven local days from `first`, slot by slot; a day on which the clock changes has more or fewer slots."""
    days = {
        day: tuple(Slot(period, state_of(area, period)) for period in slots_of(day, area.timezone, area.slot_minutes))
        for day in (first + timedelta(days=ahead) for ahead in range(7))
    }
    return AreaWeek(area.area_id, area.area, days)


def slots_of(day: date, timezone: str, slot_minutes: int) -> list[Period]:
    """The slots of a local day, in UTC: between every two wall-clock times that lie on the grid."""
    first = datetime.combine(day, time())
    clocks = [first + timedelta(minutes=minutes) for minutes in (*range(0, DAY_MINUTES, slot_minutes), DAY_MINUTES)]
    # In the hour that comes twice each time stands for two instants; in the one leapt over, for none.
    instants = {instant_of(clock, timezone, fold) for clock in clocks for fold in (0, 1)}
    kept = sorted(one for one in instants if local_time(one, timezone).replace(tzinfo=None) in clocks)
    return [Period(start, end) for start, end in pairwise(kept)]


@dataclass(frozen=True)
class DayShare:
    """How much of a local day can be booked; minutes."""

    open_minutes: int
    free_minutes: int
    partly_minutes: int

    @property
    def free_share(self) -> float:
        """From 0 to 1; 0 on a day that is not open."""
        return self.free_minutes / self.open_minutes if self.open_minutes else 0.0


@dataclass(frozen=True)
class AreaMonth:
    """One row of the month view."""

    area_id: int
    area: str
    days: Mapping[date, DayShare]


def month_of(area: AreaTime, first: date, count: int) -> AreaMonth:
    """`count` local days from `first`, each with its share of free time."""
    days = {}
    for day in (first + timedelta(days=ahead) for ahead in range(count)):
        whole = local_days(day, 1, area.timezone)
        days[day] = DayShare(area.open.minutes_in(whole), area.free.minutes_in(whole), area.partly.minutes_in(whole))
    return AreaMonth(area.area_id, area.area, days)


def nearest_shifts(asked: Sequence[Period], areas: Sequence[AreaTime], reach: timedelta, count: int) -> list[timedelta]:
    """By how much all of `asked` could be moved together, so that each lies in the free time of its own `areas`.

    The nearest one of each gap that takes them all, at most `count`, nearest first, none farther than `reach`.
    """
    gaps = [(-reach, reach)]
    for one, area in zip(asked, areas, strict=True):
        gaps = [
            (max(low, free.start - one.start), min(high, free.end - one.end))
            for low, high in gaps
            for free in area.free.near(one.start + low, one.end + high)
        ]
        gaps = [(low, high) for low, high in gaps if low <= high]
    found = {shift for low, high in gaps if (shift := _nearest_in(low, high, asked, areas)) is not None}
    return sorted(found, key=lambda shift: (abs(shift), shift))[:count]


def _nearest_in(
    low: timedelta, high: timedelta, asked: Sequence[Period], areas: Sequence[AreaTime]
) -> timedelta | None:
    """The shift between `low` and `high` that is nearest to none and leaves every end on the slot grid."""
    step = timedelta(minutes=gcd(areas[0].slot_minutes, DAY_MINUTES, CLOCK_CHANGE_MINUTES))
    if high < NO_SHIFT:
        steps = range(high // step, -(-low // step) - 1, -1)
    else:
        steps = range(-(-max(low, NO_SHIFT) // step), high // step + 1)
    return next((shift for many in steps if _stays_on_grid(asked, areas, shift := many * step)), None)


def _stays_on_grid(asked: Sequence[Period], areas: Sequence[AreaTime], shift: timedelta) -> bool:
    return all(
        on_grid(area.timezone, area.slot_minutes, instant + shift)
        for one, area in zip(asked, areas, strict=True)
        for instant in (one.start, one.end)
    )
