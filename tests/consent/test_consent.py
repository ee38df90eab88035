"""Terms in versions: published, asked for once, kept with who, which, when and in which language."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from httpx import AsyncClient

from testfields.accounts import service as accounts
from testfields.accounts.rules import Actor, MemberRole, OrganisationKind
from testfields.consent import service
from testfields.consent.rules import Agreed, Kind
from testfields.consent.service import NewText
from testfields.consent.tables import Consent, TermsVersion
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, Stale
from testfields.core.local_time import JAPANS_ZONE, local_date
from testfields.db.engine import DB
from testfields.joining import entering
from tests import factories
from tests.consent.agreeing import SAMPLES, TICKED
from tests.joining.test_invitations import EMAIL, NEW, invited

PAGE = {"Accept": "text/html"}


async def admin() -> Actor:
    operator = await factories.organisation(OrganisationKind.OPERATOR)
    return await factories.person(operator, OrganisationKind.OPERATOR, MemberRole.ADMIN)


async def publish(kind: Kind = Kind.TERMS, text: str = "新しい規約", days: int = 0) -> int:
    at = now()
    day = local_date(at, JAPANS_ZONE) + timedelta(days=days)
    return (await service.publish(await admin(), NewText(kind, text, f"{text} in English", day), at)).version


# --- Reading and publishing


async def test_everybody_reads_the_sample_until_something_is_published(db: None, client: AsyncClient) -> None:
    client.cookies.set("lang", "en")
    for kind in Kind:
        text = (await client.get(f"/{kind}")).text
        assert "This is a sample" in text
        assert f'href="/{kind}"' in (await client.get("/sites")).text
    await publish(text="<script>alert(1)</script>\n\n# Title")
    page = (await client.get("/terms")).text
    assert "&lt;script&gt;" in page
    assert "<h2>Title in English</h2>" in page
    assert "This is a sample" not in page
    assert 'href="/terms?version=0"' in page
    assert "This is a sample" in (await client.get("/terms?version=0")).text
    assert "This is a sample" in (await client.get("/privacy")).text
    for wrong in ("9", "x", "", "-1", "01"):
        assert (await client.get(f"/terms?version={wrong}")).status_code == 404


async def test_what_applies_later_can_be_read_and_is_not_in_force(db: None, client: AsyncClient) -> None:
    client.cookies.set("lang", "en")
    await publish(text="Later", days=3)
    assert "Later" not in (await client.get("/terms")).text
    assert "Later in English" in (await client.get("/terms?version=1")).text
    told = (await client.get("/api/v1/terms")).json()
    assert [(one["kind"], one["version"], one["in_force"]) for one in told] == [
        ("terms", 0, True), ("terms", 1, False), ("privacy", 0, True),
    ]  # fmt: skip


async def test_what_was_announced_by_mistake_is_superseded_by_a_newer_version(db: None, client: AsyncClient) -> None:
    client.cookies.set("lang", "en")
    boss, somebody = await admin(), await factories.company()
    await publish(text="Mistaken", days=30)
    assert await publish(text="Meant", days=3) == 2
    at = now()
    for day, version in ((0, 0), (3, 2), (30, 2), (300, 2)):
        then = at + timedelta(days=day)
        assert {one.kind: one.version for one in await service.current(then)}[Kind.TERMS] == version
        assert await service.is_to_agree(somebody.person_id, then) is (version > 0)
    await service.agree(somebody, Agreed({Kind.TERMS: 2, Kind.PRIVACY: 0}, "en"), at + timedelta(days=3))
    assert not await service.is_to_agree(somebody.person_id, at + timedelta(days=30))

    assert (await client.get("/terms")).text.count("Never applied") == 1
    assert "Never applied" in (await client.get("/terms?version=1")).text
    assert (await client.get("/terms?version=2")).text.count("Never applied") == 1
    await factories.log_in(client, boss)
    assert (await client.get("/admin/terms")).text.count("Never applied") == 1


async def test_an_administrator_publishes_in_the_browser(db: None, client: AsyncClient) -> None:
    client.cookies.set("lang", "en")
    csrf = await factories.log_in(client, await admin())
    form = {**csrf, "kind": "privacy", "seen": "0", "text_ja": "告知", "text_en": "Notice"}
    day = local_date(now(), JAPANS_ZONE)
    for typed in ("", "tomorrow", (day - timedelta(days=1)).isoformat(), "2206-12-03"):
        refused = await client.post("/admin/terms", data={**form, "applies_from": typed})
        assert refused.status_code == 422
        assert 'id="f-applies_from-error"' in refused.text
        assert "Notice" in refused.text
    form["applies_from"] = day.isoformat()
    assert (await client.post("/admin/terms", data={**form, "text_en": " "})).status_code == 422
    assert (await client.post("/admin/terms", data=form)).status_code == 303
    assert "Version 1 is published." in (await client.get("/admin/terms?kind=privacy")).text
    stale = await client.post("/admin/terms", data=form)
    assert stale.status_code == 409
    assert "Somebody else has published" in stale.text
    assert "Notice" in (await client.get("/privacy")).text


async def test_of_two_who_publish_at_once_each_has_a_number_of_its_own(own_db: str) -> None:
    made = await asyncio.gather(*(publish(text=f"規約{place}") for place in range(4)))
    assert sorted(made) == [1, 2, 3, 4]
    seen = [service.publish(await admin(), NewText(Kind.TERMS, "a", "a", local_date(now(), JAPANS_ZONE)), now(), 4)]
    seen.append(service.publish(await admin(), NewText(Kind.TERMS, "b", "b", local_date(now(), JAPANS_ZONE)), now(), 4))
    done = await asyncio.gather(*seen, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == [Stale.__name__, "Version"]


@pytest.mark.parametrize("table", ["terms_version", "consent"])
async def test_what_was_published_and_agreed_to_stays_as_it_is(db: None, table: str) -> None:
    await publish()
    somebody = await factories.company()
    await service.agree(somebody, Agreed({Kind.TERMS: 1, Kind.PRIVACY: 0}, "ja"), now())
    for statement in (f"UPDATE {table} SET version = 7", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(asyncpg.RestrictViolationError):
            async with DB.transaction(), DB.connection() as connection:
                await connection.execute(statement)


# --- Being asked


async def test_who_is_logged_in_is_asked_once_and_goes_on_where_they_wanted(db: None, client: AsyncClient) -> None:
    client.cookies.set("lang", "en")
    somebody = await factories.company()
    csrf = await factories.log_in(client, somebody)
    wish = "/my/projects/new?use=drone"
    # The samples bind nobody who is there already.
    assert (await client.get(wish, headers=PAGE)).status_code == 200
    await publish()
    sent_on = await client.get(wish, headers=PAGE)
    assert sent_on.status_code == 303
    asked = await client.get(sent_on.headers["location"], headers=PAGE)
    assert "Terms of use, version 1" in asked.text
    for open_to_them in ("/terms", "/privacy"):
        assert (await client.get(open_to_them, headers=PAGE)).status_code == 200

    # What is not asked for is not kept.
    form = {**csrf, "next": wish, "consent_terms": "1", "consent_privacy": "7"}
    refused = await client.post("/consent", data=form, headers=PAGE)
    assert refused.status_code == 422
    assert "please agree to these texts" in refused.text
    assert wish.replace("&", "&amp;") in refused.text
    assert await Consent.count() == 0
    agreed = await client.post("/consent", data={**form, "consent": "true"}, headers=PAGE)
    assert (agreed.status_code, agreed.headers["location"]) == (303, wish)
    assert (await client.get(wish, headers=PAGE)).status_code == 200
    assert "Terms of use, version 1" in (await client.get("/my/consents")).text
    told = (await client.get("/api/v1/me/consents")).json()
    assert [(one["kind"], one["version"], one["locale"]) for one in told] == [("terms", 1, "en")]
    # Nobody is asked twice.
    assert (await client.get("/consent?next=/my", headers=PAGE)).headers["location"] == "/my"


async def test_a_form_that_was_being_written_is_sent_and_then_is_asked(db: None, client: AsyncClient) -> None:
    csrf = await factories.log_in(client, await factories.company())
    await publish()
    saved = await client.post("/my/account", data={**csrf, "locale": "en"}, headers=PAGE)
    assert (saved.status_code, saved.headers["location"]) == (303, "/my/account")
    assert "/consent?next=%2Fmy%2Faccount" in (await client.get("/my/account", headers=PAGE)).headers["location"]
    # Nor does a part of a page, or data of a map, come to an end.
    assert (await client.get("/my/account", headers={**PAGE, "HX-Request": "true"})).status_code == 200
    assert (await client.get("/api/v1/me", headers=PAGE)).status_code == 200


async def test_programs_and_visitors_go_on(db: None, client: AsyncClient) -> None:
    somebody = await factories.company()
    await publish()
    token = {"Authorization": f"Bearer {await factories.token(somebody)}", **PAGE}
    assert (await client.get("/api/v1/me", headers=token)).status_code == 200
    assert (await client.get("/sites", headers=PAGE)).status_code == 200


async def test_nobody_is_led_to_another_host(db: None, client: AsyncClient) -> None:
    csrf = await factories.log_in(client, await factories.company())
    form = {**csrf, "next": "//elsewhere.test", **TICKED}
    assert (await client.post("/consent", data=form)).headers["location"] == "/my"


async def test_what_came_into_force_while_one_read_is_asked_for(db: None, client: AsyncClient) -> None:
    client.cookies.set("lang", "en")
    csrf = await factories.log_in(client, await factories.company())
    await publish()
    form = {**csrf, "consent": "true", "consent_terms": "1", "consent_privacy": "0"}
    await publish(text="さらに新しい規約")
    refused = await client.post("/consent", data=form)
    assert refused.status_code == 422
    assert "A new version has come into force" in refused.text
    assert 'name="consent_terms" value="2"' in refused.text
    assert await Consent.count() == 0


async def test_publishing_while_people_agree_leaves_nobody_bound_to_what_they_did_not_read(own_db: str) -> None:
    people = [await factories.company() for _ in range(8)]
    await publish()

    async def agree(actor: Actor) -> bool:
        try:
            await service.agree(actor, Agreed({Kind.TERMS: 1, Kind.PRIVACY: 0}, "ja"), now())
        except InvalidInput:
            return False
        return True

    *agreed, _ = await asyncio.gather(*(agree(one) for one in people), publish(text="二番目"))
    assert await TermsVersion.count() == 2
    assert await Consent.count().where(Consent.kind == Kind.TERMS) == agreed.count(True)
    assert {row["version"] for row in await Consent.select(Consent.version).where(Consent.kind == Kind.TERMS)} <= {1}
    assert all([await service.is_to_agree(one.person_id, now()) for one in people])


# --- Coming in


async def test_nobody_comes_in_without_agreeing_and_the_agreement_is_kept(db: None, client: AsyncClient) -> None:
    client.cookies.set("lang", "en")
    secret = await invited(await factories.company())
    page = (await client.get(f"/enter/{secret}")).text
    assert 'href="/terms?version=0"' in page
    assert 'href="/privacy?version=0"' in page
    form = {"name": "新人", "new": NEW}
    refused = await client.post(f"/enter/{secret}", data=form)
    assert refused.status_code == 422
    assert "please agree to these texts" in refused.text
    assert 'value="新人"' in refused.text
    assert await accounts.actor_by_email(EMAIL) is None
    assert (await client.post(f"/enter/{secret}", data={**form, **TICKED})).status_code == 303
    somebody = await accounts.actor_by_email(EMAIL)
    assert somebody is not None
    assert {(one.kind, one.version, one.locale) for one in await service.given(somebody.person_id)} == {
        (Kind.TERMS, 0, "en"), (Kind.PRIVACY, 0, "en"),
    }  # fmt: skip


async def test_an_invitation_stays_when_one_agrees_to_what_is_no_longer_in_force(db: None) -> None:
    secret = await invited(await factories.company())
    await publish()
    with pytest.raises(InvalidInput):
        await entering.as_new(secret, "新人", NEW, SAMPLES, now())
    await entering.as_new(secret, "新人", NEW, Agreed({Kind.TERMS: 1, Kind.PRIVACY: 0}, "ja"), now())


async def test_who_has_an_account_and_agreed_is_not_asked_again(db: None) -> None:
    known, manager = await factories.company(), await factories.company()
    secret = await invited(manager, known.email)
    with pytest.raises(InvalidInput):
        await entering.as_known(known, secret, Agreed({}, "ja"), now())
    await service.agree(known, SAMPLES, now())
    await entering.as_known(known, secret, Agreed({}, "ja"), now())
