"""Heights above sea level and above the ellipsoid, at every door that takes heights: kept above ground, or refused."""

from typing import Any

import pytest
from httpx import AsyncClient, Response
from japan_geoid import load_embedded_jpgeo2024

from testfields.availability.tables import Claim
from testfields.sites.tables import Area
from tests import factories
from tests.factories import Field
from tests.projects.test_routes import PLAN

RESERVATIONS = "/api/v1/reservations"
GROUND = 6.5
# The middle of the areas, and a footprint beside it with its own.
MIDDLE, WEST_SIDE = (135.005, 34.005), (135.0025, 34.005)
SOME = {
    "type": "Polygon",
    "coordinates": [[[135.001, 34.004], [135.004, 34.004], [135.004, 34.006], [135.001, 34.006], [135.001, 34.004]]],
}


async def shared_field(ground: float | None) -> Field:
    field = await factories.field(footprint=factories.square(), ground_elevation=ground)
    await Area.update({Area.mode: "shared"}).where(Area.id == field.area_id)
    return field


def volume(lower: float, upper: float, reference: str | None = None, hour: float = 9, **more: Any) -> dict[str, Any]:
    asked = factories.period(hour)
    period = {"start": asked.start.isoformat(), "end": asked.end.isoformat()}
    altitude = {"lower": lower, "upper": upper} | ({"reference": reference} if reference else {})
    return {"period": period, "altitude": altitude, **more}


async def bearer(actor: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {await factories.token(actor)}"}


def above_ellipsoid(metres: float, place: tuple[float, float]) -> float:
    return round(metres + GROUND + load_embedded_jpgeo2024().get_height(*place), 2)


@pytest.mark.parametrize(
    ("reference", "lower", "upper", "footprint"),
    [
        ("AGL", 10, 29.5, None),
        ("TP", 10 + GROUND, 29.5 + GROUND, None),
        ("W84", above_ellipsoid(10, MIDDLE), above_ellipsoid(29.5, MIDDLE), None),
        ("W84", above_ellipsoid(10, WEST_SIDE), above_ellipsoid(29.5, WEST_SIDE), SOME),
    ],
)
async def test_whatever_the_reference_what_is_claimed_lies_above_ground(
    db: None, client: AsyncClient, reference: str, lower: float, upper: float, footprint: dict[str, Any] | None
) -> None:
    field, company = await shared_field(GROUND), await factories.company()
    more = {"footprint": footprint} if footprint else {}
    body = {
        "project_id": await factories.project(company),
        "area_id": field.area_id,
        "volumes": [volume(lower, upper, reference, **more)],
    }

    filed = await client.post(RESERVATIONS, json=body, headers=await bearer(company))

    assert filed.status_code == 201, filed.text
    (claim,) = await Claim.select(Claim.altitude).where(Claim.site_id == field.site_id)
    assert (float(claim["altitude"].lower), float(claim["altitude"].upper)) == (10, 29.5)
    shown = (await client.get(filed.headers["location"], headers=await bearer(company))).json()["volumes"][0]
    assert shown["altitude"] == {"lower": 10, "upper": 29.5, "reference": "AGL"}
    assert shown["above_sea"] == {"lower": 10 + GROUND, "upper": 29.5 + GROUND, "reference": "TP"}


async def test_heights_are_refused_that_lie_below_the_ground_there(db: None, client: AsyncClient) -> None:
    field, company = await shared_field(GROUND), await factories.company()
    body = {
        "project_id": await factories.project(company),
        "area_id": field.area_id,
        "volumes": [volume(0, 30), volume(5, 30, "TP", hour=11)],
    }

    refused = await client.post(f"{RESERVATIONS}/check", json=body, headers=await bearer(company))

    assert refused.status_code == 422, refused.text
    (error,) = refused.json()["errors"]
    assert error["path"] == "volumes[1].altitude"
    assert "-1.5" in error["message"]


async def ask_everywhere(client: AsyncClient, field: Field, volumes: list[dict[str, Any]]) -> dict[str, Response]:
    """What each door that takes heights says to these volumes; applications that are there already are plain ones."""
    company = await factories.company()
    headers, staff = await bearer(company), await bearer(field.reviewer)
    body = {"project_id": await factories.project(company), "area_id": field.area_id, "volumes": volumes}
    plain = [body | {"volumes": [volume(0, 30, hour=hour)], "draft": draft} for hour, draft in ((3, True), (5, False))]
    draft, filed = [(await client.post(RESERVATIONS, json=one, headers=headers)).headers["location"] for one in plain]
    call = {"company_id": company.companies[0], "project": PLAN, "reason": "電話"}
    match = {**headers, "If-Match": "*"}
    answers = {
        "check": client.post(f"{RESERVATIONS}/check", json=body, headers=headers),
        "staff": client.post(
            f"{RESERVATIONS}/for-company",
            json={key: one for key, one in body.items() if key != "project_id"} | call,
            headers=staff,
        ),
        "draft": client.put(draft, json=body, headers=match),
        "change": client.put(f"{filed}/volumes", json={"volumes": volumes}, headers=match),
        "add": client.post(f"{filed}/add", json={"volumes": volumes}, headers=match),
        "file": client.post(RESERVATIONS, json=body, headers=headers),
    }
    return {name: await answer for name, answer in answers.items()}


@pytest.mark.parametrize("reference", ["TP", "W84"])
async def test_where_the_ground_elevation_is_not_known_every_door_refuses_and_says_why(
    db: None, client: AsyncClient, reference: str
) -> None:
    field = await shared_field(None)

    for door, answer in (await ask_everywhere(client, field, [volume(10, 30, reference)])).items():
        assert answer.status_code == 422, (door, answer.text)
        (error,) = answer.json()["errors"]
        assert error["path"] == "volumes[0].altitude.reference", door
        assert "標高" in error["message"], door


async def test_every_door_takes_heights_above_sea_level_where_the_ground_elevation_is_known(
    db: None, client: AsyncClient
) -> None:
    field = await shared_field(GROUND)

    wanted = [volume(10 + GROUND, 30 + GROUND, "TP", hour=20)]
    for door, answer in (await ask_everywhere(client, field, wanted)).items():
        # Each finds taken what the one before it has got.
        assert answer.status_code in {200, 201, 409}, (door, answer.text)


async def test_heights_above_ground_are_taken_everywhere(db: None, client: AsyncClient) -> None:
    field, company = await shared_field(None), await factories.company()
    body = {
        "project_id": await factories.project(company),
        "area_id": field.area_id,
        "volumes": [volume(10, 30)],
    }
    filed = await client.post(RESERVATIONS, json=body, headers=await bearer(company))
    shown = await client.get(filed.headers["location"], headers=await bearer(company))
    assert shown.json()["volumes"][0]["above_sea"] is None


async def test_an_unknown_reference_and_an_unknown_area_are_refused(db: None, client: AsyncClient) -> None:
    field, company = await shared_field(GROUND), await factories.company()
    body = {"project_id": await factories.project(company), "area_id": field.area_id}
    headers = await bearer(company)
    unknown = await client.post(RESERVATIONS, json={**body, "volumes": [volume(10, 30, "MSL")]}, headers=headers)
    assert unknown.status_code == 422
    assert unknown.json()["errors"][0]["path"] == "volumes[0].altitude.reference"
    nowhere = await client.post(
        RESERVATIONS, json={**body, "area_id": 10**9, "volumes": [volume(10, 30, "TP")]}, headers=headers
    )
    assert nowhere.status_code == 404
