"""Locking somebody out tells beforehand, and in its answer, what is open and who is left."""

import asyncio

from httpx import AsyncClient

from testfields.accounts import directory, team
from testfields.accounts.rules import Actor, MemberRole, OrganisationKind
from testfields.accounts.tables import Person
from testfields.availability.service import Asked
from testfields.cli import cli
from testfields.core.clock import now
from testfields.reservations import filing
from testfields.reservations.filing import Application
from testfields.reservations.rules import Action
from tests import factories
from tests.accounts.test_commands import type_in


async def administrator() -> Actor:
    operator = await factories.organisation(OrganisationKind.OPERATOR)
    return await factories.person(operator, OrganisationKind.OPERATOR, MemberRole.ADMIN)


async def filed(field: factories.Field, company: Actor, hour: int, action: Action = Action.SUBMIT) -> None:
    application = Application(await factories.project(company), field.area_id, (Asked(factories.period(hour)),), action)
    await filing.file(company, application, now())


async def test_the_answer_tells_what_is_open_and_whether_anybody_can_decide(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    await filed(field, company, 9)
    await filed(field, company, 11)
    await filed(field, company, 13, Action.HOLD)
    await filed(field, company, 15, Action.SAVE)
    headers = {"Authorization": f"Bearer {await factories.token(await administrator())}"}

    before = (await client.get(f"/api/v1/people/{field.approver.person_id}/leaving", headers=headers)).json()
    assert before["active"] is True
    out = await client.post(f"/api/v1/people/{field.approver.person_id}/deactivate?even_last=true", headers=headers)
    assert out.json() == before | {"active": False}
    (left,) = out.json()["left"]
    assert (left["others"], left["deciders"], left["open"], left["overdue"]) == (2, 0, 2, 0)
    assert left["due_at"] is not None

    out = await client.post(f"/api/v1/people/{company.person_id}/deactivate", headers=headers)
    (left,) = out.json()["left"]
    assert (left["kind"], left["others"], left["open"]) == ("company", 0, 3)


async def test_who_is_locked_out_already_is_nobody_who_is_left(db: None, client: AsyncClient) -> None:
    company = await factories.company()
    colleague = await factories.person(company.companies[0], OrganisationKind.COMPANY, MemberRole.MANAGER)
    headers = {"Authorization": f"Bearer {await factories.token(await administrator())}"}

    for person, others in ((company, 1), (colleague, 0)):
        out = await client.post(f"/api/v1/people/{person.person_id}/deactivate", headers=headers)
        assert [one["others"] for one in out.json()["left"]] == [others]


async def test_the_page_asks_with_all_of_it_before_its_eyes(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    await filed(field, company, 9)
    form = await factories.log_in(client, await administrator())

    shown = (await client.get(f"/admin/people/{field.approver.person_id}/deactivate", params={"lang": "en"})).text
    assert "Nobody is left who can approve or reject." in shown
    assert "Applications that wait for a decision: 1" in shown
    assert "The first decision is due by" in shown
    assert "Others who can log in: 2" in shown
    assert "address for contact" not in shown

    shown = (await client.get(f"/admin/people/{company.person_id}/deactivate?lang=ja")).text
    assert "ほかにログインできる人がいません" in shown
    assert "登録された連絡先に送ります：contact" in shown
    assert "手続き中の申請：1件" in shown

    sent = await client.post(f"/admin/people/{company.person_id}/deactivate", data=form)
    assert sent.status_code == 303
    assert await Person.count().where(Person.active.eq(False)) == 1
    assert "停止しています" in (await client.get(f"/admin/people/{company.person_id}/deactivate")).text


async def test_the_command_says_so_and_asks(own_db: str) -> None:
    field = await factories.field()
    email = field.approver.email

    status, said = await type_in(cli.commands["people"], "lock-out", email, line="n")
    assert status == 1
    assert said.index("Nobody is left who can approve or reject.") < said.index(f"Lock {email} out?")
    assert await Person.count().where(Person.active.eq(False)) == 0

    status, said = await type_in(cli.commands["people"], "lock-out", email.upper(), line="y")
    assert (status, said.strip().endswith("API tokens revoked.")) == (0, True), said
    assert await Person.count().where(Person.active.eq(False)) == 1
    status, said = await type_in(cli.commands["people"], "lock-out", "nobody@city.test", "--yes")
    assert status == 1
    assert "There is no such person." in said


async def test_the_last_who_can_approve_is_locked_out_knowingly_alone(db: None, client: AsyncClient) -> None:
    field, boss = await factories.field(), await administrator()
    other = await factories.person(field.owner_id, OrganisationKind.OWNER, MemberRole.APPROVER)
    headers = {"Authorization": f"Bearer {await factories.token(boss)}", "Accept-Language": "en"}
    assert (await client.post(f"/api/v1/people/{other.person_id}/deactivate", headers=headers)).status_code == 200

    out = f"/people/{field.approver.person_id}/deactivate"
    refused = await client.post(f"/api/v1{out}", headers=headers)
    assert refused.status_code == 409
    assert "no application there can be decided" in refused.text
    form = await factories.log_in(client, boss)
    again = await client.post(f"/admin{out}?lang=en", data=form)
    assert again.status_code == 409
    assert 'name="even_last"' in again.text
    assert await Person.count().where(Person.active.eq(False)) == 1
    assert (await client.post(f"/admin{out}", data=form | {"even_last": "true"})).status_code == 303
    assert await Person.count().where(Person.active.eq(False)) == 2


async def test_the_last_administrator_stays(own_db: str, client: AsyncClient) -> None:
    boss = await administrator()
    other = await factories.person(boss.memberships[0].organisation_id, OrganisationKind.OPERATOR, MemberRole.ADMIN)
    # Of two who lock each other out at once one stays.
    done = await asyncio.gather(
        directory.deactivate(boss, other.person_id, now(), even_last=True),
        directory.deactivate(other, boss.person_id, now(), even_last=True),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in done) == ["NoneType", "WrongState"]
    (left,) = await Person.select(Person.email).where(Person.active.eq(True))
    status, said = await type_in(cli.commands["people"], "lock-out", left["email"], "--yes")
    assert status == 1
    assert "last administrator" in said


async def test_of_two_approvers_locked_out_at_once_the_second_has_to_be_confirmed(own_db: str) -> None:
    field, boss = await factories.field(), await administrator()
    other = await factories.person(field.owner_id, OrganisationKind.OWNER, MemberRole.APPROVER)
    both = (field.approver.person_id, other.person_id)
    for _ in range(8):
        done = await asyncio.gather(*(directory.lock_out(one, now()) for one in both), return_exceptions=True)
        assert sorted(type(one).__name__ for one in done) == ["LastOne", "NoneType"]
        for one in both:
            await directory.activate(boss, one, now())
    left = team.leave(other, field.owner_id, now())
    done = await asyncio.gather(directory.lock_out(both[0], now()), left, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["LastOne", "NoneType"]
