"""Test fields on the desk: drawn, changed and published by their owner's staff, page by page and by API."""

import html
import json
import re
from typing import Any

import pytest
from httpx import AsyncClient
from shapely.geometry import MultiPolygon, mapping

from testfields.accounts.rules import Actor, MemberRole, OrganisationKind
from testfields.closures.grounds import Scope, Wanted
from testfields.sites.exchange.stored import stored_sites
from testfields.sites.fields import POLICY
from testfields.sites.tables import Area, Site
from tests import factories
from tests.authority.cases import description
from tests.closures.test_displacing import NINE, apply, owner_of, shut, slug_of

RING = [[135.4, 34.6], [135.41, 34.6], [135.41, 34.61], [135.4, 34.61], [135.4, 34.6]]
INNER = [[135.402, 34.602], [135.408, 34.602], [135.408, 34.608], [135.402, 34.608], [135.402, 34.602]]
SITE = {
    "name_ja": "港の広場", "name_en": "Harbour Square", "description_ja": "広い舗装面です。", "address_ja": "大阪市",
    "contact": "fields@example.test", "property_class": "administrative", "uses": "drone",
}  # fmt: skip
AREA = {
    "name_ja": "全体", "name_en": "Whole field", "mode": "shared", "altitude_lower": "0", "altitude_upper": "120",
    "uses": "drone", "surface": "asphalt", "width_m": "20",
}  # fmt: skip


def outline(ring: Any) -> str:
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


async def officer(client: AsyncClient, role: MemberRole = MemberRole.SITE_MANAGER) -> tuple[Actor, dict[str, str]]:
    """Somebody of a new owner's staff, at a browser, and the field that their forms carry."""
    owner = await factories.organisation(OrganisationKind.OWNER)
    actor = await factories.person(owner, OrganisationKind.OWNER, role)
    client.cookies.set("lang", "en")
    return actor, await factories.log_in(client, actor)


async def version_of(slug: str) -> str:
    row = await Site.select(Site.version).where(Site.slug == slug).first()
    assert row is not None
    return str(row["version"])


def told(text: str) -> str:
    """What a page says, in one line."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


async def test_an_officer_draws_a_new_field_and_publishes_it(db: None, client: AsyncClient) -> None:
    _, csrf = await officer(client)

    made = await client.post("/desk/sites/new", data={**csrf, **SITE, "footprint": outline(RING)})
    assert (made.status_code, made.headers["location"]) == (303, "/desk/sites/harbour-square/areas")

    lacking = await client.get("/desk/sites/harbour-square/publish")
    assert "at least one area" in lacking.text
    assert 'href="/desk/sites/harbour-square/hours"' in lacking.text
    early = await client.post(
        "/desk/sites/harbour-square/publish", data={**csrf, "version": await version_of("harbour-square")}
    )
    assert early.status_code == 422

    for path, fields in (
        ("new-area", {**AREA, "footprint": outline(INNER)}),
        ("hours", {"hours_1": "09:00-12:00, 13:00-17:00", "hours_6": "22:00-26:00"}),
        ("facilities", {"facility_5g": "true", "facility_power_kw": "30", "road_answer": "not_asked"}),
        ("publish", {"do": "publish"}),
    ):
        form = {**csrf, "version": await version_of("harbour-square"), **fields}
        answer = await client.post(f"/desk/sites/harbour-square/{path}", data=form)
        assert answer.status_code == 303, (path, told(answer.text))

    client.cookies.delete("session")
    seen = (await client.get("/api/v1/sites/harbour-square")).json()
    assert [(one["weekday"], one["opens"], one["closes"]) for one in seen["hours"]] == [
        (1, "09:00", "12:00"), (1, "13:00", "17:00"), (6, "22:00", "26:00"),
    ]  # fmt: skip
    assert seen["facilities"] == {"5g": True, "power_kw": 30}
    assert [(one["slug"], one["mode"], one["altitude"]["upper"]) for one in seen["areas"]] == [
        ("whole-field", "shared", 120)
    ]


async def test_a_draft_is_for_its_owners_staff_alone(db: None, client: AsyncClient) -> None:
    _, csrf = await officer(client)
    await client.post("/desk/sites/new", data={**csrf, **SITE, "footprint": outline(RING)})
    assert "Harbour Square" in (await client.get("/desk/sites")).text
    assert (await client.get("/sites/harbour-square")).status_code == 200

    await officer(client, MemberRole.APPROVER)
    assert "Harbour Square" not in (await client.get("/desk/sites")).text
    assert (await client.get("/sites/harbour-square")).status_code == 404
    assert (await client.get("/desk/sites/harbour-square/edit")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"name_ja": " "}, "name_ja", "required"),
        ({"footprint": outline([RING[0], RING[2], RING[1], RING[3], RING[0]])}, "footprint", "crosses"),
        ({"footprint": ""}, "footprint", "shape"),
        ({"footprint": "", "corners": "34.6 135.4\nnorth"}, "footprint", "Line 2"),
        ({"slug": "Ö"}, "slug", "small letters"),
        ({"property_class": ""}, "property_class", "required"),
    ],
)
async def test_a_fault_stands_at_its_field_and_what_was_typed_stays(
    db: None, client: AsyncClient, changes: dict[str, str], field: str, reason: str
) -> None:
    _, csrf = await officer(client)
    form = {**csrf, **SITE, "footprint": outline(RING), **changes}
    answer = await client.post("/desk/sites/new", data=form)
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert reason in told(answer.text)
    assert "Harbour Square" in answer.text
    assert await Site.count() == 0


async def test_an_area_outside_its_field_is_told_at_the_outline(db: None, client: AsyncClient) -> None:
    _, csrf = await officer(client)
    await client.post("/desk/sites/new", data={**csrf, **SITE, "footprint": outline(INNER)})
    form = {**csrf, **AREA, "footprint": outline(RING), "version": "1"}
    answer = await client.post("/desk/sites/harbour-square/new-area", data=form)
    assert answer.status_code == 422
    assert "must lie inside its site" in told(answer.text)
    assert 'href="#f-footprint"' in answer.text


async def test_what_would_no_longer_fit_is_shown_before_it_is_stored(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    slug = await slug_of(field.site_id)
    number = await apply(field, company, NINE)
    client.cookies.set("lang", "en")
    csrf = await factories.log_in(client, field.approver)
    closed = {**csrf, "version": await version_of(slug), "hours_1": "00:00-01:00"}

    shown = await client.post(f"/desk/sites/{slug}/hours", data=closed)

    assert shown.status_code == 409
    assert f'href="/desk/{number}"' in shown.text
    assert 'value="00:00-01:00"' in shown.text
    assert len((await stored_sites([slug]))[0].hours) == 7

    agreed = await client.post(f"/desk/sites/{slug}/hours", data={**closed, "do": "agree", "seen": str(number)})
    assert agreed.status_code == 303
    assert len((await stored_sites([slug]))[0].hours) == 1


async def test_whoever_comes_meanwhile_is_shown_too(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    slug = await slug_of(field.site_id)
    csrf = await factories.log_in(client, field.approver)
    await apply(field, company, NINE)
    form = {**csrf, "version": await version_of(slug), "hours_1": "00:00-01:00", "do": "agree", "seen": "1 c1"}
    assert (await client.post(f"/desk/sites/{slug}/hours", data=form)).status_code == 409


async def test_somebody_who_was_quicker_is_told_of_and_what_was_typed_stays(db: None, client: AsyncClient) -> None:
    _, csrf = await officer(client)
    await client.post("/desk/sites/new", data={**csrf, **SITE, "footprint": outline(RING)})
    form = {**csrf, **SITE, "footprint": outline(RING), "version": "1"}
    assert (await client.post("/desk/sites/harbour-square/edit", data={**form, "contact": "a"})).status_code == 303

    late = await client.post("/desk/sites/harbour-square/edit", data={**form, "contact": "late@example.test"})

    assert late.status_code == 409
    assert "Somebody else has changed this test field" in told(late.text)
    assert "late@example.test" in late.text
    assert 'name="version" value="2"' in late.text


async def test_a_rule_of_booking_has_its_fault_at_its_field(db: None, client: AsyncClient) -> None:
    field = await factories.field()
    slug = await slug_of(field.site_id)
    csrf = await factories.log_in(client, field.site_manager)
    page = (await client.get(f"/desk/sites/{slug}/rules?lang=en")).text
    form = dict(re.findall(r'id="f-(\w+)" name="\w+" type="text" value="([^"]*)"', page))
    assert set(form) == set(POLICY)
    answer = await client.post(
        f"/desk/sites/{slug}/rules", data={**csrf, **form, "version": "1", "slot_minutes": "7", "horizon_days": "x"}
    )
    assert answer.status_code == 422
    assert {"slot_minutes", "horizon_days"} <= set(re.findall(r'href="#f-(\w+)"', answer.text))


async def test_an_outline_with_a_hole_stays_until_another_is_drawn(db: None, client: AsyncClient) -> None:
    ring, hole = [[tuple(point) for point in one] for one in (RING, INNER)]
    field = await factories.field(geometry=MultiPolygon([(ring, [hole])]))
    slug = await slug_of(field.site_id)
    csrf = await factories.log_in(client, field.site_manager)
    form = {**csrf, **SITE, "version": "1", "uses": ["drone", "vehicle", "robot", "telecom"], "footprint": ""}

    assert (await client.post(f"/desk/sites/{slug}/edit", data=form)).status_code == 303
    assert len((await stored_sites([slug]))[0].geometry.geoms[0].interiors) == 1


async def test_an_area_is_taken_out_or_retired_where_it_has_a_past(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    slug = await slug_of(field.site_id)
    empty = await factories.area(field.site_id)
    await apply(field, company, NINE)
    csrf = await factories.log_in(client, field.site_manager)

    async def retire(area_id: int, **more: str) -> int:
        row = await Area.select(Area.slug).where(Area.id == area_id).first()
        assert row is not None
        form = {**csrf, "version": await version_of(slug), **more}
        return (await client.post(f"/desk/sites/{slug}/areas/{row['slug']}/retire", data=form)).status_code

    assert await retire(empty) == 303
    assert await Area.count().where(Area.id == empty) == 0
    # The last area of a published field stays.
    assert await retire(field.area_id) == 422
    await factories.area(field.site_id)
    assert await retire(field.area_id) == 409


async def test_a_closure_that_loses_its_ground_is_shown_before(db: None, client: AsyncClient) -> None:
    field = await factories.field(geometry=MultiPolygon([(RING, [])]))
    slug = await slug_of(field.site_id)
    await factories.area(field.site_id, MultiPolygon([(INNER, [])]), slug="inner")
    part = Scope((Wanted(slug, "inner", MultiPolygon([(INNER, [])])),), alone=True)
    closed = await shut(field, NINE, scope=part)
    csrf = await factories.log_in(client, field.site_manager)
    corner = [[135.4, 34.6], [135.401, 34.6], [135.401, 34.601], [135.4, 34.6]]
    form = {**csrf, **AREA, "version": "1", "footprint": outline(corner)}

    shown = await client.post(f"/desk/sites/{slug}/areas/inner?lang=en", data=form)

    assert shown.status_code == 409
    assert f"Closure No. {closed.id} is lifted" in told(shown.text)
    agreed = await client.post(f"/desk/sites/{slug}/areas/inner", data={**form, "do": "agree", "seen": f"c{closed.id}"})
    assert agreed.status_code == 303


# --- By API


async def bearer(actor: Actor) -> dict[str, str]:
    return {"Authorization": f"Bearer {await factories.token(actor)}"}


async def test_a_description_that_is_sent_back_changes_nothing(db: None, client: AsyncClient) -> None:
    field = await factories.field(geometry=MultiPolygon([(RING, [])]))
    slug = await slug_of(field.site_id)
    headers = await bearer(field.site_manager)
    read = await client.get(f"/api/v1/sites/{slug}/description", headers=headers)
    body, tag = read.json(), read.headers["etag"]

    same = await client.put(f"/api/v1/sites/{slug}", json=body, headers={**headers, "If-Match": tag})
    assert (same.status_code, same.json()["version"]) == (200, 1)

    body["features"][0]["properties"]["contact"] = "new@example.test"
    changed = await client.put(f"/api/v1/sites/{slug}", json=body, headers={**headers, "If-Match": tag})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    stale = await client.put(f"/api/v1/sites/{slug}", json=body, headers={**headers, "If-Match": tag})
    assert stale.status_code == 412
    assert (await client.get(f"/api/v1/sites/{slug}")).json()["contact"] == "new@example.test"


async def test_a_preview_tells_what_would_no_longer_fit_and_stores_nothing(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    slug, headers = await slug_of(field.site_id), await bearer(field.approver)
    number = await apply(field, company, NINE)
    body = (await client.get(f"/api/v1/sites/{slug}/description", headers=headers)).json()
    body["features"][0]["properties"]["hours"] = "Mon 00:00-01:00"

    told = await client.post(f"/api/v1/sites/{slug}/preview", json=body, headers=headers)

    assert told.status_code == 200
    assert [one["reservation_id"] for one in told.json()["misfits"]] == [number]
    assert await version_of(slug) == "1"


async def test_a_fault_of_an_area_is_told_by_its_path(db: None, client: AsyncClient) -> None:
    field = await factories.field()
    slug, headers = await slug_of(field.site_id), await bearer(field.approver)
    body = (await client.get(f"/api/v1/sites/{slug}/description", headers=headers)).json()
    body["features"][1]["properties"]["altitude_upper"] = -1
    answer = await client.put(f"/api/v1/sites/{slug}", json=body, headers={**headers, "If-Match": "*"})
    assert answer.status_code == 422
    assert [one["path"] for one in answer.json()["errors"]] == ["features[1].altitude_upper"]


async def test_nobody_takes_a_short_name_or_the_land_of_others(db: None, client: AsyncClient) -> None:
    theirs = await factories.field()
    mine = await factories.field()
    headers = await bearer(mine.approver)
    body = description(await slug_of(theirs.site_id))
    for owner, path in ((await owner_of(mine), "features[0].slug"), (await owner_of(theirs), "features[0].owner")):
        body["features"][0]["properties"]["owner"] = owner
        answer = await client.post("/api/v1/sites", json=body, headers=headers)
        assert answer.status_code == 422
        assert path in [one["path"] for one in answer.json()["errors"]]


async def test_a_field_that_is_drawn_over_a_published_one_is_not_published(db: None, client: AsyncClient) -> None:
    field = await factories.field()
    headers = await bearer(field.approver)
    (standing,) = await stored_sites([await slug_of(field.site_id)])
    body = description("over-it")
    body["features"][0]["geometry"] = mapping(standing.geometry)
    body["features"][0]["properties"]["owner"] = standing.owner
    assert (await client.post("/api/v1/sites", json=body, headers=headers)).status_code == 201
    body["features"][0]["properties"]["published"] = True
    answer = await client.put("/api/v1/sites/over-it", json=body, headers={**headers, "If-Match": "*"})
    assert "features[0].geometry" in [one["path"] for one in answer.json()["errors"]]


# --- The plan of the ground

HALL = {"kind": "building", "name_ja": "格納庫", "name_en": "Hangar", "shape": "Polygon", "footprint": outline(INNER)}


async def test_a_plan_is_drawn_piece_by_piece(db: None, client: AsyncClient) -> None:
    _, csrf = await officer(client)
    await client.post("/desk/sites/new", data={**csrf, **SITE, "footprint": outline(RING)})
    road = {"type": "LineString", "coordinates": RING[:2]}
    for version, piece in enumerate(
        (
            HALL,
            {"kind": "road", "shape": "LineString", "footprint": json.dumps(road)},
            {"kind": "gate", "name_ja": "正門", "shape": "Point", "corners": "34.6, 135.4"},
        ),
        start=1,
    ):
        form = {**csrf, **piece, "version": str(version)}
        answer = await client.post("/desk/sites/harbour-square/new-piece", data=form)
        assert answer.status_code == 303, told(answer.text)
    (stored,) = await stored_sites(["harbour-square"])
    assert [(one.kind, one.geometry.geom_type) for one in stored.plan or ()] == [
        ("building", "Polygon"), ("road", "LineString"), ("gate", "Point"),
    ]  # fmt: skip
    assert "Hangar" in (await client.get("/desk/sites/harbour-square/plan")).text

    page = await client.get("/desk/sites/harbour-square/plan/3")
    assert '"type":"Point"' in html.unescape(page.text)
    changed = {**csrf, **HALL, "name_en": "Old hangar", "version": "4"}
    assert (await client.post("/desk/sites/harbour-square/plan/1", data=changed)).status_code == 303
    assert (await client.post("/desk/sites/harbour-square/plan/2/remove", data={**csrf, "version": "5"})).is_redirect
    (stored,) = await stored_sites(["harbour-square"])
    assert [one.name_en for one in stored.plan or ()] == ["Old hangar", ""]
    assert (await client.get("/desk/sites/harbour-square/plan/3")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"kind": ""}, "kind", "accepted"),
        ({"footprint": ""}, "footprint", "draw the place"),
        ({"footprint": "no json"}, "footprint", "could not be read"),
        ({"kind": "gate"}, "footprint", "drawn as Point"),
        ({"footprint": "", "shape": "Point", "corners": "135.4, 34.6"}, "footprint", "latitude first"),
        ({"name_ja": "x" * 201}, "name_ja", "200"),
    ],
)
async def test_a_piece_that_cannot_be_is_told_at_its_field(
    db: None, client: AsyncClient, changes: dict[str, str], field: str, reason: str
) -> None:
    _, csrf = await officer(client)
    await client.post("/desk/sites/new", data={**csrf, **SITE, "footprint": outline(RING)})
    form = {**csrf, **HALL, "version": "1", **changes}
    answer = await client.post("/desk/sites/harbour-square/new-piece", data=form)
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text, told(answer.text)
    assert reason in told(answer.text)
    late = await client.post(
        "/desk/sites/harbour-square/new-piece", data={**form, **HALL, "corners": "", "version": "9"}
    )
    assert late.status_code == 409
