"""Projects over HTTP."""

import pytest
from httpx import AsyncClient

from testfields.core.clock import now
from testfields.reservations import filing, steps
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from tests import factories

PLAN = {
    "title_ja": "災害時の物資輸送",
    "title_en": "Relief transport",
    "purpose": "孤立地域へ物資を届けられるかを確かめます。",
    "theme": "disaster",
    "use": "drone",
    "equipment": "マルチコプター 1機",
    "safety_plan": "監視員を2人置きます。",
}


async def headers_of(actor: factories.Actor) -> dict[str, str]:
    return {"Authorization": f"Bearer {await factories.token(actor)}", "Accept-Language": "en"}


async def test_a_company_plans_reads_and_changes_a_project(db: None, client: AsyncClient) -> None:
    headers = await headers_of(await factories.company())

    added = await client.post("/api/v1/projects", json=PLAN, headers=headers)
    assert added.status_code == 201, added.text
    assert added.json()["title"] == {"ja": PLAN["title_ja"], "en": PLAN["title_en"]}
    assert added.json()["name_public"] is False

    address = added.headers["location"]
    changed = {**PLAN, "theme": "logistics", "name_public": True}
    assert (await client.put(address, json=changed, headers=headers)).status_code == 428
    assert (await client.put(address, json=changed, headers={**headers, "If-Match": '"9"'})).status_code == 412
    answer = await client.put(address, json=changed, headers={**headers, "If-Match": added.headers["etag"]})
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == '"2"'

    shown = (await client.get(address, headers=headers)).json()
    assert (shown["theme"], shown["name_public"], shown["version"]) == ("logistics", True, 2)
    assert [one["id"] for one in (await client.get("/api/v1/projects", headers=headers)).json()] == [shown["id"]]


async def test_texts_of_blanks_are_told_field_by_field_and_nothing_is_stored(db: None, client: AsyncClient) -> None:
    headers = await headers_of(await factories.company())

    answer = await client.post("/api/v1/projects", json={**PLAN, "purpose": " ", "equipment": "\n"}, headers=headers)

    assert answer.status_code == 422
    assert [one["path"] for one in answer.json()["errors"]] == ["purpose", "equipment"]
    assert (await client.get("/api/v1/projects", headers=headers)).json() == []


async def test_what_hides_or_breaks_a_title_is_told_and_nothing_is_stored(db: None, client: AsyncClient) -> None:
    headers = await headers_of(await factories.company())
    hiding = {"title_ja": "\u200b", "title_en": "\u202ertl", "purpose": "a\u200bb"}

    answer = await client.post("/api/v1/projects", json={**PLAN, **hiding}, headers=headers)
    assert (answer.status_code, [one["path"] for one in answer.json()["errors"]]) == (422, list(hiding))
    broken = await client.post("/api/v1/projects", json={**PLAN, "title_ja": "審査\n■ 許可"}, headers=headers)
    assert (broken.status_code, [one["path"] for one in broken.json()["errors"]]) == (422, ["title_ja"])
    assert (await client.get("/api/v1/projects", headers=headers)).json() == []


async def test_texts_are_kept_composed_and_with_their_lines(db: None, client: AsyncClient) -> None:
    headers = await headers_of(await factories.company())
    plan = {**PLAN, "title_ja": " か\u3099けの点検　", "purpose": "一行目\r\n二行目"}
    added = (await client.post("/api/v1/projects", json=plan, headers=headers)).json()
    assert (added["title"]["ja"], added["purpose"]) == ("がけの点検", "一行目\n二行目")


async def test_another_companys_project_cannot_be_seen_or_changed(db: None, client: AsyncClient) -> None:
    project_id = await factories.project(await factories.company())
    stranger = await headers_of(await factories.company())
    address = f"/api/v1/projects/{project_id}"

    assert (await client.get(address, headers=stranger)).status_code == 404
    assert (await client.put(address, json=PLAN, headers={**stranger, "If-Match": "*"})).status_code == 404
    assert (await client.get("/api/v1/projects", headers=stranger)).json() == []


async def test_staff_see_a_project_once_it_is_filed_on_their_land_and_cannot_change_it(
    db: None, client: AsyncClient
) -> None:
    field, company = await factories.field(), await factories.company()
    project_id = await factories.project(company)
    staff = await headers_of(field.reviewer)
    address = f"/api/v1/projects/{project_id}"
    assert (await client.get(address, headers=staff)).status_code == 404

    asked = (steps.Asked(factories.period(9)),)
    await filing.file(company, filing.Application(project_id, field.area_id, asked), now())

    assert (await client.get(address, headers=staff)).status_code == 200
    assert (await client.put(address, json=PLAN, headers={**staff, "If-Match": "*"})).status_code == 404
    other_field = await factories.field()
    assert (await client.get(address, headers=await headers_of(other_field.reviewer))).status_code == 404


async def test_staff_cannot_plan_a_project(db: None, client: AsyncClient) -> None:
    field = await factories.field()
    answer = await client.post("/api/v1/projects", json=PLAN, headers=await headers_of(field.approver))
    assert answer.status_code == 403


async def test_what_is_tried_is_fixed_while_an_application_counts_on_it(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    project_id = await factories.project(company)
    asked = (steps.Asked(factories.period(9)),)
    filed = await filing.file(company, filing.Application(project_id, field.area_id, asked), now())
    headers = {**await headers_of(company), "If-Match": "*"}
    address = f"/api/v1/projects/{project_id}"

    refused = await client.put(address, json={**PLAN, "use": "robot"}, headers=headers)
    assert refused.status_code == 422
    assert "use" in [one["path"] for one in refused.json()["errors"]]

    await steps.act(field.reviewer, filed.id, Step(Action.RETURN, reason="図面が必要です。"), now())
    assert (await client.put(address, json={**PLAN, "use": "robot"}, headers=headers)).status_code == 422
    await steps.act(company, filed.id, Step(Action.WITHDRAW), now())
    assert (await client.put(address, json={**PLAN, "use": "robot"}, headers=headers)).status_code == 200


async def test_staff_judge_and_permit_the_plan_that_stays(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    headers = {**await headers_of(company), "If-Match": "*"}
    address = (await client.post("/api/v1/projects", json=PLAN, headers=headers)).headers["location"]
    project_id = int(address.rsplit("/", 1)[-1])
    asked = (steps.Asked(factories.period(9)),)
    filed = await filing.file(company, filing.Application(project_id, field.area_id, asked), now())
    swapped = {**PLAN, "title_en": "Something else", "safety_plan": "なし"}

    async def changed(body: dict[str, object]) -> list[str]:
        answer = await client.put(address, json=body, headers=headers)
        assert answer.status_code in {200, 422}, answer.text
        return [one["path"] for one in answer.json().get("errors", [])]

    assert await changed(swapped) == ["title_en", "safety_plan"]
    assert await changed({**PLAN, "name_public": True}) == []
    await steps.act(field.reviewer, filed.id, Step(Action.RETURN, reason="図面が必要です。"), now())
    assert await changed(swapped) == []
    await steps.act(company, filed.id, Step(Action.SUBMIT), now())
    await steps.act(field.approver, filed.id, Step(Action.APPROVE), now())
    await steps.act(None, filed.id, Step(Action.CONFIRM), now())
    assert await changed({**swapped, "purpose": "ほかの目的"}) == ["purpose"]


FLIGHT = {
    "mass_g": 900,
    "registration": "JU0123456789",
    "remote_id": "yes",
    "tether_m": 25,
    "beyond_sight": "no",
    "near_people": "no",
    "over_event": "no",
    "dangerous_goods": "no",
    "drops": "yes",
}


async def test_how_a_drone_is_flown_is_kept_and_may_stay_unsaid(db: None, client: AsyncClient) -> None:
    headers = await headers_of(await factories.company())
    unsaid = (await client.post("/api/v1/projects", json=PLAN, headers=headers)).json()
    assert {name: unsaid[name] for name in FLIGHT} == {**dict.fromkeys(FLIGHT), "registration": ""}
    said = (await client.post("/api/v1/projects", json=PLAN | FLIGHT, headers=headers)).json()
    assert {name: said[name] for name in FLIGHT} == FLIGHT


@pytest.mark.parametrize(
    ("field", "value"),
    [("mass_g", 0), ("mass_g", 25_000_001), ("tether_m", 1001), ("drops", "maybe"), ("remote_id", "")],
)
async def test_what_is_no_answer_is_refused_by_its_field(
    db: None, client: AsyncClient, field: str, value: object
) -> None:
    headers = await headers_of(await factories.company())
    answer = await client.post("/api/v1/projects", json=PLAN | {field: value}, headers=headers)
    assert answer.status_code == 422
    assert [one["path"] for one in answer.json()["errors"]] == [field]


async def test_what_is_said_of_drones_alone_is_refused_of_anything_else(db: None, client: AsyncClient) -> None:
    headers = await headers_of(await factories.company())
    other = PLAN | {"use": "vehicle"}
    answer = await client.post("/api/v1/projects", json=other | FLIGHT, headers=headers)
    assert answer.status_code == 422
    assert [one["path"] for one in answer.json()["errors"]] == list(FLIGHT)
    unsaid = dict.fromkeys(FLIGHT) | {"registration": ""}
    assert (await client.post("/api/v1/projects", json=other | unsaid, headers=headers)).status_code == 201


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("JU0123456789", "JU0123456789"),
        ("ju-0123 45678a", "JU012345678A"),
        ("ＪＵ０１２３－４５６７８９", "JU0123456789"),
        ("JA01ー23", "JA0123"),
        ("JX0123", "JX0123"),
        ("banana", None),
        ("JU012345678", None),
        ("JU0123456789, JU0123456780", None),
        ("JA", None),
        ("N12345", None),
    ],
)
async def test_a_registration_symbol_is_kept_as_it_is_issued(
    db: None, client: AsyncClient, typed: str, kept: str | None
) -> None:
    headers = await headers_of(await factories.company())
    answer = await client.post("/api/v1/projects", json=PLAN | {"registration": typed}, headers=headers)
    if kept is None:
        assert [one["path"] for one in answer.json()["errors"]] == ["registration"]
    else:
        assert answer.json()["registration"] == kept


async def test_the_check_goes_by_what_the_project_says_of_the_flight(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    headers, period = await headers_of(company), factories.period(10)
    volumes = [{"period": {"start": period.start.isoformat(), "end": period.end.isoformat()}}]
    found = {}
    for name, plan in (("unsaid", PLAN), ("said", PLAN | FLIGHT | {"tether_m": None})):
        project = (await client.post("/api/v1/projects", json=plan, headers=headers)).json()
        body = {"project_id": project["id"], "area_id": field.area_id, "volumes": volumes}
        answer = await client.post("/api/v1/reservations/check", json=body, headers=headers)
        found[name] = {one["code"] for one in answer.json()["findings"]}
    assert {"mass-not-said", "bvlos-not-said", "dropping-not-said"} <= found["unsaid"]
    assert not [code for code in found["said"] if code.endswith("-not-said")]
    assert "dropping" in found["said"]
    assert "dropping" not in found["unsaid"]
