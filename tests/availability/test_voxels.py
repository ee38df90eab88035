"""Asking by 空間ID: free time of what lies in a voxel, and what stands there at a moment."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response
from shapely.geometry import MultiPolygon, box

from testfields.accounts.tables import Organisation
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.spatial_ids import Voxel, voxel_at
from testfields.core.volumes import parse_altitude
from testfields.reservations import filing
from testfields.reservations.filing import Application
from testfields.sites.tables import Area, Site
from tests import factories
from tests.availability.fields import claim
from tests.factories import Field

GROUND = 20.0
NINE = factories.tomorrow(9)
SQUARE = factories.square()
# A tile wholly inside of the square, and the layers of 32 m around and above its ground.
INSIDE = (135.005, 34.005)
LOW, HIGH = voxel_at(*INSIDE, 25, 20), voxel_at(*INSIDE, 150, 20)


async def shared_field(ground: float | None = GROUND, **changes: Any) -> Field:
    field = await factories.field(footprint=SQUARE, ground_elevation=ground, **changes)
    await Area.update({Area.mode: "shared"}).where(Area.id == field.area_id)
    return field


async def free(client: AsyncClient, voxel: object, **more: Any) -> Response:
    window = {"from": NINE.isoformat(), "to": (NINE + timedelta(hours=4)).isoformat()}
    return await client.get("/api/v1/availability", params={**window, "spatial_id": str(voxel), **more})


async def standing(client: AsyncClient, voxel: Voxel, hour: float | None = 10) -> Response:
    at = {} if hour is None else {"at": factories.tomorrow(hour).isoformat()}
    return await client.get(f"/api/v1/spatial-ids/{voxel}", params=at, headers={"Accept-Language": "en"})


async def take(field: Field, lower: float, upper: float, part: MultiPolygon = SQUARE) -> None:
    company = await factories.company()
    asked = Asked(factories.period(10), part, parse_altitude(lower, upper, "altitude"))
    await filing.file(company, Application(await factories.project(company), field.area_id, (asked,)), now())


def starts(answer: Response) -> list[tuple[str, str]]:
    (area,) = answer.json()
    return [(one["start"], one["end"]) for one in area["taken"]]


# --- Free time


async def test_what_is_taken_in_a_voxel_is_taken_at_its_heights_alone(db: None, client: AsyncClient) -> None:
    """40 to 60 m above the ground of 20 m: 60 to 80 m above the sea."""
    field = await shared_field()
    await take(field, 40, 60)

    for height in (25, 50, 55.9, 56, 63.9, 70, 79.9, 80, 97, 150):
        voxel = voxel_at(*INSIDE, height, 22)
        answer = await free(client, voxel)
        assert answer.status_code == 200, answer.text
        lower, upper = voxel.heights.lower, voxel.heights.upper
        assert lower is not None
        assert upper is not None
        assert bool(starts(answer)) is (lower < 80 and upper > 60), height


async def test_what_is_taken_elsewhere_leaves_a_voxel_free(db: None, client: AsyncClient) -> None:
    field = await shared_field()
    west = MultiPolygon([box(135.0, 34.0, 135.004, 34.01)])
    await take(field, 0, 100, west)

    assert starts(await free(client, LOW)) == []
    assert len(starts(await free(client, voxel_at(135.002, 34.005, 25, 20)))) == 1


async def test_a_voxel_finds_areas_that_it_only_partly_meets_and_no_others(db: None, client: AsyncClient) -> None:
    """Over the edge of the outline, into the ground, above the greatest height, beside, and below the ground."""
    field = await shared_field()

    async def found(longitude: float, latitude: float, height: float, zoom: int = 20) -> list[int]:
        answer = await free(client, voxel_at(longitude, latitude, height, zoom))
        assert answer.status_code == 200, answer.text
        return [one["area_id"] for one in answer.json()]

    assert await found(135.0, 34.005, 25) == [field.area_id]
    assert await found(*INSIDE, 19) == [field.area_id]
    assert await found(*INSIDE, GROUND + 149) == [field.area_id]
    assert await found(*INSIDE, 100, 12) == [field.area_id]
    assert await found(*INSIDE, GROUND + 200) == []
    assert await found(*INSIDE, -40) == []
    assert await found(134.99, 34.005, 25) == []


async def test_other_filters_hold_in_a_voxel_too(db: None, client: AsyncClient) -> None:
    field = await shared_field(slug="quay")
    assert len((await free(client, LOW, site="quay", area=field.area_id, use="drone", duration=60)).json()) == 1
    assert (await free(client, LOW, site="elsewhere")).json() == []


@pytest.mark.parametrize(
    ("spatial_id", "more", "path"),
    [
        ("20/1/2", {}, "spatial_id"),
        ("20/x/1/1", {}, "spatial_id"),
        ("20/0/1048576/0", {}, "spatial_id"),
        ("27/0/0/0", {}, "spatial_id"),
        (str(LOW), {"altitude": "0,30"}, "altitude"),
    ],
)
async def test_what_is_no_voxel_is_refused_in_words(
    db: None, client: AsyncClient, spatial_id: str, more: dict[str, str], path: str
) -> None:
    refused = await free(client, spatial_id, **more)
    assert refused.status_code == 422
    assert [one["path"] for one in refused.json()["errors"]] == [path]


async def test_a_field_without_ground_elevation_is_named_and_the_others_are_answered_for(
    db: None, client: AsyncClient
) -> None:
    known, both = await shared_field(slug="yard"), voxel_at(*INSIDE, 25, 12)
    outline = factories.square(135.02)
    await factories.field(footprint=outline, ground_elevation=None, slug="quay", name_ja="岸壁", name_en="Quay")

    found, stands = await free(client, both), await standing(client, both)

    assert [one["area_id"] for one in found.json()] == [known.area_id]
    assert found.headers["ground-unknown"] == "quay"
    assert [one["slug"] for one in stands.json()["sites"]] == ["yard"]
    assert stands.json()["unknown"] == [{"slug": "quay", "name": {"ja": "岸壁", "en": "Quay"}}]
    # Only where it would be looked for.
    assert "ground-unknown" not in (await free(client, both, site="yard")).headers
    assert "ground-unknown" not in (await free(client, LOW)).headers
    assert (await standing(client, LOW)).json()["unknown"] == []


async def test_at_a_voxel_a_deactivated_owners_field_is_marked(db: None, client: AsyncClient) -> None:
    field = await shared_field()
    marks = []
    for active in (True, False):
        await Organisation.update({Organisation.active: active}).where(Organisation.id == field.owner_id)
        marks += [one["takes_applications"] for one in (await standing(client, LOW)).json()["sites"]]
    assert marks == [True, False]


# --- Heights of other references


async def test_free_time_is_asked_for_by_heights_above_the_sea_in_one_area(db: None, client: AsyncClient) -> None:
    field = await shared_field()
    await take(field, 40, 60)
    window = {"from": NINE.isoformat(), "to": (NINE + timedelta(hours=4)).isoformat(), "reference": "TP"}

    async def ask(altitude: str, **more: Any) -> Response:
        return await client.get("/api/v1/availability", params={**window, "altitude": altitude, **more})

    assert len(starts(await ask("60,80", area=field.area_id))) == 1
    assert starts(await ask("20,60", area=field.area_id)) == []
    assert [one["path"] for one in (await ask("20,60")).json()["errors"]] == ["reference"]
    below = await ask("10,60", area=field.area_id)
    assert (below.status_code, below.json()["errors"][0]["path"]) == (422, "altitude")
    await Site.update({Site.ground_elevation: None}).where(Site.id == field.site_id)
    unknown = await ask("60,80", area=field.area_id)
    assert (unknown.status_code, unknown.json()["errors"][0]["path"]) == (422, "altitude.reference")


# --- At a moment


async def test_whoever_asks_what_stands_at_a_voxel_is_told_the_place_and_what_is_taken_and_nobodys_name(
    db: None, client: AsyncClient
) -> None:
    field = await shared_field(slug="quay", name_en="Quay")
    await take(field, 0, 30)
    await claim(field.site_id, SQUARE, factories.period(10), parse_altitude(100, 150, "altitude"), "closure")

    low = await standing(client, LOW)

    assert low.status_code == 200, low.text
    assert low.headers["cache-control"] == "no-store"
    told = low.json()
    assert told["spatial_id"] == str(LOW)
    assert told["heights"] == {"lower": 0, "upper": 32, "reference": "TP"}
    (site,) = told["sites"]
    assert (site["slug"], site["name"]["en"]) == ("quay", "Quay")
    (area,) = site["areas"]
    assert area["altitude"] == {"lower": 0, "upper": 12, "reference": "AGL"}
    assert [one["kind"] for one in area["taken"]] == ["reserved"]
    assert "company" not in low.text
    assert "project" not in low.text
    (above,) = (await standing(client, HIGH)).json()["sites"][0]["areas"]
    assert [one["kind"] for one in above["taken"]] == ["closed"]
    (between,) = (await standing(client, voxel_at(*INSIDE, 80, 20))).json()["sites"][0]["areas"]
    assert between["taken"] == []


async def test_what_is_not_taken_at_that_moment_is_free(db: None, client: AsyncClient) -> None:
    field = await shared_field()
    await take(field, 0, 30)
    for hour, taken in ((9.9, 0), (10, 1), (10.9, 1), (11, 0)):
        (site,) = (await standing(client, LOW, hour)).json()["sites"]
        assert len(site["areas"][0]["taken"]) == taken, hour
    assert (await standing(client, LOW, None)).json()["sites"][0]["areas"][0]["taken"] == []


async def test_above_and_below_every_area_and_beside_it_there_is_nothing(db: None, client: AsyncClient) -> None:
    await shared_field(slug="quay")
    for voxel in (voxel_at(*INSIDE, 1000, 20), voxel_at(134.9, 34.0, 25, 20), Voxel(0, -1, 0, 0)):
        assert (await standing(client, voxel)).json()["sites"] == []
    assert [one["slug"] for one in (await standing(client, Voxel(0, 0, 0, 0))).json()["sites"]] == ["quay"]


async def test_what_is_not_published_is_not_at_any_voxel(db: None, client: AsyncClient) -> None:
    field = await shared_field(None)
    await Site.update({Site.published: False}).where(Site.id == field.site_id)
    hidden = (await standing(client, LOW)).json()
    assert (hidden["sites"], hidden["unknown"]) == ([], [])
    found = await free(client, LOW)
    assert (found.json(), "ground-unknown" in found.headers) == ([], False)


@pytest.mark.parametrize(
    ("address", "at"),
    [("27/0/0/0", None), ("20/0/-1/0", None), (str(LOW), "tomorrow"), (str(LOW), "2026-12-03T09:00:00")],
)
async def test_a_voxel_or_a_moment_that_makes_no_sense_is_refused(
    db: None, client: AsyncClient, address: str, at: str | None
) -> None:
    refused = await client.get(f"/api/v1/spatial-ids/{address}", params={"at": at} if at else {})
    assert refused.status_code == 422, refused.text
    assert [one["path"] for one in refused.json()["errors"]] == ["at" if at else "spatial_id"]
