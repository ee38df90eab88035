"""Organisations and people: kept by administrators, seen by nobody else but a company's own managers."""

import re
from typing import Any

import pytest
from httpx import AsyncClient

from testfields.accounts import directory
from testfields.accounts.entries import NewOrganisation, NewPerson, NewRole
from testfields.accounts.rules import PLANE_RECTANGULAR_SYSTEMS, Actor, MemberRole, OrganisationKind
from testfields.accounts.tables import ApiToken, LoginSession, Organisation, Person
from testfields.core.errors import InvalidInput
from testfields.db.engine import DB
from tests import factories
from tests.accounts.people import PASSWORD, Browser, admin, with_password

OSAKA = {
    "kind": "owner",
    "slug": "osaka-pref",
    "name_ja": "大阪府",
    "name_en": "Osaka Prefecture",
    "contact_email": "contact@example.test",
    "corporate_number": "4000020270008",
}


@pytest.fixture
def browser(client: AsyncClient) -> Browser:
    return Browser(client)


async def bearer(actor: Actor) -> dict[str, str]:
    return {"Authorization": f"Bearer {await factories.token(actor)}"}


async def test_an_administrator_adds_organisation_and_person_who_then_logs_in(db: None, client: AsyncClient) -> None:
    boss, newcomer = Browser(client), Browser(client)
    await boss.log_in(await with_password(await admin()))
    for path in ("/admin", "/admin/organisations", "/admin/people"):
        assert (await boss.get(path)).status_code == 200

    form = {**OSAKA, "corporate_number": "４０００－０２０２－７０００８", "metric_crs": "6677"}
    assert (await boss.post("/admin/organisations", form)).status_code == 303
    assert "「大阪府」を登録しました" in (await boss.get("/admin/organisations")).text
    row = await Organisation.objects().get(Organisation.slug == "osaka-pref")
    assert row is not None
    assert (row.corporate_number, row.metric_crs) == ("4000020270008", 6677)

    person = {"name": "審査　一番", "email": "Reviewer@Example.test", "locale": "en", "organisation_id": row.id}
    added = await boss.post("/admin/people", {**person, "roles": ["reviewer", "approver"]})
    assert added.status_code == 200, added.text
    found = re.search(r'id="f-initial"[^>]*value="([a-z0-9-]{19})"', added.text)
    assert found, added.text
    assert found[1] not in (await boss.get("/admin/people")).text

    entered = await newcomer.post("/login", {"email": "reviewer@example.test", "password": found[1]})
    assert entered.headers["location"] == "/desk"
    assert (await newcomer.get("/desk")).headers["location"] == "/my/password"
    chosen = {"current": found[1], "new": "a password of my own"}
    await newcomer.get("/my/password")
    assert (await newcomer.post("/my/password", chosen)).status_code == 303
    assert "Reviewer" in (await newcomer.get("/my/account")).text


async def test_the_api_does_the_same(db: None, client: AsyncClient) -> None:
    headers = await bearer(await admin())
    made = await client.post("/api/v1/organisations", json=OSAKA, headers=headers)
    assert made.status_code == 201, made.text
    organisation_id = made.json()["id"]
    listed = (await client.get("/api/v1/organisations?limit=1", headers=headers)).json()
    assert (listed[0]["slug"], listed[0]["metric_crs"]) == ("osaka-pref", 6674)
    tokyo = {**OSAKA, "slug": "tokyo", "corporate_number": None, "metric_crs": 6677}
    assert (await client.post("/api/v1/organisations", json=tokyo, headers=headers)).status_code == 201
    listed = (await client.get("/api/v1/organisations?limit=1", headers=headers)).json()
    assert (listed[0]["slug"], listed[0]["metric_crs"]) == ("tokyo", 6677)
    refused = await client.post("/api/v1/organisations", json={**tokyo, "metric_crs": 4326}, headers=headers)
    assert [one["path"] for one in refused.json()["errors"]] == ["metric_crs"]

    person = {
        "email": "approver@example.test",
        "name": "承認者",
        "memberships": [{"organisation_id": organisation_id, "role": "approver"}],
    }
    added = await client.post("/api/v1/people", json=person, headers=headers)
    assert added.status_code == 201, added.text
    assert added.headers["cache-control"] == "no-store"
    first = added.json()["initial_password"]
    person_id = added.json()["id"]
    login = await client.post("/login", data={"email": "approver@example.test", "password": first})
    assert login.status_code == 303
    client.cookies.clear()

    reset = await client.post(f"/api/v1/people/{person_id}/password", headers=headers)
    assert reset.json()["initial_password"] != first
    assert await LoginSession.count().where(LoginSession.person_id == person_id) == 0
    out = await client.post(f"/api/v1/people/{person_id}/deactivate?even_last=true", headers=headers)
    assert (out.json()["id"], out.json()["active"]) == (person_id, False)
    data = {"email": "approver@example.test", "password": reset.json()["initial_password"]}
    assert (await client.post("/login", data=data)).status_code == 422
    await client.post(f"/api/v1/people/{person_id}/activate", headers=headers)
    assert (await client.post("/login", data=data)).status_code == 303


async def test_what_is_done_to_a_person_is_told_before_its_button(db: None, browser: Browser) -> None:
    other = await factories.company()
    await browser.log_in(await with_password(await admin()))
    shown = (await browser.get("/admin/people")).text
    panel = re.search(
        rf'<details class="panel[^>]*>(?:(?!</details>).)*/people/{other.person_id}/password"', shown, re.S
    )
    assert panel
    assert "一度だけ表示します" in panel[0]
    # Locking out has a page of its own; the button stands there alone.
    out = f"/admin/people/{other.person_id}/deactivate"
    assert f'href="{out}"' in shown
    assert f'action="{out}"' not in shown
    asked = (await browser.get(out)).text
    assert asked.index("元に戻りません") < asked.index("button--danger")
    assert f'action="{out}"' in asked


async def test_paging_shows_everybody_once(db: None, client: AsyncClient) -> None:
    headers = await bearer(await admin())
    for _ in range(4):
        await factories.company()
    seen: list[int] = []
    path = "/api/v1/people?limit=2"
    while path:
        answer = await client.get(path, headers=headers)
        seen += [one["id"] for one in answer.json()]
        link = re.match(r'<([^>]*)>; rel="next"', answer.headers.get("link", ""))
        path = link[1] if link else ""
    assert len(seen) == len(set(seen)) == await Person.count()
    assert seen == sorted(seen, reverse=True)


async def test_faults_of_the_forms_stand_at_their_fields_and_nothing_is_stored(db: None, browser: Browser) -> None:
    await browser.log_in(await with_password(await admin()))
    organisation = await browser.post("/admin/organisations", {**OSAKA, "corporate_number": "4000020270009"})
    assert organisation.status_code == 422
    assert 'href="#f-corporate_number"' in organisation.text
    assert 'value="大阪府"' in organisation.text
    assert 'href="#f-kind"' in (await browser.post("/admin/organisations", {**OSAKA, "kind": "x"})).text
    assert await Organisation.count().where(Organisation.slug == "osaka-pref") == 0

    person = await browser.post("/admin/people", {"name": "", "email": "x", "organisation_id": "999999999"})
    assert person.status_code == 422
    assert {"f-name", "f-email", "f-roles"} <= set(re.findall(r'href="#(f-[\w-]+)"', person.text))
    person = await browser.post(
        "/admin/people",
        {"name": "x", "email": "x@example.test", "organisation_id": "99999999999999999999", "roles": ["admin", "x"]},
    )
    assert 'href="#f-organisation_id"' in person.text
    assert await Person.count().where(Person.email == "x@example.test") == 0


async def test_the_systems_are_those_that_postgis_knows_by_these_numbers(db: None) -> None:
    async with DB.connection() as connection:
        rows = await connection.fetch(
            "SELECT srid, substring(srtext FROM 'JGD2011 / Japan Plane Rectangular CS ([IVX]+)') AS number"
            " FROM spatial_ref_sys WHERE srtext LIKE '%\"JGD2011 / Japan Plane Rectangular CS %'"
        )
    assert {row["srid"]: row["number"] for row in rows} == PLANE_RECTANGULAR_SYSTEMS


async def test_slugs_numbers_and_addresses_are_given_once(db: None) -> None:
    boss = await admin()
    new = NewOrganisation(**{**OSAKA, "kind": OrganisationKind.OWNER})
    organisation_id = await directory.add_organisation(new)
    assert await directory.ensure_organisation(new) == organisation_id
    for changes, path in (({}, "slug"), ({"slug": "other"}, "corporate_number")):
        with pytest.raises(InvalidInput) as error:
            await directory.add_organisation(NewOrganisation(**{**OSAKA, "kind": OrganisationKind.OWNER, **changes}))
        assert [one.path for one in error.value.faults] == [path]

    role = NewRole(organisation_id, MemberRole.REVIEWER)
    person = NewPerson("a@example.test", "審査担当", [role])
    person_id = (await directory.add_person(person)).id
    with pytest.raises(InvalidInput):
        await directory.add_person(person)
    more = NewPerson("a@example.test", "別名", [role, NewRole(organisation_id, MemberRole.APPROVER)])
    assert await directory.ensure_person(more, PASSWORD) == person_id
    row = next(one for one in await directory.people(boss, 2**63 - 1, 200) if one.id == person_id)
    assert row.name == "審査担当"
    assert [one.role for one in row.memberships] == [MemberRole.REVIEWER, MemberRole.APPROVER]


async def test_roles_fit_their_organisation(db: None) -> None:
    company = await factories.company()
    for role in (MemberRole.ADMIN, MemberRole.APPROVER):
        new = NewPerson("a@example.test", "担当", [NewRole(company.companies[0], role)])
        with pytest.raises(InvalidInput) as error:
            await directory.add_person(new)
        assert [one.path for one in error.value.faults] == ["memberships[0].role"]
    assert await Person.count().where(Person.email == "a@example.test") == 0


async def test_administrators_cannot_lock_themselves_out(db: None, client: AsyncClient) -> None:
    boss = await admin()
    headers = await bearer(boss)
    answer = await client.post(f"/api/v1/people/{boss.person_id}/deactivate", headers=headers)
    assert answer.status_code == 403
    assert (await client.get("/api/v1/me", headers=headers)).status_code == 200


ADMIN_ONLY = [
    ("GET", "/admin"),
    ("GET", "/admin/organisations"),
    ("POST", "/admin/organisations"),
    ("GET", "/admin/people"),
    ("POST", "/admin/people"),
    ("POST", "/admin/people/{id}/password"),
    ("GET", "/admin/people/{id}/deactivate"),
    ("POST", "/admin/people/{id}/deactivate"),
    ("POST", "/admin/people/{id}/activate"),
    ("GET", "/api/v1/organisations"),
    ("POST", "/api/v1/organisations"),
    ("POST", "/api/v1/people"),
    ("POST", "/api/v1/people/{id}/password"),
    ("GET", "/api/v1/people/{id}/leaving"),
    ("POST", "/api/v1/people/{id}/deactivate"),
    ("POST", "/api/v1/people/{id}/activate"),
]


@pytest.mark.parametrize(("method", "path"), ADMIN_ONLY)
async def test_nobody_else_may_administer(db: None, client: AsyncClient, method: str, path: str) -> None:
    field, rival = await factories.field(), await factories.company()
    token = await ApiToken.count()
    for actor in (rival, field.approver):
        for person_id in (field.reviewer.person_id, 2**60):
            body = {
                "/api/v1/organisations": OSAKA,
                "/api/v1/people": {
                    "email": "a@example.test",
                    "name": "x",
                    "memberships": [{"organisation_id": 1, "role": "admin"}],
                },
            }.get(path)
            more: dict[str, Any] = {"json": body} if body and method == "POST" else {}
            if path.startswith("/api"):
                more["headers"] = await bearer(actor)
            else:
                form = await factories.log_in(client, actor)
                more["data"] = form if method == "POST" else None
            answer = await client.request(method, path.format(id=person_id), **more)
            client.cookies.clear()
            assert answer.status_code == 403, answer.text
    assert (await client.request(method, path.format(id=1), headers={"Accept": "application/json"})).status_code == 401
    reviewer = await Person.objects().get(Person.id == field.reviewer.person_id)
    assert reviewer is not None
    assert (reviewer.active, reviewer.password_hash) == (True, "-")
    assert await ApiToken.count() == token + (4 if path.startswith("/api") else 0)


async def test_a_manager_sees_the_own_company_and_no_word_of_others(db: None, client: AsyncClient) -> None:
    manager, rival = await with_password(await factories.company()), await factories.company()
    colleague = await factories.person(manager.companies[0], OrganisationKind.COMPANY, MemberRole.MEMBER)
    both = await factories.person(manager.companies[0], OrganisationKind.COMPANY, MemberRole.MEMBER)
    await directory.give_roles(both.person_id, [NewRole(rival.companies[0], MemberRole.MANAGER)])

    listed = (await client.get("/api/v1/people", headers=await bearer(manager))).json()
    assert {one["id"] for one in listed} == {manager.person_id, colleague.person_id, both.person_id}
    named = {role["organisation_id"] for one in listed for role in one["memberships"]}
    assert named == {manager.companies[0]}

    browser = Browser(client)
    await browser.log_in(manager)
    page = await browser.get("/my/members")
    assert colleague.email in page.text
    assert rival.email not in page.text
    assert (await client.get("/api/v1/people", headers=await bearer(colleague))).status_code == 403
    await factories.log_in(client, colleague)
    assert (await client.get("/my/members")).status_code == 403
