"""Layers from files, on real PostGIS: all of a file is published or nothing, and what decisions saw stays."""

import asyncio
import json
import os
import zipfile
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import numpy as np
import pytest
import shapely
from pyogrio import raw

from testfields.core.clock import now
from testfields.core.errors import InvalidInput, NotFound
from testfields.db.engine import DB
from testfields.piccolo_app import data_folder
from testfields.sites.rules import FeatureFault
from testfields.zones import queries, service
from testfields.zones.drafts import SHORT
from testfields.zones.importing import Wanted, end, import_layer
from testfields.zones.vocabulary import LayerKind

SAMPLES = sorted((data_folder("maps") / "zones").glob("*.geojson"))
LAYER = {
    "slug": "schools",
    "kind": "school",
    "name_ja": "学校の近く",
    "name_en": "Near schools",
    "source": "教育委員会",
    "as_of": "2026-04-01",
    "confidence": "B",
}
SQUARE = [[[135.5, 34.7], [135.51, 34.7], [135.51, 34.71], [135.5, 34.71], [135.5, 34.7]]]
FEATURE = {"identifier": "S1", "name_ja": "小学校", "name_en": "Primary school", "hours": "Mon-Fri 08:00-16:00"}


def written(folder: Path, layer: Mapping[str, Any] | None = LAYER, geometry: Any = SQUARE, **changes: Any) -> Path:
    """A file of one zone with its layer, and with what a test changes of the zone."""
    shape = {"type": "Polygon", "coordinates": geometry} if isinstance(geometry, list) else geometry
    features = [{"type": "Feature", "properties": FEATURE | changes, "geometry": shape}]
    document = {"type": "FeatureCollection", "features": features} | ({"layer": layer} if layer else {})
    path = folder / "zones.geojson"
    path.write_text(json.dumps(document))
    return path


async def refused(path: Path, wanted: Wanted = Wanted()) -> list[tuple[int, str]]:  # noqa: B008
    """Feature and field of each fault; nothing is stored."""
    before = await queries.LAYERS.rows(at=now())
    with pytest.raises(InvalidInput) as error:
        await import_layer(path, wanted, now())
    assert await queries.LAYERS.rows(at=now()) == before
    return [(one.feature, one.field) if isinstance(one, FeatureFault) else (-1, one.path) for one in error.value.faults]


async def test_a_layer_is_published_with_all_it_says(db: None, tmp_path: Path) -> None:
    published = await import_layer(
        written(tmp_path, lower=10, upper=90.5, reference="TP", first_day="2026-04-01", says_ja="理由", says_en="Why"),
        Wanted(),
        now(),
    )
    assert (published.facts.slug, published.zones, published.replaced) == ("schools", 1, False)
    (row,) = await queries.AROUND.rows(shapes=[shapely.box(135.505, 34.705, 135.506, 34.706)], at=now())
    assert (row["kind"], row["layer_ja"], row["as_of"], row["confidence"]) == (
        "school",
        "学校の近く",
        date(2026, 4, 1),
        "B",
    )
    assert (float(row["lower"]), float(row["upper"]), row["reference"]) == (10, 90.5, "TP")
    assert (row["first_day"], row["hours"], row["says_en"]) == (date(2026, 4, 1), "Mon-Fri 08:00-16:00", "Why")
    assert row["geometry"].equals(shapely.box(135.505, 34.705, 135.506, 34.706))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"identifier": ""}, "identifier"),
        ({"name_en": None}, "name_en"),
        ({"name_ja": "あ" * 201}, "name_ja"),
        ({"lower": "high"}, "lower"),
        ({"lower": 100, "upper": 100}, "upper"),
        ({"reference": "MSL"}, "reference"),
        ({"first_day": "1 April"}, "first_day"),
        ({"first_day": "2026-05-01", "last_day": "2026-04-30"}, "last_day"),
        ({"hours": "all day"}, "hours"),
        ({"upperr": 3}, "upperr"),
        ({"geometry": None}, "geometry"),
        ({"geometry": {"type": "Point", "coordinates": [135.5, 34.7]}}, "geometry"),
        ({"geometry": [[[1, 2], [1, 3], [2, 3], [1, 2]]]}, "geometry"),
        ({"geometry": [[[34.7, 135.5], [34.71, 135.5], [34.71, 135.51], [34.7, 135.5]]]}, "geometry"),
        ({"geometry": [[[135.5, 34.7], [135.6, 34.8], [135.6, 34.7], [135.5, 34.8], [135.5, 34.7]]]}, "geometry"),
    ],
)
async def test_what_does_not_fit_is_refused_by_feature_and_field(
    db: None, tmp_path: Path, changes: dict[str, Any], field: str
) -> None:
    assert await refused(written(tmp_path, **changes)) == [(0, field)]


@pytest.mark.parametrize(
    "changes", [{"slug": "With Blanks"}, {"kind": "castle"}, {"as_of": "yesterday"}, {"confidence": "Z"}, {"more": 1}]
)
async def test_a_layer_that_says_something_unknown_is_refused(
    db: None, tmp_path: Path, changes: dict[str, Any]
) -> None:
    assert await refused(written(tmp_path, LAYER | changes)) == [(-1, "layer")]


async def test_a_file_without_its_layer_is_refused(db: None, tmp_path: Path) -> None:
    assert await refused(written(tmp_path, None)) == [(-1, "layer")]


async def test_a_layer_can_be_described_beside_its_file(db: None, tmp_path: Path) -> None:
    beside = tmp_path / "layer.json"
    beside.write_text(json.dumps(LAYER))
    raw.write(
        tmp_path / "zones.gpkg",
        geometry=shapely.to_wkb([shapely.multipolygons([shapely.box(135.5, 34.7, 135.51, 34.71)])]),
        field_data=[np.array([value], dtype=object) for value in FEATURE.values()],
        fields=list(FEATURE),
        geometry_type="MultiPolygon",
        crs="EPSG:6668",
    )
    published = await import_layer(tmp_path / "zones.gpkg", Wanted(beside, date(2026, 5, 1)), now())
    assert (published.facts.as_of, published.zones) == (date(2026, 5, 1), 1)


async def test_an_outline_that_touches_itself_is_parted_there(db: None, tmp_path: Path) -> None:
    touching = [
        [135.5, 34.7],
        [135.52, 34.7],
        [135.51, 34.71],
        [135.52, 34.72],
        [135.5, 34.72],
        [135.51, 34.71],
        [135.5, 34.7],
    ]
    assert not shapely.Polygon(touching).is_valid
    await import_layer(written(tmp_path, geometry=[touching]), Wanted(), now())
    (row,) = await queries.AROUND.rows(shapes=[shapely.box(135.0, 34.0, 136.0, 35.0)], at=now())
    assert row["geometry"].area == pytest.approx(shapely.Polygon(touching).area)


AIRPORT = LAYER | {"kind": "airport"}
POINT = {"hours": "", "point_longitude": 135.44, "point_latitude": 34.78, "elevation_m": 12}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"run_per_metre": 0}, ["run_per_metre"]),
        ({"outer_radius_m": -5}, ["outer_radius_m"]),
        ({"conical_radius_m": 3000}, ["conical_radius_m"]),
        ({"horizontal_radius_m": 0}, ["horizontal_radius_m"]),
        ({"horizontal_height_m": -1}, ["horizontal_height_m"]),
        ({"point_latitude": 95}, ["point_latitude"]),
        ({"elevation_m": 1e300}, ["elevation_m"]),
        ({"point_latitude": None}, ["point_latitude", "point_latitude"]),
    ],
)
async def test_surfaces_that_no_airport_has_are_refused(
    db: None, tmp_path: Path, changes: dict[str, Any], fields: list[str]
) -> None:
    told = await refused(written(tmp_path, AIRPORT, None, **POINT | changes))
    assert [field for _, field in told if field != "geometry"] == fields


async def test_an_airports_point_gives_its_surfaces_and_its_ground(db: None, tmp_path: Path) -> None:
    await import_layer(written(tmp_path, AIRPORT, None, **POINT), Wanted(), now())
    (row,) = await queries.AROUND.rows(shapes=[shapely.box(135.5, 34.7, 135.51, 34.71)], at=now())
    assert json.loads(row["surfaces"])["horizontal_height_m"] == 45
    assert row["geometry"].contains(shapely.Point(135.5, 34.7))


def test_no_two_columns_have_one_short_name() -> None:
    assert len(set(SHORT.values())) == len(SHORT)
    assert max(map(len, SHORT.values())) <= 10


async def test_an_archive_is_read_as_what_it_holds(db: None, tmp_path: Path) -> None:
    path = written(tmp_path)
    with zipfile.ZipFile(tmp_path / "zones.zip", "w") as archive:
        archive.write(path, "inner/zones.geojson")
    assert (await import_layer(tmp_path / "zones.zip", Wanted(), now())).facts.slug == "schools"


@pytest.mark.parametrize(
    "coverage",
    [
        [],
        {"type": "FeatureCollection", "features": None},
        {"type": "FeatureCollection", "features": [1]},
        {"type": "Feature", "geometry": "x"},
        {"type": "MultiPolygon", "coordinates": None},
        {"type": "Polygon", "coordinates": [[[float("nan"), 1], [1, 1], [1, 2], [1, 1]]]},
        {"type": "Point", "coordinates": [135, 34]},
    ],
)
async def test_a_coverage_that_is_no_outline_is_refused(db: None, tmp_path: Path, coverage: object) -> None:
    beside = tmp_path / "coverage.json"
    beside.write_text(json.dumps(coverage))
    assert await refused(written(tmp_path), Wanted(coverage=beside)) == [(-1, "layer.coverage")]


async def test_a_shape_with_heights_is_refused(db: None, tmp_path: Path) -> None:
    raised = [[[*point, 10.0] for point in SQUARE[0]]]
    assert await refused(written(tmp_path, geometry=raised)) == [(0, "geometry")]


async def test_a_layer_is_ended_without_another_and_what_it_was_stays(db: None, tmp_path: Path) -> None:
    first = now()
    await import_layer(written(tmp_path), Wanted(), first)
    await end("schools", first + timedelta(days=1))
    assert await service.layers(first + timedelta(days=1)) == []
    assert [one.slug for one in await service.layers(first)] == ["schools"]
    with pytest.raises(NotFound):
        await end("schools", first + timedelta(days=2))


async def test_of_two_who_publish_at_once_one_replaces_the_other(own_db: str, tmp_path: Path) -> None:
    path = written(tmp_path)
    published = await asyncio.gather(*(import_layer(path, Wanted(), now()) for _ in range(4)))
    assert sorted(one.replaced for one in published) == [False, True, True, True]
    assert len(await service.layers(now())) == 1


async def test_the_next_publication_replaces_and_the_former_is_seen_by_its_time(db: None, tmp_path: Path) -> None:
    first = now()
    await import_layer(written(tmp_path), Wanted(), first)
    second = first + timedelta(days=1)
    published = await import_layer(written(tmp_path, name_en="Moved"), Wanted(), second)
    assert published.replaced
    place = [shapely.box(135.505, 34.705, 135.506, 34.706)]
    for at, name in ((first, "Primary school"), (second - timedelta(seconds=1), "Primary school"), (second, "Moved")):
        assert [row["name_en"] for row in await queries.AROUND.rows(shapes=place, at=at)] == [name]
    assert await queries.AROUND.rows(shapes=place, at=first - timedelta(seconds=1)) == []


@pytest.mark.parametrize("table", ["zone", "zone_layer"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET name_ja = 'x'", "DELETE FROM {}"])
async def test_what_was_published_is_never_changed(db: None, tmp_path: Path, table: str, statement: str) -> None:
    await import_layer(written(tmp_path), Wanted(), now())
    async with DB.transaction():
        with pytest.raises(asyncpg.RestrictViolationError):
            async with DB.transaction(), DB.connection() as connection:
                await connection.execute(statement.format(table))


@pytest.mark.parametrize("path", SAMPLES, ids=[one.stem for one in SAMPLES])
async def test_the_samples_are_published(db: None, path: Path) -> None:
    published = await import_layer(path, Wanted(), now())
    assert published.zones >= 1
    assert published.facts.coverage is not None


def test_there_is_a_sample_of_each_kind_of_restriction() -> None:
    kinds = {json.loads(one.read_text())["layer"]["kind"] for one in SAMPLES}
    assert kinds == set(LayerKind) - {LayerKind.MUNICIPALITY}


REAL = os.environ.get("TESTFIELDS_REAL_DATA", "")
needs_real = pytest.mark.skipif(not REAL, reason="TESTFIELDS_REAL_DATA names no folder with files of open data")


@needs_real
@pytest.mark.parametrize(
    ("name", "slug", "zones", "passed_over"),
    [
        ("n03-27.json", "municipalities", 72, 0),
        ("did-27.geojson", "densely-inhabited", 85, 0),
        ("airports.geojson", "airports", 85, 23),
    ],
)
async def test_official_files_are_known_by_their_columns(
    db: None, name: str, slug: str, zones: int, passed_over: int
) -> None:
    published = await import_layer(Path(REAL) / name, Wanted(as_of=date(2021, 1, 1)), now())
    assert (published.facts.slug, published.zones, len(published.passed_over)) == (slug, zones, passed_over)


@needs_real
async def test_a_districts_layer_covers_what_an_outline_says(db: None) -> None:
    folder = Path(REAL)
    wanted = Wanted(as_of=date(2010, 10, 1), coverage=folder / "n03-27.json")
    await import_layer(folder / "did-27.geojson", wanted, now())
    covered = await queries.COVERED.rows(shapes=[shapely.box(135.57, 34.71, 135.571, 34.711)], at=now())
    assert [row["kind"] for row in covered] == ["dense"]


@needs_real
async def test_an_official_file_needs_its_day(db: None) -> None:
    assert await refused(Path(REAL) / "n03-27.json") == [(-1, "layer")]
