"""What GDAL reads: files that are none, Shapefiles, coordinate systems."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyogrio import raw
from shapely.affinity import translate

from testfields.db.engine import DB
from testfields.piccolo_app import data_folder
from testfields.sites.exchange.exporting import export_file
from testfields.sites.exchange.features import COLUMNS
from testfields.sites.exchange.importing import import_file
from testfields.sites.exchange.stored import stored_sites
from tests.sites.catalogue import (
    GROUND,
    NOW,
    PAD,
    TRACK,
    bring,
    geojson,
    harbour,
    owner,
    pad,
    refused,
    site,
    track,
    write,
)

SAMPLES = data_folder("maps")
FORMATS = ("geojson", "gpkg", "shp")


UNREADABLE = {
    "no such file": ("in.geojson", None),
    "another ending": ("in.docx", b"PK"),
    "empty": ("in.geojson", b""),
    "not json": ("in.geojson", b"sites, sites, sites"),
    "json of another kind": ("in.json", b'{"sites": []}'),
    "cut off": ("in.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Feature", "prop'),
    "no feature": ("in.geojson", b'{"type": "FeatureCollection", "features": []}'),
    "no geopackage": ("in.gpkg", b"SQLite format 3\0but not really"),
    "no shapefile": ("in.shp", b"\0\0\x27\x0a"),
    "not utf-8": ("in.geojson", json.dumps(geojson(harbour()), ensure_ascii=False).encode("cp932")),
    "open ring": (
        "in.geojson",
        json.dumps(geojson(harbour())).replace(", [135.0, 34.0]]]", "]]", 1).encode(),
    ),
    "a number beyond 64 bits": ("in.geojson", json.dumps(geojson(harbour(hold_minutes=2**63 + 1))).encode()),
    "a table of another program": ("in.geojson", b"<OGRVRTDataSource></OGRVRTDataSource>"),
}


@pytest.mark.parametrize(("name", "content"), UNREADABLE.values(), ids=UNREADABLE)
async def test_a_file_that_is_none_is_refused_as_a_whole(
    db: None, tmp_path: Path, name: str, content: bytes | None
) -> None:
    await owner()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert await refused(tmp_path / name) == ["file"]


async def test_a_folder_is_no_file(db: None, tmp_path: Path) -> None:
    (tmp_path / "in.gpkg").mkdir()
    assert await refused(tmp_path / "in.gpkg") == ["file"]


async def test_what_gdal_drops_without_a_word_is_told(db: None, tmp_path: Path) -> None:
    await owner()
    features = [site(ground_elevation=math.nan, name_ja="みなと\0実証フィールド"), track(width_m=math.nan), pad()]
    assert await refused(write(tmp_path / "in.geojson", features)) == [
        "features[0].name_ja",
        "features[0].ground_elevation",
        "features[1].width_m",
    ]
    sound = write(tmp_path / "sound.geojson", harbour(description_en="NaN stands for no number."))
    assert (await import_file(sound, None, NOW)).created == ("harbour",)


async def test_a_list_where_text_is_expected_is_told(db: None, tmp_path: Path) -> None:
    await owner()
    assert await refused(write(tmp_path / "in.geojson", harbour(uses=["drone"]))) == [
        "features[0].uses",
        "features[2].uses",
    ]


async def test_broken_shapes_of_a_file_are_told_by_feature(db: None, tmp_path: Path) -> None:
    await owner()
    crossing = shapely.Polygon([(135, 34), (135.1, 34.1), (135.1, 34), (135, 34.1)])
    high = shapely.force_3d(TRACK, 5)
    path = write(tmp_path / "in.geojson", [site(crossing), track(high), pad(None)])
    assert await refused(path) == ["features[0].geometry", "features[1].geometry", "features[2].geometry"]


# --- Shapefiles and coordinate systems


def write_shapefile(path: Path, encoding: str = "UTF-8", crs: str = "EPSG:4326", xoff: float = 0) -> Path:
    """The small catalogue as a Shapefile, written without the code under test."""
    features = harbour(name_ja="実証フィールド")
    shapes = np.array([shapely.to_wkb(translate(one.shape, xoff=xoff)) for one in features], dtype=object)
    columns = [[one.values.get(field.name) for one in features] for field in COLUMNS]
    raw.write(
        path,
        shapes,
        [np.array(["" if value is None else str(value) for value in column], dtype=object) for column in columns],
        [field.short for field in COLUMNS],
        driver="ESRI Shapefile",
        geometry_type="Polygon",
        crs=crs,
        encoding=encoding,
    )
    return path


async def test_a_shapefile_in_cp932_that_says_so_is_read(db: None, tmp_path: Path) -> None:
    await owner()
    await import_file(write_shapefile(tmp_path / "in.shp", "CP932"), None, NOW)
    (draft,) = await stored_sites()
    assert draft.name_ja == "実証フィールド"


@pytest.mark.parametrize("claims", [None, "UTF-8"])
async def test_a_shapefile_whose_encoding_is_not_told_or_wrong_is_refused(
    db: None, tmp_path: Path, claims: str | None
) -> None:
    await owner()
    path = write_shapefile(tmp_path / "in.shp", "CP932")
    path.with_suffix(".cpg").unlink()
    if claims:
        path.with_suffix(".cpg").write_text(claims)
    assert await refused(path) == ["file"]


async def test_a_shapefile_without_its_coordinate_system_is_refused(db: None, tmp_path: Path) -> None:
    await owner()
    path = write_shapefile(tmp_path / "in.shp")
    path.with_suffix(".prj").unlink()
    assert await refused(path) == ["file"]


async def test_jgd2011_comes_in_as_wgs_84(db: None, tmp_path: Path) -> None:
    await owner()
    await import_file(write_shapefile(tmp_path / "in.shp", crs="EPSG:6668"), None, NOW)
    (draft,) = await stored_sites()
    assert draft.geometry.equals_exact(shapely.MultiPolygon([GROUND]), 1e-7, normalize=True)


async def test_plane_coordinates_are_turned_into_degrees(db: None, tmp_path: Path) -> None:
    await owner()
    async with DB.connection() as connection:
        planes = [
            shapely.from_wkb(
                await connection.fetchval(
                    "SELECT ST_AsBinary(ST_Transform(ST_SetSRID(ST_GeomFromWKB($1), 4326), 6674))", shapely.to_wkb(one)
                )
            )
            for one in (GROUND, TRACK, PAD)
        ]
    features = [site(planes[0]), track(planes[1]), pad(planes[2])]
    collection = geojson(features) | {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::6674"}}}
    (tmp_path / "in.geojson").write_text(json.dumps(collection), encoding="utf-8")

    await import_file(tmp_path / "in.geojson", None, NOW)

    (draft,) = await stored_sites()
    assert draft.geometry.hausdorff_distance(GROUND) < 1e-7


@pytest.mark.parametrize(("crs", "xoff"), [("EPSG:6674", 1e30), ("ESRI:54009", 0)])
async def test_shapes_that_cannot_be_turned_into_degrees_are_refused(
    db: None, tmp_path: Path, crs: str, xoff: float
) -> None:
    await owner()
    assert await refused(write_shapefile(tmp_path / "in.shp", crs=crs, xoff=xoff)) == ["file"]


async def test_a_geopackage_of_several_layers_is_refused(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, harbour())
    await export_file(tmp_path / "in.gpkg")
    meta, _, shapes, columns = raw.read(tmp_path / "in.gpkg")
    raw.write(
        tmp_path / "in.gpkg",
        shapes,
        columns,
        meta["fields"],
        layer="more",
        append=True,
        geometry_type="MultiPolygon",
        crs="EPSG:4326",
    )
    assert await refused(tmp_path / "in.gpkg") == ["file"]
