"""Reservations over HTTP."""

from httpx import AsyncClient

from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.reservations import filing
from testfields.reservations.rules import Action
from tests import factories


async def test_a_company_files_reads_and_withdraws_by_api(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    headers = {"Authorization": f"Bearer {await factories.token(company)}"}
    asked = factories.period(9)
    body = {
        "project_id": await factories.project(company),
        "area_id": field.area_id,
        "volumes": [{"period": {"start": asked.start.isoformat(), "end": asked.end.isoformat()}}],
    }

    filed = await client.post("/api/v1/reservations", json=body, headers=headers)
    assert filed.status_code == 201, filed.text
    assert filed.headers["etag"] == '"1"'

    shown = await client.get(filed.headers["location"], headers=headers)
    assert shown.status_code == 200, shown.text
    assert shown.json()["state"] == "submitted"

    again = await client.post("/api/v1/reservations", json=body, headers=headers)
    assert again.status_code == 409, again.text
    assert again.json()["type"] == "/problems/taken"

    address = f"{filed.headers['location']}/withdraw"
    assert (await client.post(address, json={}, headers=headers)).status_code == 428
    assert (await client.post(address, json={}, headers={**headers, "If-Match": '"7"'})).status_code == 412
    done = await client.post(address, json={}, headers={**headers, "If-Match": '"1"'})
    assert done.status_code == 200, done.text
    assert done.json() == {"id": filed.json()["id"], "state": "withdrawn", "version": 2}

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

    first = await client.post("/api/v1/reservations", json=body, headers=headers)
    second = await client.post("/api/v1/reservations", json=body, headers=headers)
    other = await client.post("/api/v1/reservations", json={**body, "note": "other"}, headers=headers)

    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 422), second.text
    assert first.content == second.content
    assert second.headers["idempotency-replayed"] == "true"


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

    answer = await client.post("/api/v1/reservations", json={"project_id": 1, "area_id": 1, "x": 1}, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["path"] in {"volumes", "x"}

    broken = await client.post("/api/v1/reservations", content=b"{", headers=headers)
    assert broken.status_code == 400
    other = await client.post("/api/v1/reservations", content=b"<a/>", headers={**headers, "Content-Type": "text/xml"})
    assert other.status_code == 415


async def test_an_unknown_token_is_refused_and_another_companys_application_is_not_found(
    db: None, client: AsyncClient
) -> None:
    answer = await client.get("/api/v1/reservations", headers={"Authorization": "Bearer unknown"})
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
