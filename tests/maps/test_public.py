"""What the public sees of trials: only what is permitted, of today and to come, and no name without consent."""

import re
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from shapely.geometry import shape

from testfields.accounts.rules import Actor, MemberRole, OrganisationKind
from testfields.core.clock import now
from testfields.core.periods import Period
from testfields.db.engine import DB
from testfields.maps import queries, service
from testfields.maps.rules import Days, Sought, Span, cell_metres, days_of
from testfields.reservations.rules import State
from testfields.reservations.states import PUBLIC
from tests import factories
from tests.maps.making import trial
from tests.reservations.test_lists_at_size import rows_read

ENDPOINTS = ("/api/v1/trials", "/api/v1/trials.geojson", "/api/v1/trials/sites.geojson", "/", "/trials")


async def seen(client: httpx.AsyncClient, path: str = "/api/v1/trials", **query: str) -> list[dict[str, Any]]:
    """The trials, or features, that an address answers with."""
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    found: list[dict[str, Any]] = body["features"] if isinstance(body, dict) else body
    return found


async def company_called(name: str) -> Actor:
    organisation_id = await factories.organisation(OrganisationKind.COMPANY, name_ja=name)
    return await factories.person(organisation_id, OrganisationKind.COMPANY, MemberRole.MEMBER)


def around_now() -> Period:
    return Period(now() - timedelta(hours=1), now() + timedelta(hours=1))


@pytest.mark.parametrize("state", State)
async def test_a_trial_is_public_once_it_is_permitted(db: None, client: httpx.AsyncClient, state: State) -> None:
    field, company = await factories.field(), await factories.company()
    project = await factories.project(company, title_ja="題名A7", title_en="Title A7", name_public=True)
    await trial(company, project, field.area_id, factories.period(9), state=state)

    answers = {path: (await client.get(path)).text for path in ENDPOINTS}

    assert {path: "題名A7" in text for path, text in answers.items()} == dict.fromkeys(ENDPOINTS, state in PUBLIC)


async def test_a_company_is_named_only_where_it_agreed(db: None, client: httpx.AsyncClient) -> None:
    field = await factories.field()
    named, silent = await company_called("名乗る会社"), await company_called("黙る会社")
    await trial(named, await factories.project(named, name_public=True), field.area_id, factories.period(9))
    await trial(silent, await factories.project(silent), field.area_id, factories.period(12))

    answers = {path: (await client.get(path)).text for path in ENDPOINTS}

    assert {path: ("名乗る会社" in text, "黙る会社" in text) for path, text in answers.items()} == dict.fromkeys(
        ENDPOINTS, (True, False)
    )


async def test_nothing_else_of_a_trial_is_told(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    await trial(company, await factories.project(company), field.area_id, factories.period(9))

    (one,) = await seen(client)
    (feature,) = await seen(client, "/api/v1/trials.geojson")

    assert set(one) == {"id", "title", "theme", "use", "company", "site", "area", "periods"}
    assert set(feature["properties"]) == set(one) - {"id", "title"} | {"name", "note", "on"}


async def test_an_unpublished_site_shows_nothing(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(published=False), await factories.company()
    await trial(company, await factories.project(company), field.area_id, factories.period(9))

    assert await seen(client) == []
    assert await seen(client, "/api/v1/trials.geojson") == []
    assert await seen(client, "/api/v1/trials/sites.geojson") == []


async def test_yesterday_is_over(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    project = await factories.project(company)
    await trial(company, project, field.area_id, factories.period(9, days=-1), state=State.REPORTED)
    await trial(company, project, field.area_id, factories.period(0, 24, days=0), state=State.COMPLETED)

    (today,) = await seen(client, **{"from": "2020-01-01"})

    assert today["periods"][0]["start"].startswith(factories.tomorrow(0, 0).date().isoformat())


async def test_days_kinds_owners_and_sites_are_filters(db: None, client: httpx.AsyncClient) -> None:
    company, first, second = await factories.company(), await factories.field(), await factories.field()
    drone, robot = await factories.project(company), await factories.project(company, use="robot")
    soon = await trial(company, drone, first.area_id, factories.period(9))
    later = await trial(company, robot, second.area_id, factories.period(9, days=20))
    tomorrow = (factories.tomorrow(12) + timedelta(hours=9)).date().isoformat()
    slug = (await seen(client, use="robot"))[0]["site"]["slug"]

    async def ids(**query: str) -> list[int]:
        return [one["id"] for one in await seen(client, **query)]

    assert await ids() == [soon, later]
    assert await ids(to=tomorrow) == [soon]
    assert await ids(**{"from": tomorrow, "to": tomorrow}) == [soon]
    assert await ids(use="robot") == [later]
    assert await ids(site=slug) == [later]
    assert await ids(owner="nobody") == []


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"from": "2026-12-02", "to": "2026-12-01"}, "to"),
        ({"to": "9999-12-31"}, "to"),
        ({"from": "2026-13-01"}, "from"),
        ({"use": "submarine"}, "use"),
        ({"after": "x"}, "after"),
    ],
)
async def test_senseless_filters_are_refused(
    db: None, client: httpx.AsyncClient, query: dict[str, str], path: str
) -> None:
    answer = await client.get("/api/v1/trials", params=query)
    assert answer.status_code == 422
    assert [one["path"] for one in answer.json()["errors"]] == [path]


async def test_pages_follow_each_other_without_a_gap(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    project = await factories.project(company)
    made = [await trial(company, project, field.area_id, factories.period(hour)) for hour in (15, 9, 12)]

    found, address = [], "/api/v1/trials?limit=2"
    while address:
        answer = await client.get(address)
        found += [one["id"] for one in answer.json()]
        address = answer.links.get("next", {}).get("url", "")

    assert found == [made[1], made[2], made[0]]


async def test_a_series_on_one_spot_is_one_trial_and_one_shape(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    times = [factories.period(9, days=day) for day in (1, 2, 3)]
    await trial(company, await factories.project(company), field.area_id, *times)

    (one,) = await seen(client)
    (feature,) = await seen(client, "/api/v1/trials.geojson")

    assert len(one["periods"]) == 3
    assert len(feature["geometry"]["coordinates"]) == 1


async def test_a_site_tells_what_is_on_now_and_next(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    project = await factories.project(company)
    on = await trial(company, project, field.area_id, around_now(), state=State.ACTIVE)
    following = await trial(company, project, field.area_id, factories.period(9, days=2))
    await trial(company, project, field.area_id, factories.period(9, days=3))

    (place,) = await seen(client, "/api/v1/trials/sites.geojson")

    said = place["properties"]
    assert (said["on"], said["count"]) == (True, 3)
    assert ([one["id"] for one in said["now"]], said["next"]["id"]) == ([on], following)


async def test_sites_in_one_cell_of_the_map_are_counted_together(db: None, client: httpx.AsyncClient) -> None:
    near = [
        await factories.field(slug=slug, name_en=slug.title(), geometry=factories.square(135 + place * 0.02, 34))
        for place, slug in enumerate(("a", "b", "c", "d"))
    ]
    await factories.field(slug="far", geometry=factories.square(136, 35))
    company = await factories.company()
    project = await factories.project(company)
    await trial(company, project, near[0].area_id, around_now(), state=State.ACTIVE)
    await trial(company, project, near[3].area_id, factories.period(9, days=2))

    async def sites(zoom: int) -> dict[str, Any]:
        return {one["id"]: one for one in await seen(client, "/api/v1/trials/sites.geojson", zoom=str(zoom))}

    alone, cell = sorted((await sites(8)).values(), key=lambda one: len(one["properties"]["sites"]))
    assert (alone["id"], alone["properties"]["sites"]) == ("far", ["far"])
    said = cell["properties"]
    assert (said["count"], said["on"], said["sites"]) == (2, True, ["a", "b", "c", "d"])
    assert said["name"]["en"] == "A, B, C +1"
    west, south, east, north = shape(cell["geometry"]).bounds
    assert (west, south, east, north) == pytest.approx((135, 34, 135.07, 34.01))
    assert (await sites(12)).keys() == {"a", "b", "c", "d", "far"}


async def test_a_trial_that_has_ended_early_is_not_on(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    await trial(company, await factories.project(company), field.area_id, around_now(), state=State.COMPLETED)

    (place,) = await seen(client, "/api/v1/trials/sites.geojson")

    assert (place["properties"]["on"], place["properties"]["now"]) == (False, [])


async def test_every_shape_on_the_map_has_its_line_in_the_list(db: None, client: httpx.AsyncClient) -> None:
    field, another, company = await factories.field(), await factories.field(), await factories.company()
    project = await factories.project(company)
    await trial(company, project, another.area_id, factories.period(0, 1, days=0), state=State.COMPLETED)
    await trial(company, project, field.area_id, around_now(), state=State.ACTIVE)
    for days in range(2, 5):
        await trial(company, project, field.area_id, factories.period(9, days=days))

    shapes = {one["id"] for one in await seen(client, "/api/v1/trials.geojson")}
    listed = re.findall(r'data-feature="trial-(\d+)"', (await client.get("/")).text)

    assert sorted(map(int, listed)) == sorted(shapes)


async def test_the_past_is_told_from_the_latest_on_and_apart_from_what_is_to_come(
    db: None, client: httpx.AsyncClient
) -> None:
    field, company = await factories.field(), await factories.company()
    project = await factories.project(company)
    older, yesterday = [
        await trial(company, project, field.area_id, factories.period(9, days=-days), state=State.REPORTED)
        for days in (5, 1)
    ]
    await trial(company, project, field.area_id, factories.period(12, days=-1), state=State.NO_SHOW)
    await trial(company, project, field.area_id, factories.period(9))

    first = await client.get("/api/v1/trials?past=true&limit=1")
    second = await client.get(first.links["next"]["url"])

    assert [one["id"] for one in first.json() + second.json()] == [yesterday, older]
    assert (await client.get(second.links["next"]["url"])).json() == []
    assert [one["id"] for one in await seen(client, "/api/v1/trials.geojson", past="true")] == [yesterday, older]
    assert re.findall(r'data-feature="trial-(\d+)"', (await client.get("/?span=past")).text) == [
        str(yesterday), str(older)
    ]  # fmt: skip
    day = (factories.period(9, days=-5).start + timedelta(hours=9)).date().isoformat()
    assert [one["id"] for one in await seen(client, past="true", **{"from": day, "to": day})] == [older]
    assert re.findall(r'data-feature="trial-(\d+)"', (await client.get("/", params={"day": day})).text) == [str(older)]


async def test_a_part_of_the_map_holds_the_trials_of_its_sites(db: None, client: httpx.AsyncClient) -> None:
    company = await factories.company()
    project = await factories.project(company)
    here, there = [await factories.field(geometry=factories.square(lon, 34.5)) for lon in (135.1, 135.9)]
    wanted = await trial(company, project, here.area_id, factories.period(9))
    await trial(company, project, there.area_id, factories.period(9))

    for path in ("/api/v1/trials.geojson", "/api/v1/trials/sites.geojson"):
        near = await seen(client, path, bbox="135,34,135.5,35")
        assert len(near) == 1, path
    assert [one["id"] for one in await seen(client, "/api/v1/trials.geojson", bbox="135,34,135.5,35")] == [wanted]


async def test_what_is_chosen_on_the_map_has_a_card(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(slug="harbour", name_en="Harbour"), await factories.company()
    project = await factories.project(company, title_en="Title A7")
    one = await trial(company, project, field.area_id, factories.period(9))

    of_site = (await client.get("/?lang=en&site=harbour")).text
    of_trial = (await client.get("/", params={"lang": "en", "trial": one})).text
    of_nothing = (await client.get("/?lang=en&site=nowhere")).text

    assert re.search(r"data-card.*Harbour.*Next trial.*Title A7.*See free times", of_site, re.DOTALL)
    assert re.search(rf'data-card.*Title A7.*href="/trials/{one}"', of_trial, re.DOTALL)
    assert "data-card" not in of_nothing
    assert (await client.get("/?trial=999999")).status_code == 200


async def test_a_trial_has_a_page_that_tells_no_more_than_its_company_agreed_to(
    db: None, client: httpx.AsyncClient
) -> None:
    field, company = await factories.field(contact="公園課 06-0000-0000"), await company_called("黙る会社")
    texts = {"purpose": "目的A7", "safety_plan": "対策A7", "equipment": "機材A7"}
    silent = await trial(company, await factories.project(company, **texts), field.area_id, factories.period(9))
    open_ = await factories.project(company, **texts, plan_public=True, name_public=True)
    told = await trial(company, open_, field.area_id, factories.period(12), factories.period(15))

    pages = [(await client.get(f"/trials/{number}?lang=ja")).text for number in (silent, told)]
    bodies = [(await client.get(f"/api/v1/trials/{number}")).text for number in (silent, told)]

    for texts_told, seen_in in ((("目的A7", "対策A7", "黙る会社"), (False, True)), (("機材A7",), (False, False))):
        for text in texts_told:
            assert tuple(text in page for page in pages) == seen_in
            assert tuple(text in body for body in bodies) == seen_in
    assert all("公園課 06-0000-0000" in page for page in pages)
    assert len((await client.get(f"/api/v1/trials/{told}")).json()["periods"]) == 2
    assert [one["id"] for one in await seen(client, f"/api/v1/trials/{told}/place.geojson")] == [told]


@pytest.mark.parametrize("state", sorted(set(State) - PUBLIC))
async def test_a_trial_that_is_not_public_has_no_page(db: None, client: httpx.AsyncClient, state: State) -> None:
    field, company = await factories.field(), await factories.company()
    number = await trial(company, await factories.project(company), field.area_id, factories.period(9), state=state)

    for path in (f"/trials/{number}", f"/api/v1/trials/{number}"):
        assert (await client.get(path)).status_code == 404
    assert await seen(client, f"/api/v1/trials/{number}/place.geojson") == []


async def test_a_trial_at_an_unpublished_site_has_no_page(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(published=False), await factories.company()
    number = await trial(company, await factories.project(company), field.area_id, factories.period(9))

    for path in (f"/trials/{number}", f"/api/v1/trials/{number}"):
        assert (await client.get(path)).status_code == 404
    assert await seen(client, f"/api/v1/trials/{number}/place.geojson") == []


@pytest.mark.parametrize(
    "query", ["span=century", "day=2026-02-30", "day=9999-12-31", "use=submarine", "theme=fun", "after=x", "trial=0"]
)
async def test_a_page_refuses_what_cannot_be_chosen(db: None, client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get(f"/?{query}")).status_code == 422


async def test_what_a_form_leaves_empty_is_anything(db: None, client: httpx.AsyncClient) -> None:
    assert (await client.get("/?day=&use=&theme=&owner=")).status_code == 200


async def test_a_series_stands_where_its_first_stay_of_the_days_asked_for_does(
    db: None, client: httpx.AsyncClient
) -> None:
    field, company = await factories.field(), await factories.company()
    project = await factories.project(company)
    yesterday = Period(factories.tomorrow(20, days=-1), factories.tomorrow(2, days=0))
    series = await trial(
        company, project, field.area_id, yesterday, factories.period(9, days=2), factories.period(9, days=4)
    )
    between = await trial(company, project, field.area_id, factories.period(9, days=3))
    third_day = (factories.tomorrow(12, days=3) + timedelta(hours=9)).date().isoformat()

    everything = await seen(client)
    later = await seen(client, **{"from": third_day})
    pages = [await seen(client, limit="1"), (await client.get("/api/v1/trials?limit=1")).links["next"]["url"]]

    # What began yesterday and goes on past midnight is of today.
    assert [one["id"] for one in everything] == [series, between]
    assert len(everything[0]["periods"]) == 3
    assert [one["id"] for one in later] == [between, series]
    assert [one["id"] for one in pages[0]] == [series]
    assert [one["id"] for one in (await client.get(pages[1])).json()] == [between]
    (site,) = await seen(client, "/api/v1/trials/sites.geojson")
    assert site["properties"]["next"]["id"] == series


MANY = """
    WITH filed AS (
        INSERT INTO reservation (project_id, company_id, site_id, area_id, state, created_by)
        SELECT $1, project.company_id, area.site_id, area.id, 'confirmed', project.created_by
        FROM project, area, generate_series(1, $3::int) WHERE project.id = $1 AND area.id = $2
        RETURNING id, site_id
    ), hours AS (
        SELECT id, site_id, tstzrange(start, start + interval '1 hour') AS period
        FROM (SELECT *, now() + row_number() OVER () * interval '1 hour' AS start FROM filed) numbered
    ), stays AS (
        INSERT INTO stay (reservation_id, period) SELECT id, period FROM hours RETURNING id, reservation_id, period
    ), volumes AS (
        INSERT INTO volume (reservation_id, stay_id, site_id, area_id, footprint, altitude, period)
        SELECT hours.id, stays.id, hours.site_id, area.id, area.geometry, area.altitude, hours.period
        FROM hours JOIN stays ON stays.reservation_id = hours.id, area WHERE area.id = $2
    )
    INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
    SELECT hours.site_id, 'reservation', hours.id, area.geometry, area.altitude, period
    FROM hours, area WHERE area.id = $2
"""


async def test_what_the_map_reads_does_not_grow_with_the_trials_to_come(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    project = await factories.project(company)
    async with DB.connection() as connection:
        # Past the triggers, for speed.
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(MANY, project, field.area_id, 8000)
        await connection.execute("ANALYZE")
    at = now()
    everything = Sought(Days(service.today(at)))
    conditions = service._conditions(everything, at)
    of_sites = service._site_conditions(everything, at) | {"limit": 50}

    read = {
        "trials": await rows_read(queries.TRIALS, **conditions, after_at=0, after_id=0, limit=50),
        "sites": await rows_read(queries.SITES_GEOJSON, **of_sites, cell=None),
        "cells": await rows_read(queries.SITES_GEOJSON, **of_sites, cell=cell_metres(8)),
    }

    assert max(read.values()) < 2000, read


async def test_figures_count_everything_that_matches(db: None, client: httpx.AsyncClient) -> None:
    company = await factories.company()
    _, later, on = [await factories.field() for _ in range(3)]
    project = await factories.project(company)
    await trial(company, project, later.area_id, factories.period(9, days=3))
    await trial(company, project, on.area_id, around_now(), state=State.ACTIVE)

    text = (await client.get("/?lang=en&use=drone")).text

    assert re.findall(r"<dd>(?:<a [^>]*>)?(\d+)", text) == ["3", "1", "2"]


async def test_the_list_goes_on_on_another_page(
    db: None, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("testfields.maps.pages.TRIALS_A_PAGE", 2)
    field, company = await factories.field(), await factories.company()
    project = await factories.project(company)
    made = [await trial(company, project, field.area_id, factories.period(9, days=days)) for days in (1, 2, 3)]

    found, path = [], "/?use=drone"
    while path:
        text = (await client.get(path)).text
        found += re.findall(r'data-feature="trial-(\d+)"', text)
        path = next(iter(re.findall(r'rel="next" href="([^"]+)"', text)), "").replace("&amp;", "&")

    assert found == [str(one) for one in made]


async def test_a_map_holds_so_many_sites_and_tells_how_many_there_are(
    db: None, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("testfields.maps.service.MOST_ON_MAP", 2)
    company = await factories.company()
    fields = [await factories.field(slug=slug) for slug in ("a", "b", "c")]
    await trial(company, await factories.project(company), fields[2].area_id, factories.period(9))

    answer = (await client.get("/api/v1/trials/sites.geojson")).json()

    assert (answer["numberMatched"], answer["numberReturned"]) == (3, 2)
    assert [one["id"] for one in answer["features"]] == ["a", "c"]


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        (None, "2026-12-03", None),
        (Span.TODAY, "2026-12-03", "2026-12-03"),
        (Span.WEEK, "2026-12-03", "2026-12-06"),
        (Span.PAST, None, "2026-12-02"),
    ],
)
def test_spans_end_with_their_day_and_week(span: Span | None, first: str | None, last: str | None) -> None:
    thursday = date.fromisoformat("2026-12-03")
    found = days_of(span, None, thursday)
    assert [one and one.isoformat() for one in (found.first, found.last)] == [first, last]
    assert found.past == (span is Span.PAST)


async def test_both_pages_stand_in_both_languages(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(name_ja="試験場", name_en="Proving Ground"), await factories.company()
    await trial(company, await factories.project(company), field.area_id, factories.period(9))

    for path in ("/", "/trials"):
        japanese = (await client.get(path, params={"lang": "ja"})).text
        english = (await client.get(path, params={"lang": "en"})).text
        assert "試験場" in japanese
        assert "配送ドローンの実証" in japanese
        assert "Proving Ground" in english
        assert "Delivery drone trial" in english
        assert "試験場" not in english


async def test_an_empty_map_says_why_and_what_to_do(db: None, client: httpx.AsyncClient) -> None:
    assert "No trial matches what you chose." in (await client.get("/", params={"lang": "en"})).text
    assert "No trial matches what you chose." in (await client.get("/trials", params={"lang": "en"})).text
