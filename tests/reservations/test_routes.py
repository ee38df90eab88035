"""Reservations over HTTP."""

from datetime import timedelta
from typing import Any

from asyncpg import Range
from httpx import AsyncClient

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.reservations import filing, steps
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from testfields.reservations.tables import Reservation, Stay
from tests import factories
from tests.projects.test_routes import PLAN

RESERVATIONS = "/api/v1/reservations"


async def test_a_company_files_reads_and_withdraws_by_api(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    headers = {"Authorization": f"Bearer {await factories.token(company)}"}
    asked = factories.period(9)
    body = {
        "project_id": await factories.project(company),
        "area_id": field.area_id,
        "volumes": [{"period": {"start": asked.start.isoformat(), "end": asked.end.isoformat()}}],
    }

    filed = await client.post(RESERVATIONS, json=body, headers=headers)
    assert filed.status_code == 201, filed.text
    assert filed.headers["etag"] == '"1"'

    shown = await client.get(filed.headers["location"], headers=headers)
    assert shown.status_code == 200, shown.text
    assert shown.json()["state"] == "submitted"

    again = await client.post(RESERVATIONS, json=body, headers=headers)
    assert again.status_code == 409, again.text
    assert again.json()["type"] == "/problems/taken"

    address = f"{filed.headers['location']}/withdraw"
    assert (await client.post(address, json={}, headers=headers)).status_code == 428
    assert (await client.post(address, json={}, headers={**headers, "If-Match": '"7"'})).status_code == 412
    done = await client.post(address, json={}, headers={**headers, "If-Match": '"1"'})
    assert done.status_code == 200, done.text
    assert done.json() == {"id": filed.json()["id"], "state": "withdrawn", "version": 2, "warnings": []}

    events = await client.get(f"{filed.headers['location']}/events", headers=headers)
    assert [one["action"] for one in events.json()] == ["submit", "withdraw"]


async def test_a_request_sent_twice_under_one_key_is_carried_out_once(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    headers = {"Authorization": f"Bearer {await factories.token(company)}", "Idempotency-Key": "one"}
    asked = factories.period(9)
    body = {
        "project_id": await factories.project(company),
        "area_id": field.area_id,
        "volumes": [{"period": {"start": asked.start.isoformat(), "end": asked.end.isoformat()}}],
    }

    first = await client.post(RESERVATIONS, json=body, headers=headers)
    second = await client.post(RESERVATIONS, json=body, headers=headers)
    other = await client.post(RESERVATIONS, json={**body, "note": "other"}, headers=headers)

    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 422), second.text
    assert first.content == second.content
    assert second.headers["idempotency-replayed"] == "true"


async def test_a_request_is_the_same_under_another_name_of_the_portal(db: None, client: AsyncClient) -> None:
    company = await factories.company()
    headers = {"Authorization": f"Bearer {await factories.token(company)}", "Idempotency-Key": "one"}
    sent = [
        await client.post("/api/v1/projects", json=PLAN, headers={**headers, "Host": host})
        for host in ("portal.test", "www.portal.test:8443")
    ]
    other = await client.post("/api/v1/projects?lang=en", json=PLAN, headers=headers)
    assert [one.status_code for one in (*sent, other)] == [201, 201, 422]
    assert sent[1].headers["idempotency-replayed"] == "true"
    assert sent[0].json()["id"] == sent[1].json()["id"]


async def test_nobody_is_given_the_answer_to_another_person_under_the_same_key(db: None, client: AsyncClient) -> None:
    tokens = [await factories.token(await factories.company()) for _ in range(2)]
    everybody = [{"Authorization": f"Bearer {token}", "Idempotency-Key": "one"} for token in tokens]
    sent = [await client.post("/api/v1/projects", json=PLAN, headers=headers) for headers in everybody * 2]
    first, second, *again = [one.json()["id"] for one in sent]
    assert first != second
    assert again == [first, second]


async def test_a_refusal_is_not_kept_under_its_key(own_db: str, client: AsyncClient) -> None:
    """What was refused yesterday may be granted today, also to another body (decision 0009)."""
    field, company = await factories.field(), await factories.company()
    headers = {"Authorization": f"Bearer {await factories.token(company)}", "Idempotency-Key": "one"}
    asked = (Asked(factories.period(9)),)
    standing = filing.Application(await factories.project(company), field.area_id, asked, Action.HOLD)
    held = await filing.file(company, standing, now())
    period = {"start": asked[0].period.start.isoformat(), "end": asked[0].period.end.isoformat()}
    body = {"project_id": standing.project_id, "area_id": field.area_id, "volumes": [{"period": period}]}

    unfit = await client.post(RESERVATIONS, json={**body, "volumes": []}, headers=headers)
    taken = await client.post(RESERVATIONS, json=body, headers=headers)
    released = {**headers, "Idempotency-Key": "two", "If-Match": "*"}
    await client.post(f"{RESERVATIONS}/{held.id}/withdraw", json={}, headers=released)
    filed = await client.post(RESERVATIONS, json=body, headers=headers)
    again = await client.post(RESERVATIONS, json=body, headers=headers)

    assert [one.status_code for one in (unfit, taken, filed, again)] == [422, 409, 201, 201], filed.text
    assert "idempotency-replayed" not in filed.headers
    assert again.content == filed.content


async def test_a_key_belongs_to_one_request_with_its_version_and_its_rights(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    application = filing.Application(
        await factories.project(company), field.area_id, (Asked(factories.period(9)),), Action.HOLD
    )
    filed = await filing.file(company, application, now())
    address = f"/api/v1/reservations/{filed.id}/submit"
    headers = {"Authorization": f"Bearer {await factories.token(company)}", "Idempotency-Key": "one"}
    reader = {**headers, "Authorization": f"Bearer {await factories.token(company, ['read'])}", "If-Match": '"1"'}

    done = await client.post(address, json={}, headers={**headers, "If-Match": '"1"'})
    again = await client.post(address, json={}, headers={**headers, "If-Match": '"1"'})
    stale = await client.post(address, json={}, headers={**headers, "If-Match": '"99"'})
    unseen = await client.post(address, json={}, headers=headers)
    lesser = await client.post(address, json={}, headers=reader)

    assert (done.status_code, again.status_code) == (200, 200), done.text
    assert [one.status_code for one in (stale, unseen, lesser)] == [422] * 3


async def test_faults_of_a_body_are_told_by_their_path(db: None, client: AsyncClient) -> None:
    company = await factories.company()
    headers = {"Authorization": f"Bearer {await factories.token(company)}", "Accept-Language": "en"}

    answer = await client.post(RESERVATIONS, json={"project_id": 1, "area_id": 1, "x": 1}, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["path"] in {"volumes", "x"}

    broken = await client.post(RESERVATIONS, content=b"{", headers=headers)
    assert broken.status_code == 400
    other = await client.post(RESERVATIONS, content=b"<a/>", headers={**headers, "Content-Type": "text/xml"})
    assert other.status_code == 415


async def test_an_unknown_token_is_refused_and_another_companys_application_is_not_found(
    db: None, client: AsyncClient
) -> None:
    answer = await client.get(RESERVATIONS, headers={"Authorization": "Bearer unknown"})
    assert answer.status_code == 401

    stranger = {"Authorization": f"Bearer {await factories.token(await factories.company())}"}
    assert (await client.get("/api/v1/reservations/1", headers=stranger)).status_code == 404


async def test_a_missing_body_is_asked_for(db: None, client: AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {await factories.token(await factories.company())}", "Accept-Language": "en"}
    answer = await client.post("/api/v1/reservations/1/withdraw", headers=headers | {"If-Match": '"1"'})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"path": "", "message": "Please send a JSON body; {} where there is nothing to say."}
    ]


def volume(hour: float) -> dict[str, Any]:
    """The whole area for an hour."""
    asked = factories.period(hour)
    return {"period": {"start": asked.start.isoformat(), "end": asked.end.isoformat()}}


async def test_a_draft_is_revised_as_a_whole_and_then_submitted(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    headers = {"Authorization": f"Bearer {await factories.token(company, ['read', 'book'])}"}
    body = {"project_id": await factories.project(company), "area_id": field.area_id, "volumes": [volume(9)]}
    filed = await client.post(RESERVATIONS, json={**body, "draft": True}, headers=headers)
    address = filed.headers["location"]

    other = {
        "project_id": await factories.project(company),
        "area_id": await factories.area(field.site_id),
        "volumes": [volume(12), volume(15)],
        "note": "二日目は予備です。",
    }
    assert (await client.put(address, json=other, headers=headers)).status_code == 428
    assert (await client.put(address, json=other, headers={**headers, "If-Match": '"9"'})).status_code == 412
    revised = await client.put(address, json=other, headers={**headers, "If-Match": '"1"'})
    assert revised.status_code == 200, revised.text
    assert revised.json()["state"] == "draft"

    shown = (await client.get(address, headers=headers)).json()
    assert {name: shown[name] for name in ("project_id", "area_id", "note")} == {
        name: other[name] for name in ("project_id", "area_id", "note")
    }
    assert len(shown["volumes"]) == 2
    headers["If-Match"] = revised.headers["etag"]
    assert (await client.post(f"{address}/submit", json={}, headers=headers)).json()["state"] == "submitted"
    headers["If-Match"] = "*"
    assert (await client.put(address, json=other, headers=headers)).status_code == 409


async def test_a_check_tells_what_filing_would_and_writes_nothing(db: None, client: AsyncClient) -> None:
    field, company, rival = await factories.field(), await factories.company(), await factories.company()
    headers = {"Authorization": f"Bearer {await factories.token(company, ['read'])}", "Accept-Language": "en"}
    body = {"project_id": await factories.project(company), "area_id": field.area_id}

    async def check(**more: Any) -> dict[str, Any]:
        answer = await client.post(f"{RESERVATIONS}/check", json=body | more, headers=headers)
        assert answer.status_code == 200, answer.text
        verdict: dict[str, Any] = answer.json()
        return verdict

    fits = await check(volumes=[volume(9)])
    assert (fits["fits"], fits["errors"], fits["in_the_way"], fits["nearest"]) == (True, [], [], [])
    assert fits["due_at"]
    assert fits["deadline"]
    assert not await Reservation.exists()

    own = {"Authorization": f"Bearer {await factories.token(rival)}"}
    theirs = {**body, "project_id": await factories.project(rival), "volumes": [volume(9)]}
    filed = await client.post(RESERVATIONS, json=theirs, headers=own)
    taken = await check(volumes=[volume(9)])
    assert not taken["fits"]
    assert [one["kind"] for one in taken["in_the_way"]] == ["reservation"]
    assert set(taken["nearest"][0][0]) == {"start", "end"}

    # What the rival's own application takes is free for a change of that one, and for nobody else's.
    number = {"reservation_id": filed.json()["id"]}
    changed = await client.post(f"{RESERVATIONS}/check", json={**theirs, **number}, headers=own)
    assert changed.json()["fits"]
    stranger = {**body, **number, "volumes": [volume(9)]}
    assert (await client.post(f"{RESERVATIONS}/check", json=stranger, headers=headers)).status_code == 404

    broken = await check(volumes=[volume(-48)], project_id=theirs["project_id"])
    assert not broken["fits"]
    assert broken["errors"][0]["path"].startswith("volumes[0].period")


async def test_a_token_acts_in_those_roles_for_which_it_has_the_scope(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    body = {"project_id": await factories.project(company), "area_id": field.area_id, "volumes": [volume(9)]}
    by_company = {"Authorization": f"Bearer {await factories.token(company, ['book'])}"}
    filed = await client.post(RESERVATIONS, json=body, headers=by_company)
    address = filed.headers["location"]

    async def step(actor: Actor, scope: str, action: str) -> int:
        headers = {"Authorization": f"Bearer {await factories.token(actor, [scope])}", "If-Match": "*"}
        return (await client.post(f"{address}/{action}", json={}, headers=headers)).status_code

    assert await step(field.approver, "manage", "approve") == 403
    assert await step(field.approver, "review", "approve") == 200
    await steps.act(None, filed.json()["id"], Step(Action.CONFIRM), now())
    soon = now() + timedelta(minutes=30)
    await Stay.update({Stay.period: Range(soon, soon + timedelta(hours=1))}).where(
        Stay.reservation_id == filed.json()["id"]
    )
    assert await step(company, "read", "check_in") == 403
    assert await step(field.site_manager, "manage", "check_in") == 403
    assert await step(field.site_manager, "review", "check_in") == 200
    assert await step(company, "book", "check_out") == 200
