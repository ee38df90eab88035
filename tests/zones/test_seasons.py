"""When zones hold: what files write, and what of a stay is meant."""

from datetime import date

import pytest

from testfields.core.errors import InvalidInput
from testfields.core.local_time import local_time
from testfields.core.periods import Period
from testfields.zones.seasons import SUNRISE, SUNSET, Place, instant, parse, within
from testfields.zones.vocabulary import LayerKind
from tests.zones.cases import TOKYO, at, zone

pytestmark = pytest.mark.rules
OSAKA = Place(135.5, 34.7, TOKYO)


def stretch(day: int, start: str, end: str) -> tuple[str, str]:
    """Of a day in December."""
    return f"2026-12-0{day} {start}", f"2026-12-0{day} {end}"


@pytest.mark.parametrize(
    ("day", "rises", "sets"),
    # 国立天文台 暦計算室 tells them for Osaka to the minute; the horizon's refraction leaves two minutes.
    [
        (date(2026, 6, 21), "04:45", "19:14"),
        (date(2026, 12, 22), "07:01", "16:51"),
        (date(2026, 3, 20), "06:02", "18:09"),
    ],
)
def test_the_sun_rises_and_sets_on_the_local_day(day: date, rises: str, sets: str) -> None:
    for edge, clock in ((SUNRISE, rises), (SUNSET, sets)):
        found = local_time(instant(edge, day, OSAKA), TOKYO)
        assert found.date() == day
        assert abs((found - local_time(at(f"{day} {clock}"), TOKYO)).total_seconds()) <= 180


@pytest.mark.parametrize(
    ("rules", "start", "end", "expected"),
    [
        # The sun sets at 19:14 on 21 June and rises at 4:45: no stretch on such days, instead of nearly all of them.
        ("sunset-19:00", "2026-06-21 12:00", "2026-06-22 12:00", []),
        ("05:00-sunrise", "2026-06-21 00:00", "2026-06-21 12:00", []),
        ("11:00-13:00", "2026-12-03 10:00", "2026-12-03 12:00", [("2026-12-03 11:00", "2026-12-03 12:00")]),
        ("12:00-13:00", "2026-12-03 10:00", "2026-12-03 12:00", []),
        (
            "22:00-06:00",
            "2026-12-03 05:00",
            "2026-12-03 23:00",
            [stretch(3, "05:00", "06:00"), stretch(3, "22:00", "23:00")],
        ),
        ("00:00-24:00", "2026-12-03 10:00", "2026-12-05 12:00", [("2026-12-03 10:00", "2026-12-05 12:00")]),
        ("08:00-09:00; 08:30-10:00", "2026-12-03 00:00", "2026-12-03 12:00", [stretch(3, "08:00", "10:00")]),
        (
            "Sat-Mon 08:00-09:00",
            "2026-12-04 00:00",
            "2026-12-08 00:00",
            [stretch(day, "08:00", "09:00") for day in (5, 6, 7)],
        ),
        ("Thu 23:00-01:00", "2026-12-04 00:00", "2026-12-04 12:00", [("2026-12-04 00:00", "2026-12-04 01:00")]),
        ("02-29/02-29 08:00-09:00", "2028-02-28 00:00", "2028-03-02 00:00", [("2028-02-29 08:00", "2028-02-29 09:00")]),
        ("02-29/02-29 08:00-09:00", "2027-02-28 00:00", "2027-03-02 00:00", []),
    ],
)  # fmt: skip
def test_what_of_a_stay_is_meant(rules: str, start: str, end: str, expected: list[tuple[str, str]]) -> None:
    found = within(parse(rules, "hours"), Period(at(start), at(end)), OSAKA)
    assert found == tuple(Period(at(first), at(last)) for first, last in expected)


@pytest.mark.parametrize(
    "text", ["8:00-9:00", "08:00", "08:00-08:00", "24:00-06:00", "Foo 08:00-09:00", "Mon-Bar 08:00-09:00",
             "13-01/02-01 08:00-09:00", "02-30/03-01 08:00-09:00", "08:00-25:00", "noon-sunset",
             "08:00-09:00, 10:00-11:00"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse(f"08:00-09:00; {text}", "features[3].hours")
    assert [(one.path, one.message.values) for one in refused.value.faults] == [("features[3].hours", {"text": text})]


@pytest.mark.parametrize(
    ("rule", "over"),
    [("22:00-06:00", True), ("08:00-17:00", False), ("sunset-sunrise", True), ("sunrise-sunset", False),
     ("sunset-06:00", True), ("sunset-19:00", False), ("22:00-sunrise", True), ("05:00-sunrise", False),
     ("sunrise-09:00", False), ("15:00-sunset", False)],
)  # fmt: skip
def test_which_rules_end_on_the_next_day(rule: str, over: bool) -> None:
    (found,) = parse(rule, "hours")
    assert found.over_midnight is over


def test_a_zones_days_are_those_on_which_its_hours_begin() -> None:
    nightly = zone(
        LayerKind.NOISE, hours=parse("22:00-06:00", "h"), first_day=date(2026, 12, 3), last_day=date(2026, 12, 3)
    )
    found = nightly.periods(Period(at("2026-12-02 12:00"), at("2026-12-05 12:00")), OSAKA)
    assert found == (Period(at("2026-12-03 22:00"), at("2026-12-04 06:00")),)


def test_a_zone_without_hours_holds_from_midnight_to_midnight() -> None:
    always = zone(LayerKind.NOISE, first_day=date(2026, 12, 3), last_day=date(2026, 12, 3))
    found = always.periods(Period(at("2026-12-02 12:00"), at("2026-12-05 12:00")), OSAKA)
    assert found == (Period(at("2026-12-03 00:00"), at("2026-12-04 00:00")),)
