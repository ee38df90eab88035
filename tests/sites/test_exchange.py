"""Files in and out, on real PostGIS: all of a file is stored or nothing, and what goes out comes back the same."""

import json
import math
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import numpy as np
import pytest
import shapely
from pyogrio import raw
from shapely.affinity import translate
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from testfields.accounts.rules import OrganisationKind
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, NotFound
from testfields.db.engine import DB
from testfields.piccolo_app import data_folder
from testfields.reservations import filing
from testfields.sites import exchange, files
from testfields.sites.exchange import ImportReport, Step
from testfields.sites.features import FIELDS, Feature
from testfields.sites.tables import Area, OpeningHours, Site
from tests import factories
from tests.sites.catalogue import GROUND, NOW, OWNER, PAD, TRACK, geojson, harbour, owner, pad, site, track, write

SAMPLES = data_folder("maps")
FORMATS = ("geojson", "gpkg", "shp")


async def stored() -> list[dict[str, object]]:
    """Every site, area and opening, with versions."""
    return [
        row for table in (Site, Area, OpeningHours) for row in await table.select().order_by(table._meta.primary_key)
    ]


async def bring(path: Path, features: Sequence[Feature]) -> ImportReport:
    return await exchange.import_file(write(path / "in.geojson", features), None, NOW)


async def refused(path: Path, owner_slug: str | None = None) -> list[str]:
    """Paths of the faults for which a file is refused; nothing is stored of it."""
    before = await stored()
    with pytest.raises(InvalidInput) as refusal:
        await exchange.import_file(path, owner_slug, NOW)
    assert await stored() == before
    return [one.path for one in refusal.value.faults]


async def version(slug: str = "harbour") -> int:
    row = await Site.select(Site.version).where(Site.slug == slug).first()
    assert row is not None
    return int(row["version"])


# --- In and out


async def test_a_file_is_stored_property_by_property(db: None, tmp_path: Path) -> None:
    owner_id = await owner()

    report = await bring(tmp_path, harbour())

    assert report == ImportReport(created=("harbour",), changed=(), unchanged=())
    row = await Site.select().where(Site.slug == "harbour").first()
    assert row is not None
    assert row["owner_id"] == owner_id
    assert (row["name_ja"], row["address_en"]) == ("みなと実証フィールド", "Konohana-ku, Osaka City")
    assert json.loads(row["facilities"]) == {"5g": True, "fence": True, "power_kw": 30, "surface": "asphalt"}
    assert row["uses"] == ["drone", "vehicle"]
    assert row["road_answered_on"].isoformat() == "2026-04-01"
    assert (float(row["lateral_separation_m"]), float(row["geoid_height"])) == (12.5, 37.25)
    assert row["geometry"].equals(GROUND)
    areas = await Area.select().where(Area.site_id == row["id"]).order_by(Area.position)
    assert [(one["slug"], one["parent_slug"], one["mode"]) for one in areas] == [
        ("track", None, "shared"),
        ("pad", "track", "exclusive"),
    ]
    assert (float(areas[0]["altitude"].lower), float(areas[0]["altitude"].upper)) == (0, 149.5)
    hours = await OpeningHours.select().where(OpeningHours.site_id == row["id"]).order_by(OpeningHours.weekday)
    assert [(one["weekday"], one["opens_minute"], one["closes_minute"]) for one in hours] == [
        *((day, 540, 1020) for day in range(1, 6)),
        (6, 1320, 1560),
    ]


@pytest.mark.parametrize("ending", FORMATS)
async def test_what_is_exported_is_what_was_imported(db: None, tmp_path: Path, ending: str) -> None:
    await owner()
    several = harbour()
    several[0] = site(shapely.union(GROUND, translate(box(135, 34, 135.001, 34.001), xoff=0.02)))
    await bring(tmp_path, several)
    path = tmp_path / f"out.{ending}"

    assert await exchange.export_file(path) == 1

    out = files.read(path)
    assert out.srid == 4326
    for told, imported in zip(out.features, several, strict=True):
        given = {name: value for name, value in told.values.items() if value not in {None, ""}}
        expected = {name: value for name, value in imported.values.items() if value is not None}
        assert {name: _same_kind(value, expected.get(name)) for name, value in given.items()} == expected
        assert told.shape is not None
        assert imported.shape is not None
        assert shapely.equals_exact(*map(as_multi, (told.shape, imported.shape)), 1e-7, normalize=True)
    assert await exchange.import_file(path, None, NOW) == ImportReport((), (), ("harbour",))
    assert await version() == 1


def as_multi(shape: BaseGeometry) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(list(shapely.get_parts(shape)))


def _same_kind(value: object, like: object) -> object:
    """Dates as text and booleans as such: formats differ in how they hold them."""
    return bool(value) if isinstance(like, bool) else str(value) if isinstance(like, str) else value


async def test_a_shapefile_has_short_names_and_says_that_it_is_utf_8(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, harbour())
    await exchange.export_file(tmp_path / "out.shp")
    names = raw.read(tmp_path / "out.shp", read_geometry=False)[0]["fields"]
    assert list(names) == [one.short for one in FIELDS]
    assert (tmp_path / "out.cpg").read_text() == "UTF-8"


async def test_only_the_sites_asked_for_are_exported(db: None, tmp_path: Path) -> None:
    await owner()
    elsewhere = translate(GROUND, xoff=1)
    await bring(tmp_path, [*harbour(), site(elsewhere, slug="hill"), track(translate(TRACK, xoff=1), site="hill")])

    assert await exchange.export_file(tmp_path / "one.geojson", ["hill"]) == 1
    assert {one.values["slug"] for one in files.read(tmp_path / "one.geojson").features} == {"hill", "track"}
    with pytest.raises(NotFound):
        await exchange.export_file(tmp_path / "none.geojson", ["hill", "dale"])
    assert not (tmp_path / "none.geojson").exists()


async def test_an_export_overwrites_nothing(db: None, tmp_path: Path) -> None:
    (tmp_path / "out.geojson").write_text("mine")
    with pytest.raises(InvalidInput):
        await exchange.export_file(tmp_path / "out.geojson")
    assert (tmp_path / "out.geojson").read_text() == "mine"


async def test_a_text_too_long_for_a_shapefile_is_not_cut(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, harbour(description_ja="広" * 85))
    with pytest.raises(InvalidInput) as refusal:
        await exchange.export_file(tmp_path / "out.shp")
    assert [one.path for one in refusal.value.faults] == ["features[0].description_ja"]
    assert not (tmp_path / "out.shp").exists()


async def test_the_samples_are_eight_sites_of_three_owners_that_fit_every_format(db: None, tmp_path: Path) -> None:
    for one in json.loads((SAMPLES / "sample-owners.json").read_text(encoding="utf-8")):
        await factories.organisation(OrganisationKind.OWNER, **one)

    report = await exchange.import_file(SAMPLES / "sample-sites.geojson", None, NOW)

    assert len(report.created) == 8
    drafts = await exchange.stored_sites()
    assert all(one.sample and 2 <= len(one.areas) <= 5 for one in drafts)
    assert sum(len(one.areas) for one in drafts) == 30
    for ending in FORMATS:
        await exchange.export_file(tmp_path / f"samples.{ending}")
        again = await exchange.import_file(tmp_path / f"samples.{ending}", None, NOW)
        assert (again.created, again.changed, len(again.unchanged)) == ((), (), 8)


# --- Again and again


async def test_the_same_file_twice_changes_nothing(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, harbour())
    before = await stored()

    assert await bring(tmp_path, harbour()) == ImportReport((), (), ("harbour",))
    assert await stored() == before


@pytest.mark.parametrize(
    "changed",
    [
        [site(name_en="Harbour"), track(), pad()],
        [site(hours="Mon-Fri 09:00-18:00"), track(), pad()],
        [site(facilities="5g"), track(), pad()],
        [site(translate(GROUND, yoff=0.0000001)), track(), pad()],
        [site(), track(width_m=8), pad()],
        [site(), pad(parent=None), track()],
        [site(), track()],
    ],
    ids=["name", "hours", "facilities", "outline", "area", "order of areas", "area removed"],
)
async def test_whatever_changes_raises_the_version(db: None, tmp_path: Path, changed: list[Feature]) -> None:
    await owner()
    await bring(tmp_path, harbour())
    area_ids = {row["slug"]: row["id"] for row in await Area.select(Area.slug, Area.id)}

    assert await bring(tmp_path, changed) == ImportReport((), ("harbour",), ())

    assert await version() == 2
    (draft,) = await exchange.stored_sites()
    assert [one.slug for one in draft.areas] == [one.values["slug"] for one in changed[1:]]
    kept = {row["slug"]: row["id"] for row in await Area.select(Area.slug, Area.id)}
    assert kept.items() <= area_ids.items()


async def booked(area: str, state: str) -> None:
    """An application for an area in some state, without its story."""
    row = await Area.select(Area.id, Area.site_id).where(Area.slug == area).first()
    assert row is not None
    company = await factories.company()
    async with DB.connection() as connection, DB.transaction():
        await connection.execute("SET CONSTRAINTS ALL DEFERRED")
        await connection.execute("ALTER TABLE reservation DISABLE TRIGGER USER")
        await connection.execute(
            "INSERT INTO reservation (project_id, company_id, site_id, area_id, state, created_by)"
            " VALUES ($1, $2, $3, $4, $6, $5)",
            await factories.project(company),
            company.companies[0],
            row["site_id"],
            row["id"],
            company.person_id,
            state,
        )


async def test_an_area_that_was_booked_may_not_vanish(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, harbour())
    await booked("pad", "rejected")
    assert await refused(write(tmp_path / "less.geojson", [site(), track()])) == ["features[0].areas"]


async def test_a_doubled_site_is_told_as_such_whatever_was_booked_there(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, harbour())
    await booked("pad", "rejected")
    twice = [site(), track(), site(published=False)]
    assert await refused(write(tmp_path / "twice.geojson", twice)) == ["features[0].slug", "features[2].slug"]


async def test_a_site_is_not_hidden_while_applications_there_are_under_way(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, harbour())
    for state in ("rejected", "reported", "draft"):
        await booked("pad", state)
    hidden = harbour(published=False)
    await bring(tmp_path, hidden)
    await bring(tmp_path, harbour())
    await booked("pad", "returned")
    await booked("track", "waiting")

    with pytest.raises(InvalidInput) as refusal:
        await bring(tmp_path, hidden)

    (found,) = refusal.value.faults
    assert (found.path, found.message.values) == ("features[0].published", {"count": 2})


# --- Refusals: clear, complete, and nothing stored


async def test_one_fault_in_one_feature_keeps_everything_out(db: None, tmp_path: Path) -> None:
    await owner()
    good = [
        site(translate(GROUND, xoff=1), slug="hill"),
        track(translate(TRACK, xoff=1), site="hill"),
    ]
    path = write(tmp_path / "in.geojson", [*good, *harbour(slot_minutes=0, owner="nobody")])
    assert await refused(path) == ["features[2].slot_minutes", "features[2].owner"]


async def test_a_published_site_may_not_overlap_one_that_is_stored(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, harbour())
    other = [site(translate(GROUND, xoff=0.005), slug="other"), track(translate(TRACK, xoff=0.005), site="other")]

    assert await refused(write(tmp_path / "other.geojson", other)) == ["features[0].geometry"]

    hidden = [site(translate(GROUND, xoff=0.005), slug="other", published=False), other[1]]
    assert (await bring(tmp_path, hidden)).created == ("other",)


@pytest.mark.parametrize("batch", [500, 1])
async def test_two_sites_may_change_places_in_one_file(
    own_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(exchange, "BATCH", batch)
    await owner()

    def at(slug: str, east: float) -> list[Feature]:
        return [site(translate(GROUND, xoff=east), slug=slug), track(translate(TRACK, xoff=east), site=slug)]

    await bring(tmp_path, [*at("left", 0), *at("right", 1)])
    assert (await bring(tmp_path, [*at("left", 1), *at("right", 0)])).changed == ("left", "right")


async def test_what_has_been_applied_for_is_not_left_outside_its_area(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, harbour())
    area_id = await Area.select(Area.id).where(Area.slug == "track").first()
    assert area_id is not None
    company = await factories.company()
    project_id = await factories.project(company, use="vehicle")
    application = filing.Application(project_id, area_id["id"], (Asked(factories.period(10, days=5)),))
    await filing.file(company, application, now())

    moved = [site(translate(GROUND, xoff=1)), track(translate(TRACK, xoff=1))]

    assert await refused(write(tmp_path / "moved.geojson", moved)) == ["features[1].geometry"]


async def test_the_database_itself_keeps_ground_under_what_stands_on_it(own_db: str) -> None:
    field = await factories.field()
    company = await factories.company()
    application = filing.Application(await factories.project(company), field.area_id, (Asked(factories.period(9)),))
    await filing.file(company, application, now())
    with pytest.raises(asyncpg.CheckViolationError, match="still stands"):
        await Site.update({Site.geometry: factories.square(150, 45)}).where(Site.id == field.site_id)


async def test_nobody_takes_over_another_owners_site(db: None, tmp_path: Path) -> None:
    await owner()
    await owner("osaka-city")
    await bring(tmp_path, harbour())
    assert await refused(write(tmp_path / "theirs.geojson", harbour(owner="osaka-city"))) == ["features[0].slug"]


async def test_the_database_itself_keeps_published_sites_apart(own_db: str) -> None:
    owner_id = await owner()
    await factories.site(owner_id, factories.square())
    with pytest.raises(asyncpg.ExclusionViolationError):
        await factories.site(owner_id, factories.square(west=135.005))

    # The control: without the trigger it would go through.
    async with DB.connection() as connection:
        await connection.execute("ALTER TABLE site DISABLE TRIGGER site_guard")
    await factories.site(owner_id, factories.square(west=135.005))


UNREADABLE = {
    "no such file": ("in.geojson", None),
    "another ending": ("in.kml", b"<kml/>"),
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
    assert (await exchange.import_file(sound, None, NOW)).created == ("harbour",)


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
    columns = [[one.values.get(field.name) for one in features] for field in FIELDS]
    raw.write(
        path,
        shapes,
        [np.array(["" if value is None else str(value) for value in column], dtype=object) for column in columns],
        [field.short for field in FIELDS],
        driver="ESRI Shapefile",
        geometry_type="Polygon",
        crs=crs,
        encoding=encoding,
    )
    return path


async def test_a_shapefile_in_cp932_that_says_so_is_read(db: None, tmp_path: Path) -> None:
    await owner()
    await exchange.import_file(write_shapefile(tmp_path / "in.shp", "CP932"), None, NOW)
    (draft,) = await exchange.stored_sites()
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
    await exchange.import_file(write_shapefile(tmp_path / "in.shp", crs="EPSG:6668"), None, NOW)
    (draft,) = await exchange.stored_sites()
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

    await exchange.import_file(tmp_path / "in.geojson", None, NOW)

    (draft,) = await exchange.stored_sites()
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
    await exchange.export_file(tmp_path / "in.gpkg")
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


async def test_progress_is_told_step_by_step(db: None, tmp_path: Path) -> None:
    await owner()
    told: list[tuple[Step, int, int | None]] = []
    path = write(tmp_path / "in.geojson", harbour())
    await exchange.import_file(path, None, NOW, lambda *one: told.append(one))
    assert told == [
        (Step.READ, 0, None),
        (Step.READ, 3, 3),
        *((Step.CHECK, done, 3) for done in range(4)),
        (Step.STORE, 0, 1),
        (Step.STORE, 1, 1),
    ]


def test_the_owner_of_the_samples_is_among_the_sample_owners() -> None:
    owners = {one["slug"] for one in json.loads((SAMPLES / "sample-owners.json").read_text(encoding="utf-8"))}
    assert OWNER in owners
