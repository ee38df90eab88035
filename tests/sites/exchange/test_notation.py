"""Hours, facilities and uses as one line of text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testfields.core.errors import InvalidInput
from testfields.sites.drafts import OpeningDraft
from testfields.sites.exchange.notation import (
    format_facilities,
    format_hours,
    parse_facilities,
    parse_hours,
    parse_uses,
    parse_wanted,
)


@pytest.mark.parametrize(
    ("text", "openings"),
    [
        ("Mon 09:00-17:00", [(1, 540, 1020)]),
        ("mon , wed 9:00-12:00", [(1, 540, 720), (3, 540, 720)]),
        ("Sat-Mon 00:00-24:00", [(1, 0, 1440), (6, 0, 1440), (7, 0, 1440)]),
        ("Fri 22:00-26:00", [(5, 1320, 1560)]),
        ("Tue 09:00-12:00, 13:00-17:00;", [(2, 540, 720), (2, 780, 1020)]),
        ("Sun 20:00-32:00; Mon 08:00-09:00", [(1, 480, 540), (7, 1200, 1920)]),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, openings: list[tuple[int, int, int]]) -> None:
    assert parse_hours(text, "hours") == tuple(OpeningDraft(*one) for one in openings)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ";",
        "Mon",
        "09:00-17:00",
        "Monday 09:00-17:00",
        "Mon 17:00-09:00",
        "Mon 09:00-09:00",
        "Mon 24:00-25:00",
        "Mon 09:00-34:00",
        "Mon 09:60-10:00",
        "Mon 09:00",
        "Mon-Xyz 09:00-10:00",
        "月-金 09:00-17:00",
        "Mon 09:00-12:00; Mon 11:00-13:00",
        "Mon-Wed 09:00-12:00; Tue 09:00-10:00",
        "Sun 22:00-26:00; Mon 01:00-03:00",
    ],
)
def test_hours_that_make_no_sense_or_overlap_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_hours(text, "hours")
    assert {one.path for one in refusal.value.faults} == {"hours"}


def test_every_unreadable_part_of_the_hours_is_told() -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_hours("Mon 9-17; Tue 09:00-17:00; Wed 25:00-26:00", "hours")
    assert [one.message.values["part"] for one in refusal.value.faults] == ["Mon 9-17", "Wed 25:00-26:00"]


def test_days_with_the_same_hours_share_a_part() -> None:
    text = "Mon-Tue 09:30-17:00; Thu-Sun 09:30-17:00"
    assert format_hours(parse_hours(text, "hours")) == text


@given(st.dictionaries(st.integers(1, 7), st.tuples(st.integers(0, 1439), st.integers(1, 600)), min_size=1))
def test_hours_written_and_read_again_are_the_same(days: dict[int, tuple[int, int]]) -> None:
    openings = tuple(sorted(OpeningDraft(day, opens, opens + length) for day, (opens, length) in days.items()))
    try:
        again = parse_hours(format_hours(openings), "hours")
    except InvalidInput as error:
        # Only where one night runs into the opening of the next day.
        assert all("overlap" in one.message.id for one in error.faults)  # noqa: PT017
        assert any(one.closes_minute > 1440 for one in openings)
    else:
        assert again == openings


def test_facilities_are_read_and_written_in_the_order_of_their_keys() -> None:
    facilities = parse_facilities("power_kw = 30;5g; surface=gravel; width_m=7.5", "facilities")
    assert facilities == {"5g": True, "power_kw": 30, "surface": "gravel", "width_m": 7.5}
    assert format_facilities(facilities) == "5g; power_kw=30; surface=gravel; width_m=7.5"


@pytest.mark.parametrize(
    "text",
    [
        "helipad",
        "fence=yes",
        "power_kw",
        "power_kw=lots",
        "power_kw=nan",
        "power_kw=inf",
        "power_kw=-1",
        "power_kw=0",
        "surface=lava",
        "5g; 5g",
    ],
)
def test_facilities_that_are_unknown_or_lack_their_value_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_facilities(text, "facilities")


def test_uses_are_put_in_the_portals_order() -> None:
    assert parse_uses("robot; Drone; robot", "uses") == ("drone", "robot")


def test_every_unknown_use_is_told() -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_uses("drone; balloon; boat", "uses")
    assert [one.message.values["part"] for one in refusal.value.faults] == ["balloon", "boat"]


def test_a_facility_may_be_sought_without_its_number() -> None:
    assert parse_wanted(["power_kw", "width_m=6", "surface=grass"], "facility") == {
        "power_kw": True,
        "width_m": 6,
        "surface": "grass",
    }
