"""Tokens: made in a browser, shown once, no stronger than their owner, dead when they should be."""

import re
from datetime import timedelta

import pytest
from httpx import AsyncClient

from testfields.accounts import service, tokens
from testfields.accounts.entries import NewToken
from testfields.accounts.identity import CSRF_HEADER
from testfields.accounts.rules import MOST_TOKENS, Scope
from testfields.accounts.tables import ApiToken
from testfields.core.clock import now
from testfields.core.errors import InvalidInput
from testfields.web.tables import IdempotentAnswer
from tests import factories
from tests.accounts.people import Browser, with_password


@pytest.fixture
def browser(client: AsyncClient) -> Browser:
    return Browser(client)


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


async def test_a_token_is_made_on_the_page_shown_once_used_and_revoked(db: None, browser: Browser) -> None:
    somebody = await with_password(await factories.company())
    await browser.log_in(somebody)
    made = await browser.post("/my/tokens", {"name": "倉庫の端末", "scopes": ["read", "book"], "days": "30"})
    found = re.search(r'value="(tf_[\w-]{43})"', made.text)
    assert found, made.text
    secret = found[1]

    listed = await browser.get("/my/tokens")
    assert secret not in listed.text
    assert "倉庫の端末" in listed.text
    me = await browser.client.get("/api/v1/me", headers=bearer(secret))
    assert me.json()["email"] == somebody.email
    assert me.json()["scopes"] == ["book", "read"]

    token = await ApiToken.objects().get(ApiToken.person_id == somebody.person_id)
    assert token is not None
    assert timedelta(days=29) < token.expires_at - now() < timedelta(days=31)
    assert (await browser.post(f"/my/tokens/{token.id}/revoke")).status_code == 303
    assert (await browser.client.get("/api/v1/me", headers=bearer(secret))).status_code == 401
    assert "倉庫の端末" not in (await browser.get("/my/tokens")).text


async def test_the_form_keeps_what_was_typed_and_names_its_faults(db: None, browser: Browser) -> None:
    await browser.log_in(await with_password(await factories.company()))
    answer = await browser.post("/my/tokens", {"name": "", "scopes": ["review"], "days": "365"})
    assert answer.status_code == 422
    assert 'href="#f-name"' in answer.text
    assert 'href="#f-scopes"' in answer.text
    assert re.search(r'<option value="365"\s+selected', answer.text)


async def test_the_api_makes_and_lists_tokens_for_a_browser(db: None, browser: Browser) -> None:
    await browser.log_in(await with_password(await factories.company()))
    headers = {CSRF_HEADER: browser.csrf}
    body = {"name": "x", "scopes": ["read"], "expires_at": factories.tomorrow().isoformat()}
    made = await browser.send("POST", "/api/v1/tokens", json=body, headers=headers)
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    assert re.fullmatch(r"tf_[\w-]{43}", made.json()["secret"])
    listed = await browser.send("GET", "/api/v1/tokens")
    assert [one["id"] for one in listed.json()] == [made.json()["id"]]
    assert "secret" not in listed.text
    gone = await browser.send("DELETE", f"/api/v1/tokens/{made.json()['id']}", headers=headers)
    assert gone.status_code == 204
    assert (await browser.send("GET", "/api/v1/tokens")).json() == []


async def test_a_token_can_neither_make_nor_revoke_tokens(db: None, client: AsyncClient) -> None:
    somebody = await factories.company()
    secret = await factories.token(somebody)
    body = {"name": "x", "scopes": ["read"], "expires_at": factories.tomorrow().isoformat()}
    assert (await client.post("/api/v1/tokens", json=body, headers=bearer(secret))).status_code == 403
    listed = (await client.get("/api/v1/tokens", headers=bearer(secret))).json()
    gone = await client.delete(f"/api/v1/tokens/{listed[0]['id']}", headers=bearer(secret))
    assert gone.status_code == 403
    page = await client.post("/my/tokens", data={"name": "x", "scopes": "read"}, headers=bearer(secret))
    assert page.status_code == 401
    assert await ApiToken.count().where(ApiToken.person_id == somebody.person_id) == 1


async def test_a_token_that_may_more_than_read_chooses_the_language_of_its_owners_mails(
    db: None, client: AsyncClient
) -> None:
    somebody = await factories.company()
    reading, booking = [bearer(await factories.token(somebody, [scope])) for scope in ("read", "book")]
    assert (await client.put("/api/v1/me", json={"locale": "en"}, headers=reading)).status_code == 403
    chosen = await client.put("/api/v1/me", json={"locale": "en"}, headers=booking)
    assert (chosen.status_code, chosen.json()["locale"]) == (200, "en")
    assert (await client.get("/api/v1/me", headers=reading)).json()["locale"] == "en"
    refused = await client.put("/api/v1/me", json={"locale": "fr"}, headers=booking)
    assert [one["path"] for one in refused.json()["errors"]] == ["locale"]


async def test_a_secret_is_never_kept_as_an_answer_to_an_idempotency_key(db: None, browser: Browser) -> None:
    await browser.log_in(await with_password(await factories.company()))
    body = {"name": "x", "scopes": ["read"], "expires_at": factories.tomorrow().isoformat()}
    headers = {CSRF_HEADER: browser.csrf, "Idempotency-Key": "once"}
    first = await browser.send("POST", "/api/v1/tokens", json=body, headers=headers)
    second = await browser.send("POST", "/api/v1/tokens", json=body, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["secret"] != second.json()["secret"]
    assert await IdempotentAnswer.count() == 0


@pytest.mark.parametrize(
    ("scopes", "method", "path", "code"),
    [
        (["read"], "GET", "/api/v1/me", 200),
        (["book"], "GET", "/api/v1/me", 403),
        (["read"], "GET", "/api/v1/people", 403),
        (["manage"], "GET", "/api/v1/people", 200),
        (["read"], "GET", "/api/v1/reservations", 200),
        (["manage"], "GET", "/api/v1/reservations", 403),
        (["read"], "POST", "/api/v1/reservations", 403),
        ([], "GET", "/api/v1/tokens", 403),
    ],
)
async def test_a_token_opens_what_its_scopes_say(
    db: None, client: AsyncClient, scopes: list[str], method: str, path: str, code: int
) -> None:
    secret = await factories.token(await factories.company(), scopes)
    asked = factories.period(9)
    volumes = [{"period": {"start": asked.start.isoformat(), "end": asked.end.isoformat()}}]
    body = {"json": {"project_id": 1, "area_id": 1, "volumes": volumes}} if method == "POST" else {}
    answer = await client.request(method, path, headers=bearer(secret), **body)
    assert answer.status_code == code, answer.text


async def test_a_token_that_is_over_opens_nothing_and_leaves_the_list(db: None, client: AsyncClient) -> None:
    somebody = await factories.company()
    secret = await factories.token(somebody)
    await ApiToken.update({ApiToken.expires_at: now()}).where(ApiToken.person_id == somebody.person_id)
    assert (await client.get("/api/v1/me", headers=bearer(secret))).status_code == 401
    assert await tokens.in_force(somebody, now()) == []


async def test_other_peoples_tokens_are_not_found(db: None, client: AsyncClient) -> None:
    mine, theirs = await with_password(await factories.company()), await factories.company()
    secret = await factories.token(theirs)
    token = await ApiToken.objects().get(ApiToken.person_id == theirs.person_id)
    assert token is not None
    browser = Browser(client)
    await browser.log_in(mine)
    headers = {CSRF_HEADER: browser.csrf}
    assert (await browser.send("DELETE", f"/api/v1/tokens/{token.id}", headers=headers)).status_code == 404
    assert (await browser.post(f"/my/tokens/{token.id}/revoke")).status_code == 404
    assert (await browser.send("DELETE", f"/api/v1/tokens/{2**63 - 1}", headers=headers)).status_code == 404
    assert (await client.get("/api/v1/me", headers=bearer(secret))).status_code == 200


async def test_nobody_hoards_tokens(db: None) -> None:
    somebody = await factories.company()
    new = NewToken("x", [Scope.READ], now() + timedelta(days=1))
    for _ in range(MOST_TOKENS):
        await tokens.create(somebody, new, now())
    with pytest.raises(InvalidInput):
        await tokens.create(somebody, new, now())


async def test_renewing_replaces_the_token_of_that_name_alone(db: None) -> None:
    somebody = await factories.company()
    first, other = [
        await tokens.renew(somebody, NewToken(name, [Scope.READ], now() + timedelta(days=1)), now())
        for name in ("demo", "other")
    ]
    second = await tokens.renew(somebody, NewToken("demo", [Scope.READ], now() + timedelta(days=1)), now())
    assert await service.actor_by_token(first.secret, now()) is None
    assert await service.actor_by_token(other.secret, now()) is not None
    assert await service.actor_by_token(second.secret, now()) is not None
