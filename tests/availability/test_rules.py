"""What a site's policy lets be asked for, and what is then taken; without any I/O."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from shapely.geometry import MultiPolygon, box

from testfields.availability.rules import (
    MOST_VOLUMES,
    BookableArea,
    Placed,
    check_volumes,
    claims_for,
    decision_due,
)
from testfields.core.errors import InvalidInput
from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand, Volume
from testfields.sites.fields import POLICY as FIELDS
from testfields.sites.stays import Policy, horizon, on_grid

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
START = datetime(2026, 12, 3, tzinfo=UTC)
RULES = {
    "slot_minutes": 30,
    "minimum_minutes": 60,
    "maximum_minutes": 480,
    "notice_minutes": 1440,
    "horizon_days": 180,
    "turnaround_minutes": 30,
    "hold_minutes": 2880,
    "processing_days": 14,
}
POLICY = Policy(timezone="Asia/Tokyo", **{**dict.fromkeys(FIELDS, 0), **RULES})
LOW = AltitudeBand(Decimal(0), Decimal(30))
WEST = MultiPolygon([box(135, 34, 135.001, 34.001)])
EAST = MultiPolygon([box(135.002, 34, 135.003, 34.001)])
GROUND = MultiPolygon([box(135, 34, 135.01, 34.01)])
AREA = BookableArea(1, 1, GROUND, AltitudeBand(Decimal(0), Decimal(150)))


def period(hours: float = 0, lasts: float = 1) -> Period:
    start = START + timedelta(hours=hours)
    return Period(start, start + timedelta(hours=lasts))


def placed(when: Period, shape: MultiPolygon = WEST, altitude: AltitudeBand = LOW) -> Placed:
    until_cleared = Period(when.start, when.end + timedelta(minutes=POLICY.turnaround_minutes))
    return Placed(AREA, Volume(shape, altitude, when), True, True, Volume(shape, altitude, until_cleared))


def faults(*volumes: Placed, policy: Policy = POLICY, now: datetime = NOW) -> list[str]:
    try:
        check_volumes(policy, volumes, now)
    except InvalidInput as error:
        return [one.path for one in error.faults]
    return []


# --- What may be asked for


def test_a_stay_that_keeps_every_rule_is_accepted() -> None:
    assert faults(placed(period())) == []


@pytest.mark.parametrize(
    ("asked", "paths"),
    [
        (placed(Period(NOW - timedelta(hours=1), NOW)), ["period.start"]),
        (placed(Period(NOW + timedelta(hours=23), NOW + timedelta(hours=24))), ["period.start"]),
        (placed(period(lasts=0.5)), ["period.end"]),
        (placed(period(lasts=8.5)), ["period.end"]),
        (placed(period(0.25)), ["period.start", "period.end"]),
        (placed(period(24 * 200)), ["period.end"]),
        (replace(placed(period()), open=False), ["period"]),
        (replace(placed(period()), inside_area=False), ["footprint"]),
        (placed(period(), altitude=AltitudeBand(Decimal(100), Decimal(151))), ["altitude"]),
    ],
    ids=["past", "notice", "short", "long", "grid", "horizon", "closed", "outside", "high"],
)
def test_each_rule_is_told_at_its_field(asked: Placed, paths: list[str]) -> None:
    assert faults(asked) == [f"volumes[0].{path}" for path in paths]


def test_every_fault_of_every_volume_is_told() -> None:
    wrong = replace(placed(period(lasts=0.5)), inside_area=False)
    assert faults(placed(period()), wrong) == ["volumes[1].period.end", "volumes[1].footprint"]


def test_the_notice_ends_to_the_very_minute() -> None:
    exactly = placed(Period(NOW + timedelta(hours=24), NOW + timedelta(hours=25)))
    assert faults(exactly) == []
    assert faults(exactly, now=NOW + timedelta(seconds=1)) == ["volumes[0].period.start"]


# --- Local days: changes of summer time and of the year


@pytest.mark.parametrize(
    ("zone", "now", "days", "ends"),
    [
        ("Asia/Tokyo", "2026-12-31T14:59:59+00:00", 0, "2027-01-01T00:00:00+09:00"),
        ("Asia/Tokyo", "2026-12-31T15:00:00+00:00", 0, "2027-01-02T00:00:00+09:00"),
        ("Asia/Tokyo", "2028-02-28T12:00:00+09:00", 1, "2028-03-01T00:00:00+09:00"),
        ("Europe/Berlin", "2026-03-28T12:00:00+01:00", 1, "2026-03-30T00:00:00+02:00"),
        ("Europe/Berlin", "2026-10-24T12:00:00+02:00", 1, "2026-10-26T00:00:00+01:00"),
    ],
)
def test_one_may_book_until_the_end_of_a_local_day(zone: str, now: str, days: int, ends: str) -> None:
    policy = replace(POLICY, timezone=zone, horizon_days=days)
    assert horizon(policy, datetime.fromisoformat(now)) == datetime.fromisoformat(ends)


@pytest.mark.parametrize(
    ("zone", "submitted", "days", "ends"),
    [
        ("Asia/Tokyo", "2026-12-20T23:59:00+09:00", 14, "2027-01-04T00:00:00+09:00"),
        ("America/New_York", "2026-03-07T23:00:00-05:00", 1, "2026-03-09T00:00:00-04:00"),
        ("America/New_York", "2026-10-31T23:00:00-04:00", 1, "2026-11-02T00:00:00-05:00"),
    ],
)
def test_a_decision_is_due_at_the_end_of_a_local_day(zone: str, submitted: str, days: int, ends: str) -> None:
    policy = replace(POLICY, timezone=zone, processing_days=days)
    due = decision_due(policy, datetime.fromisoformat(submitted))
    assert timedelta(0) < datetime.fromisoformat(ends) - due <= timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("zone", "instant", "slot", "fits"),
    [
        ("Asia/Tokyo", "2026-12-03T09:30:00+09:00", 30, True),
        ("Asia/Tokyo", "2026-12-03T09:45:00+09:00", 30, False),
        ("Asia/Tokyo", "2026-12-03T09:30:01+09:00", 30, False),
        ("Asia/Kolkata", "2026-12-03T04:00:00+00:00", 60, False),
        ("Asia/Kolkata", "2026-12-03T03:30:00+00:00", 60, True),
        # Clocks go on from 2:00 to 3:00: the grid is that of the wall clock, not of the hours gone by.
        ("Europe/Berlin", "2026-03-29T01:00:00+00:00", 180, True),
        ("Europe/Berlin", "2026-03-29T02:00:00+00:00", 120, True),
        # Lord Howe goes on by half an hour.
        ("Australia/Lord_Howe", "2026-10-03T15:30:00+00:00", 60, False),
        ("Australia/Lord_Howe", "2026-10-03T16:00:00+00:00", 60, True),
    ],
)
def test_the_grid_is_that_of_the_wall_clock(zone: str, instant: str, slot: int, fits: bool) -> None:
    assert on_grid(zone, slot, datetime.fromisoformat(instant)) is fits


def test_the_length_of_a_stay_is_the_time_that_goes_by() -> None:
    policy = replace(POLICY, timezone="Europe/Berlin", minimum_minutes=120)
    night = ZoneInfo("Europe/Berlin")
    lost = Period(
        datetime(2026, 3, 29, 1, tzinfo=night).astimezone(UTC), datetime(2026, 3, 29, 3, tzinfo=night).astimezone(UTC)
    )
    assert faults(placed(lost), policy=policy, now=lost.start - timedelta(days=2)) == ["volumes[0].period.end"]


# --- What is then taken


def test_ones_own_turnaround_stands_in_nobodys_way() -> None:
    claims = claims_for([placed(period()), placed(period(1))])
    assert [one.period for one in claims] == [period(lasts=2.5)]
    overlapping = MultiPolygon([box(135.0005, 34, 135.0015, 34.001)])
    claims = claims_for([placed(period()), placed(period(1), overlapping)])
    # What is left of the first one's turnaround stays taken, also where the second does not go on.
    assert [(one.period, one.footprint.bounds[0], one.footprint.bounds[2]) for one in claims] == [
        (period(), 135, 135.001),
        (period(1, 0.5), 135, 135.0015),
        (period(1.5, 1), 135.0005, 135.0015),
    ]


def test_an_application_has_at_most_sixty_times() -> None:
    times = [placed(period(24 * day)) for day in range(MOST_VOLUMES + 1)]
    assert len(claims_for(times[:-1])) == MOST_VOLUMES
    with pytest.raises(InvalidInput):
        claims_for(times)
