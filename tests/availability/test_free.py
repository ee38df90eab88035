"""What pages draw from free time, and where a set of times would fit: without a database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from testfields.availability.free import (
    AreaTime,
    FreeQuery,
    Periods,
    SlotState,
    check_query,
    local_days,
    month_of,
    nearest_shifts,
    slots_of,
    state_of,
    week_of,
)
from testfields.core.errors import InvalidInput
from testfields.core.periods import Period

NOON = datetime(2030, 6, 5, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


def hours(start: float, end: float) -> Period:
    """From `start` to `end` o'clock in Japan on the 5th."""
    return Period(NOON + (start - 12) * HOUR, NOON + (end - 12) * HOUR)


def area(timezone: str = "Asia/Tokyo", slot_minutes: int = 60, **times: list[Period]) -> AreaTime:
    periods = {name: Periods(tuple(ones)) for name, ones in times.items()}
    return AreaTime(1, "track", timezone, slot_minutes, **periods)


def test_periods_that_touch_do_not_meet() -> None:
    periods = Periods((hours(9, 10), hours(12, 14)))
    assert periods.meets(hours(9.5, 9.75))
    assert periods.meets(hours(8, 20))
    assert not periods.meets(hours(10, 12))
    assert not periods.meets(hours(8, 9))
    assert not periods.meets(hours(14, 15))


def test_a_period_is_covered_by_one_of_them_not_by_two() -> None:
    periods = Periods((hours(9, 10), hours(12, 14)))
    assert periods.covers(hours(12, 14))
    assert not periods.covers(hours(9, 14))
    assert not periods.covers(hours(13, 15))
    assert not periods.covers(hours(8, 9))


def test_periods_near_a_time_are_all_that_meet_or_touch_it() -> None:
    one, other, last = hours(9, 10), hours(12, 14), hours(15, 16)
    periods = Periods((one, other, last))
    assert periods.near(hours(10, 11).start, hours(10, 11).end) == (one,)
    assert periods.near(hours(13, 15).start, hours(13, 15).end) == (other, last)
    assert periods.near(hours(12, 14).start, hours(12, 14).end) == (other,)
    assert Periods().near(NOON, NOON) == ()


@pytest.mark.parametrize(
    ("times", "state"),
    [
        ({"open": [hours(9, 17)], "free": [hours(9, 17)]}, SlotState.FREE),
        ({"open": [hours(9, 12.5)], "free": [hours(9, 12)]}, SlotState.OUTSIDE),
        ({"open": [hours(9, 17)]}, SlotState.BARRED),
        ({"open": [hours(9, 17)], "held": [hours(12.5, 13)]}, SlotState.HELD),
        ({"open": [hours(9, 17)], "reserved": [hours(11, 14)]}, SlotState.TAKEN),
        ({"open": [hours(9, 17)], "held": [hours(12, 13)], "reserved": [hours(12, 13)]}, SlotState.TAKEN),
        ({"open": [hours(9, 17)], "closed": [hours(0, 24)], "reserved": [hours(12, 13)]}, SlotState.CLOSED),
        ({"open": [hours(9, 17)], "reserved": [hours(12, 13)], "partly": [hours(12, 13)]}, SlotState.PARTLY),
        ({"open": [hours(13, 17)], "closed": [hours(0, 24)]}, SlotState.OUTSIDE),
    ],
)
def test_one_word_for_a_slot(times: dict[str, list[Period]], state: SlotState) -> None:
    assert state_of(area(**times), hours(12, 13)) is state


@pytest.mark.parametrize(
    ("zone", "day", "slot", "count"),
    [
        ("Asia/Tokyo", date(2030, 6, 5), 30, 48),
        ("Europe/Berlin", date(2031, 3, 30), 30, 46),
        ("Europe/Berlin", date(2031, 10, 26), 30, 50),
        ("Australia/Lord_Howe", date(2031, 4, 6), 30, 49),
        # The last slot of a day that the grid does not divide is shorter.
        ("Asia/Tokyo", date(2030, 6, 5), 50, 29),
    ],
)
def test_a_day_has_as_many_slots_as_its_clock_says(zone: str, day: date, slot: int, count: int) -> None:
    slots = slots_of(day, zone, slot)
    assert len(slots) == count
    assert Period(slots[0].start, slots[-1].end) == local_days(day, 1, zone)
    assert all(one.end == other.start for one, other in pairwise(slots))


def test_a_week_has_a_row_of_slots_for_each_day() -> None:
    week = week_of(area(open=[hours(9, 17)], free=[hours(9, 12)], held=[hours(12, 17)]), date(2030, 6, 3))
    assert list(week.days) == [date(2030, 6, day) for day in range(3, 10)]
    states = [slot.state.value for slot in week.days[date(2030, 6, 5)]]
    assert states == ["outside"] * 9 + ["free"] * 3 + ["held"] * 5 + ["outside"] * 7


def test_a_month_has_a_share_for_each_day() -> None:
    month = month_of(area(open=[hours(9, 17)], free=[hours(9, 11)]), date(2030, 6, 1), 30)
    assert len(month.days) == 30
    assert month.days[date(2030, 6, 5)].free_share == 0.25
    assert month.days[date(2030, 6, 6)].free_share == 0.0
    assert month.days[date(2030, 6, 5)].open_minutes == 480


def shifts(asked: list[Period], *areas: AreaTime, count: int = 3, reach: float = 24) -> list[float]:
    found = nearest_shifts(asked, list(areas), reach * HOUR, count)
    return [shift / HOUR for shift in found]


def test_the_nearest_time_of_each_gap_nearest_first() -> None:
    free = area(free=[hours(5, 8), hours(9, 9.5), hours(14, 18), hours(20, 21)])
    assert shifts([hours(10, 11)], free) == [-3, 4, 10]
    assert shifts([hours(10, 11)], free, count=1) == [-3]


def test_nothing_beyond_the_reach() -> None:
    assert shifts([hours(10, 11)], area(free=[hours(20, 24)]), reach=9) == []


def test_what_fits_as_it_is_needs_no_shift() -> None:
    assert shifts([hours(10, 11)], area(free=[hours(9, 12)])) == [0]


def test_a_series_keeps_its_spacing_and_needs_room_for_every_one() -> None:
    asked = [hours(9, 10), hours(12, 13)]
    # 10 o'clock would do for the first, but the second would then stand at 13.
    free = area(free=[hours(10, 12), hours(14, 16)])
    assert shifts(asked, free, free) == [2]


def test_each_of_a_series_looks_at_its_own_place() -> None:
    asked = [hours(9, 10), hours(9, 10)]
    assert shifts(asked, area(free=[hours(10, 20)]), area(free=[hours(15, 20)])) == [6]


def test_a_long_series_looks_only_at_the_free_time_near_each_of_its_stays() -> None:
    looked_at = []

    class Watched(Periods):
        def near(self, start: datetime, end: datetime) -> tuple[Period, ...]:
            looked_at.extend(found := super().near(start, end))
            return found

        def __iter__(self) -> Iterator[Period]:
            raise AssertionError("all of the free time was gone through")

    weeks = [timedelta(weeks=week) for week in range(52)]
    asked = [Period(hours(9, 10).start + week, hours(9, 10).end + week) for week in weeks]
    days = [timedelta(days=day) for day in range(52 * 7)]
    free = Watched(tuple(Period(hours(10, 12).start + day, hours(10, 12).end + day) for day in days))
    assert nearest_shifts(asked, [replace(area(), free=free)] * 52, timedelta(days=1), 1) == [HOUR]
    assert len(looked_at) < 4 * len(asked)


def test_a_shift_stays_on_the_grid_across_a_change_of_clock() -> None:
    # On 30 March 2031 Berlin's clocks go from 2:00 to 3:00: three hours later by the clock is two hours later.
    start = datetime(2031, 3, 29, 23, tzinfo=UTC)
    asked = [Period(start, start + 2 * HOUR)]
    berlin = area("Europe/Berlin", 180, free=[Period(start + HOUR, start + 12 * HOUR)])
    assert shifts(asked, berlin) == []
    asked = [Period(start, start + 3 * HOUR)]
    assert shifts(asked, area("Europe/Berlin", 60, free=[Period(start + HOUR, start + 12 * HOUR)])) == [1]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        (FreeQuery(Period(NOON, NOON + timedelta(days=366, seconds=1))), "to"),
        (FreeQuery(Period(NOON, NOON + HOUR), minutes=-1), "duration"),
        (FreeQuery(Period(NOON, NOON + HOUR), minutes=366 * 1440 + 1), "duration"),
    ],
)
def test_a_search_without_bounds_is_refused(query: FreeQuery, path: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_query(query)
    assert [one.path for one in refusal.value.faults] == [path]


def test_a_leap_year_can_be_asked_for_at_once() -> None:
    check_query(FreeQuery(local_days(date(2032, 1, 1), 366, "Asia/Tokyo")))
