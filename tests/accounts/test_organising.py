"""Organisations: what is said of them is changed, they are found, deactivated with open eyes, and activated again."""

from typing import Any

import asyncpg
import pytest
from httpx import AsyncClient

from testfields.accounts import organising
from testfields.accounts import service as accounts
from testfields.accounts.entries import ChangedOrganisation
from testfields.accounts.rules import Actor, MemberRole, OrganisationKind
from testfields.accounts.tables import Organisation, Person
from testfields.core.clock import now
from testfields.core.errors import WrongState
from testfields.db.engine import DB
from testfields.joining import inviting
from testfields.joining.inviting import NewInvitation
from tests import factories
from tests.accounts.people import PASSWORD, Browser, admin, with_password
from tests.reviews.cases import file

SAID = {
    "name_ja": "新しい名",
    "name_en": "New name",
    "kana": "アタラシイナ",
    "corporate_number": "4000020270008",
    "address": "大阪市 1-1",
    "contact_email": "new@example.test",
    "metric_crs": 6674,
    "asks_verified": True,
}


async def known(actor: Actor) -> dict[str, str]:
    return {"Authorization": f"Bearer {await factories.token(actor)}", "Accept-Language": "en"}


async def told(organisation_id: int) -> list[tuple[str, str]]:
    async with DB.connection() as connection:
        rows = await connection.fetch(
            "SELECT action, details::text AS details FROM event WHERE subject = 'organisation' AND subject_id = $1"
            " ORDER BY sequence",
            organisation_id,
        )
    return [(row["action"], row["details"]) for row in rows]


async def test_what_is_said_is_replaced_by_whoever_saw_it_last(db: None, client: AsyncClient) -> None:
    company, other = await factories.company(), await factories.company()
    headers = await known(await admin())
    address = f"/api/v1/organisations/{company.companies[0]}"
    seen = await client.get(address, headers=headers)
    assert (await client.put(address, json=SAID, headers=headers)).status_code == 428
    changed = await client.put(address, json=SAID, headers=headers | {"If-Match": seen.headers["ETag"]})
    assert changed.status_code == 200, changed.text
    assert {name: changed.json()[name] for name in SAID} == SAID
    late = await client.put(address, json=SAID, headers=headers | {"If-Match": seen.headers["ETag"]})
    assert late.status_code == 412
    ((action, details),) = await told(company.companies[0])
    assert action == "change"
    assert seen.json()["name_ja"] in details

    taken = f"/api/v1/organisations/{other.companies[0]}"
    refused = await client.put(taken, json=SAID, headers=headers | {"If-Match": "*"})
    assert [one["path"] for one in refused.json()["errors"]] == ["corporate_number"]
    wrong: dict[str, Any] = SAID | {"name_ja": " ", "contact_email": "x", "kana": "ア" * 201, "corporate_number": "1"}
    refused = await client.put(taken, json=wrong, headers=headers | {"If-Match": "*"})
    assert {one["path"] for one in refused.json()["errors"]} == {
        "name_ja", "contact_email", "kana", "corporate_number"
    }  # fmt: skip
    assert (await client.get("/api/v1/organisations/999999", headers=headers)).status_code == 404


async def test_an_owners_land_is_measured_in_another_system_that_fits_it(db: None, client: AsyncClient) -> None:
    field = await factories.field(slug="harbour", geometry=factories.square(135.4, 34.6))
    headers = await known(await admin()) | {"If-Match": "*"}
    address = f"/api/v1/organisations/{field.owner_id}"
    before = (await client.get("/api/v1/sites/harbour")).json()["area_m2"]
    # V is the neighbour of Osaka's own, IX is Tokyo's.
    for code, status in ((6673, 200), (6677, 422), (3857, 422), (6668, 422)):
        answer = await client.put(address, json=SAID | {"metric_crs": code}, headers=headers)
        assert answer.status_code == status, answer.text
        if status == 422:
            ((told),) = answer.json()["errors"]
            assert told["path"] == "metric_crs"
            assert ("“harbour” lies too far" in told["message"]) is (code == 6677)
    after = (await client.get("/api/v1/sites/harbour")).json()["area_m2"]
    assert 0 < abs(after / before - 1) < 0.002
    stored = await client.get(address, headers=headers)
    assert stored.json()["metric_crs"] == 6673


async def test_what_else_the_database_refuses_is_not_told_as_a_system_that_lies_too_far(db: None) -> None:
    owner = await factories.organisation(OrganisationKind.OWNER)
    async with DB.connection() as connection:
        await connection.execute("ALTER TABLE organisation ADD CONSTRAINT another CHECK (name_en <> 'New name')")
    with pytest.raises(asyncpg.CheckViolationError):
        await organising.change(await admin(), owner, None, ChangedOrganisation(**SAID), now())


async def test_by_pages(db: None, client: AsyncClient) -> None:
    browser, company = Browser(client), await factories.company()
    await browser.log_in(await with_password(await admin()))
    path = f"/admin/organisations/{company.companies[0]}"
    assert "短い名前は変更できません" in (await browser.get(path)).text
    form = {**SAID, "asks_verified": "true", "corporate_number": "４０００－０２０２－７０００８"}
    assert (await browser.post(path, {**form, "version": "1", "name_en": ""})).status_code == 422
    late = await browser.post(f"{path}?lang=en", {**form, "version": "7"})
    assert late.status_code == 409
    assert "Somebody else has changed this organisation" in late.text
    assert f'value="{SAID["name_en"]}"' in late.text
    assert 'name="version" value="1"' in late.text
    assert (await browser.post(path, {**form, "version": "1"})).status_code == 303
    row = await Organisation.objects().get(Organisation.id == company.companies[0])
    assert row is not None
    assert {name: getattr(row, name) for name in SAID} == SAID
    for found, text in ((True, "あたらしい"), (True, "new NAME"), (False, "new nothing")):
        shown = await browser.get(f"/admin/organisations?text={text}")
        assert (f'href="{path}"' in shown.text) is found


async def test_people_are_found_by_name_and_address(db: None, client: AsyncClient) -> None:
    headers = await known(await admin())
    company = await factories.company()
    await Person.update({Person.name: "佐藤　花子"}).where(Person.id == company.person_id)
    for text in ("佐藤", "花子 佐藤", company.email.upper()):
        (one,) = (await client.get("/api/v1/people", params={"text": text}, headers=headers)).json()
        assert one["id"] == company.person_id
    assert (await client.get("/api/v1/people?text=nobody", headers=headers)).json() == []
    manager = await known(company)
    assert (await client.get("/api/v1/people?text=nobody", headers=manager)).json() == []


async def test_a_deactivated_organisation_makes_nobody_anything(db: None, client: AsyncClient) -> None:
    boss, company = await known(await admin()), await with_password(await factories.company())
    browser = Browser(client)
    await browser.log_in(company)
    token = await known(company)
    invitation = NewInvitation("new@example.test", company.companies[0], [MemberRole.MEMBER])
    await inviting.invite(company, invitation, now())
    address = f"/api/v1/organisations/{company.companies[0]}"
    assert (await client.get("/api/v1/me", headers=token)).status_code == 200

    out = await client.post(f"{address}/deactivate", headers=boss)
    assert (out.status_code, out.json()["active"], out.json()["people"]) == (200, False, 1)
    assert (await client.get("/api/v1/me", headers=token)).status_code == 401
    assert (await browser.get("/my")).status_code in {302, 303, 401}
    login = await browser.post("/login", {"email": company.email, "password": PASSWORD})
    assert login.status_code == 422
    assert await accounts.actor_by_email(company.email) is None
    assert (await client.get("/api/v1/invitations", headers=boss)).json() == []
    assert (await client.post("/api/v1/invitations", json={
        "email": "x@example.test", "organisation_id": company.companies[0], "roles": ["member"],
    }, headers=boss)).status_code == 404  # fmt: skip

    assert (await client.post(f"{address}/deactivate", headers=boss)).status_code == 200
    assert (await client.post(f"{address}/activate", headers=boss)).json()["active"] is True
    assert (await client.get("/api/v1/me", headers=token)).status_code == 200
    assert [action for action, _ in await told(company.companies[0])] == ["deactivate", "activate"]


async def test_who_is_somewhere_else_too_goes_on_there(db: None, client: AsyncClient) -> None:
    company, other = await factories.company(), await factories.organisation(OrganisationKind.COMPANY)
    await factories.MembershipRow(person_id=company.person_id, organisation_id=other, role="member").save()
    await organising.set_active(await admin(), company.companies[0], False, now())
    me = (await client.get("/api/v1/me", headers=await known(company))).json()
    assert [one["organisation_id"] for one in me["memberships"]] == [other]
    kept = await client.get(f"/api/v1/people?text={company.email}", headers=await known(await admin()))
    assert {one["organisation_id"] for one in kept.json()[0]["memberships"]} == {*company.companies, other}


async def test_the_page_tells_what_stays_open_before_its_button(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    await file(field, company, 9)
    browser = Browser(client)
    await browser.log_in(await with_password(await admin()))
    path = f"/admin/organisations/{field.owner_id}"
    shown = (await browser.get(f"{path}/deactivate?lang=en")).text
    for line in (
        "wait for a decision: 1",
        "take no applications any more: 1",
        "can log in: 3",
        "The first decision is due by",
    ):
        assert shown.index(line) < shown.index(f'action="{path}/deactivate"')
    assert "under way: 1" in (await browser.get(f"/admin/organisations/{company.companies[0]}/deactivate")).text
    assert (await browser.post(f"{path}/deactivate", {})).status_code == 303
    assert f'action="{path}/activate"' in (await browser.get(path)).text
    assert f'action="{path}/deactivate"' not in (await browser.get(f"{path}/deactivate")).text
    assert (await browser.post(f"{path}/activate", {})).status_code == 303


async def test_the_operator_is_never_deactivated(db: None, client: AsyncClient) -> None:
    boss = await admin()
    operator = boss.memberships[0].organisation_id
    with pytest.raises(WrongState):
        await organising.set_active(boss, operator, False, now())
    answer = await client.post(f"/api/v1/organisations/{operator}/deactivate", headers=await known(boss))
    assert answer.status_code == 409
    assert (await client.get("/api/v1/me", headers=await known(boss))).status_code == 200


async def test_whom_an_owner_lets_apply_is_its_staff_managers_to_say(db: None, client: AsyncClient) -> None:
    field = await factories.field()
    staff = await factories.person(field.owner_id, OrganisationKind.OWNER, MemberRole.STAFF_MANAGER)
    other = (await factories.field()).owner_id
    address = f"/api/v1/organisations/{field.owner_id}/asks_verified"

    async def asks() -> bool:
        row = await Organisation.objects().get(Organisation.id == field.owner_id)
        assert row is not None
        return bool(row.asks_verified)

    assert (await client.put(address, json={"asks_verified": False}, headers=await known(staff))).status_code == 204
    assert not await asks()
    for actor in (await admin(), staff):
        assert (await client.put(address, json={"asks_verified": True}, headers=await known(actor))).status_code == 204
    assert await asks()
    assert [action for action, _ in await told(field.owner_id)] == ["change", "change"]
    theirs = f"/api/v1/organisations/{other}/asks_verified"
    assert (await client.put(theirs, json={"asks_verified": False}, headers=await known(staff))).status_code == 404
    refused = await client.put(address, json={"asks_verified": False}, headers=await known(field.approver))
    assert refused.status_code == 403

    browser = Browser(client)
    await browser.log_in(await with_password(staff))
    assert 'action="/my/members/verified"' in (await browser.get("/my/members")).text
    saved = await browser.post("/my/members/verified", {"organisation_id": str(field.owner_id)})
    assert saved.status_code == 303
    assert not await asks()
