"""空間ID, by themselves.

The values that are said to be the official library's are those of its own tests: ouranos-gex/ouranos-gex-lib-for-Python
(MIT), `test/point/test_point.py` and `test/shifting_spatial_id/test_shifting_spatial_id.py`. There ground and heights
may have zooms of their own, so each half is compared by itself.
"""

from decimal import Decimal
from math import floor

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, box

from testfields.core.errors import InvalidInput
from testfields.core.shapes import overlap
from testfields.core.spatial_ids import MOST_VOXELS, Voxel, checked_voxel, cover, parse_voxel, voxel_at

LONGITUDES, LATITUDES, ZOOMS = st.floats(-179.9, 179.9), st.floats(-85, 85), st.integers(0, 26)
MILLIMETRES = st.integers(-1_000_000, 10_000_000)
ONE_HECTARE = MultiPolygon([box(135.575, 34.711, 135.5761, 34.7119)])


# --- The official library's values


@pytest.mark.parametrize(
    ("longitude", "latitude", "zoom", "tile"),
    [
        (139.753098, 35.685371, 18, "232837/103222"),
        (139.753098, 35.685371, 16, "58209/25805"),
        (139.753098, 35.685371, 14, "14552/6451"),
        (139.753098, 35.685371, 5, "28/12"),
        (-21.942400, 64.147209, 9, "224/136"),
        (-58.373490, -34.608510, 14, "5535/9872"),
        (-180, 85.05112877, 24, "0/0"),
        (179.99999999, -85.05112877, 10, "1023/1023"),
        (0, 0, 9, "256/256"),
        (180, -85.05112877, 10, "0/1023"),
    ],
)
def test_the_tile_of_a_point_is_the_official_librarys(longitude: float, latitude: float, zoom: int, tile: str) -> None:
    found = voxel_at(longitude, latitude, 0, zoom)
    assert f"{found.x}/{found.y}" == tile


@pytest.mark.parametrize(
    ("height", "zoom", "f"),
    [
        (0.0, 25, 0),
        (10.0, 25, 10),
        (100.0, 25, 100),
        (-1300.0, 25, -1300),
        (1, 35, 1024),
        (0.0, 18, 0),
        (56.9, 25, 56),
        (-0.06, 26, -1),
    ],
)
def test_the_layer_of_a_height_is_the_official_librarys_also_below_the_sea(height: float, zoom: int, f: int) -> None:
    assert voxel_at(139.753098, 35.685371, height, zoom).f == f


def test_a_point_has_the_name_that_the_official_library_gives_it() -> None:
    assert str(voxel_at(139.753098, 35.685371, 0.0, 18)) == "18/0/232837/103222"


@pytest.mark.parametrize("name", ["16/3/468/95", "16/-2/463/65533", "2/3/2/1", "3/-1/0/0", "18/32/232837/103222"])
def test_names_of_the_official_library_are_read_and_written_alike(name: str) -> None:
    assert str(parse_voxel(name, "spatial_id")) == name


@pytest.mark.parametrize(
    ("name", "lower", "upper"),
    [("18/32/232837/103222", 4096, 4224), ("25/56/0/0", 56, 57), ("26/-1/0/0", -0.5, 0), ("20/-2/0/0", -64, -32)],
)
def test_a_layer_lies_between_its_heights(name: str, lower: float, upper: float) -> None:
    heights = parse_voxel(name, "spatial_id").heights
    assert (heights.lower, heights.upper) == (Decimal(str(lower)), Decimal(str(upper)))


@pytest.mark.parametrize(
    ("name", "longitude"), [("18/32/232837/103222", 232837.5 * 360 / 2**18 - 180), ("2/0/2/2", 45), ("2/0/0/2", -135)]
)
def test_a_tile_has_its_middle_where_the_official_library_has_it(name: str, longitude: float) -> None:
    assert parse_voxel(name, "spatial_id").footprint.centroid.x == pytest.approx(longitude, abs=1e-8)


@pytest.mark.parametrize(
    ("voxel", "corner"),
    [
        (Voxel(25, 56, 0, 0), (-180, 85.05112877)),
        (Voxel(4, 56, 7, 7), (0, 0)),
        (Voxel(4, 56, 15, 15), (180, -85.05112877)),
    ],
)
def test_a_tile_has_its_corners_where_the_official_library_has_them(voxel: Voxel, corner: tuple[float, float]) -> None:
    nearest = min(Point(one).distance(Point(corner)) for one in shapely.get_coordinates(voxel.footprint))
    assert nearest < 1e-8


# --- What must hold of any


@given(LONGITUDES, LATITUDES, MILLIMETRES.map(lambda one: one / 1000), ZOOMS)
def test_a_point_lies_in_its_voxel(longitude: float, latitude: float, height: float, zoom: int) -> None:
    voxel = voxel_at(longitude, latitude, height, zoom)
    assert voxel.f == floor(2**zoom * height / 2**25)
    assert voxel.footprint.buffer(1e-9).covers(Point(longitude, latitude))
    lower, upper = voxel.heights.lower, voxel.heights.upper
    assert lower is not None
    assert upper is not None
    assert lower <= Decimal(height) < upper
    assert parse_voxel(str(voxel), "spatial_id") == voxel


@pytest.mark.parametrize(
    "text",
    [
        *("", "20/1/2", "20/1/2/3/4", "a/b/c/d", "20/1.5/2/3", "20//2/3", "20/1/2/", "9" * 5000),
        *("20/1/" + "9" * 5000 + "/1", "20/1/+918906/416546", "20/+1/918906/416546", "20/1/918_906/416546"),
        *("20/1/９１８９０６/416546", "20/1/ 918906/416546", "20/1/918906/416546\n", "-20/1/1/1", "20/1/-0/1"),
    ],
)
def test_what_is_no_spatial_id_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_voxel(text, "spatial_id")
    assert refused.value.faults[0].path == "spatial_id"


@pytest.mark.parametrize(
    "outside", [(-1, 0, 0, 0), (27, 0, 0, 0), (2, 0, 4, 0), (2, 0, 0, -1), (2, 4, 0, 0), (2, -5, 0, 0)]
)
def test_a_voxel_that_there_is_not_is_refused(outside: tuple[int, int, int, int]) -> None:
    with pytest.raises(InvalidInput):
        checked_voxel(*outside, "spatial_id")
    assert checked_voxel(2, -4, 3, 3, "spatial_id") == Voxel(2, -4, 3, 3)


# --- Covers


@pytest.mark.parametrize("zoom", [15, 18, 20, 22])
def test_a_cover_holds_its_volume_whole_and_nothing_that_does_not_meet_it(zoom: int) -> None:
    found = cover(ONE_HECTARE, Decimal(-3), Decimal(120), zoom, "zoom")

    tiles = {(one.x, one.y): one.footprint for one in found.voxels}
    assert shapely.union_all(list(tiles.values())).buffer(1e-9).covers(ONE_HECTARE)
    assert all(overlap(tile, ONE_HECTARE) for tile in tiles.values())
    layers = sorted({one.f for one in found.voxels})
    assert (layers[0], layers[-1]) == (floor(-3 * 2**zoom / 2**25), floor(119.9 * 2**zoom / 2**25))
    assert len(found.voxels) == len(tiles) * len(layers)
    assert list(found.voxels) == sorted(found.voxels)


def test_the_over_cover_is_stated_and_less_at_a_larger_zoom() -> None:
    over = [cover(ONE_HECTARE, Decimal(0), Decimal(120), zoom, "zoom").over_cover for zoom in (16, 18, 20, 22)]
    assert over == sorted(over, reverse=True)
    assert 0 < over[-1] < 0.3


def test_a_voxel_is_covered_by_itself_alone_and_not_by_its_neighbours() -> None:
    voxel = Voxel(18, 0, 229_700, 104_100)
    (lower, upper), ground = (voxel.heights.lower, voxel.heights.upper), MultiPolygon([voxel.footprint])
    assert lower is not None
    assert upper is not None
    found = cover(ground, lower, upper, 18, "zoom")
    assert list(found.voxels) == [voxel]
    assert found.over_cover == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("zoom", [25, 26, 27, -1])
def test_more_than_a_list_holds_is_refused(zoom: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        cover(ONE_HECTARE, Decimal(0), Decimal(120), zoom, "zoom")
    assert refused.value.faults[0].path == "zoom"
    assert len(cover(ONE_HECTARE, Decimal(0), Decimal(120), 22, "zoom").voxels) <= MOST_VOXELS
