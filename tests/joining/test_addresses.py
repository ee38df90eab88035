"""Changing one's e-mail address: by password and the new mailbox, undone from the old one, no word about others."""

import asyncio
from pathlib import Path

import pytest
from httpx import AsyncClient

from testfields.accounts import addresses, directory, tokens, ways_in
from testfields.accounts import service as accounts
from testfields.accounts.entries import NewEmail, NewToken
from testfields.accounts.rules import ASKS_PER_EMAIL, Actor, MemberRole, OrganisationKind, Purpose, Scope
from testfields.accounts.tables import Person, WayIn
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, NotFound, WrongState
from testfields.joining import entering, inviting, service
from testfields.joining.inviting import NewInvitation
from tests import factories
from tests.accounts.people import PASSWORD, Browser, with_password
from tests.consent.agreeing import SAMPLES
from tests.joining.test_forgotten import LINK
from tests.working import postbox, settings, words_of, work_off

EMAIL = "moved@example.test"
NEW = "another password of mine"
HERE = "192.0.2.1"


@pytest.fixture
def browser(client: AsyncClient) -> Browser:
    return Browser(client)


async def somebody_at(browser: Browser) -> Actor:
    somebody = await with_password(await factories.company())
    await browser.log_in(somebody)
    return somebody


async def ask(actor: Actor, email: str = EMAIL) -> None:
    await addresses.ask(actor, NewEmail(email, PASSWORD), HERE, now())


async def secret_to(email: str, purpose: Purpose = Purpose.NEW_EMAIL) -> str:
    """The newest link to an address, as its mail would bring it."""
    where = (WayIn.email == email) & (WayIn.purpose == purpose)
    way = await WayIn.select(WayIn.id).where(where).order_by(WayIn.id, ascending=False).first()
    assert way is not None
    secret = await ways_in.new_secret(way["id"], now())
    assert secret is not None
    return secret


async def moved(actor: Actor, email: str = EMAIL) -> None:
    await ask(actor, email)
    await addresses.confirm(actor, await secret_to(email), now())


async def email_of(actor: Actor) -> str:
    row = await Person.select(Person.email).where(Person.id == actor.person_id).first()
    assert row is not None
    return str(row["email"])


async def test_an_address_changes_when_the_new_mailbox_confirms_and_the_old_one_is_told(
    own_db: str, browser: Browser, tmp_path: Path
) -> None:
    somebody, elsewhere = await somebody_at(browser), Browser(browser.client)
    await elsewhere.log_in(somebody)
    token = await tokens.create(somebody, NewToken("t", [Scope.READ], factories.tomorrow()), now())
    assert (await browser.post("/my/email", {"email": EMAIL.upper(), "password": PASSWORD})).status_code == 303
    assert EMAIL in (await browser.get("/my/account")).text
    async with postbox() as box:
        await work_off(own_db, settings(tmp_path, box.url))
        (mail,) = box.received
        (link,) = LINK.findall(words_of(mail))
        assert [one["To"].addresses[0].addr_spec for one in box.received] == [EMAIL]
        assert await email_of(somebody) == somebody.email
        # Looking changes nothing.
        for _ in range(2):
            assert (await browser.get(link)).status_code == 200
        done = await browser.post(link, {})
        assert (done.status_code, done.headers["location"]) == (303, "/my/account")
        await work_off(own_db, settings(tmp_path, box.url))
        (told,) = box.to(somebody.email)
    assert "/enter/" in words_of(told)
    assert await email_of(somebody) == EMAIL
    assert "/my/email/again" not in (await browser.get("/my/account")).text
    # Sessions and tokens stay; one logs in with the new address alone.
    assert (await elsewhere.get("/my/account")).status_code == 200
    assert await accounts.actor_by_token(token.secret, now()) is not None
    assert (await browser.post(link, {})).status_code == 404
    known = Browser(browser.client)
    assert (await known.post("/login", {"email": somebody.email, "password": PASSWORD})).status_code == 422
    assert (await known.post("/login", {"email": EMAIL, "password": PASSWORD})).status_code == 303


async def test_asking_needs_the_password_and_an_address_that_is_another(db: None, browser: Browser) -> None:
    somebody = await somebody_at(browser)
    for form in (
        {"email": EMAIL, "password": "wrong"},
        {"email": "no address", "password": PASSWORD},
        {"email": somebody.email, "password": PASSWORD},
        {},
    ):
        assert (await browser.post("/my/email", form)).status_code == 422
    assert await WayIn.count() == 0


async def test_whoever_found_a_mail_confirms_nothing_without_the_password(db: None, browser: Browser) -> None:
    somebody, other = await with_password(await factories.company()), await with_password(await factories.company())
    await ask(somebody)
    link = f"/enter/{await secret_to(EMAIL)}"
    stranger = Browser(browser.client)
    shown = await stranger.get(link)
    assert somebody.email not in shown.text
    assert somebody.name not in shown.text
    assert (await stranger.post(link, {})).status_code == 422
    await browser.log_in(other)
    assert (await browser.post(link, {"password": "wrong"})).status_code == 422
    with pytest.raises(NotFound):
        await addresses.confirm(other, await secret_to(EMAIL), now())
    link = f"/enter/{await secret_to(EMAIL)}"
    assert await email_of(somebody) == somebody.email
    assert (await stranger.post(link, {"password": PASSWORD})).status_code == 303
    assert await email_of(somebody) == EMAIL
    assert EMAIL in (await stranger.get("/my/account")).text


async def test_the_asker_learns_nothing_of_who_has_an_address_and_the_receiver_does(
    own_db: str, browser: Browser, tmp_path: Path
) -> None:
    somebody, known, locked = await somebody_at(browser), await factories.company(), await factories.company()
    await Person.update({Person.active: False}).where(Person.id == locked.person_id)
    answers, pages = [], []
    for email in (EMAIL, known.email, locked.email):
        answers.append(await browser.post("/my/email", {"email": email, "password": PASSWORD}))
        pages.append((await browser.get("/my/account?lang=en")).text.replace(email, ""))
        async with postbox() as box:
            await work_off(own_db, settings(tmp_path, box.url))
        (mail,) = box.received
        assert mail["To"].addresses[0].addr_spec == email
        assert bool(LINK.findall(words_of(mail))) == (email == EMAIL)
    assert len({(one.status_code, one.headers["location"]) for one in answers}) == 1
    assert len({len(page) for page in pages}) == 1
    # Nor can it be confirmed by whoever gets hold of the link.
    with pytest.raises(WrongState):
        await addresses.confirm(somebody, await secret_to(locked.email), now())
    assert await email_of(somebody) == somebody.email


async def test_it_is_ended_by_a_newer_one_and_by_cancelling(db: None, browser: Browser) -> None:
    somebody = await somebody_at(browser)
    other = await with_password(await factories.company())
    await ask(somebody)
    first = await secret_to(EMAIL)
    # Somebody else's to the same address does not end it.
    await ask(other)
    assert await ways_in.find(first, now())
    await ask(somebody, "elsewhere@example.test")
    with pytest.raises(NotFound):
        await ways_in.find(first, now())
    second = await secret_to("elsewhere@example.test")
    assert (await browser.post("/my/email/again")).status_code == 303
    with pytest.raises(NotFound):
        await ways_in.find(second, now())
    assert (await browser.post("/my/email/cancel")).status_code == 303
    assert await addresses.asked(somebody, now()) is None
    assert (await browser.post("/my/email/again")).status_code == 404


REPLACING = {
    "by oneself": lambda actor: accounts.change_password(actor, PASSWORD, NEW, HERE, now()),
    "by mail": lambda actor: accounts.replace_password(actor.email, "$argon2id$", now()),
    "by an administrator": lambda actor: directory.reset_password(actor.person_id, now()),
}


@pytest.mark.parametrize("how", REPLACING)
async def test_a_new_password_ends_a_change_that_waits(db: None, how: str) -> None:
    somebody = await with_password(await factories.company())
    await ask(somebody)
    secret = await secret_to(EMAIL)
    await REPLACING[how](somebody)
    assert await addresses.asked(somebody, now()) is None
    with pytest.raises(NotFound):
        await addresses.confirm(somebody, secret, now())


async def test_asking_is_throttled_by_the_address_that_is_written_to(db: None, browser: Browser) -> None:
    await somebody_at(browser)
    form = {"email": EMAIL, "password": PASSWORD}
    answers = [await browser.post("/my/email", form) for _ in range(ASKS_PER_EMAIL)]
    assert [one.status_code for one in answers] == [303] * ASKS_PER_EMAIL
    for path in ("/my/email", "/my/email/again"):
        late = await browser.post(path, form)
        assert (late.status_code, int(late.headers["retry-after"]) > 0) == (429, True)


async def test_of_two_who_want_an_address_at_once_one_has_it(own_db: str) -> None:
    one, two = await with_password(await factories.company()), await with_password(await factories.company())
    await ask(one)
    await ask(two)
    secrets = []
    for way in await WayIn.select(WayIn.id).order_by(WayIn.id):
        secrets.append(await ways_in.new_secret(way["id"], now()) or "")
    manager = await factories.company()
    invitation = await inviting.invite(manager, NewInvitation(EMAIL, manager.companies[0], [MemberRole.MEMBER]), now())
    invited = await ways_in.new_secret(invitation, now()) or ""
    done = await asyncio.gather(
        *(addresses.confirm(actor, secret, now()) for actor, secret in zip((one, two), secrets, strict=True)),
        entering.as_new(invited, "新しい人", NEW, SAMPLES, now()),
        return_exceptions=True,
    )
    assert len([result for result in done if not isinstance(result, WrongState | NotFound)]) == 1
    assert await Person.count().where(Person.email == EMAIL) == 1
    with pytest.raises((WrongState, NotFound)):
        await addresses.confirm(one, secrets[0], now())


async def test_what_waits_at_the_old_address_follows_or_ends(db: None) -> None:
    somebody, manager = await with_password(await factories.company()), await factories.company()
    offer = NewInvitation(somebody.email, manager.companies[0], [MemberRole.MEMBER])
    invited = await ways_in.new_secret(await inviting.invite(manager, offer, now()), now()) or ""
    await service.ask_for_password(somebody.email, "ja", HERE, now())
    reset = await secret_to(somebody.email, Purpose.RESET)
    await moved(somebody)
    with pytest.raises(NotFound):
        await service.choose_password(reset, NEW, now())
    # Whoever reads the old mailbox makes no second account of it.
    with pytest.raises(NotFound):
        await entering.as_new(invited, "別人", NEW, SAMPLES, now())
    now_at = await accounts.actor_by_email(EMAIL)
    assert now_at is not None
    await entering.as_known(now_at, invited, SAMPLES, now())


async def test_the_old_mailbox_takes_the_account_back_from_whoever_knew_the_password(
    db: None, browser: Browser
) -> None:
    somebody = await somebody_at(browser)
    await moved(somebody, "thief@example.test")
    thief = await accounts.actor_by_email("thief@example.test")
    assert thief is not None
    await moved(thief, "thief-again@example.test")
    await tokens.create(somebody, NewToken("t", [Scope.READ], factories.tomorrow()), now())
    # A new password of the thief's does not close the way back.
    await accounts.change_password(
        await accounts.actor_by_email("thief-again@example.test") or thief, PASSWORD, NEW, HERE, now()
    )
    thiefs = await secret_to("thief@example.test", Purpose.OLD_EMAIL)
    back = f"/enter/{await secret_to(somebody.email, Purpose.OLD_EMAIL)}"
    owner = Browser(browser.client)
    assert (await owner.get(back)).status_code == 200
    assert (await owner.post(back, {"new": "short"})).status_code == 422
    assert (await owner.post(back, {"new": "a third password, mine"})).status_code == 303
    assert await email_of(somebody) == somebody.email
    assert (await browser.get("/my/account")).status_code == 303
    assert await tokens.in_force(somebody, now()) == []
    assert (await Browser(browser.client).log_in(somebody, "a third password, mine")).status_code == 303
    # What the thief's own change brought to the thief's mailbox opens nothing any more.
    with pytest.raises(NotFound):
        await addresses.take_back(thiefs, NEW, now())


async def test_a_later_way_back_does_not_end_an_earlier_one(db: None) -> None:
    somebody = await with_password(await factories.company())
    await moved(somebody, "one@example.test")
    actor = await accounts.actor_by_email("one@example.test")
    assert actor is not None
    await moved(actor, "two@example.test")
    await addresses.take_back(await secret_to("one@example.test", Purpose.OLD_EMAIL), NEW, now())
    await addresses.take_back(await secret_to(somebody.email, Purpose.OLD_EMAIL), NEW, now())
    assert await email_of(somebody) == somebody.email


async def test_an_address_is_changed_by_api_in_a_browser_alone(db: None, browser: Browser) -> None:
    somebody = await somebody_at(browser)
    headers = {"X-CSRF-Token": browser.csrf}
    body = {"email": EMAIL, "password": PASSWORD}
    shown = await browser.get("/api/v1/me/email")
    assert shown.json() == {"email": somebody.email, "asked": None}
    assert (await browser.send("PUT", "/api/v1/me/email", json=body, headers=headers)).status_code == 202
    assert (await browser.send("POST", "/api/v1/me/email/again", headers=headers)).status_code == 202
    assert (await browser.get("/api/v1/me/email")).json()["asked"]["email"] == EMAIL
    assert (await browser.send("DELETE", "/api/v1/me/email", headers=headers)).status_code == 204
    assert (await browser.send("POST", "/api/v1/me/email/again", headers=headers)).status_code == 404
    token = await tokens.create(somebody, NewToken("t", [Scope.BOOK], factories.tomorrow()), now())
    bearer = {"Authorization": f"Bearer {token.secret}"}
    assert (await browser.client.put("/api/v1/me/email", json=body, headers=bearer)).status_code == 403


async def test_a_link_of_another_kind_changes_no_address(db: None) -> None:
    somebody = await with_password(await factories.company())
    await service.ask_for_password(somebody.email, "ja", HERE, now())
    reset = await secret_to(somebody.email, Purpose.RESET)
    with pytest.raises(NotFound):
        await addresses.confirm(somebody, reset, now())
    with pytest.raises(NotFound):
        await addresses.take_back(reset, NEW, now())
    await ask(somebody)
    for use in (service.choose_password, addresses.take_back):
        with pytest.raises(NotFound):
            await use(await secret_to(EMAIL), NEW, now())
    with pytest.raises(InvalidInput):
        await addresses.ask(somebody, NewEmail("x", PASSWORD), HERE, now())


async def test_staff_change_theirs_as_companies_do(db: None) -> None:
    owner = await factories.organisation(OrganisationKind.OWNER)
    reviewer = await with_password(await factories.person(owner, OrganisationKind.OWNER, MemberRole.REVIEWER))
    await moved(reviewer)
    assert await email_of(reviewer) == EMAIL
