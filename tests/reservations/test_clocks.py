"""Series and moves by the clock on the wall, against one that is read minute by minute (`slow_model`)."""

from datetime import date, datetime, time, timedelta
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from testfields.core.errors import InvalidInput
from testfields.core.local_time import FIRST, LAST
from testfields.core.periods import OUTSIDE, Period
from testfields.reservations.apply.editing import edited
from testfields.reservations.apply.forms import DATE_TIME, Entered, Time, asked_of
from testfields.reservations.stays import Stay, StayState, shifted
from tests.availability.slow_model import MINUTE, Walk

# Days before and after which clocks change within a few weeks, or on the day itself; and the last of February.
DAYS = [
    ("Asia/Tokyo", date(2032, 2, 15)),
    ("America/New_York", date(2031, 3, 2)),
    ("America/New_York", date(2031, 10, 26)),
    ("America/New_York", date(2031, 12, 28)),
    ("Australia/Lord_Howe", date(2031, 3, 30)),
    ("Australia/Lord_Howe", date(2031, 9, 28)),
]
walk = cache(Walk)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    place=st.sampled_from(DAYS),
    minute=st.integers(0, 1439),
    minutes=st.integers(1, 2000),
    every=st.integers(1, 3),
    count=st.integers(1, 3),
    by_day=st.booleans(),
)
@example(place=DAYS[1], minute=150, minutes=60, every=1, count=1, by_day=False)
@example(place=DAYS[2], minute=0, minutes=90, every=1, count=2, by_day=True)
def test_a_series_is_at_the_same_time_of_the_day_whatever_the_clocks_do(
    place: tuple[str, date], minute: int, minutes: int, every: int, count: int, by_day: bool
) -> None:
    """Every so many weeks, so many times in all, or until the day of the last."""
    zone, first = place
    dates = [first]
    while len(dates) <= count:
        dates.append(dates[-1])
        for _ in range(7 * every):
            dates[-1] += timedelta(days=1)
    clocks = [datetime.combine(day, time()) + minute * MINUTE for day in dates]
    typed = [Time(one.strftime(DATE_TIME), (one + minutes * MINUTE).strftime(DATE_TIME)) for one in clocks]
    ways = {"until": dates[-1].isoformat()} if by_day else {"count": str(count + 1)}
    listed = edited(Entered(times=(typed[0],), every=str(every), **ways), "repeat")
    assert list(listed.times) == typed

    shown = [
        [walk(zone, day).when(clock + after * MINUTE) for after in (0, minutes)]
        for day, clock in zip(dates, clocks, strict=True)
    ]
    odd = [row for row, ends in enumerate(shown) if any(len(numbers) != 1 for numbers in ends)]
    if odd:
        with pytest.raises(InvalidInput) as refusal:
            asked_of(listed, zone, [1])
        assert [one.path for one in refusal.value.faults] == [f"time{row}" for row in odd]
        return
    periods = [
        Period(*(walk(zone, day).at(numbers[0]) for numbers in ends)) for day, ends in zip(dates, shown, strict=True)
    ]
    assert [one.period for one in asked_of(listed, zone, [1])] == periods


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    place=st.sampled_from([(zone, day + timedelta(days=7)) for zone, day in DAYS]),
    stays=st.lists(st.tuples(st.integers(-2000, 2000), st.integers(1, 600)), min_size=1, max_size=3),
    start=st.integers(-2000, 2000),
)
@example(place=("America/New_York", date(2031, 3, 9)), stays=[(-1440, 60), (-1320, 120)], start=30)
@example(place=("America/New_York", date(2031, 3, 9)), stays=[(-1440, 60), (-1320, 120)], start=0)
@example(place=("Australia/Lord_Howe", date(2031, 4, 6)), stays=[(-600, 60)], start=600)
def test_stays_are_moved_by_as_much_on_the_clock_as_the_first_of_them(
    place: tuple[str, date], stays: list[tuple[int, int]], start: int
) -> None:
    one = walk(*place)
    noon = one.begins(one.day) + 720
    numbers = sorted((noon + begins, noon + begins + minutes) for begins, minutes in stays)
    periods = [Period(one.at(begins), one.at(ends)) for begins, ends in numbers]
    planned = [Stay(number, period, StayState.PLANNED) for number, period in enumerate(periods)]
    by = one.shown[noon + start].replace(fold=0) - one.shown[numbers[0][0]].replace(fold=0)

    def moved(number: int) -> list[int]:
        return [noon + start] if number == numbers[0][0] else one.when(one.shown[number].replace(fold=0) + by)

    ways = [(moved(begins), moved(ends)) for begins, ends in numbers]
    fits = all(len(begins) == len(ends) == 1 and begins < ends for begins, ends in ways)
    if not fits or noon + start == numbers[0][0]:
        with pytest.raises(InvalidInput) as refusal:
            shifted(planned, one.at(noon + start), one.zone)
        assert {fault.path for fault in refusal.value.faults} == {"start"}
        return
    expected = {
        period: Period(one.at(begins[0]), one.at(ends[0])) for period, (begins, ends) in zip(periods, ways, strict=True)
    }
    assert shifted(planned, one.at(noon + start), one.zone) == expected


@pytest.mark.parametrize("start", [FIRST, LAST])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_stays_are_not_moved_out_of_the_calendar(start: datetime, zone: str) -> None:
    """No clock shows what comes before the year 1, or after 9999."""
    one = walk(*DAYS[0])
    stay = Stay(1, Period(one.at(600), one.at(660)), StayState.PLANNED)
    with pytest.raises(InvalidInput) as refusal:
        shifted([stay], start, zone)
    assert [fault.message.id for fault in refusal.value.faults] == [OUTSIDE]
