"""The catalogue over HTTP: open to everybody, except for what is not published."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from httpx import AsyncClient
from shapely.affinity import translate
from shapely.geometry import shape

from testfields.accounts.rules import MemberRole, OrganisationKind
from testfields.db.engine import DB
from testfields.db.statements import Statement
from testfields.sites import queries, schemas
from testfields.sites.exchange import importing
from tests import factories
from tests.sites.catalogue import GROUND, NOW, PAD, TRACK, harbour, owner, site, track, write

SITES = "/api/v1/sites"


async def three_sites(folder: Path) -> int:
    """Harbour, hill and (not published) island, from west to east; their owner's id."""
    owner_id = await owner()
    hill = {"slug": "hill", "name_ja": "葛\U000e0100城の丘", "name_en": "Hill", "uses": "drone; robot"}
    island = {"slug": "island", "published": False}
    features = [
        *harbour(),
        site(translate(GROUND, xoff=0.1), **hill, facilities="5g; power_kw=5; surface=grass"),
        track(translate(TRACK, xoff=0.1), site="hill"),
        site(translate(GROUND, xoff=0.2), **island),
        track(translate(TRACK, xoff=0.2), site="island"),
    ]
    await importing.import_file(write(folder / "three.geojson", features), None, NOW)
    return owner_id


async def slugs(client: AsyncClient, **query: Any) -> list[str]:
    answer = await client.get(SITES, params=query)
    assert answer.status_code == 200, answer.text
    return [one["slug"] for one in answer.json()]


async def test_a_site_is_shown_with_its_shape_hours_and_areas(db: None, client: AsyncClient, tmp_path: Path) -> None:
    await three_sites(tmp_path)

    answer = await client.get(f"{SITES}/harbour")

    # What the description promises is what is sent, and nothing else.
    view = msgspec.json.decode(answer.content, type=schemas.WholeSiteView)
    assert msgspec.json.decode(msgspec.json.encode(view)) == answer.json()
    assert view.name.en == "Harbour test field"
    assert view.hours[-1] == schemas.OpeningView(weekday=6, opens="22:00", closes="26:00")
    assert [(one.slug, one.parent) for one in view.areas] == [("track", None), ("pad", "track")]
    # The track has no uses of its own.
    assert [[*one.uses] for one in view.areas] == [["drone", "vehicle"], ["drone"]]
    assert view.area_m2 == pytest.approx(1_000_000, rel=0.1)
    assert shape(answer.json()["geometry"]).equals(GROUND)


async def test_areas_are_listed_and_mapped_alike(db: None, client: AsyncClient, tmp_path: Path) -> None:
    await three_sites(tmp_path)
    listed = await client.get(f"{SITES}/harbour/areas")
    mapped = await client.get(f"{SITES}/harbour/areas.geojson")
    assert mapped.headers["content-type"].startswith("application/geo+json")
    msgspec.json.decode(mapped.content, type=schemas.AreaFeatures)
    assert [one["properties"] for one in mapped.json()["features"]] == listed.json()
    shapes = [shape(one["geometry"]) for one in mapped.json()["features"]]
    assert [one.equals(drawn) for one, drawn in zip(shapes, (TRACK, PAD), strict=True)] == [True, True]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["harbour", "hill"]),
        ({"use": "vehicle"}, ["harbour"]),
        ({"use": "telecom"}, []),
        ({"facility": "5g"}, ["harbour", "hill"]),
        ({"facility": ["5g", "fence"]}, ["harbour"]),
        ({"facility": "power_kw=5"}, ["harbour", "hill"]),
        ({"facility": "power_kw=5.5"}, ["harbour"]),
        ({"facility": "power_kw"}, ["harbour", "hill"]),
        ({"facility": "surface=grass"}, ["hill"]),
        ({"facility": "toilet"}, []),
        ({"owner": "osaka-pref"}, ["harbour", "hill"]),
        ({"owner": "osaka-city"}, []),
        ({"words": "丘"}, ["hill"]),
        ({"words": "ＨＩＬＬ"}, ["hill"]),
        ({"words": "100%_"}, []),
        ({"words": "みなと"}, ["harbour"]),
        ({"words": "ミナト"}, ["harbour"]),
        ({"words": "ﾐﾅﾄ　ｈａｒｂｏｕｒ"}, ["harbour"]),
        ({"words": "丘 みなと"}, []),
        ({"words": "葛城"}, ["hill"]),
        ({"words": "葛\U000e0101城"}, ["hill"]),
        ({"bbox": "135.05,33.9,135.2,34.1"}, ["hill"]),
        ({"bbox": "130,30,131,31"}, []),
        ({"least_m2": 500_000}, ["harbour", "hill"]),
        ({"least_m2": 5_000_000}, []),
        ({"most_m2": 500_000}, []),
        ({"after": "harbour"}, ["hill"]),
    ],
)
async def test_sites_are_found_by(
    db: None, client: AsyncClient, tmp_path: Path, query: dict[str, Any], found: list[str]
) -> None:
    await three_sites(tmp_path)
    assert await slugs(client, **query) == found


async def test_pages_follow_each_other_by_link(db: None, client: AsyncClient, tmp_path: Path) -> None:
    await three_sites(tmp_path)
    first = await client.get(SITES, params={"limit": 1, "use": "drone"})
    assert [one["slug"] for one in first.json()] == ["harbour"]
    second = await client.get(first.links["next"]["url"])
    assert [one["slug"] for one in second.json()] == ["hill"]
    third = await client.get(second.links["next"]["url"])
    assert third.json() == []
    assert "next" not in third.links


async def test_the_map_says_how_many_sites_there_are(db: None, client: AsyncClient, tmp_path: Path) -> None:
    await three_sites(tmp_path)
    answer = await client.get("/api/v1/sites.geojson", params={"bbox": "134.9,33.9,135.05,34.1"})
    assert answer.headers["content-type"].startswith("application/geo+json")
    collection = msgspec.json.decode(answer.content, type=schemas.SiteFeatures)
    assert (collection.numberMatched, collection.numberReturned) == (1, 1)
    assert collection.features[0].properties.name.ja == "みなと実証フィールド"
    nothing = await client.get("/api/v1/sites.geojson", params={"bbox": "130,30,131,31"})
    assert nothing.json() == {"type": "FeatureCollection", "numberMatched": 0, "numberReturned": 0, "features": []}


async def test_what_is_not_published_is_for_its_owners_staff(db: None, client: AsyncClient, tmp_path: Path) -> None:
    owner_id = await three_sites(tmp_path)
    addresses = [f"{SITES}/island{rest}" for rest in ("", "/areas", "/areas.geojson")]
    others = await factories.person(await owner("osaka-city"), OrganisationKind.OWNER, MemberRole.SITE_MANAGER)
    staff = await factories.person(owner_id, OrganisationKind.OWNER, MemberRole.SITE_MANAGER)

    for actor, status in ((None, 404), (others, 404), (staff, 200)):
        headers = {"Authorization": f"Bearer {await factories.token(actor)}"} if actor else {}
        answers = [await client.get(address, headers=headers) for address in addresses]
        assert [one.status_code for one in answers] == [status] * 3
        listed = (await client.get(SITES, headers=headers)).json()
        assert ("island" in [one["slug"] for one in listed]) is (status == 200)
        mapped = (await client.get("/api/v1/sites.geojson", headers=headers)).json()
        assert ("island" in [one["id"] for one in mapped["features"]]) is (status == 200)


@pytest.mark.parametrize(
    "query",
    [
        {"use": "boat"},
        {"facility": "helipad"},
        {"facility": "power_kw=lots"},
        {"facility": "fence=yes"},
        {"bbox": "135,34,136"},
        {"bbox": "136,34,135,35"},
        {"bbox": "nan,34,135,35"},
        {"bbox": "a,b,c,d"},
        {"least_m2": -1},
        {"least_m2": "nan"},
        {"most_m2": "inf"},
        {"limit": 201},
        {"limit": 0},
        {"words": "x" * 201},
        {"words": "\0"},
        {"owner": "\0"},
        {"after": "\0"},
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(db: None, client: AsyncClient, query: dict[str, Any]) -> None:
    answer = await client.get(SITES, params=query)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("slug", ["nowhere", "Harbour", "harbour'--", "%2e%2e", "港"])
@pytest.mark.parametrize("rest", ["", "/areas", "/areas.geojson"])
async def test_a_site_that_is_not_there_is_not_found(
    db: None, client: AsyncClient, tmp_path: Path, slug: str, rest: str
) -> None:
    await three_sites(tmp_path)
    assert (await client.get(f"{SITES}/{slug}{rest}")).status_code == 404


async def test_a_nul_in_an_address_is_refused(db: None, client: AsyncClient) -> None:
    assert (await client.get(f"{SITES}/%00")).status_code == 422


@pytest.mark.parametrize("statement", [queries.LIST, queries.SITES_GEOJSON])
async def test_ten_thousand_slugs_are_looked_into_not_gone_through_for_each_site(
    db: None, statement: Statement
) -> None:
    nothing = ", ".join(["NULL"] * len(statement.names))
    async with DB.connection() as connection:
        # After a few questions PostgreSQL plans once for all that follow, without knowing what is asked for.
        await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        await connection.execute(f"PREPARE catalogue AS {statement.sql}")
        plan = await connection.fetch(f"EXPLAIN EXECUTE catalogue ({nothing})")
        await connection.execute("DEALLOCATE catalogue")
    among = f"${statement.names.index('among') + 1} IS NULL"
    [condition] = [row[0] for row in plan if among in row[0].replace("(", "")]
    assert "hashed SubPlan" in condition
    assert "slug = ANY" not in condition
