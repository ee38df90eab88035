"""A company registers itself: nothing before its link is used, drafts at once, applications once it is verified."""

import asyncio
from pathlib import Path

import pytest
from httpx import AsyncClient

from testfields.accounts import service as accounts
from testfields.accounts import ways_in
from testfields.accounts.rules import ASKS_PER_EMAIL, Actor
from testfields.accounts.tables import Organisation, Person, WayIn
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.corporate_number import check_digit
from testfields.core.errors import InvalidInput, NotAllowed, NotFound, TooMany
from testfields.joining import entering, registering
from testfields.joining.registering import NewCompany
from testfields.reservations import filing, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action, State
from tests import factories
from tests.accounts.people import PASSWORD, Browser, with_password
from tests.consent.agreeing import SAMPLES, TICKED
from tests.joining.test_forgotten import LINK
from tests.working import postbox, settings, words_of, work_off

NEW, EMAIL = "another password of mine", "founder@example.test"
NUMBER = f"{check_digit('123456789012')}123456789012"
SAID = {
    "name_ja": "新しい会社",
    "name_en": "New company",
    "kana": "アタラシイカイシャ",
    "corporate_number": NUMBER,
    "address": "大阪市北区中之島1-3-20",
    "wish": "公園で搬送ロボットを試したい。",
}


@pytest.fixture
def browser(client: AsyncClient) -> Browser:
    return Browser(client)


async def link(email: str = EMAIL, **others: str) -> str:
    """The secret of a registration, as its mail would bring it."""
    await registering.register(NewCompany(email=email, **{**SAID, **others}), "ja", "192.0.2.1", now())
    way = await WayIn.select(WayIn.id).where(WayIn.email == email).order_by(WayIn.id, ascending=False).first()
    assert way is not None
    secret = await ways_in.new_secret(way["id"], now())
    assert secret is not None
    return secret


async def registered(email: str = EMAIL, **others: str) -> Actor:
    """Somebody whose company waits to be verified."""
    await entering.as_new(await link(email, **others), "創業者", NEW, SAMPLES, now())
    founder = await accounts.actor_by_email(email)
    assert founder is not None
    return founder


async def test_from_registration_to_the_first_application_by_pages_alone(
    own_db: str, browser: Browser, tmp_path: Path
) -> None:
    field = await factories.field()
    reviewer = await with_password(field.reviewer)
    asked = await browser.post("/register", {**SAID, "email": EMAIL.upper()})
    assert (asked.status_code, asked.headers["location"]) == (303, "/login")
    assert await Organisation.count().where(Organisation.corporate_number == NUMBER) == 0
    async with postbox() as box:
        await work_off(own_db, settings(tmp_path, box.url))
    (mail,) = box.to(EMAIL)
    (address,) = LINK.findall(words_of(mail))
    shown = await browser.get(address)
    assert (shown.status_code, shown.headers["referrer-policy"]) == (200, "no-referrer")
    assert "新しい会社" in shown.text
    entered = await browser.post(address, {"name": "創業者", "new": NEW, **TICKED})
    assert (entered.status_code, entered.headers["location"]) == (303, "/my")
    founder = await accounts.actor_by_email(EMAIL)
    assert founder is not None

    # A draft at once, more only when staff have looked.
    project = await factories.project(founder)
    asked_for = (Asked(factories.period(9)),)
    draft = await filing.file(founder, Application(project, field.area_id, asked_for, Action.SAVE), now())
    with pytest.raises(NotAllowed):
        await steps.act(founder, draft.id, Step(Action.SUBMIT), now())

    desk = Browser(browser.client)
    await desk.log_in(reviewer)
    listed = (await desk.get("/desk/companies")).text
    assert "新しい会社" in listed
    assert SAID["wish"] in listed
    company = founder.companies[0]
    assert (await desk.post(f"/desk/companies/{company}/refuse", {f"reason_{company}": " "})).status_code == 422
    assert (
        await desk.post(f"/desk/companies/{company}/refuse", {f"reason_{company}": "電話が通じません。"})
    ).status_code == 303
    assert "電話が通じません。" in (await desk.get("/desk/companies")).text
    assert (await desk.post(f"/desk/companies/{company}/verify")).status_code == 303
    assert (await desk.post(f"/desk/companies/{company}/verify")).status_code == 404
    async with postbox() as box:
        await work_off(own_db, settings(tmp_path, box.url))
    # They are sent side by side.
    assert sorted("電話が通じません。" in words_of(one) for one in box.to(EMAIL)) == [False, True]
    verified = await accounts.actor_by_email(EMAIL)
    assert verified is not None
    assert (await steps.act(verified, draft.id, Step(Action.SUBMIT), now())).state is State.SUBMITTED


@pytest.mark.parametrize("action", [Action.SUBMIT, Action.HOLD, Action.WAIT])
async def test_an_unverified_company_gets_nothing_that_others_could_have(db: None, action: Action) -> None:
    field, founder = await factories.field(), await registered()
    project, asked = await factories.project(founder), (Asked(factories.period(9)),)
    with pytest.raises(NotAllowed):
        await filing.file(founder, Application(project, field.area_id, asked, action), now())


async def test_an_owner_may_let_companies_apply_at_once(db: None) -> None:
    field, founder = await factories.field(), await registered()
    await Organisation.update({Organisation.asks_verified: False}).where(Organisation.id == field.owner_id)
    project, asked = await factories.project(founder), (Asked(factories.period(9)),)
    filed = await filing.file(founder, Application(project, field.area_id, asked), now())
    assert filed.state is State.SUBMITTED


async def test_the_others_of_ones_companies_apply_as_before(db: None) -> None:
    field, known = await factories.field(), await factories.company()
    await entering.as_known(known, await link(known.email), SAMPLES, now())
    both = await accounts.actor_by_email(known.email)
    assert both is not None
    assert len(both.companies) == 2
    project, asked = await factories.project(known), (Asked(factories.period(9)),)
    assert (await filing.file(both, Application(project, field.area_id, asked), now())).state is State.SUBMITTED


async def test_a_number_is_one_companys(db: None, browser: Browser) -> None:
    await registered()
    again = await browser.post("/register", {**SAID, "email": "thief@example.test"})
    assert again.status_code == 422
    assert SAID["name_en"] not in again.text.replace(f'value="{SAID["name_en"]}"', "")
    assert await WayIn.count().where(WayIn.email == "thief@example.test") == 0
    # Sole traders and bodies from abroad have none.
    first, second = [await registered(f"sole-{one}@example.test", corporate_number="") for one in range(2)]
    assert first.companies != second.companies


async def test_of_two_who_confirm_the_same_number_at_once_one_does(own_db: str) -> None:
    secrets = [await link(f"rival-{one}@example.test") for one in range(2)]
    done = await asyncio.gather(
        *(entering.as_new(secret, "創業者", NEW, SAMPLES, now()) for secret in secrets), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) == ["InvalidInput", "NewSession"]
    assert await Person.count().where(Person.email.like("rival-%")) == 1


async def test_nothing_tells_whether_an_address_is_known(db: None, browser: Browser) -> None:
    known = await factories.company()
    answers = [
        await Browser(browser.client).post("/register", {**SAID, "email": email})
        for email in (known.email, "nobody@example.test")
    ]
    assert len({(one.status_code, one.headers["location"], one.headers["set-cookie"]) for one in answers}) == 1


async def test_somebody_known_confirms_with_their_password(db: None, browser: Browser) -> None:
    known = await with_password(await factories.company())
    secret = await link(known.email)
    assert (await browser.post(f"/enter/{secret}", {"name": "x", "new": NEW})).status_code == 422
    assert (await browser.post(f"/enter/{secret}", {"password": PASSWORD, **TICKED})).status_code == 303
    with pytest.raises(NotFound):
        await entering.as_known(known, secret, SAMPLES, now())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name_ja", " "),
        ("name_en", "a\x00b"),
        ("corporate_number", "1234567890123"),
        ("address", ""),
        ("wish", ""),
        ("email", "x\r\nBcc: y@example.test"),
    ],
)
async def test_what_cannot_be_said_is_refused_by_its_field(db: None, field: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await registering.register(NewCompany(**{"email": EMAIL, **SAID, field: value}), "ja", "192.0.2.1", now())
    assert [one.path for one in refused.value.faults] == [field]
    assert await WayIn.count() == 0


async def test_registrations_are_few_in_a_while(db: None) -> None:
    for _ in range(ASKS_PER_EMAIL):
        await link()
    with pytest.raises(TooMany):
        await link()


async def test_by_api(db: None, client: AsyncClient) -> None:
    field = await factories.field()
    asked = await client.post("/api/v1/companies", json={**SAID, "email": EMAIL})
    assert asked.status_code == 202
    company = (await registered(corporate_number="")).companies[0]
    known = {"Authorization": f"Bearer {await factories.token(field.reviewer)}"}
    assert [one["id"] for one in (await client.get("/api/v1/companies/unverified", headers=known)).json()] == [company]
    refused = await client.post(f"/api/v1/companies/{company}/refuse", json={"reason": "理由"}, headers=known)
    assert refused.status_code == 204
    assert (await client.post(f"/api/v1/companies/{company}/verify", headers=known)).status_code == 204
    assert (await client.get("/api/v1/companies/unverified", headers=known)).json() == []
