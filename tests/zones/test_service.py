"""What is found at a real place, by the zones that were published."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import httpx
from shapely.geometry import mapping

from testfields.accounts.rules import OrganisationKind
from testfields.core.clock import now
from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand, Volume
from testfields.piccolo_app import data_folder
from testfields.sites.exchange.importing import import_file
from testfields.sites.tables import Area, Site
from testfields.zones import service
from testfields.zones.importing import Wanted, import_layer
from tests import factories
from tests.zones.cases import at, drone
from tests.zones.test_importing import written

SAMPLES = data_folder("maps")


class InArea:
    """A volume in an area, as the reservations have it."""

    def __init__(self, area_id: int, volume: Volume) -> None:
        self.area_id, self.volume = area_id, volume


async def samples() -> None:
    """The sample sites and their zones."""
    for one in json.loads((SAMPLES / "sample-owners.json").read_text(encoding="utf-8")):
        await factories.organisation(OrganisationKind.OWNER, **one)
    await import_file(SAMPLES / "sample-sites.geojson", None, now())
    for layer in sorted((SAMPLES / "zones").glob("*.geojson")):
        await import_layer(layer, Wanted(), now())


async def asked(site: str, upper: int, clock: str = "2027-01-14 11:00", minutes: int = 60) -> InArea:
    """All of a site's first area up to a height."""
    row = await Area.select().where(Area.site_id.slug == site).order_by(Area.position).first()
    assert row is not None
    band = AltitudeBand(Decimal(0), Decimal(upper))
    period = Period(at(clock), at(clock) + timedelta(minutes=minutes))
    return InArea(row["id"], Volume(row["geometry"], band, period))


async def codes(site: str, upper: int, clock: str = "2027-01-14 11:00", minutes: int = 60) -> set[str]:
    """What is found there of a drone of which everything has been said."""
    found = await service.findings_of(drone(), [await asked(site, upper, clock, minutes)], now())
    return {one.code for one in found} - {"emergency-airspace", "weather", "outside-band"}


SPECIAL = {"category-2", "flight-plan", "flight-log", "dense"}


async def test_the_surfaces_stop_a_flight_of_120_m_at_hattori_and_at_rinku_town_alone(db: None) -> None:
    await samples()
    for site, expected in {
        "hattori-ryokuchi": {"airport-surface"},
        "rinku-town": {"airport-surface"},
        # Some 110 m above its ground of 52 m.
        "expo-park": {"airport-surface"},
        "maishima": set[str](),
        "tsurumi-ryokuchi": {"airport-unknown"},
        "yumeshima": {"airport-unknown"},
    }.items():
        assert await codes(site, 120) - {"airport-unknown"} == SPECIAL | expected - {"airport-unknown"}, site
        assert "airport-unknown" not in expected or "airport-unknown" in await codes(site, 120), site
    assert "airport-surface" not in await codes("hattori-ryokuchi", 30)


async def test_what_was_never_loaded_is_said(db: None) -> None:
    field = await factories.field()
    area = InArea(field.area_id, (await asked_at(field.area_id)).volume)
    found = {one.code for one in await service.findings_of(drone(), [area], now())}
    assert {"airport-not-loaded", "dense-not-loaded", "protected-not-loaded"} < found


async def asked_at(area_id: int) -> InArea:
    """The whole of an area for an hour."""
    row = await Area.select().where(Area.id == area_id).first()
    assert row is not None
    period = Period(at("2027-01-14 11:00"), at("2027-01-14 12:00"))
    return InArea(area_id, Volume(row["geometry"], AltitudeBand(Decimal(0), Decimal(50)), period))


async def test_a_zone_above_sea_level_is_turned_by_the_grounds_height(db: None, tmp_path: Path) -> None:
    field = await factories.field()
    one = await asked_at(field.area_id)
    # Above 60 m of sea level: above ground from 55 m where the ground is at 5 m, from 45 m where it is at 15 m.
    geometry = mapping(one.volume.footprint.envelope)
    await import_layer(written(tmp_path, geometry=geometry, lower=60, reference="TP", hours=""), Wanted(), now())
    for elevation, found in ((5, False), (15, True), (None, True)):
        await Site.update({Site.ground_elevation: elevation}).where(Site.id == field.site_id)
        told = {each.code for each in await service.findings_of(drone(), [one], now())}
        assert ("school" in told) is found, elevation


async def test_the_check_by_api_tells_what_is_found_with_its_source(db: None, client: httpx.AsyncClient) -> None:
    field, company, period = await factories.field(), await factories.company(), factories.period(10)
    body = {
        "project_id": await factories.project(company),
        "area_id": field.area_id,
        "volumes": [{"period": {"start": period.start.isoformat(), "end": period.end.isoformat()}}],
    }
    headers = {"Authorization": f"Bearer {await factories.token(company)}", "Accept-Language": "en"}
    answer = (await client.post("/api/v1/reservations/check", json=body, headers=headers)).json()
    found = {one["code"]: one for one in answer["findings"]}
    assert answer["fits"]
    assert found["dense-not-loaded"]["severity"] == "notice"
    assert (found["dense-not-loaded"]["source"], found["dense-not-loaded"]["confidence"]) == (
        "Civil Aeronautics Act, Article 132-85",
        "B",
    )
    assert found["weather"]["where"] is None
