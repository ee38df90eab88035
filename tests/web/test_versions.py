"""Which version a change is meant for, as If-Match says it (RFC 9110, 13.1.1)."""

import pytest
from httpx import AsyncClient

from tests import factories
from tests.projects.test_routes import PLAN, headers_of


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        ('"1"', 200),
        ("*", 200),
        ('"2"', 412),
        ('W/"1"', 412),
        ('"1', 412),
        ("1", 412),
        ('"one"', 412),
        ('"01"', 412),
        ('"99999999999999999999"', 412),
        (None, 428),
    ],
)
async def test_a_change_is_made_where_the_tag_stands(
    db: None, client: AsyncClient, tag: str | None, status: int
) -> None:
    company = await factories.company()
    project_id = await factories.project(company)
    headers = {**await headers_of(company), **({"If-Match": tag} if tag else {})}

    answer = await client.put(f"/api/v1/projects/{project_id}", json=PLAN, headers=headers)

    assert answer.status_code == status, answer.text
    now_at = (await client.get(f"/api/v1/projects/{project_id}", headers=await headers_of(company))).headers["etag"]
    assert now_at == ('"2"' if status == 200 else '"1"')
