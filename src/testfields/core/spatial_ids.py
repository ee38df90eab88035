"""空間ID: voxels of the earth named z/f/x/y, by which places are addressed, asked for and listed.

x and y are the tile of the Web Mercator map at zoom z; f counts layers of 2^25 / 2^z metres up from sea level (Tokyo
Peil), and below it from -1 down (4次元時空間情報基盤アーキテクチャガイドライン). Whether two volumes conflict is never
asked of them: voxels are wider than what they hold.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import asinh, atan, ceil, degrees, floor, fmod, pi, radians, sinh, tan

import shapely
from shapely.geometry import MultiPolygon, Polygon, box

from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.volumes import AltitudeBand

# Half a metre high, and as wide in Osaka. The guideline goes on to 35, but finer than this a voxel is less than the
# tolerance by which shapes are compared (core.shapes).
LARGEST_ZOOM = 26
# A layer at zoom 25 is one metre high.
METRE_ZOOM = 25
# Of a list.
MOST_VOXELS = 20_000
# int() would also take a plus sign, blanks, underscores and digits of other scripts; nine digits are more than any has.
_WRITTEN = re.compile(r"([0-9]{1,9})/(-?[0-9]{1,9})/([0-9]{1,9})/([0-9]{1,9})")


@dataclass(frozen=True, order=True)
class Voxel:
    """One 空間ID."""

    z: int
    f: int
    x: int
    y: int

    def __str__(self) -> str:
        return f"{self.z}/{self.f}/{self.x}/{self.y}"

    @property
    def footprint(self) -> Polygon:
        """The tile on the ground, in degrees of longitude and latitude."""
        return box(*_corner(self.z, self.x, self.y + 1), *_corner(self.z, self.x + 1, self.y))

    @property
    def heights(self) -> AltitudeBand:
        """Metres above Tokyo Peil."""
        layer = layer_m(self.z)
        return AltitudeBand(self.f * layer, (self.f + 1) * layer)


def layer_m(zoom: int) -> Decimal:
    """How high a voxel is, in metres."""
    return Decimal(2) ** (METRE_ZOOM - zoom)


def _corner(zoom: int, x: int, y: int) -> tuple[float, float]:
    """Where a tile begins in the north-west, in degrees of longitude and latitude."""
    return x * 360 / 2**zoom - 180, degrees(atan(sinh(pi * (1 - 2 * y / 2**zoom))))


def voxel_at(longitude: float, latitude: float, height: float, zoom: int) -> Voxel:
    """The voxel around a point; `height` in metres above Tokyo Peil."""
    # 180 degrees east is 180 degrees west.
    x = floor(2**zoom * (fmod(longitude + 180, 360) / 360))
    y = floor(2**zoom * (1 - asinh(tan(radians(latitude))) / pi) / 2)
    return Voxel(zoom, floor(height / float(layer_m(zoom))), x, y)


def parse_voxel(text: str, path: str) -> Voxel:
    """`z/f/x/y`; raises InvalidInput for anything else, and for what lies outside of the earth's voxels."""
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise InvalidInput([fault(path, N_("A spatial ID is z/f/x/y, as in 20/1/918906/416546."))])
    z, f, x, y = (int(part) for part in written.groups())
    return checked_voxel(z, f, x, y, path)


def checked_voxel(z: int, f: int, x: int, y: int, path: str) -> Voxel:
    """A voxel that there is; raises InvalidInput."""
    if not 0 <= z <= LARGEST_ZOOM:
        raise InvalidInput([fault(path, N_("The zoom of a spatial ID is between 0 and %(most)s."), most=LARGEST_ZOOM)])
    if not (0 <= x < 2**z and 0 <= y < 2**z and -(2**z) <= f < 2**z):
        message = N_("At zoom %(zoom)s there is no such spatial ID: x and y go from 0 to %(most)s, f from %(least)s.")
        raise InvalidInput([fault(path, message, zoom=z, most=2**z - 1, least=-(2**z))])
    return Voxel(z, f, x, y)


@dataclass(frozen=True)
class Cover:
    """Voxels that hold a volume whole, in order; together they are larger by `over_cover`, 0.21 for 21 %."""

    voxels: Sequence[Voxel]
    over_cover: float


def cover(footprint: MultiPolygon, lower: Decimal, upper: Decimal, zoom: int, path: str) -> Cover:
    """The voxels of a zoom that a volume reaches into, between two heights in metres above Tokyo Peil.

    Raises InvalidInput, at `path`, for a zoom that there is not and for more than MOST_VOXELS.
    """
    checked_voxel(zoom, 0, 0, 0, path)
    layer = layer_m(zoom)
    layers = range(floor(lower / layer), ceil(upper / layer))
    tiles, ground = _tiles(footprint, zoom, path)
    if len(tiles) * len(layers) > MOST_VOXELS:
        raise _too_many(zoom, path)
    # Square degrees will do: across a test field they differ by less than a thousandth.
    wider = ground / footprint.area
    higher = len(layers) * layer / (upper - lower)
    voxels = sorted(Voxel(zoom, f, x, y) for x, y in tiles for f in layers)
    return Cover(voxels, wider * float(higher) - 1)


def _tiles(footprint: MultiPolygon, zoom: int, path: str) -> tuple[list[tuple[int, int]], float]:
    """The tiles that share ground with a shape, and their size together in square degrees."""
    west, south, east, north = footprint.bounds
    first, last = voxel_at(west, north, 0, zoom), voxel_at(east, south, 0, zoom)
    # A slanting strip meets far fewer than lie in the box around it, each of which costs a moment.
    if (last.x - first.x + 1) * (last.y - first.y + 1) > 2 * MOST_VOXELS:
        raise _too_many(zoom, path)
    beside = [*product(range(first.x, last.x + 1), range(first.y, last.y + 1))]
    longitudes = {x: _corner(zoom, x, 0)[0] for x in range(first.x, last.x + 2)}
    latitudes = {y: _corner(zoom, 0, y)[1] for y in range(first.y, last.y + 2)}
    # All at once: one by one they take twenty times as long.
    grounds = shapely.box(
        [longitudes[x] for x, _ in beside],
        [latitudes[y + 1] for _, y in beside],
        [longitudes[x + 1] for x, _ in beside],
        [latitudes[y] for _, y in beside],
    )
    shapely.prepare(footprint)
    met = shapely.intersects(footprint, grounds) & ~shapely.touches(footprint, grounds)
    return [tile for tile, meets in zip(beside, met, strict=True) if meets], float(shapely.area(grounds[met]).sum())


def _too_many(zoom: int, path: str) -> InvalidInput:
    message = N_("At zoom %(zoom)s these are more than %(most)s spatial IDs. Please choose a smaller zoom.")
    return InvalidInput([fault(path, message, zoom=zoom, most=MOST_VOXELS)])
