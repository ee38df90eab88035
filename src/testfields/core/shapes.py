"""Shapes on the ground in longitude and latitude: reading them, and the one tolerance by which they are compared.

Outlines come rounded, clipped and reprojected, so that an edge that two neighbours share is seldom the same in both.
Every rule about shapes keeps to `TOLERANCE_M`: two share ground where their common ground is somewhere wider than it,
and one lies inside another that sticks out of it by no more. ``db/shapes.sql`` says the same to the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from testfields.core.errors import N_, InvalidInput, fault

# Six decimals of a degree part neighbours by up to 10 cm, and a border surveyed twice by not much more.
TOLERANCE_M = 0.25
# On a sphere of the earth's mean radius; on the ellipsoid it is right to half a hundredth.
METRES_PER_DEGREE = 111_195
# Of the arc around a corner, to each quarter of a circle: within 3 mm of it.
ARC_SEGMENTS = 4
# Degrees to this many decimals are 0.1 mm: what any door gives is what is kept.
DECIMALS = 9
# West, south, east, north of Japan's territory with its waters, in degrees.
JAPAN = (122.0, 20.0, 154.5, 46.0)
# Over all rings and parts of a shape.
MOST_POINTS = 2000
# Over all shapes of a request.
MOST_POINTS_ASKED = 10_000


def inset(shape: BaseGeometry) -> BaseGeometry:
    """The ground of a shape that counts: half the tolerance within its outline; empty where it is nowhere wider.

    Taking away a margin and taking what is common commute: the insets of two shapes meet just where their common
    ground is wider than the tolerance.
    """
    return _grown(shape, -TOLERANCE_M / 2)


def outset(shape: BaseGeometry) -> BaseGeometry:
    """A shape with the tolerance around it: what lies in it counts as inside."""
    return _grown(shape, TOLERANCE_M)


def _grown(shape: BaseGeometry, metres: float) -> BaseGeometry:
    if shape.is_empty:
        return shape
    narrow = _narrowing(shape)
    even = shapely.transform(shape, lambda points: points * (narrow, 1))
    grown = even.buffer(metres / METRES_PER_DEGREE, quad_segs=ARC_SEGMENTS)
    return shapely.transform(grown, lambda points: points / (narrow, 1))


def _narrowing(shape: BaseGeometry) -> float:
    """By which degrees of longitude are as long as those of latitude."""
    _, south, _, north = shape.bounds
    return cos(radians((south + north) / 2))


def share_ground(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Whether the common ground of two shapes is somewhere wider than the tolerance; neighbours share none."""
    return shapely.box(*one.bounds).intersects(shapely.box(*other.bounds)) and overlap(inset(one), inset(other))


@dataclass(frozen=True)
class Strip:
    """Common ground where it is widest; metres, and degrees."""

    width_m: float
    longitude: float
    latitude: float


def widest_common(one: BaseGeometry, other: BaseGeometry) -> Strip | None:
    """Where the common ground of two shapes is widest; None for neighbours. Costs what crosses: not for requests."""
    if not share_ground(one, other):
        return None
    common = one.intersection(other)
    narrow = _narrowing(common)
    even = shapely.transform(common, lambda points: points * (narrow, 1))
    within = [shapely.maximum_inscribed_circle(part, TOLERANCE_M / 10 / METRES_PER_DEGREE) for part in polygons(even)]
    radius = max(within, key=lambda line: line.length)
    (longitude, latitude), _ = radius.coords
    return Strip(2 * radius.length * METRES_PER_DEGREE, longitude / narrow, latitude)


def polygons(shape: BaseGeometry) -> list[Polygon]:
    """The polygons of a shape, without the lines and points that a union may leave."""
    return [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]


def overlap(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Whether two shapes share any ground at all, to the last digit."""
    # Asked like this GEOS ends at the first crossing that it finds; a relation it would work out whole.
    return bool(one.intersects(other) and not one.touches(other))


def inside(inner: BaseGeometry, outer: BaseGeometry) -> bool:
    """Whether `inner` sticks out of `outer` by no more than the tolerance."""
    return bool(outer.covers(inner) or outset(outer).covers(inner))


def parse_shape(polygons: Sequence[Sequence[Sequence[Sequence[float]]]], path: str) -> MultiPolygon:
    """The rings of each polygon of a shape, as GeoJSON has them, as a valid shape in EPSG:4326.

    Raises InvalidInput where it is empty, open, too detailed, three-dimensional, outside Japan (with a hint when
    latitude and longitude look swapped) or crosses itself.
    """
    rings = [ring for polygon in polygons for ring in polygon]
    check_points(sum(len(ring) for ring in rings), path)
    if not all(polygons) or any(len(ring) < 4 for ring in rings):
        raise InvalidInput([fault(path, N_("Each ring needs at least four points, the last the same as the first."))])
    for ring in rings:
        if any(len(point) != 2 for point in ring):
            raise InvalidInput([fault(path, N_("Each point must be [longitude, latitude], without a height."))])
        if list(ring[0]) != list(ring[-1]):
            raise InvalidInput([fault(path, N_("Each ring must end with the point it began with."))])
        _check_inside_japan(ring, path)
    kept = [[_kept(ring) for ring in polygon] for polygon in polygons]
    return checked_shape(MultiPolygon([Polygon(outer, holes) for outer, *holes in kept]), path)


def parse_points(points: Sequence[Sequence[float]], path: str) -> list[tuple[float, float]]:
    """Points as GeoJSON has them, as they are kept; raises InvalidInput as `parse_shape` does."""
    check_points(len(points), path)
    if not points or any(len(point) != 2 for point in points):
        raise InvalidInput([fault(path, N_("Each point must be [longitude, latitude], without a height."))])
    _check_inside_japan(points, path)
    return _kept(points)


def check_points(count: int, path: str) -> None:
    """Raise InvalidInput for a shape of more points than are judged at once."""
    if count > MOST_POINTS:
        message = N_("The shape has %(count)s points; at most %(most)s are accepted. Please simplify it.")
        raise InvalidInput([fault(path, message, count=count, most=MOST_POINTS)])


def check_points_of_all(shapes: Iterable[BaseGeometry], path: str) -> None:
    """Raise InvalidInput for shapes of more points together than are judged at once."""
    count = sum(shapely.get_num_coordinates(shape) for shape in shapes)
    if count > MOST_POINTS_ASKED:
        message = N_("The shapes have %(count)s points together; at most %(most)s are accepted. Please simplify them.")
        raise InvalidInput([fault(path, message, count=int(count), most=MOST_POINTS_ASKED)])


def _kept(ring: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    return [(round(longitude, DECIMALS), round(latitude, DECIMALS)) for longitude, latitude in ring]


def checked_shape(shape: BaseGeometry, path: str) -> MultiPolygon:
    """A polygon or multipolygon that is valid and not empty; raises InvalidInput with the reason."""
    if not isinstance(shape, (Polygon, MultiPolygon)):
        raise InvalidInput([fault(path, N_("The shape must be a polygon."))])
    # Not by its area: two lobes of a crossing outline may cancel each other.
    if shape.is_empty or shape.convex_hull.area == 0:
        raise InvalidInput([fault(path, N_("The shape is empty."))])
    if not shape.is_valid:
        reason, _, place = shapely.is_valid_reason(shape).rstrip("]").partition("[")
        message = INVALID_SHAPES.get(reason, N_("The shape is not valid at [%(place)s]."))
        raise InvalidInput([fault(path, message, place=", ".join(place.split()))])
    if _is_sliver(shape):
        message = N_("The shape is nowhere wider than %(width)s cm, so that nothing is left of it.")
        raise InvalidInput([fault(path, message, width=round(TOLERANCE_M * 100))])
    return shape if isinstance(shape, MultiPolygon) else MultiPolygon([shape])


def _is_sliver(shape: BaseGeometry) -> bool:
    # No shape has more area than its outline times half its greatest width; seen by far, most need no closer look.
    thin = shape.area * METRES_PER_DEGREE < TOLERANCE_M * shape.length
    return thin and bool(inset(shape).is_empty)


# What GEOS finds wrong with a polygon (operation/valid/TopologyValidationError), at a longitude and latitude.
INVALID_SHAPES: Mapping[str, str] = {
    "Self-intersection": N_("The shape crosses or touches itself at [%(place)s]."),
    "Ring Self-intersection": N_("The outline touches itself at [%(place)s]."),
    "Too few points in geometry component": N_("A ring needs at least three different points; see [%(place)s]."),
    "Hole lies outside shell": N_("A hole lies outside the shape at [%(place)s]."),
    "Holes are nested": N_("A hole lies inside another hole at [%(place)s]."),
    "Interior is disconnected": N_("Holes cut the shape apart at [%(place)s]."),
    "Nested shells": N_("A part of the shape lies inside another at [%(place)s]."),
    "Duplicate Rings": N_("The same ring is there twice at [%(place)s]."),
}


def _check_inside_japan(ring: Sequence[Sequence[float]], path: str) -> None:
    if all(_in_japan(point[0], point[1]) for point in ring):
        return
    if all(_in_japan(point[1], point[0]) for point in ring):
        message = N_("Latitude and longitude look swapped: GeoJSON wants [longitude, latitude].")
    else:
        message = N_("The shape must lie in Japan, in degrees of longitude and latitude (EPSG:4326).")
    raise InvalidInput([fault(path, message)])


def _in_japan(longitude: float, latitude: float) -> bool:
    west, south, east, north = JAPAN
    return west <= longitude <= east and south <= latitude <= north
