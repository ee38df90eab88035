"""The plan of a site's ground: land, water, roads, buildings, fences and the like, drawn under every map of it.

A plan says where things are and binds nobody: no rule of booking asks it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, radians
from typing import Any

from shapely import box, orient_polygons
from shapely.geometry import LineString, MultiPolygon, Point, mapping
from shapely.geometry.base import BaseGeometry

from testfields.core.errors import N_, InvalidInput, Message, fault
from testfields.core.shapes import METRES_PER_DEGREE, MOST_POINTS_ASKED, parse_points, parse_shape
from testfields.sites.vocabulary import PlanKind

MOST_PIECES = 500
# An island is more than its test field, but no plan tells of another town.
FARTHEST_M = 3000

POINT, LINE, POLYGON = "Point", "LineString", "Polygon"
SHAPES_OF: Mapping[PlanKind, frozenset[str]] = {
    PlanKind.LAND: frozenset({POLYGON}),
    PlanKind.WATER: frozenset({POLYGON, LINE}),
    PlanKind.PAVING: frozenset({POLYGON}),
    PlanKind.BUILDING: frozenset({POLYGON}),
    PlanKind.ROAD: frozenset({LINE, POLYGON}),
    PlanKind.TRACK: frozenset({LINE, POLYGON}),
    PlanKind.PAD: frozenset({POINT, POLYGON}),
    PlanKind.TREES: frozenset({POINT, POLYGON}),
    PlanKind.FENCE: frozenset({LINE}),
    PlanKind.GATE: frozenset({POINT}),
    PlanKind.POWER: frozenset({POINT}),
    PlanKind.TAP: frozenset({POINT}),
    PlanKind.TOILET: frozenset({POINT, POLYGON}),
    PlanKind.CHARGER: frozenset({POINT}),
    PlanKind.OFFICE: frozenset({POINT, POLYGON}),
    PlanKind.PARKING: frozenset({POINT, POLYGON}),
    PlanKind.HANGAR: frozenset({POINT, POLYGON}),
    PlanKind.DANGER: frozenset({POINT, LINE, POLYGON}),
}


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One thing on the ground; it need not have a name. `feature` is its number in the file it came from."""

    kind: PlanKind
    name_ja: str
    name_en: str
    geometry: BaseGeometry
    feature: int = field(default=-1, compare=False)


def parse_piece(kind: PlanKind, shape: str, coordinates: Sequence[Any], path: str) -> BaseGeometry:
    """A piece's shape as GeoJSON has it: a point, a line or a polygon, as its kind may be drawn.

    Raises InvalidInput for another shape, and for what no shape may be (`core.shapes.parse_shape`).
    """
    if shape not in SHAPES_OF[kind]:
        message = N_("“%(kind)s” is drawn as %(shapes)s.")
        raise InvalidInput([fault(path, message, kind=kind.value, shapes=", ".join(sorted(SHAPES_OF[kind])))])
    if shape == POLYGON:
        return orient_polygons(parse_shape([coordinates], path).geoms[0])
    points = parse_points([coordinates] if shape == POINT else coordinates, path)
    if shape == POINT:
        return Point(points[0])
    if len(set(points)) < 2:
        raise InvalidInput([fault(path, N_("A line needs at least two different points."))])
    return LineString(points)


def told_piece(shape: BaseGeometry) -> tuple[str, Sequence[Any]]:
    """The type and coordinates of a shape, as GeoJSON has them; of several parts where there is but one, that one."""
    parts = getattr(shape, "geoms", (shape,))
    told = mapping(parts[0] if len(parts) == 1 else shape)
    return told["type"], told.get("coordinates", ())


def plan_faults(plan: Sequence[Piece], site: MultiPolygon) -> Iterator[tuple[int, Message]]:
    """What keeps these pieces from being the plan of a site: the number of a piece in the plan, and the reason."""
    if len(plan) > MOST_PIECES:
        message = N_("The plan has %(count)s pieces; at most %(most)s are accepted.")
        yield MOST_PIECES, Message(message, {"count": len(plan), "most": MOST_PIECES})
    count = sum(_points(one.geometry) for one in plan)
    if count > MOST_POINTS_ASKED:
        message = N_("The shapes have %(count)s points together; at most %(most)s are accepted. Please simplify them.")
        yield 0, Message(message, {"count": count, "most": MOST_POINTS_ASKED})
    if site.is_empty:
        return
    west, south, east, north = site.bounds
    high = FARTHEST_M / METRES_PER_DEGREE
    wide = high / cos(radians(north))
    near = box(west - wide, south - high, east + wide, north + high)
    for place, one in enumerate(plan):
        if not near.covers(one.geometry):
            message = N_("The piece lies more than %(distance)s km from its test field.")
            yield place, Message(message, {"distance": FARTHEST_M // 1000})


def _points(shape: BaseGeometry) -> int:
    _, coordinates = told_piece(shape)
    return sum(len(ring) for ring in coordinates) if shape.geom_type == POLYGON else len(coordinates)
