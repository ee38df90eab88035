"""The surfaces around an airport that limit heights (航空法 第56条; 航空法施行規則 第3条), and metres around a point.

Horizontal: 45 m above the airport's reference point. Conical: from its edge 1 m higher every 50 m outwards. Outer
horizontal: from the cone's edge at its height. They are taken as whole circles, which is more than is designated: the
cautious side. Approach and transitional surfaces are not among them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

# The ellipsoid GRS80 of JGD2011: half its long axis in metres, and the square of its eccentricity.
LONG_AXIS_M, ECCENTRICITY_2 = 6_378_137.0, 0.006694380022903416
# Of a circle that is laid down as a polygon, to each quarter.
CIRCLE_SEGMENTS = 24
# Going back from metres to degrees comes nearer with each turn, from 24 km to under a millimetre with these.
TURNS = 4
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Plane:
    """Metres east and north of a point, right to some centimetres within 24 km."""

    longitude: float
    latitude: float

    def from_degrees(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape in degrees in metres."""
        return shapely.transform(shape, self._to_metres)

    def to_degrees(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape in metres in degrees."""
        return shapely.transform(shape, self._to_degrees)

    def _to_metres(self, points: Points) -> Points:
        metres: Points = (points - self._origin) * self._metres_per_degree(points[:, 1])
        return metres

    def _to_degrees(self, points: Points) -> Points:
        degrees: Points = points / self._metres_per_degree(np.full(len(points), self.latitude)) + self._origin
        for _ in range(TURNS):
            degrees = points / self._metres_per_degree(degrees[:, 1]) + self._origin
        return degrees

    @property
    def _origin(self) -> Points:
        return np.array((self.longitude, self.latitude))

    def _metres_per_degree(self, latitudes: Any) -> Points:
        """Of longitude and latitude, on the ellipsoid half way between the point and each latitude."""
        middle = np.radians((latitudes + self.latitude) / 2)
        bent = 1 - ECCENTRICITY_2 * np.sin(middle) ** 2
        east = LONG_AXIS_M / np.sqrt(bent) * np.cos(middle)
        north = LONG_AXIS_M * (1 - ECCENTRICITY_2) / bent**1.5
        metres: Points = np.radians(np.column_stack((east, north)))
        return metres


@dataclass(frozen=True)
class Surfaces:
    """The horizontal, conical and outer horizontal surface of one airport; heights in metres above Tokyo Peil."""

    longitude: float
    latitude: float
    elevation_m: float
    horizontal_radius_m: float = 4000
    horizontal_height_m: float = 45
    run_per_metre: float = 50
    conical_radius_m: float = 16_500
    outer_radius_m: float = 24_000

    @property
    def point(self) -> Point:
        """The airport's reference point, in degrees."""
        return Point(self.longitude, self.latitude)

    @property
    def plane(self) -> Plane:
        """Metres around the reference point."""
        return Plane(self.longitude, self.latitude)

    @property
    def ground(self) -> BaseGeometry:
        """All the land under the surfaces, in degrees."""
        return self._circle(self.outer_radius_m)

    def ceiling_at(self, distance_m: float) -> float | None:
        """The height, above Tokyo Peil, that the surfaces leave so far from the reference point; None beyond them."""
        if distance_m > self.outer_radius_m:
            return None
        beyond = min(max(distance_m, self.horizontal_radius_m), self.conical_radius_m) - self.horizontal_radius_m
        return self.elevation_m + self.horizontal_height_m + beyond / self.run_per_metre

    def lowest_over(self, footprint: BaseGeometry) -> float | None:
        """The lowest ceiling over a footprint in degrees, metres above Tokyo Peil: that where it is nearest."""
        return self.ceiling_at(self.distance_m(footprint))

    def distance_m(self, footprint: BaseGeometry) -> float:
        """How far a footprint in degrees is from the reference point."""
        return float(self.plane.from_degrees(footprint).distance(Point(0, 0)))

    def lower_than(self, height_m: float, footprint: BaseGeometry) -> BaseGeometry:
        """The part of a footprint, in degrees, over which the surfaces lie lower than a height above Tokyo Peil."""
        return footprint.intersection(self._circle(self._reach_below(height_m)))

    def _reach_below(self, height_m: float) -> float:
        """How far from the reference point, in metres, the surfaces are lower than a height."""
        above = height_m - self.elevation_m - self.horizontal_height_m
        if above <= 0:
            return 0.0
        reach = self.horizontal_radius_m + above * self.run_per_metre
        return self.outer_radius_m if reach > self.conical_radius_m else reach

    def _circle(self, radius_m: float) -> BaseGeometry:
        return self.plane.to_degrees(Point(0, 0).buffer(radius_m, quad_segs=CIRCLE_SEGMENTS))
