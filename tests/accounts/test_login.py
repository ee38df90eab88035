"""Logging in and out as browsers do."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient

from testfields.accounts import attempts, passwords, service
from testfields.accounts.rules import SESSION_LIFE
from testfields.accounts.tables import LoginAttempt, LoginSession, Person
from testfields.app import create_app
from testfields.core.clock import now
from testfields.db.jobs import Job, defer
from testfields.settings import load
from tests import factories
from tests.accounts.people import PASSWORD, Browser, admin, with_password
from tests.working import settings, work_off


@pytest.fixture
def browser(client: AsyncClient) -> Browser:
    return Browser(client)


async def test_the_login_form_suits_password_managers_and_keyboards(db: None, browser: Browser) -> None:
    form = await browser.get("/login")
    assert form.status_code == 200
    assert 'autocomplete="username"' in form.text
    assert 'autocomplete="current-password"' in form.text
    assert form.headers["cache-control"] == "no-store"


async def test_somebody_logs_in_sees_pages_and_logs_out(db: None, browser: Browser) -> None:
    somebody = await with_password(await factories.company())

    answer = await browser.log_in(somebody)
    assert (answer.status_code, answer.headers["location"]) == (303, "/my")
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("session="))
    assert {"HttpOnly", "Path=/", "SameSite=lax", f"Max-Age={int(SESSION_LIFE.total_seconds())}"} <= set(
        cookie.split("; ")
    )
    assert "Secure" not in cookie
    assert somebody.email in (await browser.get("/my/account")).text

    session = browser.session
    assert (await browser.post("/logout")).status_code == 303
    assert browser.session == ""
    browser.cookies["session"] = session
    assert (await browser.get("/my/account")).headers["location"].startswith("/login")


async def test_where_https_is_the_cookie_is_bound_to_host_and_https(db: None) -> None:
    somebody = await with_password(await factories.company())
    secure = create_app(load({"TESTFIELDS_BASE_URL": "https://portal.test"}))
    async with AsyncClient(transport=ASGITransport(secure), base_url="https://portal.test") as client:
        answer = await client.post("/login", data={"email": somebody.email, "password": PASSWORD})
        cookie = next(line for line in answer.headers.get_list("set-cookie") if "session=" in line)
        assert cookie.startswith("__Host-session=")
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
        assert (await client.get("/my/account")).status_code == 200
        secret = client.cookies["__Host-session"]
        client.cookies.clear()
        plain = await client.get("/my/account", headers={"Cookie": f"session={secret}"})
        assert plain.status_code == 401


async def test_staff_and_administrators_begin_at_their_own_pages(db: None, browser: Browser) -> None:
    field = await factories.field()
    assert (await browser.log_in(await with_password(field.reviewer))).headers["location"] == "/desk"
    await browser.post("/logout")
    assert (await browser.log_in(await with_password(await admin()))).headers["location"] == "/admin"


async def test_a_page_that_needs_a_login_leads_there_and_back(db: None, browser: Browser) -> None:
    somebody = await with_password(await factories.company())
    sent = await browser.get("/my/tokens")
    assert sent.headers["location"] == "/login?next=%2Fmy%2Ftokens"
    form = await browser.get(sent.headers["location"])
    assert 'name="next" value="/my/tokens"' in form.text
    assert (await browser.log_in(somebody, next="/my/tokens")).headers["location"] == "/my/tokens"
    assert (await browser.get("/login?next=/my/account")).headers["location"] == "/my/account"


async def test_the_answer_is_the_same_whether_or_not_somebody_has_the_address(
    db: None, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = await with_password(await factories.company())
    compared: list[str] = []
    verify = passwords.HASHING.verify

    def counted(password: str, stored: str) -> bool:
        compared.append(stored.rsplit("$", 2)[0])
        return verify(password, stored)

    monkeypatch.setattr(passwords.HASHING, "verify", counted)
    wrong = await browser.log_in(somebody, "not the password at all")
    unknown = await browser.post("/login", {"email": "nobody@example.test", "password": "not the password at all"})

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert wrong.text.replace(somebody.email, "") == unknown.text.replace("nobody@example.test", "")
    assert "メールアドレスまたはパスワードが正しくありません" in wrong.text
    # The same work for both: one hash with the same parameters each.
    assert len(compared) == 2
    assert compared[0] == compared[1]


async def test_a_person_who_is_locked_out_or_has_no_password_cannot_log_in(db: None, browser: Browser) -> None:
    somebody = await with_password(await factories.company())
    await Person.update({Person.active: False}).where(Person.id == somebody.person_id)
    assert (await browser.log_in(somebody)).status_code == 422
    nobody = await factories.company()
    assert (await browser.log_in(nobody, "-")).status_code == 422


async def test_a_session_ends_after_its_time_and_is_then_forgotten(db: None, browser: Browser) -> None:
    somebody = await with_password(await factories.company())
    await browser.log_in(somebody)
    later = now() + SESSION_LIFE
    assert await service.actor_by_session(browser.session, later - timedelta(minutes=1)) is not None
    assert await service.actor_by_session(browser.session, later + timedelta(seconds=1)) is None

    await service.forget_expired(later - timedelta(minutes=1))
    assert await LoginSession.count() == 1
    assert await service.forget_expired(later + timedelta(seconds=1)) >= 1
    assert await LoginSession.count() == 0
    assert await LoginAttempt.count() == 0


async def test_the_worker_forgets_sessions_that_are_over(own_db: str, tmp_path: Path) -> None:
    somebody = await factories.company()
    live = await service.open_session(somebody.person_id, now())
    await service.open_session(somebody.person_id, now() - SESSION_LIFE)
    await defer([Job("clear_away", {"timestamp": 0})])
    await work_off(own_db, settings(tmp_path))
    assert await LoginSession.count() == 1
    assert await service.actor_by_session(live.secret, now()) is not None


async def test_secrets_are_stored_as_hashes_only(db: None, browser: Browser) -> None:
    somebody = await with_password(await factories.company())
    await browser.log_in(somebody)
    rows = await LoginSession.select().where(LoginSession.person_id == somebody.person_id)
    assert rows[0]["secret_hash"] == hashlib.sha256(browser.session.encode()).digest()
    person = await Person.objects().get(Person.id == somebody.person_id)
    assert person is not None
    assert person.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_full_width_letters_are_the_same_password(db: None, browser: Browser) -> None:
    somebody = await with_password(await factories.company(), "ｃｏｒｒｅｃｔ　ｈｏｒｓｅ　１２")
    assert (await browser.log_in(somebody, "correct horse 12")).status_code == 303


async def test_a_new_password_ends_every_other_session(db: None, client: AsyncClient) -> None:
    somebody = await with_password(await factories.company())
    here, there = Browser(client), Browser(client)
    await here.log_in(somebody)
    await there.log_in(somebody)
    before = here.session

    wrong = await here.post("/my/password", {"current": "something else", "new": "another long password"})
    assert wrong.status_code == 422
    short = await here.post("/my/password", {"current": PASSWORD, "new": "short"})
    assert short.status_code == 422
    assert 'href="#f-new"' in short.text
    changed = await here.post("/my/password", {"current": PASSWORD, "new": "another long password"})

    assert changed.status_code == 303
    assert here.session not in {"", before}
    assert (await here.get("/my/account")).status_code == 200
    assert (await there.get("/my/account")).status_code == 303
    assert (await there.log_in(somebody)).status_code == 422
    assert (await there.log_in(somebody, "another long password")).status_code == 303


async def test_api_tokens_end_with_a_new_password_where_their_owner_wants_it(db: None, browser: Browser) -> None:
    somebody, other = await with_password(await factories.company()), await factories.company()
    headers, others = [{"Authorization": f"Bearer {await factories.token(one)}"} for one in (somebody, other)]
    await browser.log_in(somebody)
    assert 'name="end_tokens"' in (await browser.get("/my/password")).text

    kept = {"current": PASSWORD, "new": "another long password"}
    await browser.post("/my/password", kept)
    assert (await browser.send("GET", "/api/v1/me", headers=headers)).status_code == 200
    await browser.get("/my/password")
    ended = {"current": kept["new"], "new": PASSWORD, "end_tokens": "true"}
    wrong = await browser.post("/my/password", {**ended, "current": "something else"})
    assert "checked" in wrong.text
    assert (await browser.send("GET", "/api/v1/me", headers=headers)).status_code == 200
    await browser.post("/my/password", ended)
    assert "APIトークンはすべて無効" in (await browser.get("/my/account")).text
    assert (await browser.send("GET", "/api/v1/me", headers=headers)).status_code == 401
    assert (await browser.send("GET", "/api/v1/me", headers=others)).status_code == 200


async def test_whoever_was_given_a_password_is_asked_for_another(db: None, browser: Browser) -> None:
    somebody = await with_password(await factories.company())
    await Person.update({Person.initial_password: True}).where(Person.id == somebody.person_id)
    await browser.log_in(somebody, next="/my/tokens")
    for path in ("/", "/my", "/my/account", "/my/tokens", "/my/apply?site=x", "/schema", "/nowhere"):
        assert (await browser.get(path)).headers["location"] == "/my/password", path
    form = await browser.get("/my/password")
    assert "ご自身だけが知るパスワード" in form.text
    made = await browser.post("/my/tokens", {"name": "x", "scopes": "read"})
    assert made.headers["location"] == "/my/password"
    answer = await browser.get("/api/v1/me", Accept="application/json")
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/initial-password")
    assert (await browser.post("/logout")).headers["location"] == "/"

    await browser.log_in(somebody)
    await browser.get("/my/password")
    await browser.post("/my/password", {"current": PASSWORD, "new": "another long password"})
    await browser.get("/my/account")
    await browser.post("/logout")
    answer = await browser.log_in(somebody, "another long password", next="/my/tokens")
    assert answer.headers["location"] == "/my/tokens"


async def test_a_program_goes_on_while_its_owner_has_yet_to_choose_a_password(db: None, client: AsyncClient) -> None:
    somebody = await factories.company()
    await Person.update({Person.initial_password: True}).where(Person.id == somebody.person_id)
    headers = {"Authorization": f"Bearer {await factories.token(somebody)}"}
    assert (await client.get("/api/v1/me", headers=headers)).status_code == 200


async def test_throttling_tells_when_to_come_back(db: None, browser: Browser) -> None:
    somebody = await with_password(await factories.company())
    await LoginAttempt(
        subject=attempts.email_subject(somebody.email),
        attempts=10,
        ends_at=datetime.now(UTC) + timedelta(minutes=3),
    ).save()
    answer = await browser.log_in(somebody)
    assert answer.status_code == 429
    assert 170 <= int(answer.headers["retry-after"]) <= 181
    assert "3分ほど待ってから" in answer.text or "4分ほど待ってから" in answer.text
    assert browser.session == ""

    await LoginAttempt.update({LoginAttempt.ends_at: datetime.now(UTC)}).where(
        LoginAttempt.subject == attempts.email_subject(somebody.email)
    )
    assert (await browser.log_in(somebody)).status_code == 303
    left = await LoginAttempt.select().where(LoginAttempt.subject == attempts.email_subject(somebody.email))
    assert left == []
