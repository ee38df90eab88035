"""Outlines and names as ministries publish them come through every kind of file as they are.

Open data are not kept in the repository: TESTFIELDS_REAL_DATA names a folder of GeoJSON files with polygons in Japan.
"""

import csv
import json
import os
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyogrio import raw
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from testfields.sites.exchange import files

FOLDER = os.environ.get("TESTFIELDS_REAL_DATA", "")
FILES = sorted(path for path in Path(FOLDER or "/nowhere").glob("*.*json"))
# Of each file, spread over it.
OUTLINES = 40

Outlines = Sequence[tuple[str, BaseGeometry]]


def outlines(path: Path) -> Outlines:
    """Some polygons of a file, each with all that is said of it as one text."""
    found = [
        (" ".join(str(one) for one in feature["properties"].values())[:80].strip(), shape(feature["geometry"]))
        for feature in json.loads(path.read_text("utf-8"))["features"]
        if feature["geometry"]
    ]
    polygons = [one for one in found if isinstance(one[1], Polygon | MultiPolygon)]
    return polygons[:: max(1, len(polygons) // OUTLINES)]


def with_gdal(path: Path, found: Outlines, driver: str, encoding: str | None = None, **how: object) -> Path:
    raw.write(
        path,
        np.array([shapely.to_wkb(one) for _, one in found], dtype=object),
        [np.array([name for name, _ in found], dtype=object)],
        ["name_ja"],
        driver=driver,
        geometry_type="Unknown" if driver != "ESRI Shapefile" else "Polygon",
        crs="EPSG:4326",
        encoding=encoding,
        **how,
    )
    return path


def geojson(folder: Path, found: Outlines) -> Path:
    return with_gdal(folder / "in.geojson", found, "GeoJSON", COORDINATE_PRECISION="15")


def geopackage(folder: Path, found: Outlines) -> Path:
    return with_gdal(folder / "in.gpkg", found, "GPKG")


def google_earth(folder: Path, found: Outlines) -> Path:
    return with_gdal(folder / "in.kml", [(name, shapely.force_3d(one, 0)) for name, one in found], "LIBKML")


def zipped_shapefile(folder: Path, found: Outlines) -> Path:
    written = with_gdal(folder / "in.shp", found, "ESRI Shapefile", "CP932")
    written.with_suffix(".cpg").write_text("Shift_JIS")
    with zipfile.ZipFile(folder / "in.zip", "w") as archive:
        for part in folder.glob("in.*"):
            if part.suffix != ".zip":
                archive.write(part, f"data/{part.name.upper()}")
    return folder / "in.zip"


def spreadsheet(folder: Path, found: Outlines) -> Path:
    with (folder / "in.csv").open("w", encoding="cp932", newline="") as file:
        csv.writer(file).writerows([("name_ja", "WKT"), *((name, shapely.to_wkt(one, 15)) for name, one in found)])
    return folder / "in.csv"


@pytest.mark.skipif(not FILES, reason="no open data here: TESTFIELDS_REAL_DATA names no folder with GeoJSON files")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.parametrize("written", [geojson, geopackage, google_earth, zipped_shapefile, spreadsheet])
def test_real_outlines_and_names_come_through_as_they_are(
    tmp_path: Path, path: Path, written: Callable[[Path, Outlines], Path]
) -> None:
    found = outlines(path)
    read = files.read(written(tmp_path, found))
    assert [str(one.values["name_ja"]).strip() for one in read.features] == [name for name, _ in found]
    apart = [
        one.shape.hausdorff_distance(drawn) for one, (_, drawn) in zip(read.features, found, strict=True) if one.shape
    ]
    assert len(apart) == len(found)
    assert max(apart) < 1e-9
