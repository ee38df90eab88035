"""Volumes: a footprint on the ground × a band of altitudes × a period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from math import isfinite

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.periods import Period

# West, south, east, north of Japan's territory with its waters, in degrees.
JAPAN = (122.0, 20.0, 154.5, 46.0)
MOST_VERTICES = 2000
HIGHEST_M = 10_000


@dataclass(frozen=True)
class AltitudeBand:
    """Metres above ground from `lower` up to, and without, `upper`; None is unbounded."""

    lower: Decimal | None
    upper: Decimal | None

    def overlaps(self, other: "AltitudeBand") -> bool:
        """Whether a height lies in both."""
        return _below(self.lower, other.upper) and _below(other.lower, self.upper)

    def within(self, other: "AltitudeBand") -> bool:
        """Whether all of this band lies in `other`; both bounded."""
        if self.lower is None or self.upper is None or other.lower is None or other.upper is None:
            return other.lower is None and other.upper is None
        return other.lower <= self.lower and self.upper <= other.upper


def in_metres(value: Decimal | None) -> str:
    """Metres for people, without the zeros that say nothing: 150 for 150.00; empty where there is no bound."""
    return "" if value is None else f"{value.normalize():f}"


EVERY_HEIGHT = AltitudeBand(None, None)


def _below(lower: Decimal | None, upper: Decimal | None) -> bool:
    return lower is None or upper is None or lower < upper


@dataclass(frozen=True)
class Volume:
    """What is asked for, or what is taken."""

    footprint: MultiPolygon
    altitude: AltitudeBand
    period: Period

    def intersects(self, other: "Volume") -> bool:
        """Whether the two share space at some moment; a common edge is not shared space."""
        return (
            self.period.overlaps(other.period)
            and self.altitude.overlaps(other.altitude)
            and bool(shapely.relate_pattern(self.footprint, other.footprint, "T********"))
        )


def parse_altitude(lower: float, upper: float, path: str) -> AltitudeBand:
    """Metres above ground as they came in; raises InvalidInput for what is no band at all."""
    if not (isfinite(lower) and isfinite(upper) and lower >= 0 and upper <= HIGHEST_M):
        raise InvalidInput(
            [fault(path, N_("Heights must be metres above ground between 0 and %(most)s."), most=HIGHEST_M)]
        )
    band = AltitudeBand(_centimetres(lower), _centimetres(upper))
    if lower >= upper or band.lower == band.upper:
        raise InvalidInput([fault(f"{path}.upper", N_("The upper height must be greater than the lower height."))])
    return band


def _centimetres(metres: float) -> Decimal:
    return Decimal(str(metres)).quantize(Decimal("0.01"))


def parse_polygon(rings: Sequence[Sequence[Sequence[float]]], path: str) -> MultiPolygon:
    """A GeoJSON polygon's rings as a valid shape in EPSG:4326.

    Raises InvalidInput where it is empty, open, too detailed, three-dimensional, outside Japan (with a hint when
    latitude and longitude look swapped) or crosses itself.
    """
    count = sum(len(ring) for ring in rings)
    if count > MOST_VERTICES:
        message = N_("The shape has %(count)s points; at most %(most)s are accepted. Please simplify it.")
        raise InvalidInput([fault(path, message, count=count, most=MOST_VERTICES)])
    if not rings or any(len(ring) < 4 for ring in rings):
        raise InvalidInput([fault(path, N_("Each ring needs at least four points, the last the same as the first."))])
    for ring in rings:
        if any(len(point) != 2 for point in ring):
            raise InvalidInput([fault(path, N_("Each point must be [longitude, latitude], without a height."))])
        if list(ring[0]) != list(ring[-1]):
            raise InvalidInput([fault(path, N_("Each ring must end with the point it began with."))])
        _check_inside_japan(ring, path)
    return checked_shape(Polygon(rings[0], rings[1:]), path)


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
    return shape if isinstance(shape, MultiPolygon) else MultiPolygon([shape])


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


def join_own(volumes: Sequence[Volume]) -> list[Volume]:
    """Join the volumes of one taker where two of them make one: same place at touching times, or same time and heights.

    One taker needs no separation from itself, and the rule that no two claims intersect holds for these too.
    """
    joined = list(volumes)
    while (pair := _first_pair_to_join(joined)) is not None:
        first, second, both = pair
        joined = [one for one in joined if one is not first and one is not second] + [both]
    return joined


def _first_pair_to_join(volumes: Sequence[Volume]) -> tuple[Volume, Volume, Volume] | None:
    for first, second in combinations(volumes, 2):
        both = _joined(first, second)
        if both is not None:
            return first, second, both
    return None


def polygons(shape: BaseGeometry) -> list[Polygon]:
    """The polygons of a shape, without the lines and points that a union may leave."""
    parts = shape.geoms if hasattr(shape, "geoms") else [shape]
    return [part for part in parts if isinstance(part, Polygon)]


def _joined(one: Volume, other: Volume) -> Volume | None:
    if one.altitude != other.altitude:
        return None
    if one.footprint.equals(other.footprint):
        if one.period.start <= other.period.end and other.period.start <= one.period.end:
            period = Period(min(one.period.start, other.period.start), max(one.period.end, other.period.end))
            return replace(one, period=period)
    elif one.period == other.period and one.intersects(other):
        union = one.footprint.union(other.footprint)
        return replace(one, footprint=MultiPolygon(polygons(union)))
    return None
