"""Invitations: into one's own organisation only, for whoever has the mail, once, and as long as the offer stands."""

import asyncio
import re
from pathlib import Path

import pytest
from httpx import AsyncClient

from testfields.accounts import service as accounts
from testfields.accounts import team, ways_in
from testfields.accounts.access import allowed
from testfields.accounts.authority import May
from testfields.accounts.rules import INVITATIONS_PER_PERSON, Actor, MemberRole, OrganisationKind
from testfields.accounts.tables import Membership, Organisation, Person, WayIn
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, NotFound, TooMany
from testfields.db.engine import DB
from testfields.joining import entering, inviting
from testfields.joining.inviting import NewInvitation
from tests import factories
from tests.accounts.people import PASSWORD, Browser, with_password
from tests.consent.agreeing import SAMPLES, TICKED
from tests.joining.test_forgotten import LINK
from tests.working import postbox, settings, words_of, work_off

NEW = "another password of mine"
EMAIL = "new@example.test"
MEMBER, MANAGER, APPROVER = MemberRole.MEMBER, MemberRole.MANAGER, MemberRole.APPROVER


@pytest.fixture
def browser(client: AsyncClient) -> Browser:
    return Browser(client)


async def staff_manager() -> Actor:
    owner = await factories.organisation(OrganisationKind.OWNER)
    return await factories.person(owner, OrganisationKind.OWNER, MemberRole.STAFF_MANAGER)


async def invited(actor: Actor, email: str = EMAIL, *roles: MemberRole) -> str:
    """An invitation as its mail would bring it: the secret."""
    new = NewInvitation(email, actor.memberships[0].organisation_id, list(roles or (MEMBER,)))
    secret = await ways_in.new_secret(await inviting.invite(actor, new, now()), now())
    assert secret is not None
    return secret


async def roles_of(email: str) -> set[tuple[int, str]]:
    person = await accounts.actor_by_email(email)
    assert person is not None
    return {(one.organisation_id, one.role) for one in person.memberships}


async def test_a_manager_invites_and_somebody_new_joins_by_pages_alone(
    own_db: str, browser: Browser, tmp_path: Path
) -> None:
    manager = await with_password(await factories.company())
    company = manager.companies[0]
    await browser.log_in(manager)
    form = {"organisation_id": str(company), "email": EMAIL.upper(), "roles": "member", "locale": "en"}
    assert (await browser.post("/my/members", form)).status_code == 303
    assert EMAIL in (await browser.get("/my/members")).text
    async with postbox() as box:
        await work_off(own_db, settings(tmp_path, box.url))
    (mail,) = box.to(EMAIL)
    (link,) = LINK.findall(words_of(mail))
    assert manager.name in words_of(mail)

    guest = Browser(browser.client)
    for _ in range(2):
        shown = await guest.get(link)
        assert (shown.status_code, shown.headers["referrer-policy"]) == (200, "no-referrer")
    refused = await guest.post(link, {"name": "", "new": NEW})
    assert refused.status_code == 422
    entered = await guest.post(link, {"name": "新しい人", "new": NEW, **TICKED})
    assert (entered.status_code, entered.headers["location"]) == (303, "/my")
    assert (await guest.get("/my")).status_code == 200
    assert await roles_of(EMAIL) == {(company, "member")}
    assert (await guest.post(link, {"name": "二人目", "new": NEW})).status_code == 404
    assert EMAIL in (await browser.get("/my/members")).text
    assert "/invitations/" not in (await browser.get("/my/members")).text


async def test_somebody_known_joins_with_their_password_or_logged_in(db: None, browser: Browser) -> None:
    manager, other = await factories.company(), await factories.company()
    somebody = await with_password(await factories.company())
    first = f"/enter/{await invited(manager, somebody.email)}"
    assert "password" in (await browser.get(first)).text
    assert (await browser.post(first, {"password": "a wrong password"})).status_code == 422
    assert (await browser.post(first, {"name": "乗っ取り", "new": NEW})).status_code == 422
    assert (await browser.post(first, {"password": PASSWORD, **TICKED})).status_code == 303
    second = f"/enter/{await invited(other, somebody.email, MANAGER)}"
    assert "logged in with this address" in (await browser.get(f"{second}?lang=en")).text
    assert (await browser.post(second, {})).status_code == 303
    assert {(manager.companies[0], "member"), (other.companies[0], "manager")} <= await roles_of(somebody.email)
    assert (await Browser(browser.client).log_in(somebody)).status_code == 303


async def test_who_is_logged_in_as_somebody_else_joins_nothing(db: None) -> None:
    manager, thief = await factories.company(), await factories.company()
    secret = await invited(manager)
    with pytest.raises(NotFound):
        await entering.as_known(thief, secret, SAMPLES, now())
    assert (manager.companies[0], "member") not in await roles_of(thief.email)


async def test_nobody_invites_beyond_what_they_manage(db: None) -> None:
    manager, owner = await factories.company(), await staff_manager()
    member = await factories.person(manager.companies[0], OrganisationKind.COMPANY, MEMBER)
    own, land = manager.companies[0], owner.memberships[0].organisation_id
    for actor, organisation in ((manager, land), (owner, own), (member, own), (manager, 10**9)):
        with pytest.raises(NotFound):
            await inviting.invite(actor, NewInvitation(EMAIL, organisation, [MEMBER]), now())
    for actor, organisation, role in (
        (manager, own, APPROVER),
        (manager, own, MemberRole.ADMIN),
        (owner, land, MEMBER),
    ):
        with pytest.raises(InvalidInput):
            await inviting.invite(actor, NewInvitation(EMAIL, organisation, [role]), now())
    with pytest.raises(InvalidInput):
        await inviting.invite(manager, NewInvitation("x\r\nBcc: y@example.test", own, [MEMBER]), now())
    assert await WayIn.count() == 0


async def test_an_administrator_invites_an_owners_first_people(db: None, browser: Browser) -> None:
    operator = await factories.organisation(OrganisationKind.OPERATOR)
    admin = await with_password(await factories.person(operator, OrganisationKind.OPERATOR, MemberRole.ADMIN))
    await browser.log_in(admin)
    assert (await browser.post("/admin/people/invite", {})).status_code == 422
    owner = await factories.organisation(OrganisationKind.OWNER)
    new = NewInvitation(EMAIL, owner, [MemberRole.STAFF_MANAGER])
    secret = await ways_in.new_secret(await inviting.invite(admin, new, now()), now())
    assert secret is not None
    await entering.as_new(secret, "職員", NEW, SAMPLES, now())
    somebody = await accounts.actor_by_email(EMAIL)
    assert allowed(somebody, May.INVITE, owner)


async def test_an_offer_ends_with_who_made_it_with_a_newer_one_and_when_it_is_withdrawn(db: None) -> None:
    manager = await factories.company()
    colleague = await factories.person(manager.companies[0], OrganisationKind.COMPANY, MANAGER)
    secret = await invited(manager)
    await team.leave(manager, manager.companies[0], now())
    with pytest.raises(NotFound):
        await entering.as_new(secret, "人", NEW, SAMPLES, now())

    older, newer = await invited(colleague), await invited(colleague)
    with pytest.raises(NotFound):
        await entering.as_new(older, "人", NEW, SAMPLES, now())
    (one,) = await inviting.invitations(colleague, now())
    stranger = await factories.company()
    for step in (inviting.withdraw, inviting.send_again):
        with pytest.raises(NotFound):
            await step(stranger, one.id, now())
    await inviting.withdraw(colleague, one.id, now())
    with pytest.raises(NotFound):
        await entering.as_new(newer, "人", NEW, SAMPLES, now())
    assert await Person.count().where(Person.email == EMAIL) == 0


async def test_of_two_who_accept_at_once_one_does(own_db: str) -> None:
    secret = await invited(await factories.company())
    tries = [entering.as_new(secret, f"人{number}", NEW, SAMPLES, now()) for number in range(4)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["NewSession", "NotFound", "NotFound", "NotFound"]
    assert await Person.count().where(Person.email == EMAIL) == 1


async def test_a_link_for_a_password_is_no_invitation_nor_the_other_way_round(db: None, browser: Browser) -> None:
    secret = await invited(await factories.company())
    answer = await browser.post(f"/enter/{secret}", {"new": NEW})
    assert answer.status_code == 422
    assert await Person.count().where(Person.email == EMAIL) == 0


async def test_somebody_locked_out_is_not_let_in_by_an_invitation(db: None) -> None:
    manager, gone = await factories.company(), await factories.company()
    await Person.update({Person.active: False}).where(Person.id == gone.person_id)
    with pytest.raises(NotFound):
        await entering.as_new(await invited(manager, gone.email), "人", NEW, SAMPLES, now())


async def test_somebody_of_a_deactivated_organisation_alone_is_invited_elsewhere_and_proves_the_password(
    db: None, browser: Browser
) -> None:
    manager, somebody = await factories.company(), await with_password(await factories.company())
    await Organisation.update({Organisation.active: False}).where(Organisation.id == somebody.companies[0])
    link = f"/enter/{await invited(manager, somebody.email)}"
    shown = (await browser.get(f"{link}?lang=en")).text
    assert "You have an account with this address already." in shown
    assert (await browser.post("/login", {"email": somebody.email, "password": PASSWORD})).status_code == 422
    for wrong in ({"password": "a wrong password"}, {"name": "乗っ取り", "new": NEW}):
        assert (await browser.post(link, {**wrong, **TICKED})).status_code == 422
    assert (await browser.post(link, {"password": PASSWORD})).status_code == 422
    assert await accounts.actor_by_email(somebody.email) is None

    entered = await browser.post(link, {"password": PASSWORD, **TICKED})
    assert (entered.status_code, entered.headers["location"]) == (303, "/my")
    assert (await browser.get("/my")).status_code == 200
    assert await roles_of(somebody.email) == {(manager.companies[0], "member")}
    assert (await browser.post(link, {"password": PASSWORD, **TICKED})).status_code == 404


async def test_somebody_locked_out_does_not_come_in_with_the_password_either(db: None, browser: Browser) -> None:
    manager, gone = await factories.company(), await with_password(await factories.company())
    await Person.update({Person.active: False}).where(Person.id == gone.person_id)
    secret = await invited(manager, gone.email)
    entered = await browser.post(f"/enter/{secret}", {"name": "人", "new": NEW, "password": PASSWORD, **TICKED})
    assert entered.status_code == 404
    with pytest.raises(InvalidInput):
        await entering.with_password(secret, PASSWORD, "192.0.2.1", SAMPLES, now())
    assert await accounts.actor_by_email(gone.email) is None


async def test_invitations_are_few_in_a_while(db: None) -> None:
    manager = await factories.company()
    for number in range(INVITATIONS_PER_PERSON):
        await invited(manager, f"person-{number}@example.test")
    with pytest.raises(TooMany):
        await invited(manager)


async def test_the_last_who_is_needed_stays_until_another_is_there(db: None, browser: Browser) -> None:
    manager = await with_password(await factories.company())
    company = manager.companies[0]
    colleague = await factories.person(company, OrganisationKind.COMPANY, MEMBER)
    with pytest.raises(InvalidInput):
        await team.leave(manager, company, now())
    with pytest.raises(InvalidInput):
        await team.set_roles(manager, manager.person_id, company, [MEMBER], now())
    await browser.log_in(manager)
    assert (await browser.post("/my/account/leave", {"organisation_id": str(company)})).status_code == 422
    assert await roles_of(manager.email) == {(company, "member"), (company, "manager")}

    handed_over = await browser.post(
        f"/my/members/{colleague.person_id}/roles", {"organisation_id": str(company), "roles": "manager"}
    )
    assert handed_over.status_code == 303
    assert await roles_of(colleague.email) == {(company, "manager")}
    assert (await browser.post("/my/account/leave", {"organisation_id": str(company)})).status_code == 303
    assert await roles_of(manager.email) == set()
    assert (await browser.get("/my/members")).status_code == 403


async def test_the_last_approver_goes_when_that_is_said_to_be_meant(db: None, browser: Browser) -> None:
    owner = await factories.organisation(OrganisationKind.OWNER)
    boss = await with_password(await factories.person(owner, OrganisationKind.OWNER, MemberRole.STAFF_MANAGER))
    approver = await with_password(await factories.person(owner, OrganisationKind.OWNER, APPROVER))
    roles = {(owner, "approver")}
    await browser.log_in(approver)
    refused = await browser.post("/my/account/leave", {"organisation_id": str(owner)})
    assert refused.status_code == 409
    assert 'name="even_last"' in refused.text

    await browser.log_in(boss)
    form = {"organisation_id": str(owner), "roles": "reviewer"}
    refused = await browser.post(f"/my/members/{approver.person_id}/roles", form)
    assert refused.status_code == 409
    assert '<input type="hidden" name="roles" value="reviewer">' in refused.text
    assert await roles_of(approver.email) == roles
    known = {"Authorization": f"Bearer {await factories.token(boss)}"}
    body = {"organisation_id": owner, "roles": ["reviewer"]}
    put = f"/api/v1/people/{approver.person_id}/roles"
    assert (await browser.client.put(put, json=body, headers=known)).status_code == 409
    assert await roles_of(approver.email) == roles

    meant = await browser.post(f"/my/members/{approver.person_id}/roles", form | {"even_last": "true"})
    assert meant.status_code == 303
    assert await roles_of(approver.email) == {(owner, "reviewer")}


async def test_of_two_managers_who_leave_at_once_one_stays(own_db: str) -> None:
    manager = await factories.company()
    company = manager.companies[0]
    colleague = await factories.person(company, OrganisationKind.COMPANY, MANAGER)
    left = await asyncio.gather(
        *(team.leave(one, company, now()) for one in (manager, colleague)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in left) == ["InvalidInput", "NoneType"]
    assert await Membership.count().where(Membership.role == "manager") == 1


async def test_others_people_are_not_ones_to_change(db: None) -> None:
    manager, other = await factories.company(), await factories.company()
    for person, organisation in (
        (other.person_id, other.companies[0]),
        (other.person_id, manager.companies[0]),
        (10**9, manager.companies[0]),
    ):
        with pytest.raises(NotFound):
            await team.set_roles(manager, person, organisation, [MEMBER], now())
    with pytest.raises(InvalidInput):
        await team.set_roles(manager, manager.person_id, manager.companies[0], [MANAGER, APPROVER], now())
    assert await roles_of(other.email) == {(other.companies[0], "member"), (other.companies[0], "manager")}


async def test_what_was_changed_of_whom_is_told(db: None) -> None:
    manager = await factories.company()
    colleague = await factories.person(manager.companies[0], OrganisationKind.COMPANY, MEMBER)
    await team.set_roles(manager, colleague.person_id, manager.companies[0], [MEMBER, MANAGER], now())
    async with DB.connection() as connection:
        told = await connection.fetch("SELECT action, actor_id, tenant_id, details::text AS details FROM event")
    (one,) = [row for row in told if row["action"] == "set_roles"]
    assert (one["actor_id"], one["tenant_id"]) == (manager.person_id, manager.companies[0])
    assert re.search(r'"was": \["member"\]', one["details"])


async def test_by_api(db: None, client: AsyncClient) -> None:
    manager = await factories.company()
    company = manager.companies[0]
    known = {"Authorization": f"Bearer {await factories.token(manager)}"}
    body = {"email": EMAIL, "organisation_id": company, "roles": ["member"]}
    made = await client.post("/api/v1/invitations", json=body, headers=known)
    assert made.status_code == 201
    (listed,) = (await client.get("/api/v1/invitations", headers=known)).json()
    assert (listed["id"], listed["email"], listed["roles"]) == (made.json()["id"], EMAIL, ["member"])
    again = await client.post(f"/api/v1/invitations/{listed['id']}/again", headers=known)
    assert again.status_code == 201
    gone = await client.delete(f"/api/v1/invitations/{again.json()['id']}", headers=known)
    assert gone.status_code == 204
    assert (await client.get("/api/v1/invitations", headers=known)).json() == []
    roles = {"organisation_id": company, "roles": ["manager"]}
    changed = await client.put(f"/api/v1/people/{manager.person_id}/roles", json=roles, headers=known)
    assert changed.json() == roles
