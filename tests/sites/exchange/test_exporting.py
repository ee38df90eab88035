"""Files out, on real PostGIS: what goes out comes back the same."""

import json
from pathlib import Path

import pytest
import shapely
from pyogrio import raw
from shapely.affinity import translate
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from testfields.accounts.rules import OrganisationKind
from testfields.core.errors import InvalidInput, NotFound
from testfields.piccolo_app import data_folder
from testfields.sites.exchange import files
from testfields.sites.exchange.exporting import export_file
from testfields.sites.exchange.features import COLUMNS
from testfields.sites.exchange.importing import import_file
from testfields.sites.exchange.stored import stored_sites
from testfields.sites.exchange.storing import ImportReport
from tests import factories
from tests.sites.catalogue import (
    GROUND,
    NOW,
    OWNER,
    TRACK,
    bring,
    harbour,
    owner,
    site,
    track,
    version,
)

SAMPLES = data_folder("maps")
FORMATS = ("geojson", "gpkg", "shp")


@pytest.mark.parametrize("ending", FORMATS)
async def test_what_is_exported_is_what_was_imported(db: None, tmp_path: Path, ending: str) -> None:
    await owner()
    several = harbour()
    several[0] = site(shapely.union(GROUND, translate(box(135, 34, 135.001, 34.001), xoff=0.02)))
    await bring(tmp_path, several)
    path = tmp_path / f"out.{ending}"

    assert await export_file(path) == 1

    out = files.read(path)
    assert out.srid == 4326
    for told, imported in zip(out.features, several, strict=True):
        given = {name: value for name, value in told.values.items() if value not in {None, ""}}
        expected = {name: value for name, value in imported.values.items() if value is not None}
        assert {name: _same_kind(value, expected.get(name)) for name, value in given.items()} == expected
        assert told.shape is not None
        assert imported.shape is not None
        assert shapely.equals_exact(*map(as_multi, (told.shape, imported.shape)), 1e-7, normalize=True)
    assert await import_file(path, None, NOW) == ImportReport((), (), ("harbour",))
    assert await version() == 1


def as_multi(shape: BaseGeometry) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(list(shapely.get_parts(shape)))


def _same_kind(value: object, like: object) -> object:
    """Dates as text and booleans as such: formats differ in how they hold them."""
    return bool(value) if isinstance(like, bool) else str(value) if isinstance(like, str) else value


async def test_a_shapefile_has_short_names_and_says_that_it_is_utf_8(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, harbour())
    await export_file(tmp_path / "out.shp")
    names = raw.read(tmp_path / "out.shp", read_geometry=False)[0]["fields"]
    assert list(names) == [one.short for one in COLUMNS]
    assert (tmp_path / "out.cpg").read_text() == "UTF-8"


async def test_only_the_sites_asked_for_are_exported(db: None, tmp_path: Path) -> None:
    await owner()
    elsewhere = translate(GROUND, xoff=1)
    await bring(tmp_path, [*harbour(), site(elsewhere, slug="hill"), track(translate(TRACK, xoff=1), site="hill")])

    assert await export_file(tmp_path / "one.geojson", ["hill"]) == 1
    assert {one.values["slug"] for one in files.read(tmp_path / "one.geojson").features} == {"hill", "track"}
    with pytest.raises(NotFound):
        await export_file(tmp_path / "none.geojson", ["hill", "dale"])
    assert not (tmp_path / "none.geojson").exists()


async def test_an_export_overwrites_nothing(db: None, tmp_path: Path) -> None:
    (tmp_path / "out.geojson").write_text("mine")
    with pytest.raises(InvalidInput):
        await export_file(tmp_path / "out.geojson")
    assert (tmp_path / "out.geojson").read_text() == "mine"


async def test_a_text_too_long_for_a_shapefile_is_not_cut(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, harbour(description_ja="広" * 85))
    with pytest.raises(InvalidInput) as refusal:
        await export_file(tmp_path / "out.shp")
    assert [one.path for one in refusal.value.faults] == ["features[0].description_ja"]
    assert not (tmp_path / "out.shp").exists()


async def test_the_samples_are_eight_sites_of_three_owners_that_fit_every_format(db: None, tmp_path: Path) -> None:
    for one in json.loads((SAMPLES / "sample-owners.json").read_text(encoding="utf-8")):
        await factories.organisation(OrganisationKind.OWNER, **one)

    report = await import_file(SAMPLES / "sample-sites.geojson", None, NOW)

    assert len(report.created) == 8
    drafts = await stored_sites()
    assert all(one.sample and 2 <= len(one.areas) <= 5 for one in drafts)
    assert sum(len(one.areas) for one in drafts) == 30
    for ending in FORMATS:
        await export_file(tmp_path / f"samples.{ending}")
        again = await import_file(tmp_path / f"samples.{ending}", None, NOW)
        assert (again.created, again.changed, len(again.unchanged)) == ((), (), 8)


def test_the_owner_of_the_samples_is_among_the_sample_owners() -> None:
    owners = {one["slug"] for one in json.loads((SAMPLES / "sample-owners.json").read_text(encoding="utf-8"))}
    assert OWNER in owners
