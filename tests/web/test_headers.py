"""What every answer tells the browser."""

import pytest
from httpx import AsyncClient

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
    ("header", "language"), [("en-GB,en;q=0.9,ja;q=0.8", "en"), ("fr", "ja"), ("ja,en", "ja"), (";;q=x", "ja")]
)
async def test_problems_speak_the_callers_language(db: None, client: AsyncClient, header: str, language: str) -> None:
    answer = await client.get("/api/v1/reservations", headers={"Accept-Language": header})
    assert answer.status_code == 401
    assert answer.headers["content-language"] == language
