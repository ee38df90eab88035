"""What somebody who means harm would try against logins, sessions, forms and tokens."""

import asyncio
import logging
from urllib.parse import quote

import pytest
from httpx import AsyncClient

from testfields.accounts import attempts, identity, passwords, service, tokens
from testfields.accounts.directory import InitialPassword
from testfields.accounts.identity import BROWSER_COOKIE, CSRF_FIELD, CSRF_HEADER, SESSION_COOKIE
from testfields.accounts.rules import ATTEMPTS_PER_ADDRESS, ATTEMPTS_PER_EMAIL
from testfields.accounts.tables import ApiToken, LoginSession, Person
from testfields.core.clock import now
from testfields.web.forms import Posted
from testfields.web.masking import unmasked
from tests import factories
from tests.accounts.people import PASSWORD, Browser, with_password

CHOSEN = "A" * 43
RUBBISH = ["", " ", "é" * 20, "大阪", "\x7f", "%00", '"', '"\\000"', "a=b", "A" * 10_000, "%ED%A0%80", "' OR 1=1 --"]


@pytest.fixture
def browser(client: AsyncClient) -> Browser:
    return Browser(client)


# --- Sessions


async def test_a_session_id_that_an_attacker_chose_is_never_taken_over(db: None, browser: Browser) -> None:
    somebody = await with_password(await factories.company())
    browser.cookies[SESSION_COOKIE] = CHOSEN
    form = await browser.get("/login")
    assert "set-cookie" not in form.headers

    await browser.log_in(somebody)

    assert browser.session not in {"", CHOSEN}
    browser.cookies[SESSION_COOKIE] = CHOSEN
    assert (await browser.get("/my/account")).status_code == 303


async def test_every_login_has_an_id_of_its_own_and_ends_the_one_before(db: None, browser: Browser) -> None:
    somebody = await with_password(await factories.company())
    seen = set()
    for _ in range(3):
        before = browser.session
        await browser.log_in(somebody)
        assert len(browser.session) == 43
        seen.add(browser.session)
        assert not before or await service.actor_by_session(before, now()) is None
    assert len(seen) == 3
    assert await LoginSession.count().where(LoginSession.person_id == somebody.person_id) == 1


async def test_each_browser_has_a_form_token_of_its_own(db: None, client: AsyncClient) -> None:
    somebody = await with_password(await factories.company())
    one, other = Browser(client), Browser(client)
    await one.log_in(somebody)
    await other.log_in(somebody)
    assert unmasked(one.csrf) != unmasked(other.csrf)

    one.csrf = other.csrf
    assert (await one.post("/logout")).status_code == 403
    assert (await one.get("/my/account")).status_code == 200


async def test_a_form_token_ends_with_its_session(db: None, browser: Browser) -> None:
    somebody, other = [await with_password(await factories.company()) for _ in range(2)]
    await browser.log_in(somebody)
    before = browser.csrf
    del browser.cookies[SESSION_COOKIE]
    await browser.log_in(somebody)
    now_in_force = browser.csrf
    assert unmasked(now_in_force) != unmasked(before)

    form = {"name": "two & three", "scopes": "read"}
    offered = await browser.post("/my/tokens", {**form, CSRF_FIELD: before})
    assert offered.status_code == 403
    assert 'name="name" value="two &amp; three"' in offered.text
    assert unmasked(browser.csrf) == unmasked(now_in_force)
    assert somebody.name in offered.text
    refused = await browser.send("POST", "/api/v1/tokens", json=form, headers={CSRF_HEADER: before})
    assert (refused.status_code, refused.headers.get("form-token")) == (403, None)
    assert await ApiToken.count().where(ApiToken.person_id == somebody.person_id) == 0
    # One more press, with what was entered.
    assert (await browser.post("/my/tokens", form)).status_code == 200

    del browser.cookies[SESSION_COOKIE]
    await browser.log_in(other)
    strange = await browser.post("/my/tokens", {**form, CSRF_FIELD: before})
    assert strange.status_code == 403
    assert "two &amp; three" not in strange.text


async def test_a_part_of_a_page_is_told_the_token_of_the_present_session(db: None, browser: Browser) -> None:
    somebody = await with_password(await factories.company())
    await browser.log_in(somebody)
    before = browser.csrf
    del browser.cookies[SESSION_COOKIE]
    await browser.log_in(somebody)
    part = {"HX-Request": "true", CSRF_HEADER: before}
    told = await browser.send("POST", "/my/apply/check", headers=part)
    assert (told.status_code, told.headers["form-token"]) == (403, unmasked(browser.csrf))
    forged = await browser.send("POST", "/my/apply/check", headers={**part, CSRF_HEADER: CHOSEN})
    assert (forged.status_code, forged.headers.get("form-token")) == (403, None)
    elsewhere = await browser.send("POST", "/my/apply/check", headers={**part, "Sec-Fetch-Site": "cross-site"})
    assert (elsewhere.status_code, elsewhere.headers.get("form-token")) == (403, None)


@pytest.mark.parametrize("rubbish", RUBBISH)
async def test_what_a_browser_keeps_is_the_portals_own_making(db: None, browser: Browser, rubbish: str) -> None:
    somebody = await with_password(await factories.company())
    browser.cookies[BROWSER_COOKIE] = quote(rubbish)
    await browser.log_in(somebody)
    assert len(browser.cookies[BROWSER_COOKIE]) == 43
    mark = unmasked(browser.csrf).rpartition(".")[2]
    assert mark not in service.form_token("", somebody.person_id)


# --- Forged forms


FORGED: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "no token": ({}, {}),
    "an empty token": ({CSRF_FIELD: ""}, {}),
    "a wrong token": ({CSRF_FIELD: CHOSEN}, {}),
    "a token that is no text": ({CSRF_FIELD: "大阪"}, {}),
    "a wrong header": ({}, {CSRF_HEADER: CHOSEN}),
}


@pytest.mark.parametrize("name", FORGED)
async def test_a_form_without_its_token_changes_nothing(db: None, browser: Browser, name: str) -> None:
    await browser.log_in(await with_password(await factories.company()))
    data, headers = FORGED[name]
    answer = await browser.send("POST", "/my/tokens", data={"name": "x", "scopes": "read", **data}, headers=headers)
    assert answer.status_code == 403
    assert "有効なトークンはありません" in (await browser.get("/my/tokens")).text


async def test_the_forged_form_passes_where_the_guard_is_off(
    db: None, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: it is this guard that refuses, and nothing else by chance."""
    await browser.log_in(await with_password(await factories.company()))

    async def let_through(*_: object) -> None:
        return None

    monkeypatch.setattr(identity, "_refuse_forged", let_through)
    answer = await browser.send("POST", "/my/tokens", data={"name": "x", "scopes": "read"})
    assert answer.status_code == 200
    assert "tf_" in answer.text


async def test_json_from_a_browser_needs_the_header_too(db: None, browser: Browser) -> None:
    await browser.log_in(await with_password(await factories.company()))
    body = {"name": "x", "scopes": ["read"], "expires_at": factories.tomorrow().isoformat()}
    assert (await browser.send("POST", "/api/v1/tokens", json=body)).status_code == 403
    hidden = {**body, CSRF_FIELD: browser.csrf}
    assert (await browser.send("POST", "/api/v1/tokens", json=hidden)).status_code == 403
    allowed = await browser.send("POST", "/api/v1/tokens", json=body, headers={CSRF_HEADER: browser.csrf})
    assert allowed.status_code == 201, allowed.text


ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "rubbish"},
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
    {"Origin": "http://portal.test.evil.test"},
]


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
async def test_other_sites_cannot_post_not_even_the_login_form(
    db: None, browser: Browser, headers: dict[str, str]
) -> None:
    somebody = await with_password(await factories.company())
    login = await browser.post("/login", {"email": somebody.email, "password": PASSWORD}, **headers)
    assert login.status_code == 403
    assert browser.session == ""

    await browser.log_in(somebody)
    assert (await browser.post("/logout", {}, **headers)).status_code == 403
    assert (await browser.get("/my/account", **headers)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://portal.test"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    ],
    ids=str,
)
async def test_ones_own_site_can(db: None, browser: Browser, headers: dict[str, str]) -> None:
    somebody = await with_password(await factories.company())
    login = await browser.post("/login", {"email": somebody.email, "password": PASSWORD}, **headers)
    assert login.status_code == 303


# --- Ways out


@pytest.mark.parametrize(
    "target", ["//evil.test", "/\\evil.test", "https://evil.test", "/%2Fevil.test", "/\t/evil.test"]
)
async def test_the_login_leads_to_no_other_site(db: None, browser: Browser, target: str) -> None:
    somebody = await with_password(await factories.company())
    form = await browser.send("GET", "/login", params={"next": target})
    assert 'name="next" value=""' in form.text
    answer = await browser.log_in(somebody, next=target)
    assert answer.headers["location"] == "/my"
    again = await browser.send("GET", "/login", params={"next": target})
    assert again.headers["location"] == "/my"


# --- Guessing


async def _attempts(client: AsyncClient, emails: list[str]) -> list[int]:
    async def one(email: str) -> int:
        answer = await client.post("/login", data={"email": email, "password": "a wrong password"})
        return answer.status_code

    return await asyncio.gather(*(one(email) for email in emails))


async def test_twenty_guesses_at_once_are_no_more_than_the_limit(
    own_db: str, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = await with_password(await factories.company())
    compared = 0
    verify = passwords.HASHING.verify

    def counted(password: str, stored: str) -> bool:
        nonlocal compared
        compared += 1
        return verify(password, stored)

    monkeypatch.setattr(passwords.HASHING, "verify", counted)
    codes = await _attempts(client, [somebody.email, somebody.email.upper()] * 10)

    assert sorted(codes) == [422] * ATTEMPTS_PER_EMAIL + [429] * (20 - ATTEMPTS_PER_EMAIL)
    assert compared == ATTEMPTS_PER_EMAIL
    right = await client.post("/login", data={"email": somebody.email, "password": PASSWORD})
    assert right.status_code == 429


async def test_the_guesses_get_through_where_counting_comes_after_looking(
    own_db: str, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a limiter that reads first and writes later lets the twenty pass."""
    somebody = await with_password(await factories.company())
    counted: dict[str, int] = {}

    async def naive(email: str, *_: object) -> None:
        seen = counted.get(email, 0)
        await asyncio.sleep(0.05)
        counted[email] = seen + 1
        if seen >= ATTEMPTS_PER_EMAIL:
            raise service.TooMany(60)

    monkeypatch.setattr(service, "_count_attempt", naive)
    assert await _attempts(client, [somebody.email] * 20) == [422] * 20


async def test_one_place_cannot_try_many_accounts(
    db: None, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> bool:
        return False

    monkeypatch.setattr(passwords, "matches", never)
    codes = [(await _attempts(client, [f"person{n}@example.test"]))[0] for n in range(ATTEMPTS_PER_ADDRESS + 5)]
    assert codes == [422] * ATTEMPTS_PER_ADDRESS + [429] * 5


def test_an_ipv6_network_counts_as_one_place() -> None:
    assert attempts.network_subject("2001:db8:1:2::1") == attempts.network_subject("2001:db8:1:2:ffff::9")
    assert attempts.network_subject("2001:db8:1:2::1") != attempts.network_subject("2001:db8:1:3::1")
    assert attempts.network_subject("192.0.2.1") != attempts.network_subject("192.0.2.2")


async def test_a_lockout_wins_against_a_login_at_the_same_moment(own_db: str, client: AsyncClient) -> None:
    """Whichever comes first, no session is left that would wake up with the account."""
    from testfields.accounts import directory
    from tests.accounts.people import admin

    boss, somebody = await admin(), await with_password(await factories.company())
    for _ in range(8):
        await directory.activate(boss, somebody.person_id, now())
        await asyncio.gather(
            service.open_session(somebody.person_id, now()),
            directory.deactivate(boss, somebody.person_id, now()),
            service.open_session(somebody.person_id, now()),
            return_exceptions=True,
        )
        assert await LoginSession.count().where(LoginSession.person_id == somebody.person_id) == 0


# --- Rubbish


@pytest.mark.parametrize("value", RUBBISH, ids=lambda value: ascii(value)[:20])
async def test_rubbish_in_cookies_and_headers_is_nobody(db: None, client: AsyncClient, value: str) -> None:
    raw = value.encode()
    cookie = await client.get("/api/v1/me", headers={b"Cookie": b"session=" + raw})
    assert cookie.status_code == 401, cookie.text
    for kind in (b"Bearer ", b"bearer ", b"Bearer"):
        token = await client.get("/api/v1/me", headers={b"Authorization": kind + raw})
        assert token.status_code == 401, token.text
        assert token.headers["www-authenticate"] == "Bearer"
    other = await client.get("/api/v1/me", headers={b"Authorization": b"Basic " + raw})
    assert other.status_code == 401


@pytest.mark.parametrize(
    "data",
    [
        {"email": "\x00", "password": "\x00"},
        {"email": "a\x00@example.test", "password": "x" * 1_000_0},
        {"email": "a" * 100_000, "password": "x"},
        {"email": "😀@例え.jp", "password": "\ud7ff"},
        {"email": "", "password": ""},
        {},
    ],
    ids=lambda data: ascii(data)[:30],
)
async def test_rubbish_in_the_login_form_is_only_wrong(db: None, client: AsyncClient, data: dict[str, str]) -> None:
    assert (await client.post("/login", data=data)).status_code == 422


@pytest.mark.parametrize(
    ("body", "kind", "codes"),
    [
        (b"email=%ff%fe&password=%00", "application/x-www-form-urlencoded", {422}),
        (b"email=a&email=b&next=//x&next=/my", "application/x-www-form-urlencoded", {422}),
        (b"{}", "application/json", {422}),
        (b"--x\r\n", "multipart/form-data; boundary=x", {400, 422}),
        (b"--x", "multipart/form-data", {400, 422}),
        (
            b'--x\r\nContent-Disposition: form-data; name="email"; filename="a"\r\n\r\nb\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
            {422},
        ),
    ],
)
async def test_bodies_of_other_kinds_are_refused(
    db: None, client: AsyncClient, body: bytes, kind: str, codes: set[int]
) -> None:
    answer = await client.post("/login", content=body, headers={"Content-Type": kind})
    assert answer.status_code in codes, answer.text


# --- Secrets


async def test_no_secret_is_logged_or_shown_by_repr(
    db: None, browser: Browser, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    somebody = await with_password(await factories.company())
    await browser.log_in(somebody, "a wrong password indeed")
    await browser.log_in(somebody)
    made = await browser.send(
        "POST",
        "/api/v1/tokens",
        json={"name": "x", "scopes": ["read"], "expires_at": factories.tomorrow().isoformat()},
        headers={CSRF_HEADER: browser.csrf},
    )
    secret = made.json()["secret"]
    await browser.client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})

    async def broken(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(tokens, "create", broken)
    assert (await browser.post("/my/tokens", {"name": "x", "scopes": "read"})).status_code == 500
    assert "planted" in caplog.text
    for one in (PASSWORD, "a wrong password indeed", browser.session, browser.csrf, secret):
        assert one not in caplog.text

    actor = await service.actor_by_session(browser.session, now())
    shown = repr(
        [
            actor,
            service.NewSession(browser.session, "kept"),
            tokens.IssuedToken(1, secret),
            InitialPassword(1, "a@example.test", PASSWORD),
            Posted({"password": [PASSWORD]}),
        ]
    )
    for one in (PASSWORD, browser.session, browser.csrf, secret):
        assert one not in shown


async def test_whoever_is_locked_out_is_out_at_once_and_stays_so(db: None, browser: Browser) -> None:
    from testfields.accounts import directory
    from tests.accounts.people import admin

    boss, somebody = await admin(), await with_password(await factories.company())
    await browser.log_in(somebody)
    headers = {"Authorization": f"Bearer {await factories.token(somebody)}"}
    assert (await browser.client.get("/api/v1/me", headers=headers)).status_code == 200

    # Even a row that says no more than "not active" is enough.
    await Person.update({Person.active: False}).where(Person.id == somebody.person_id)
    assert (await browser.get("/my/account")).status_code == 303
    assert (await browser.client.get("/api/v1/me", headers=headers)).status_code == 401

    await directory.deactivate(boss, somebody.person_id, now())
    await directory.activate(boss, somebody.person_id, now())
    assert (await browser.get("/my/account")).status_code == 303
    assert (await browser.client.get("/api/v1/me", headers=headers)).status_code == 401
    assert (await browser.log_in(somebody)).status_code == 303
