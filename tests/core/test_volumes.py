"""Shapes, heights and volumes, by themselves."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import inf, nan

import pytest
from shapely.geometry import LineString, MultiPolygon, Polygon, box

from testfields.core.errors import InvalidInput, Message
from testfields.core.periods import Period
from testfields.core.volumes import (
    EVERY_HEIGHT,
    MOST_VERTICES,
    AltitudeBand,
    Volume,
    checked_shape,
    join_own,
    parse_altitude,
    parse_polygon,
)
from testfields.web.locale import said

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
        (30, 30, "altitude.upper"),
        (30, 10, "altitude.upper"),
        (30, 30.004, "altitude.upper"),
    ],
)
def test_what_is_no_band_is_refused(lower: float, upper: float, path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_altitude(lower, upper, "altitude")
    assert [one.path for one in refused.value.faults] == [path]


# --- Shapes


def ring(*points: tuple[float, ...]) -> list[list[float]]:
    return [list(point) for point in (*points, points[0])]


SQUARE = ring((135, 34), (135.001, 34), (135.001, 34.001), (135, 34.001))
HOLE = ring((135.0002, 34.0002), (135.0008, 34.0002), (135.0008, 34.0008), (135.0002, 34.0008))


def message_of(rings: list[list[list[float]]]) -> Message:
    with pytest.raises(InvalidInput) as refused:
        parse_polygon(rings, "footprint")
    (found,) = refused.value.faults
    assert found.path == "footprint"
    return found.message


def test_a_polygon_may_have_a_hole() -> None:
    shape = parse_polygon([SQUARE, HOLE], "footprint")
    assert shape.equals(Polygon(SQUARE, [HOLE]))


@pytest.mark.parametrize(
    ("rings", "said_of_it"),
    [
        ([], "at least four points"),
        ([SQUARE[:3]], "at least four points"),
        ([SQUARE[:-1]], "end with the point it began with"),
        ([ring((135, 34, 5), (135.001, 34, 5), (135, 34.001, 5))], "without a height"),
        ([[[lat, lon] for lon, lat in SQUARE]], "swapped"),
        ([[[lon - 130, lat] for lon, lat in SQUARE]], "in Japan"),
        ([ring((135, 34), (nan, 34), (135, 34.001))], "in Japan"),
        ([SQUARE[:1] * (MOST_VERTICES + 1)], "at most"),
        ([ring((135, 34), (135.001, 34), (135.002, 34))], "is empty"),
        ([ring((135, 34), (135, 34), (135, 34))], "is empty"),
    ],
)
def test_what_is_no_polygon_is_told_why(rings: list[list[list[float]]], said_of_it: str) -> None:
    assert said_of_it in message_of(rings).id


def test_lobes_of_equal_size_cross_and_are_not_taken_for_nothing() -> None:
    found = message_of([ring((135, 34), (135.002, 34.002), (135.002, 34), (135, 34.002))])
    assert said(found, "en") == "The shape crosses or touches itself at [135.001, 34.001]."
    assert said(found, "ja") == "図形の線が[135.001, 34.001]で交差または接触しています。"


def moved(points: list[list[float]], east: float) -> list[list[float]]:
    return [[lon + east, lat] for lon, lat in points]


TOUCHING_HOLE = ring((135, 34.0005), (135.0005, 34.001), (135.001, 34.0005), (135.0005, 34))


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (Polygon(SQUARE, [moved(HOLE, 0.01)]), "A hole lies outside"),
        (Polygon(SQUARE, [HOLE, ring((135.0004, 34.0004), (135.0006, 34.0004), (135.0005, 34.0006))]), "another hole"),
        (Polygon(SQUARE, [TOUCHING_HOLE]), "cut the shape apart"),
        (Polygon(SQUARE, [ring((135.0005, 34.0005), (135.0006, 34.0005), (135.0005, 34.0005))]), "three different"),
        (MultiPolygon([Polygon(SQUARE), Polygon(HOLE)]), "inside another"),
        (Polygon(ring((135, 34), (135.001, 34), (135.002, 34.001), (135.001, 34), (135, 34.001))), "touches itself"),
        (MultiPolygon([Polygon(SQUARE), Polygon(moved(SQUARE, 0.0005))]), "crosses or touches itself"),
    ],
)
def test_the_reason_is_told_with_the_place_in_both_languages(shape: Polygon | MultiPolygon, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_shape(shape, "geometry")
    (found,) = refused.value.faults
    assert reason in found.message.id
    assert "[135" in said(found.message, "ja")
    assert not any(letter.isascii() and letter.isalpha() for letter in said(found.message, "ja"))


def test_a_line_or_a_shape_without_points_is_no_place() -> None:
    for shape in (LineString(SQUARE), Polygon(), MultiPolygon()):
        with pytest.raises(InvalidInput):
            checked_shape(shape, "geometry")


# --- Volumes


def test_volumes_intersect_in_space_height_and_time_at_once() -> None:
    one = volume()
    assert one.intersects(volume())
    assert not one.intersects(volume(EAST)), "a common edge is not shared space"
    assert not one.intersects(volume(altitude=HIGH))
    assert not one.intersects(volume(when=period(1)))
    assert one.intersects(volume(box(135.0009, 34, 135.002, 34.001), EVERY_HEIGHT, period(0.5)))


def test_own_volumes_at_one_place_are_joined_where_their_times_touch() -> None:
    (joined,) = join_own([volume(when=period(0)), volume(when=period(2)), volume(when=period(1))])
    assert joined == volume(when=period(0, 3))
    assert join_own([volume(when=period(0)), volume(when=period(2))]) == [
        volume(when=period(0)),
        volume(when=period(2)),
    ]


def test_own_volumes_at_one_time_are_joined_where_they_share_ground() -> None:
    wide = box(135.0005, 34, 135.002, 34.001)
    (joined,) = join_own([volume(), volume(wide)])
    assert joined.footprint.equals(box(135, 34, 135.002, 34.001))
    assert len(join_own([volume(), volume(EAST)])) == 2
    assert len(join_own([volume(), volume(wide, HIGH)])) == 2
    assert len(join_own([volume(), volume(wide, when=period(0.5))])) == 2
