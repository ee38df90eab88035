"""Parameters of an address: the API refuses those that it does not know, pages pass them over."""

from typing import Any

import pytest
from httpx import AsyncClient
from litestar import Litestar

from tests import factories


def api_operations(app: Litestar) -> list[tuple[str, str]]:
    """Method and address of every operation, the address filled in with what nobody has."""
    paths = app.openapi_schema.to_schema()["paths"]
    names = {"slug": "nowhere", "code": "ABCD-EFGH", "action": "withdraw"}
    return [
        (method, "/".join(names.get(part[1:-1], "1") if part[:1] == "{" else part for part in path.split("/")))
        for path, operations in paths.items()
        for method in operations
    ]


@pytest.mark.parametrize(
    ("address", "unknown", "known"),
    [
        ("/api/v1/sites?word=夢洲&limit=5&limits=9", ["limits", "word"], "words"),
        ("/api/v1/trials?form=2026-12-01", ["form"], "from"),
        ("/api/v1/availability?from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z&use_=drone", ["use_"], "use"),
        ("/api/v1/sites/nowhere?utm_source=mail", ["utm_source"], "–"),
    ],
)
async def test_the_api_names_what_it_does_not_know(
    db: None, client: AsyncClient, address: str, unknown: list[str], known: str
) -> None:
    answer = await client.get(address, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-input")
    assert [one["path"] for one in answer.json()["errors"]] == unknown
    assert known in answer.json()["errors"][0]["message"]


async def test_no_operation_passes_over_a_parameter(db: None, client: AsyncClient, app: Litestar) -> None:
    actor = await factories.company()
    headers: dict[str, Any] = {"Authorization": f"Bearer {await factories.token(actor)}", "If-Match": "*"}
    passed = []
    for method, address in api_operations(app):
        answer = await client.request(method, address, params={"mistyped": "1"}, headers=headers)
        told = [one["path"] for one in answer.json().get("errors", [])] if answer.content else []
        # Whoever may not do it at all is told so first.
        if answer.status_code != 403 and told != ["mistyped"]:
            passed.append((method, address, answer.status_code))
    assert passed == []


async def test_a_language_may_be_asked_for_at_any_address(db: None, client: AsyncClient) -> None:
    answer = await client.get("/api/v1/sites/nowhere?lang=ja", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.headers["Content-Language"]) == (404, "ja")


@pytest.mark.parametrize("path", ["/", "/sites", "/sites.geojson", "/trials", "/login", "/p/ABCD-EFGH"])
async def test_a_link_with_what_a_mail_program_added_leads_to_its_page(
    db: None, client: AsyncClient, path: str
) -> None:
    plain = await client.get(path)
    added = await client.get(path, params={"utm_source": "newsletter", "fbclid": "x", "gclid": "y"})
    assert added.status_code == plain.status_code < 500
