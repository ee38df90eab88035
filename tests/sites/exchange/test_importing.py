"""Files in, on real PostGIS: all of a file is stored or nothing."""

import asyncio
import json
from pathlib import Path

import asyncpg
import pytest
from shapely.affinity import translate

from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import InvalidInput
from testfields.db.engine import DB
from testfields.piccolo_app import data_folder
from testfields.reservations import filing
from testfields.sites.exchange import storing
from testfields.sites.exchange.features import Feature
from testfields.sites.exchange.importing import import_file
from testfields.sites.exchange.stored import stored_sites
from testfields.sites.exchange.storing import ImportReport, Step
from testfields.sites.tables import Area, OpeningHours, Site
from tests import factories
from tests.sites.catalogue import (
    GROUND,
    NOW,
    TRACK,
    bring,
    harbour,
    owner,
    pad,
    refused,
    site,
    stored,
    track,
    version,
    write,
)

SAMPLES = data_folder("maps")
FORMATS = ("geojson", "gpkg", "shp")


async def test_a_file_is_stored_property_by_property(db: None, tmp_path: Path) -> None:
    owner_id = await owner()

    report = await bring(tmp_path, harbour())

    assert report == ImportReport(created=("harbour",), changed=(), unchanged=(), undecided=("harbour",))
    row = await Site.select().where(Site.slug == "harbour").first()
    assert row is not None
    assert row["owner_id"] == owner_id
    assert (row["name_ja"], row["address_en"]) == ("みなと実証フィールド", "Konohana-ku, Osaka City")
    assert json.loads(row["facilities"]) == {"5g": True, "fence": True, "power_kw": 30, "surface": "asphalt"}
    assert row["uses"] == ["drone", "vehicle"]
    assert row["road_answered_on"].isoformat() == "2026-04-01"
    assert (float(row["lateral_separation_m"]), float(row["ground_elevation"])) == (12.5, 6.5)
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

    assert await bring(tmp_path, changed) == ImportReport((), ("harbour",), (), undecided=("harbour",))

    assert await version() == 2
    (draft,) = await stored_sites()
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


@pytest.mark.parametrize("state", ["rejected", "withdrawn", "draft"])
async def test_an_area_that_was_booked_is_retired(db: None, tmp_path: Path, state: str) -> None:
    await owner()
    await bring(tmp_path, harbour())
    await booked("pad", state)
    assert (await bring(tmp_path, [site(), track()])).changed == ("harbour",)
    retired = await Area.select(Area.slug).where(Area.retired_at.is_not_null())
    assert [row["slug"] for row in retired] == ["pad"]


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
    monkeypatch.setattr(storing, "BATCH", batch)
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


async def test_what_stands_is_cut_where_the_site_draws_its_edge_in_by_less_than_the_tolerance(db: None) -> None:
    """So that it never shares ground with what is taken at a neighbour whose edge follows."""
    field = await factories.field(geometry=factories.square())
    company = await factories.company()
    application = filing.Application(await factories.project(company), field.area_id, (Asked(factories.period(9)),))
    await filing.file(company, application, now())
    # 0.2 m of latitude at each edge.
    smaller = factories.square(135 + 2e-6, 34 + 2e-6, 0.01 - 4e-6)
    await Site.update({Site.geometry: smaller}).where(Site.id == field.site_id)
    async with DB.connection() as connection:
        inside = await connection.fetchval(
            "SELECT ST_CoveredBy(claim.footprint, site.geometry) FROM claim JOIN site ON site.id = claim.site_id"
        )
    assert inside


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


async def test_progress_is_told_step_by_step(db: None, tmp_path: Path) -> None:
    await owner()
    told: list[tuple[Step, int, int | None]] = []
    path = write(tmp_path / "in.geojson", harbour())
    await import_file(path, None, NOW, lambda *one: told.append(one))
    assert told == [
        (Step.READ, 0, None),
        (Step.READ, 3, 3),
        *((Step.CHECK, done, 3) for done in range(4)),
        (Step.STORE, 0, 1),
        (Step.STORE, 1, 1),
    ]


async def test_an_import_waits_for_its_turn_at_a_site_where_others_are(own_db: str, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, harbour())
    (row,) = await Site.select(Site.id)
    told: list[str] = []
    leave = asyncio.Event()

    async def hold() -> None:
        async with DB.turns.at_site(row["id"]):
            await leave.wait()
            told.append("left")

    def show(step: Step, _done: int, _total: int | None) -> None:
        told.append(step)

    holders = []
    while not DB.turns.are_taken(row["id"]):
        holders.append(asyncio.create_task(hold()))
        await asyncio.sleep(0)
    changed = write(tmp_path / "changed.geojson", harbour(name_en="Another name"))
    coming = asyncio.create_task(import_file(changed, None, NOW, show))
    # Time enough for one that does not wait.
    await asyncio.sleep(0.5)
    leave.set()
    assert (await coming).changed == ("harbour",)
    await asyncio.gather(*holders)
    assert told.index("left") < told.index(Step.STORE)
