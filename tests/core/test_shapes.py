"""Shapes on the ground, and the one tolerance by which they are compared."""

from math import cos, nan, radians

import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon, box

from testfields.core.errors import InvalidInput, Message
from testfields.core.shapes import (
    METRES_PER_DEGREE,
    MOST_POINTS,
    MOST_POINTS_ASKED,
    check_points_of_all,
    checked_shape,
    inset,
    inside,
    parse_shape,
    share_ground,
    widest_common,
)
from testfields.web.locale import said


def ring(*points: tuple[float, ...]) -> list[list[float]]:
    return [list(point) for point in (*points, points[0])]


SQUARE = ring((135, 34), (135.001, 34), (135.001, 34.001), (135, 34.001))
HOLE = ring((135.0002, 34.0002), (135.0008, 34.0002), (135.0008, 34.0008), (135.0002, 34.0008))


def message_of(rings: list[list[list[float]]]) -> Message:
    with pytest.raises(InvalidInput) as refused:
        parse_shape([rings], "footprint")
    (found,) = refused.value.faults
    assert found.path == "footprint"
    return found.message


def test_a_polygon_may_have_a_hole() -> None:
    shape = parse_shape([[SQUARE, HOLE]], "footprint")
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
        ([SQUARE[:1] * (MOST_POINTS + 1)], "at most"),
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


def test_points_are_counted_over_all_parts_of_a_shape() -> None:
    parts = [[moved(SQUARE, 0.002 * part)] for part in range(MOST_POINTS // 5 + 1)]
    assert len(parse_shape(parts[:-1], "footprint").geoms) == MOST_POINTS // 5
    with pytest.raises(InvalidInput) as refused:
        parse_shape(parts, "footprint")
    assert said(refused.value.faults[0].message, "en").startswith(f"The shape has {MOST_POINTS + 5} points;")


def test_points_are_counted_over_all_shapes() -> None:
    shapes = [MultiPolygon([Polygon(SQUARE)])] * (MOST_POINTS_ASKED // 5 + 1)
    check_points_of_all(shapes[:-1], "volumes")
    with pytest.raises(InvalidInput) as refused:
        check_points_of_all(shapes, "volumes")
    assert f"{MOST_POINTS_ASKED + 5} points" in said(refused.value.faults[0].message, "en")


# --- The tolerance


def at(west: float, south: float, east: float, north: float) -> MultiPolygon:
    """A box, in metres from a corner in Osaka."""
    return MultiPolygon(
        [
            box(
                135.4 + west / METRES_PER_DEGREE / cos(radians(34.6)),
                34.6 + south / METRES_PER_DEGREE,
                135.4 + east / METRES_PER_DEGREE / cos(radians(34.6)),
                34.6 + north / METRES_PER_DEGREE,
            )
        ]
    )


LOT = at(0, 0, 100, 100)


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (at(100, 0, 200, 100), False),
        (at(99.76, 0, 200, 100), False),
        (at(99.74, 0, 200, 100), True),
        (at(0, 99.76, 100, 200), False),
        (at(0, 99.74, 100, 200), True),
        (at(99, 99.76, 200, 200), False),
        (at(300, 0, 400, 100), False),
        (at(40, 40, 40.2, 60), False),
        (LOT, True),
    ],
)
def test_what_is_common_counts_where_it_is_wider(other: MultiPolygon, shared: bool) -> None:
    assert share_ground(LOT, other) is shared
    assert share_ground(other, LOT) is shared


@pytest.mark.parametrize(
    ("inner", "fits"),
    [
        (LOT, True),
        (at(10, 10, 90, 90), True),
        (at(-0.2, 0, 100, 100.1), True),
        (at(-0.26, 0, 100, 100), False),
        (at(0, 0, 100, 100.26), False),
        (at(90, 90, 190, 95), False),
    ],
)
def test_what_sticks_out_by_no_more_is_inside(inner: MultiPolygon, fits: bool) -> None:
    assert inside(inner, LOT) is fits


def test_the_inset_of_an_inset_corner_keeps_all_that_is_half_the_tolerance_away() -> None:
    """A mitre would take more: the centre of a circle that touches such a corner from within would be lost."""
    bent = LOT.difference(at(50, 50, 100, 100))
    west_south = at(49.905, 49.905, 50, 50).bounds[:2]
    assert inset(bent).covers(shapely.Point(west_south))


@pytest.mark.parametrize(("width", "sliver"), [(0.24, True), (0.26, False)])
def test_a_sliver_is_refused_as_nothing(width: float, sliver: bool) -> None:
    strip = [list(point) for point in at(0, 0, width, 50).geoms[0].exterior.coords]
    if sliver:
        assert "nowhere wider" in message_of([strip]).id
    else:
        assert parse_shape([[strip]], "footprint")


def test_the_widest_place_of_what_is_common_is_told() -> None:
    strip = widest_common(LOT, at(99.4, 20, 200, 80))
    assert strip is not None
    assert strip.width_m == pytest.approx(0.6, rel=0.03)
    assert inside(shapely.Point(strip.longitude, strip.latitude).buffer(1e-9), at(99.4, 20, 100, 80))
    assert widest_common(LOT, at(99.8, 0, 200, 100)) is None
