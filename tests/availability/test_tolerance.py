"""One tolerance for shapes: neighbours as programs draw them stand in nobody's way, and what is wider always does."""

import json
from math import cos, pi, radians, sin
from random import Random

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import ops
from shapely.geometry import MultiPolygon, Polygon, box

from testfields.availability import service
from testfields.availability.service import Asked
from testfields.core.errors import Taken
from testfields.core.shapes import METRES_PER_DEGREE, TOLERANCE_M, parse_shape
from testfields.db.engine import DB
from tests import factories

NINE = factories.period(9)
WEST, SOUTH = 135.4, 34.6
GROUND = MultiPolygon([box(WEST, SOUTH, WEST + 0.01, SOUTH + 0.01)])
# As a surveyor's program would round it, and back.
REPROJECTED = """
    SELECT ST_Transform(ST_SnapToGrid(ST_Transform(ST_SetSRID($1::geometry, 4326), 6674), 0.001), 4326)
"""
# How wide the common ground is, by a way of its own: the largest circle in it, in metres of a plane system.
WIDTH = """
    SELECT coalesce(max(2 * (ST_MaximumInscribedCircle(part.geom)).radius), 0)
    FROM ST_Dump(ST_CollectionExtract(ST_Intersection(
        ST_Transform(ST_SetSRID($1::geometry, 4326), 6674), ST_Transform(ST_SetSRID($2::geometry, 4326), 6674)
    ), 3)) part
"""


class Undone(Exception):
    """Ends a trial so that nothing of it stays."""


def tiles(seed: int, count: int) -> list[Polygon]:
    """The ground cut along slanting lines: a corner often lies in the middle of a neighbour's edge."""
    chance, parts = Random(seed), [GROUND.geoms[0]]
    while len(parts) < count:
        whole = max(parts, key=lambda part: part.area)
        middle, angle = whole.representative_point(), chance.uniform(0, pi)
        line = shapely.LineString([(middle.x + far * cos(angle), middle.y + far * sin(angle)) for far in (-0.02, 0.02)])
        parts.remove(whole)
        parts += ops.split(whole, line).geoms
    return parts


async def drawn(tile: Polygon, way: str) -> MultiPolygon:
    """A tile as it comes out of a file that was rounded to so many decimals, or reprojected."""
    if way == "reprojected":
        async with DB.connection() as connection:
            tile = await connection.fetchval(REPROJECTED, tile)
    decimals = 9 if way == "reprojected" else int(way)
    return MultiPolygon([shapely.transform(tile, lambda points: points.round(decimals))])


async def told(area_id: int) -> MultiPolygon:
    """An area's outline as the API gives it and takes it back."""
    async with DB.connection() as connection:
        shape = json.loads(await connection.fetchval("SELECT told_shape(geometry) FROM area WHERE id = $1", area_id))
    return parse_shape(shape["coordinates"], "footprint")


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 10_000),
    way=st.sampled_from(["6", "7", "8", "9", "reprojected"]),
    mode=st.sampled_from(["exclusive", "shared"]),
)
async def test_every_tile_of_a_site_is_booked_beside_its_neighbours(db: None, seed: int, way: str, mode: str) -> None:
    async def trial() -> None:
        site = (await factories.field(geometry=GROUND)).site_id
        areas = [await factories.area(site, await drawn(tile, way), mode=mode) for tile in tiles(seed, 8)]
        for area in areas:
            place = await service.place(area, [Asked(NINE, await told(area))])
            assert place.placed[0].inside_area, "an outline lies inside itself"
            await service.take(site, service.ClaimKind.ALLOTMENT, 1, await service.claims_of(place))
        raise Undone

    with pytest.raises(Undone):
        async with DB.transaction():
            await trial()


@st.composite
def blobs(draw: st.DrawFn) -> MultiPolygon:
    """An outline of some 30 to 90 m around a point near the middle, often with corners that point inwards."""
    count = draw(st.integers(3, 12))
    radii = [draw(st.floats(15, 45)) for _ in range(count)]
    east, north = draw(st.floats(-45, 45)), draw(st.floats(-45, 45))
    points = [
        (
            WEST + 0.005 + (east + radius * cos(2 * pi * turn / count)) / 111_195 / cos(radians(SOUTH)),
            SOUTH + 0.005 + (north + radius * sin(2 * pi * turn / count)) / 111_195,
        )
        for turn, radius in enumerate(radii)
    ]
    return MultiPolygon([Polygon(points)])


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(one=blobs(), other=blobs(), width_m=st.floats(0.1, 0.4))
async def test_both_are_taken_just_where_their_common_ground_is_not_wider(
    db: None, one: MultiPolygon, other: MultiPolygon, width_m: float
) -> None:
    other = _moved_to(one, other, width_m)
    async with DB.connection() as connection:
        width = await connection.fetchval(WIDTH, one, other)
    site = (await factories.field(geometry=GROUND, published=False)).site_id
    area = await factories.area(site, GROUND, mode="shared")
    try:
        async with DB.transaction():
            for shape in (one, other):
                place = await service.place(area, [Asked(NINE, shape)])
                await service.take(site, service.ClaimKind.ALLOTMENT, 1, await service.claims_of(place))
            raise Undone
    except Undone:
        assert width < TOLERANCE_M * 1.03
    except Taken:
        assert width > TOLERANCE_M * 0.97


def _moved_to(one: MultiPolygon, other: MultiPolygon, width_m: float) -> MultiPolygon:
    """`other` so far west or east that what it has in common with `one` is about so wide."""
    apart, together = one.bounds[2] - other.bounds[0], one.centroid.x - other.centroid.x
    for _ in range(25):
        middle = (apart + together) / 2
        common = one.intersection(_moved(other, middle)).buffer(-width_m / 2 / METRES_PER_DEGREE)
        apart, together = (middle, together) if common.is_empty else (apart, middle)
    return _moved(other, together)


def _moved(shape: MultiPolygon, east: float) -> MultiPolygon:
    return shapely.transform(shape, lambda points: points + np.array([east, 0]))
