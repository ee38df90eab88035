"""A series on the form: every so many weeks, so many times or until a day; its limits are told at their fields."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testfields.availability.rules import MOST_VOLUMES
from testfields.core.errors import InvalidInput
from testfields.reservations.apply.editing import edited
from testfields.reservations.apply.forms import Entered, Time
from testfields.reservations.apply.series import MOST_WEEKS, Horizon
from testfields.web import locale

# A Thursday.
FIRST = Time("2026-12-03T09:00", "2026-12-03T11:30")
AHEAD = Horizon(date(2027, 6, 1), 180)


def entered(**typed: str) -> Entered:
    return Entered(times=(FIRST,), **typed)


def told(form: Entered, ahead: Horizon | None = AHEAD) -> dict[str, str]:
    """What is wrong with the series, by its field; the form stays as it is."""
    with pytest.raises(InvalidInput) as refused:
        edited(form, "repeat", ahead)
    return {one.path: locale.said(one.message, "en") for one in refused.value.faults}


@given(
    start=st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2199-01-01")).map(
        lambda one: one.replace(second=0, microsecond=0)
    ),
    minutes=st.integers(1, 60 * 24 * 7),
    weeks=st.integers(1, MOST_WEEKS),
    count=st.integers(2, MOST_VOLUMES),
    spare=st.integers(0, 6),
)
def test_what_is_listed_are_exactly_the_same_times_of_each_so_many_weeks(
    start: datetime, minutes: int, weeks: int, count: int, spare: int
) -> None:
    """Slow model: walk day by day, and take every 7 × weeks-th."""
    time = Time(f"{start:%Y-%m-%dT%H:%M}", f"{start + timedelta(minutes=minutes):%Y-%m-%dT%H:%M}")
    wanted, day, passed = [time], start, 0
    while len(wanted) < count:
        day, passed = day + timedelta(days=1), passed + 1
        if passed % (7 * weeks) == 0:
            wanted.append(Time(f"{day:%Y-%m-%dT%H:%M}", f"{day + timedelta(minutes=minutes):%Y-%m-%dT%H:%M}"))
    until = (day + timedelta(days=spare)).date().isoformat()

    for how in ({"count": str(count)}, {"until": until}):
        made = edited(Entered(times=(time,), every=str(weeks), **how), "repeat")
        assert made.times == tuple(wanted)
        assert (made.count, made.until, made.every) == ("", "", str(weeks))


def test_weekly_four_times_makes_four() -> None:
    assert [one.start[:10] for one in edited(entered(every="1", count="4"), "repeat", AHEAD).times] == [
        "2026-12-03", "2026-12-10", "2026-12-17", "2026-12-24"
    ]  # fmt: skip


def test_without_a_word_it_is_every_week_and_only_the_last_time_is_repeated() -> None:
    form = Entered(times=(FIRST, Time("2026-12-05T13:00", "2026-12-05T14:00"), Time()), count="2")
    assert [one.start for one in edited(form, "repeat", AHEAD).times] == [
        "2026-12-03T09:00", "2026-12-05T13:00", "2026-12-12T13:00"
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["0", "-1", "x", "1.5", "53", "99999"])
def test_every_how_many_weeks_is_told_with_its_limit(typed: str) -> None:
    assert told(entered(every=typed, count="2")) == {
        "every": "Please enter every how many weeks, as a whole number from 1 to 52."
    }


@pytest.mark.parametrize("typed", ["0", "1", "00", "-1", "x", "2.5", "99999"])
def test_how_many_times_in_all_is_told_with_its_limit(typed: str) -> None:
    assert told(entered(count=typed)) == {
        "count": "Please enter how many times in all, as a whole number from 2 to 60."
    }


def test_faults_of_two_fields_are_told_together() -> None:
    assert set(told(entered(every="0", count="x"))) == {"every", "count"}
    assert set(told(entered(every="x", until="soon"))) == {"every", "until"}


def test_a_series_that_would_be_too_long_is_refused_as_a_whole() -> None:
    too_many = "At most 60 times can be asked for in one application."
    assert told(entered(count="61")) == {"count": too_many}
    two = Entered(times=(FIRST, FIRST), count="60")
    assert told(two) == {"count": too_many}
    # 59 weeks after the first.
    fits, over = entered(until="2028-01-20"), entered(until="2028-01-27")
    assert len(edited(fits, "repeat").times) == 60
    assert told(over, None) == {"until": too_many}


FROM_THE_17TH = "The first of the further times would be on Thu 17 Dec 2026. Please choose that day or a later one."


@pytest.mark.parametrize(
    ("until", "message"),
    [
        ("2027-06-02", "This site can be booked until Tue 1 Jun 2027 at present, 180 days ahead."),
        ("2026-12-02", FROM_THE_17TH),
        ("2026-12-16", FROM_THE_17TH),
        ("24.12.", "Please enter the last day as a date, like 2026-12-24."),
        ("2026-02-30", "Please enter the last day as a date, like 2026-12-24."),
    ],
)  # fmt: skip
def test_a_last_day_that_cannot_be_is_told_with_the_one_that_can(until: str, message: str) -> None:
    assert told(entered(every="2", until=until)) == {"until": message}


def test_the_last_day_that_can_be_booked_and_the_day_of_the_first_are_taken() -> None:
    assert len(edited(entered(every="2", until="2026-12-17"), "repeat", AHEAD).times) == 2
    assert edited(entered(until="2027-06-01"), "repeat", AHEAD).times[-1].start == "2027-05-27T09:00"


@pytest.mark.parametrize(("typed", "field"), [({}, "count"), ({"count": "2", "until": "2026-12-24"}, "until")])
def test_either_a_number_or_a_day_is_wanted(typed: dict[str, str], field: str) -> None:
    assert list(told(entered(**typed))) == [field]
