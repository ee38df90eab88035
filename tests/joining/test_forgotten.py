"""A new password by mail: for whoever has the mail, once, and without a word about who is known."""

import asyncio
import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import AsyncClient

from testfields.accounts import organising, ways_in
from testfields.accounts import service as accounts
from testfields.accounts.attempts import secret_hash
from testfields.accounts.rules import ASKS_PER_EMAIL, IN_THE_MAIL_ALONE, MemberRole, OrganisationKind
from testfields.accounts.tables import LoginSession, Organisation, Person, WayIn
from testfields.core.clock import now
from testfields.core.errors import NotFound
from testfields.db.engine import DB
from testfields.joining import service
from testfields.notifications.tables import Delivery
from tests import factories
from tests.accounts.people import PASSWORD, Browser, with_password
from tests.working import postbox, settings, words_of, work_off

NEW = "another password of mine"
LINK = re.compile(r"https://portal\.test(/enter/[A-Za-z0-9_-]{43})\n")


@pytest.fixture
def browser(client: AsyncClient) -> Browser:
    return Browser(client)


async def asked_for(browser: Browser, email: str, url: str, folder: Path) -> list[str]:
    """The links that were sent to an address, by a real worker, after asking for one more."""
    assert (await browser.post("/forgot", {"email": email})).status_code == 303
    async with postbox() as box:
        await work_off(url, settings(folder, box.url))
    return [LINK.findall(words_of(mail))[0] for mail in box.to(email.lower())]


async def test_a_link_by_mail_leads_to_a_new_password_once(own_db: str, browser: Browser, tmp_path: Path) -> None:
    somebody = await with_password(await factories.company())
    elsewhere = Browser(browser.client)
    await elsewhere.log_in(somebody)
    (link,) = await asked_for(browser, somebody.email.upper(), own_db, tmp_path)

    # Looking, as mail scanners do, uses nothing up.
    for _ in range(2):
        shown = await browser.get(link)
        assert (shown.status_code, shown.headers["referrer-policy"]) == (200, "no-referrer")
    assert (await browser.post(link, {"new": "short"})).status_code == 422
    entered = await browser.post(link, {"new": NEW})
    assert (entered.status_code, entered.headers["location"]) == (303, "/my")
    assert (await browser.get("/my/account")).status_code == 200

    assert (await elsewhere.get("/my/account")).status_code == 303
    assert (await browser.post(link, {"new": "a third password, mine"})).status_code == 404
    assert (await browser.get(link)).status_code == 404
    assert (await Browser(browser.client).log_in(somebody, NEW)).status_code == 303
    assert (await Browser(browser.client).log_in(somebody, PASSWORD)).status_code == 422


async def test_a_newer_link_ends_the_one_before(own_db: str, browser: Browser, tmp_path: Path) -> None:
    somebody = await with_password(await factories.company())
    (old,) = await asked_for(browser, somebody.email, own_db, tmp_path)
    (new,) = await asked_for(browser, somebody.email, own_db, tmp_path)
    assert (await browser.get(old)).status_code == 404
    assert (await browser.get(new)).status_code == 200
    await WayIn.update({WayIn.expires_at: now()}, force=True)
    assert (await browser.post(new, {"new": NEW})).status_code == 404


async def test_nothing_tells_whether_an_address_is_known(own_db: str, browser: Browser, tmp_path: Path) -> None:
    somebody = await factories.company()
    gone = await factories.company()
    await Person.update({Person.active: False}).where(Person.id == gone.person_id)
    answers = [
        await Browser(browser.client).post("/forgot", {"email": email})
        for email in (somebody.email, gone.email, "nobody@example.test")
    ]
    assert len({(one.status_code, one.headers["location"], one.headers["set-cookie"]) for one in answers}) == 1
    async with postbox() as box:
        await work_off(own_db, settings(tmp_path, box.url))
    assert [mail["To"].addresses[0].addr_spec for mail in box.received] == [somebody.email]


async def test_who_belongs_to_a_deactivated_organisation_is_told_whom_to_ask(
    own_db: str, browser: Browser, tmp_path: Path
) -> None:
    operator = await factories.organisation(OrganisationKind.OPERATOR, contact_email="operator@example.test")
    boss = await factories.person(operator, OrganisationKind.OPERATOR, MemberRole.ADMIN)
    somebody, locked = await factories.company(), await factories.company()
    for company in (somebody, locked):
        await organising.set_active(boss, company.companies[0], False, now())
    await Person.update({Person.active: False}).where(Person.id == locked.person_id)
    answers = [
        await Browser(browser.client).post("/forgot", {"email": email})
        for email in (somebody.email, locked.email, "nobody@example.test")
    ]
    assert len({(one.status_code, one.headers["location"], one.headers["set-cookie"]) for one in answers}) == 1
    async with postbox() as box:
        await work_off(own_db, settings(tmp_path, box.url))
    (mail,) = box.received
    assert mail["To"].addresses[0].addr_spec == somebody.email
    name = (await Organisation.select(Organisation.name_ja).where(Organisation.id == somebody.companies[0]))[0]
    for kind in ("plain", "html"):
        text = words_of(mail, kind)
        assert f"{name['name_ja']}の利用は停止" in text
        assert "operator@example.test" in text
        assert "/enter/" not in text


async def test_mails_are_asked_for_a_few_times_only_known_or_not(db: None, browser: Browser) -> None:
    somebody = await factories.company()
    for email in (somebody.email, "nobody@example.test"):
        answers = [await browser.post("/forgot", {"email": email}) for _ in range(ASKS_PER_EMAIL + 1)]
        assert [one.status_code for one in answers] == [303] * ASKS_PER_EMAIL + [429]
        assert int(answers[-1].headers["retry-after"]) > 0


async def opened(email: str) -> tuple[int, str]:
    """A link to an address as its mail would bring it: number and secret."""
    await service.ask_for_password(email, "ja", "192.0.2.1", now())
    way = await WayIn.select(WayIn.id).where(WayIn.email == email).order_by(WayIn.id, ascending=False).first()
    assert way is not None
    secret = await ways_in.new_secret(way["id"], now())
    assert secret is not None
    return way["id"], secret


async def test_of_two_who_use_a_link_at_once_one_does(own_db: str) -> None:
    somebody = await factories.company()
    _, secret = await opened(somebody.email)
    tries = [service.choose_password(secret, f"{NEW} {number}", now()) for number in range(4)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(one) for one in done if not isinstance(one, accounts.NewSession)] == [NotFound] * 3
    assert await LoginSession.count().where(LoginSession.person_id == somebody.person_id) == 1


async def test_a_link_is_stored_as_its_hash_alone_and_stands_in_no_log(
    own_db: str, browser: Browser, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    somebody = await factories.company()
    (link,) = await asked_for(browser, somebody.email, own_db, tmp_path)
    secret = link.rpartition("/")[2]
    (way,) = await WayIn.select()
    assert way["secret_hash"] == secret_hash(secret)
    (mail,) = await Delivery.select()
    assert IN_THE_MAIL_ALONE in mail["text"]
    async with DB.connection() as connection:
        for table in ("delivery", "event", "procrastinate_jobs", "way_in", "login_attempt"):
            rows = await connection.fetch(f"SELECT row_to_json(one)::text AS row FROM {table} one")
            assert not [row for row in rows if secret in row["row"]], table

    async def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(ways_in, "find", broken)
    assert (await browser.get(link)).status_code == 500
    told = [one for one in caplog.records if one.name.startswith("testfields.web")]
    assert [one.getMessage() for one in told] == ["defect at GET /enter/…"]
    assert secret not in " ".join(f"{one.getMessage()}" for one in caplog.records if one.name.startswith("testfields"))


async def test_a_mail_sent_again_brings_a_new_link_and_none_that_is_over(db: None) -> None:
    way_id, first = await opened((await factories.company()).email)
    second = await ways_in.new_secret(way_id, now())
    assert second is not None
    with pytest.raises(NotFound):
        await ways_in.find(first, now())
    await service.choose_password(second, NEW, now())
    assert await ways_in.new_secret(way_id, now()) is None


async def test_what_is_over_for_long_is_forgotten(db: None) -> None:
    await opened("nobody@example.test")
    assert await ways_in.forget_over(now() + timedelta(hours=24)) == 0
    assert await ways_in.forget_over(now() + timedelta(hours=26)) == 1
