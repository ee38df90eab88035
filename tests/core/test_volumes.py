"""Heights and volumes, by themselves."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from math import inf, nan

import pytest
import shapely.affinity
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from testfields.core.errors import InvalidInput
from testfields.core.periods import Period
from testfields.core.volumes import EVERY_HEIGHT, AltitudeBand, Volume, apart, parse_altitude

NINE = datetime(2026, 12, 3, tzinfo=UTC)
WEST, EAST = box(135, 34, 135.001, 34.001), box(135.001, 34, 135.002, 34.001)
LOW, HIGH = AltitudeBand(Decimal(0), Decimal(30)), AltitudeBand(Decimal(30), Decimal(60))


def period(start: float, hours: float = 1) -> Period:
    begin = NINE + timedelta(hours=start)
    return Period(begin, begin + timedelta(hours=hours))


def volume(shape: Polygon = WEST, altitude: AltitudeBand = LOW, when: Period | None = None) -> Volume:
    return Volume(MultiPolygon([shape]), altitude, when or period(0))


# --- Heights


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (LOW, HIGH, False),
        (LOW, AltitudeBand(Decimal("29.99"), Decimal(60)), True),
        (LOW, EVERY_HEIGHT, True),
        (EVERY_HEIGHT, EVERY_HEIGHT, True),
        (AltitudeBand(None, Decimal(30)), HIGH, False),
        (AltitudeBand(Decimal(10), None), LOW, True),
    ],
)
def test_bands_overlap_where_a_height_lies_in_both(one: AltitudeBand, other: AltitudeBand, overlap: bool) -> None:
    assert one.overlaps(other) is overlap
    assert other.overlaps(one) is overlap


def test_a_band_lies_within_another_up_to_its_very_bounds() -> None:
    assert LOW.within(LOW)
    assert not LOW.within(AltitudeBand(Decimal("0.01"), Decimal(30)))
    assert not LOW.within(AltitudeBand(Decimal(0), Decimal("29.99")))
    assert EVERY_HEIGHT.within(EVERY_HEIGHT)
    assert not EVERY_HEIGHT.within(LOW)


def test_heights_are_kept_to_the_centimetre() -> None:
    assert parse_altitude(0.004, 29.999, "altitude") == AltitudeBand(Decimal("0.00"), Decimal("30.00"))


@pytest.mark.parametrize(
    ("lower", "upper", "path"),
    [
        (nan, 30, "altitude"),
        (0, inf, "altitude"),
        (-1, 30, "altitude"),
        (0, 10_001, "altitude"),
        (1e300, 30, "altitude"),
        (0, -1e300, "altitude"),
        (30, 30, "altitude.upper"),
        (30, 10, "altitude.upper"),
        (30, 30.004, "altitude.upper"),
    ],
)
def test_what_is_no_band_is_refused(lower: float, upper: float, path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_altitude(lower, upper, "altitude")
    assert [one.path for one in refused.value.faults] == [path]


# --- Volumes


def test_volumes_intersect_in_space_height_and_time_at_once() -> None:
    one = volume()
    assert one.intersects(volume())
    assert not one.intersects(volume(EAST)), "a common edge is not shared space"
    assert not one.intersects(volume(altitude=HIGH))
    assert not one.intersects(volume(when=period(1)))
    assert one.intersects(volume(box(135.0009, 34, 135.002, 34.001), EVERY_HEIGHT, period(0.5)))


# --- What one taker takes


def space(volumes: list[Volume]) -> list[tuple[float, float, float, str, str]]:
    """West and east of each volume in thousandths of a degree from 135, its hours, and its heights, in order."""
    return sorted(
        (
            round((one.footprint.bounds[0] - 135) * 1000, 6),
            round((one.footprint.bounds[2] - 135) * 1000, 6),
            (one.period.start - NINE) / timedelta(hours=1),
            f"{one.period.duration}",
            f"{one.altitude.lower}-{one.altitude.upper}",
        )
        for one in volumes
    )


WIDE = box(135.0005, 34, 135.002, 34.001)


def test_what_shares_no_space_stays_as_it_is() -> None:
    for other in (volume(when=period(1)), volume(EAST), volume(altitude=HIGH)):
        assert apart([volume(), other], "volumes") == [volume(), other]


def test_one_that_goes_on_at_its_own_place_is_one_from_then_on() -> None:
    found = apart([volume(when=period(0, 1.5)), volume(when=period(1, 1.5))], "volumes")
    assert found == [volume(when=period(0, 2.5))]


def test_ground_that_is_ones_own_twice_is_taken_once() -> None:
    assert space(apart([volume(), volume(WIDE, when=period(0.5))], "volumes")) == [
        (0, 1, 0, "0:30:00", "0-30"),
        (0, 2, 0.5, "0:30:00", "0-30"),
        (0.5, 2, 1, "0:30:00", "0-30"),
    ]


def test_a_corridor_with_a_step_is_ones_own_all_along() -> None:
    low, high = volume(altitude=AltitudeBand(Decimal(0), Decimal(40))), volume(WIDE, AltitudeBand(Decimal(30), None))
    assert space(apart([low, high], "volumes")) == [
        (0, 1, 0, "1:00:00", "0-30"),
        (0, 2, 0, "1:00:00", "30-40"),
        (0.5, 2, 0, "1:00:00", "40-None"),
    ]


def test_two_that_meet_by_way_of_a_third_are_taken_together() -> None:
    found = apart([volume(), volume(EAST), volume(WIDE, when=period(0))], "volumes")
    assert space(found) == [(0, 2, 0, "1:00:00", "0-30")]


slices = st.builds(
    lambda west, width, low, high, start, hours: volume(
        box(135 + west / 1000, 34, 135 + (west + width) / 1000, 34.001),
        AltitudeBand(Decimal(low), Decimal(low + high)),
        period(start, hours),
    ),
    *(st.integers(low, high) for low, high in ((0, 4), (1, 3), (0, 4), (1, 3), (0, 4), (1, 3))),
)


@given(st.lists(slices, min_size=1, max_size=6))
def test_the_space_of_all_is_taken_once_and_nothing_else(volumes: list[Volume]) -> None:
    found = apart(volumes, "volumes")
    for west, low, hour in product(range(7), range(7), range(7)):
        place = volume(
            box(135 + (west + 0.1) / 1000, 34.0001, 135 + (west + 0.9) / 1000, 34.0009),
            AltitudeBand(Decimal(low), Decimal(low + 1)),
            period(hour),
        )
        taken = sum(place.intersects(one) for one in found)
        assert taken == any(place.intersects(one) for one in volumes)


def test_shapes_that_cross_too_often_are_not_joined() -> None:
    teeth = [(135 + east / 100_000, 34 + north / 1000) for east in range(200) for north in ((0, 1), (1, 0))[east % 2]]
    comb = Polygon([*teeth, (135.002, 33.9999), (135, 33.9999)])
    with pytest.raises(InvalidInput) as refused:
        apart([volume(comb), volume(shapely.affinity.translate(comb, 0.000001))], "volumes")
    assert [one.path for one in refused.value.faults] == ["volumes"]


def test_one_shape_of_many_points_is_taken_twice_without_being_joined() -> None:
    teeth = [(135 + east / 100_000, 34 + north / 1000) for east in range(400) for north in ((0, 1), (1, 0))[east % 2]]
    comb = Polygon([*teeth, (135.004, 33.9999), (135, 33.9999)])
    taken = apart([volume(comb, when=period(0, 2)), volume(comb, when=period(1, 2))], "volumes")
    assert [one.period for one in taken] == [period(0, 3)]


def test_times_and_heights_that_are_too_many_are_not_cut() -> None:
    bands = [AltitudeBand(Decimal(number), Decimal(number + 100)) for number in range(50)]
    overlapping = [volume(WEST, band, period(number / 60)) for number, band in enumerate(bands)]
    with pytest.raises(InvalidInput) as refused:
        apart(overlapping, "volumes")
    assert [one.path for one in refused.value.faults] == ["volumes"]
