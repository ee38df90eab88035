"""Times as people read them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from testfields.core.local_time import (
    format_clocks,
    format_date,
    format_instant,
    format_period,
    format_reiwa,
    instant_of,
    local_date,
    local_days,
    local_time,
    midnight,
)
from testfields.core.periods import Period

TOKYO = "Asia/Tokyo"


def utc(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "ja", "en"),
    [
        (utc(3, 0), utc(3, 2), "2026年12月3日(木) 9:00–11:00", "Thu 3 Dec 2026, 09:00–11:00 JST"),
        (utc(3, 13), utc(3, 15), "2026年12月3日(木) 22:00–24:00", "Thu 3 Dec 2026, 22:00–24:00 JST"),
        (
            utc(3, 13),
            utc(3, 17, 30),
            "2026年12月3日(木) 22:00–2026年12月4日(金) 2:30",
            "Thu 3 Dec 2026, 22:00–Fri 4 Dec 2026, 02:30 JST",
        ),
        (
            utc(30, 15),
            utc(31, 15),
            "2026年12月31日(木) 0:00–24:00",
            "Thu 31 Dec 2026, 00:00–24:00 JST",
        ),
    ],
)
def test_a_period_is_told_in_the_sites_zone(start: datetime, end: datetime, ja: str, en: str) -> None:
    assert format_period(Period(start, end), TOKYO, "ja") == ja
    assert format_period(Period(start, end), TOKYO, "en") == en


def test_a_period_over_the_end_of_summer_time_names_both_zones() -> None:
    night = Period(utc(25, 0, 30, month=10), utc(25, 1, 30, month=10))
    assert format_period(night, "Europe/Brussels", "en") == "Sun 25 Oct 2026, 02:30 CEST–02:30 CET"


def test_an_instant_and_a_day() -> None:
    assert format_instant(utc(3, 0, 5), TOKYO, "ja") == "2026年12月3日(木) 9:05"
    assert format_instant(utc(3, 0, 5), TOKYO, "en") == "Thu 3 Dec 2026, 09:05 JST"
    assert local_date(utc(3, 15), TOKYO) == date(2026, 12, 4)
    assert format_date(date(2026, 1, 1), "ja") == "2026年1月1日(木)"


def test_the_year_of_reiwa_begins_with_the_first_and_not_before() -> None:
    assert format_reiwa(date(2026, 12, 3)) == "令和8年12月3日"
    assert format_reiwa(date(2019, 5, 1)) == "令和元年5月1日"
    with pytest.raises(ValueError, match="令和"):
        format_reiwa(date(2019, 4, 30))


# --- Between instants and clocks, where the clock changes

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_a_day_is_as_long_as_its_clock_makes_it(day: date, hours: int) -> None:
    whole = local_days(day, 1, BERLIN)
    assert whole.duration == timedelta(hours=hours)
    assert (whole.start, whole.end) == (midnight(day, BERLIN), midnight(day + timedelta(days=1), BERLIN))
    assert local_date(whole.start, BERLIN) == day
    assert local_time(whole.end, BERLIN).replace(tzinfo=None) == datetime.combine(day + timedelta(days=1), time())


def test_an_hour_that_comes_twice_is_told_apart() -> None:
    twice = datetime.combine(date(2026, 10, 25), time(2, 30))
    first, second = instant_of(twice, BERLIN), instant_of(twice, BERLIN, fold=1)
    assert second - first == timedelta(hours=1)
    assert {local_time(one, BERLIN).replace(tzinfo=None, fold=0) for one in (first, second)} == {twice}


def test_a_time_that_the_clock_leaps_over_lies_after_the_leap() -> None:
    leapt = instant_of(datetime.combine(date(2026, 3, 29), time(2, 30)), BERLIN)
    assert local_time(leapt, BERLIN).replace(tzinfo=None) == datetime.combine(date(2026, 3, 29), time(3, 30))


def test_the_ends_of_the_calendar_are_instants_too() -> None:
    assert instant_of(datetime.combine(date.min, time(1)), "Asia/Tokyo") == datetime.min.replace(tzinfo=UTC)
    assert instant_of(datetime.combine(date.max, time(23)), "America/New_York") == datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "hours", "ja", "en"),
    [
        (9, 2, "9:00–11:00", "09:00–11:00 JST"),
        (22, 2, "22:00–24:00", "22:00–24:00 JST"),
        (22, 3, "22:00–翌1:00", "22:00–01:00 JST (next day)"),
        (22, 27, "2026年12月3日(木) 22:00–2026年12月5日(土) 1:00", "Thu 3 Dec 2026, 22:00–Sat 5 Dec 2026, 01:00 JST"),
    ],
)
def test_clocks_stand_under_the_day_on_which_they_begin(start: int, hours: int, ja: str, en: str) -> None:
    begins = utc(3, 0) + timedelta(hours=start - 9)
    period = Period(begins, begins + timedelta(hours=hours))
    assert [format_clocks(period, TOKYO, locale) for locale in ("ja", "en")] == [ja, en]
