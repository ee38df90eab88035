"""Shapes on the ground, and the one tolerance by which they are compared."""

from math import nan

import pytest
from shapely.geometry import LineString, MultiPolygon, Polygon

from testfields.core.errors import InvalidInput, Message
from testfields.core.shapes import MOST_POINTS, checked_shape, parse_shape
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
