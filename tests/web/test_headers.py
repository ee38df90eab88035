"""What every answer tells the browser."""

import pytest
from httpx import AsyncClient
from litestar import Litestar

from testfields.web.pages import static


@pytest.mark.parametrize("path", ["/", "/nowhere", "/api/v1/reservations", "/static/css/base.css", "/api/v1/nowhere"])
async def test_every_answer_carries_the_policy(db: None, client: AsyncClient, path: str) -> None:
    answer = await client.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_file_is_kept_for_good_only_by_its_marked_address(db: None, client: AsyncClient) -> None:
    marked = await client.get(static("css/base.css"))
    plain = await client.get("/static/css/base.css")
    assert "immutable" in marked.headers["cache-control"]
    assert "immutable" not in plain.headers["cache-control"]


async def test_an_unknown_address_is_a_page_for_people_and_a_problem_for_programs(
    db: None, client: AsyncClient
) -> None:
    page = await client.get("/nowhere", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    program = await client.get("/api/v1/nowhere")
    assert program.status_code == 404
    assert program.json()["type"] == "/problems/not-found"


@pytest.mark.parametrize(
    ("header", "language"),
    [("en-GB,en;q=0.9,ja;q=0.8", "en"), ("fr", "ja"), ("ja,en", "ja"), (";;q=x", "ja"), ("en;q=0", "ja")],
)
async def test_problems_speak_the_callers_language(db: None, client: AsyncClient, header: str, language: str) -> None:
    answer = await client.get("/api/v1/reservations", headers={"Accept-Language": header})
    assert answer.status_code == 401
    assert answer.headers["content-language"] == language


@pytest.mark.parametrize(
    "path",
    ["/", "/nowhere", "/my", "/readyz", "/api/v1/sites", "/api/v1/reservations", "/schema", "/static/css/base.css"],
)
async def test_a_head_is_answered_as_a_get_without_its_body(db: None, client: AsyncClient, path: str) -> None:
    whole, head = await client.get(path), await client.head(path)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    changing = {"set-cookie", "date"}
    assert [one for one in head.headers.multi_items() if one[0] not in changing] == [
        one for one in whole.headers.multi_items() if one[0] not in changing
    ]


async def test_what_can_only_be_posted_has_no_head(db: None, client: AsyncClient) -> None:
    assert (await client.head("/api/v1/reservations/1/withdraw")).status_code == 405
    refused = await client.delete("/api/v1/reservations")
    assert (refused.status_code, set(refused.headers["allow"].split(", "))) == (
        405,
        {"GET", "HEAD", "OPTIONS", "POST"},
    )


def test_the_description_tells_of_no_head(app: Litestar) -> None:
    assert all(path.head is None for path in (app.openapi_schema.paths or {}).values())
