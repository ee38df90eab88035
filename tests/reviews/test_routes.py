"""The desk by program: what was checked, and what has been read."""

from typing import Any

from httpx import AsyncClient

from testfields.core.local_time import JAPANS_ZONE, local_date
from tests import factories
from tests.reviews.cases import bearer, file


async def _queued(client: AsyncClient, headers: dict[str, str]) -> Any:
    (row,) = (await client.get("/api/v1/reviews", headers=headers)).json()
    return row


async def test_a_review_tells_what_was_checked_and_what_may_be_decided(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    shown = await client.get(f"/api/v1/reviews/{number}", headers=await bearer(field.approver))
    assert shown.status_code == 200, shown.text
    review = shown.json()
    assert shown.headers["etag"] == '"1"'
    assert review["days"] == [local_date(factories.tomorrow(9), JAPANS_ZONE).isoformat()]
    assert review["actions"] == ["approve", "return", "reject"]
    assert {"subject": "The shape lies inside the area", "faults": []} in review["checks"]
    for stranger in (company, (await factories.field()).approver):
        answer = await client.get(f"/api/v1/reviews/{number}", headers=await bearer(stranger))
        assert answer.status_code == 404


async def test_an_application_is_marked_as_read_at_the_version_that_was_read(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    headers, address = await bearer(field.reviewer), f"/api/v1/reviews/{number}/read"
    assert not (await _queued(client, headers))["has_read"]
    assert (await client.post(address, headers=headers)).status_code == 428
    assert (await client.post(address, headers=headers | {"If-Match": '"7"'})).status_code == 412
    assert (await client.post(address, headers=await bearer(company, **{"If-Match": "*"}))).status_code == 404
    assert not (await _queued(client, headers))["has_read"]

    assert (await client.post(address, headers=headers | {"If-Match": '"1"'})).status_code == 204
    assert (await _queued(client, headers))["has_read"]
    assert not (await _queued(client, await bearer(field.approver)))["has_read"]
