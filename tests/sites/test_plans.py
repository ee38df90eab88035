"""The plan of a site's ground: brought in with the site, given out the same, drawn anew by the owner's staff alone."""

from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from shapely.affinity import translate
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from testfields.accounts.rules import MemberRole, OrganisationKind
from testfields.core.errors import InvalidInput
from testfields.sites.exchange.exporting import export_file
from testfields.sites.exchange.features import Feature
from testfields.sites.exchange.importing import import_file
from testfields.sites.exchange.stored import stored_sites
from testfields.sites.exchange.storing import ImportReport
from testfields.sites.vocabulary import PLAN_KINDS, PlanKind
from tests import factories
from tests.sites.catalogue import NOW, bring, harbour, owner

HALL = Polygon([(135.003, 34.0055), (135.004, 34.0055), (135.004, 34.0063), (135.003, 34.0063), (135.003, 34.0055)])
ROAD = LineString([(135.0, 34.0035), (135.004, 34.004), (135.008, 34.0045)])
GATE = Point(135.0, 34.0035)


def piece(kind: str, shape: BaseGeometry | None, **values: object) -> Feature:
    return Feature({"kind": "plan", "site": "harbour", "plan": kind, **values}, shape)


PLAN = (
    piece("building", HALL, name_ja="格納庫", name_en="Hangar"),
    piece("road", ROAD),
    piece("gate", GATE, name_ja="正門"),
)


async def test_a_plan_goes_out_as_it_came_in(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, [*harbour(), *PLAN])
    (stored,) = await stored_sites()
    assert [(one.kind, one.name_ja, one.geometry) for one in stored.plan or ()] == [
        ("building", "格納庫", HALL),
        ("road", "", ROAD),
        ("gate", "正門", GATE),
    ]

    await export_file(tmp_path / "out.geojson")

    assert await import_file(tmp_path / "out.geojson", None, NOW) == ImportReport((), (), ("harbour",))


@pytest.mark.parametrize("ending", ["gpkg", "shp"])
async def test_a_file_that_says_nothing_of_the_ground_leaves_its_plan(db: None, tmp_path: Path, ending: str) -> None:
    await owner()
    await bring(tmp_path, [*harbour(), *PLAN])
    await export_file(tmp_path / f"out.{ending}")

    assert (await import_file(tmp_path / f"out.{ending}", None, NOW)).unchanged == ("harbour",)
    assert (await bring(tmp_path, harbour(contact="other@example.test"))).changed == ("harbour",)

    assert len((await stored_sites())[0].plan or ()) == len(PLAN)


@pytest.mark.parametrize(
    ("one", "field", "reason"),
    [
        (piece("fence", GATE), "geometry", "drawn as LineString"),
        (piece("gate", None), "geometry", "no shape"),
        (piece("road", LineString([(135.0, 34.0), (135.0, 34.0)])), "geometry", "two different points"),
        (piece("water", translate(HALL, yoff=0.2)), "geometry", "more than 3 km"),
        (piece("castle", HALL), "plan", "not accepted"),
        (piece("gate", GATE, site="elsewhere"), "site", "no site"),
        (piece("gate", GATE, mode="shared"), "mode", "does not belong"),
        (piece("land", Polygon([(135, 34), (135.01, 34.01), (135.01, 34), (135, 34.01)])), "geometry", "crosses"),
    ],
)
async def test_a_piece_that_cannot_be_is_told_by_its_field(
    db: None, tmp_path: Path, one: Feature, field: str, reason: str
) -> None:
    await owner()
    with pytest.raises(InvalidInput) as caught:
        await bring(tmp_path, [*harbour(), one])
    ((place, name, message),) = [(told.feature, told.field, str(told.message.id)) for told in caught.value.faults]  # type: ignore[attr-defined]
    assert (place, name) == (3, field)
    assert reason in message % caught.value.faults[0].message.values


def test_every_kind_of_a_plan_has_its_words() -> None:
    assert set(PLAN_KINDS) == set(PlanKind)


async def test_everybody_may_have_the_plan(db: None, client: AsyncClient, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, [*harbour(), *PLAN])

    whole = await client.get("/api/v1/sites/harbour/plan")
    near = await client.get("/api/v1/plans.geojson", params={"bbox": "134.9995,34.003,135.0005,34.004"})
    far = await client.get("/api/v1/plans.geojson", params={"bbox": "136,34,136.1,34.1"})

    assert whole.headers["etag"] == '"1"'
    told: dict[str, Any] = whole.json()["features"][0]["properties"]
    assert told == {"kind": "building", "name": {"ja": "格納庫", "en": "Hangar"}}
    assert [one["properties"]["kind"] for one in whole.json()["features"]] == ["building", "road", "gate"]
    assert [one["properties"]["kind"] for one in near.json()["features"]] == ["road", "gate"]
    assert far.json() == {"type": "FeatureCollection", "features": []}


async def test_what_is_not_published_is_on_nobodys_map(db: None, client: AsyncClient, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, [*harbour(published=False), *PLAN])

    near = await client.get("/api/v1/plans.geojson", params={"bbox": "134,33,136,35"})

    assert near.json()["features"] == []
    assert (await client.get("/api/v1/sites/harbour/plan")).status_code == 404


def drawn(*features: tuple[str, str, list[Any]]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": {"type": shape, "coordinates": at}, "properties": {"kind": kind}}
            for kind, shape, at in features
        ],
    }


async def test_staff_draw_the_plan_anew(db: None, client: AsyncClient, tmp_path: Path) -> None:
    owner_id = await owner()
    await bring(tmp_path, [*harbour(), *PLAN])
    staff = await factories.person(owner_id, OrganisationKind.OWNER, MemberRole.SITE_MANAGER)
    reader = await factories.person(owner_id, OrganisationKind.OWNER, MemberRole.REVIEWER)
    other = await factories.person(await owner("another"), OrganisationKind.OWNER, MemberRole.SITE_MANAGER)
    address = "/api/v1/sites/harbour/plan"
    told = drawn(("gate", "Point", [135.0, 34.0035]), ("fence", "LineString", [[135.0, 34.0], [135.01, 34.0]]))

    async def put(actor: Any, body: dict[str, Any], version: str = '"1"') -> Any:
        headers = {"Authorization": f"Bearer {await factories.token(actor)}", "If-Match": version}
        return await client.put(address, json=body, headers=headers)

    assert (await put(reader, told)).status_code == 403
    assert (await put(other, told)).status_code == 404
    bad = await put(staff, drawn(("gate", "LineString", [[135.0, 34.0], [135.01, 34.0]])))
    assert bad.status_code == 422
    assert "features.0.geometry" in bad.text

    done = await put(staff, told)

    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    assert (await put(staff, told)).status_code == 412
    found = (await client.get(address)).json()
    assert [one["properties"]["kind"] for one in found["features"]] == ["gate", "fence"]
    # What was answered can be sent again.
    assert (await put(staff, found, '"2"')).status_code == 200
