"""Answers that are the same for everybody are tagged, kept for a moment, and told apart by language and login."""

import httpx
import pytest

from testfields.accounts.identity import SESSION_COOKIE
from testfields.accounts.service import open_session
from testfields.core.clock import now
from tests import factories

PUBLIC = [
    "/", "/trials", "/sites", "/api/v1/trials", "/api/v1/trials.geojson", "/api/v1/trials/sites.geojson",
    "/api/v1/sites", "/api/v1/sites.geojson",
]  # fmt: skip


@pytest.mark.parametrize("path", PUBLIC)
async def test_what_has_not_changed_is_not_sent_again(db: None, client: httpx.AsyncClient, path: str) -> None:
    await factories.field()
    first = await client.get(path)
    again = await client.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    await factories.field()
    changed = await client.get(path, headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["cache-control"] == "public, max-age=0, s-maxage=15"
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    # The trials do not change with a site that has none.
    if "trials" not in path or "sites" in path:
        assert changed.status_code == 200


async def test_languages_are_told_apart(db: None, client: httpx.AsyncClient) -> None:
    japanese = await client.get("/", headers={"Accept-Language": "ja"})
    english = await client.get("/", headers={"Accept-Language": "en"})
    switched = await client.get("/?lang=en")

    assert japanese.headers["etag"] != english.headers["etag"]
    assert {"Accept-Language", "Cookie", "Authorization"} <= set(english.headers["vary"].split(", "))
    # It sets this browser's cookie.
    assert "public" not in switched.headers["cache-control"]
    assert "etag" not in switched.headers


async def test_whoever_is_known_gets_an_answer_that_no_cache_keeps(db: None, client: httpx.AsyncClient) -> None:
    company = await factories.company()
    session = await open_session(company.person_id, now())
    client.cookies.set(SESSION_COOKIE, session.secret)

    for path in PUBLIC:
        answer = await client.get(path)
        assert "public" not in answer.headers["cache-control"], path
        assert "Cookie" in answer.headers["vary"]
        assert "etag" not in answer.headers


@pytest.mark.parametrize("path", ["/login", "/nowhere", "/sites/nowhere", "/healthz"])
async def test_nothing_else_is_shared(db: None, client: httpx.AsyncClient, path: str) -> None:
    assert "public" not in (await client.get(path)).headers.get("cache-control", "")
