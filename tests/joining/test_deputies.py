"""Deputies decide in an approver's place on the days they were named for, and are told with whom they stood in for."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from httpx import AsyncClient

from testfields.accounts import directory, organising, team
from testfields.accounts import service as accounts
from testfields.accounts.access import allowed, reach, roles_in
from testfields.accounts.attempts import secret_hash
from testfields.accounts.authority import May
from testfields.accounts.entries import NewRole
from testfields.accounts.rules import Actor, MemberRole, Membership, OrganisationKind
from testfields.accounts.tables import ApiToken, LoginSession
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, NotAllowed, NotFound
from testfields.core.local_time import JAPANS_ZONE, local_date, midnight
from testfields.events.service import broken_chains
from testfields.joining import deputising
from testfields.joining.deputising import MOST_DAYS, NewDeputy
from testfields.reservations import reading
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from testfields.reservations.steps import act
from testfields.watch import service as watch
from tests import factories
from tests.accounts.people import Browser, admin, with_password
from tests.reservations.test_life import filed
from tests.reviews.cases import bearer
from tests.working import postbox, settings, words_of, work_off

ROLES = {one: MemberRole(one) for one in ("approver", "reviewer", "site_manager", "staff_manager")}
A_DAY, A_SECOND = timedelta(days=1), timedelta(seconds=1)


def today() -> date:
    return local_date(now(), JAPANS_ZONE)


async def staff(owner: int, *roles: str) -> Actor:
    return await factories.person(owner, OrganisationKind.OWNER, *(ROLES[one] for one in roles))


async def named(approver: Actor, deputy: Actor, first: date | None = None, days: int = 1) -> int:
    first = first or today()
    owner = approver.memberships[0].organisation_id
    return await deputising.name(
        approver, NewDeputy(owner, deputy.person_id, first, first + timedelta(days=days - 1)), now()
    )


async def as_known(actor: Actor) -> Actor:
    """As the portal knows whoever calls with a token, today."""
    known = await accounts.actor_by_token(await factories.token(actor), now())
    assert known is not None
    return known


async def decides(actor: Actor, owner: int) -> bool:
    return allowed(await as_known(actor), May.DECIDE, owner)


async def a_pair() -> tuple[int, Actor, Actor]:
    owner = await factories.organisation(OrganisationKind.OWNER)
    return owner, await staff(owner, "approver"), await staff(owner, "site_manager")


async def test_a_deputy_decides_on_the_days_they_were_named_for_and_on_no_other(db: None) -> None:
    owner, approver, deputy = await a_pair()
    await named(approver, deputy, today() + A_DAY, days=2)
    secret = await factories.token(deputy)
    await ApiToken.update({ApiToken.expires_at: now() + 9 * A_DAY}, force=True)
    first, after = midnight(today() + A_DAY, JAPANS_ZONE), midnight(today() + 3 * A_DAY, JAPANS_ZONE)
    moments = (first - A_SECOND, first, after - A_SECOND, after)
    known = [await accounts.actor_by_token(secret, at) for at in moments]
    assert [allowed(one, May.DECIDE, owner) for one in known] == [False, True, True, False]
    await LoginSession.insert(
        LoginSession(secret_hash=secret_hash("s"), person_id=deputy.person_id, csrf_token="-", expires_at=after + A_DAY)
    )
    seen = [await accounts.actor_by_session("s", at) for at in moments]
    assert [allowed(one, May.DECIDE, owner) for one in seen] == [False, True, True, False]


async def test_they_have_the_rights_over_applications_and_no_other_of_an_approver(db: None) -> None:
    owner, approver, deputy = await a_pair()
    before = {may for may in May if may.value.by_roles and allowed(await as_known(deputy), may)}
    await named(approver, deputy)
    after = {may for may in May if may.value.by_roles and allowed(await as_known(deputy), may)}
    assert after - before == {May.DECIDE, May.REVIEW, May.STEP_AT_DESK}
    assert reach(await as_known(deputy), May.DECIDE).owners == [owner]
    assert not await decides(await staff(owner, "reviewer"), owner)
    # A deputy has no deputy.
    with pytest.raises(NotFound):
        await deputising.name(await as_known(deputy), NewDeputy(owner, approver.person_id, today(), today()), now())


async def test_who_is_named_is_of_the_same_staff_and_no_approver(db: None) -> None:
    owner, approver, deputy = await a_pair()
    other_owner, other, _ = await a_pair()
    wrong = (
        approver,
        other,
        await staff(other_owner, "reviewer"),
        await staff(owner, "staff_manager"),
        await staff(owner, "approver", "site_manager"),
        await factories.company(),
    )
    for person in wrong:
        with pytest.raises(InvalidInput) as refused:
            await named(approver, person)
        assert [one.path for one in refused.value.faults] == ["person_id"]
    for who, organisation in ((approver, other_owner), (deputy, owner), (await staff(owner, "staff_manager"), owner)):
        with pytest.raises(NotFound):
            await deputising.name(who, NewDeputy(organisation, deputy.person_id, today(), today()), now())


@pytest.mark.parametrize(
    ("first", "days", "path"),
    [(-1, 2, "first_day"), (0, 0, "last_day"), (0, MOST_DAYS + 1, "last_day"), (367, 1, "first_day")],
)
async def test_the_days_are_to_come_and_not_too_many(db: None, first: int, days: int, path: str) -> None:
    _, approver, deputy = await a_pair()
    with pytest.raises(InvalidInput) as refused:
        await named(approver, deputy, today() + timedelta(days=first), days)
    assert [one.path for one in refused.value.faults] == [path]
    await named(approver, deputy, days=MOST_DAYS)


async def test_one_at_a_time_stands_in_for_an_approver(db: None) -> None:
    owner, approver, deputy = await a_pair()
    other = await staff(owner, "reviewer")
    first = await named(approver, deputy, days=3)
    for start, days in ((0, 1), (2, 5)):
        with pytest.raises(InvalidInput):
            await named(approver, other, today() + timedelta(days=start), days)
    await named(approver, other, today() + timedelta(days=3))
    await named(await staff(owner, "approver"), deputy)
    await deputising.end(approver, first, now())
    await named(approver, other)


async def test_it_ends_at_once_where_the_approver_ends_it_and_nobody_else_does(db: None) -> None:
    owner, approver, deputy = await a_pair()
    number = await named(approver, deputy, days=9)
    for somebody in (deputy, await staff(owner, "approver"), (await a_pair())[1]):
        with pytest.raises(NotFound):
            await deputising.end(somebody, number, now())
    assert await decides(deputy, owner)
    await deputising.end(approver, number, now())
    assert not await decides(deputy, owner)
    with pytest.raises(NotFound):
        await deputising.end(approver, number, now())


async def left(owner: int, who: Actor, _boss: Actor, manager: Actor) -> None:
    await team.set_roles(manager, who.person_id, owner, [], now(), even_last=True)


async def no_longer(owner: int, who: Actor, _boss: Actor, manager: Actor) -> None:
    await team.set_roles(manager, who.person_id, owner, [MemberRole.STAFF_MANAGER], now(), even_last=True)


async def locked_out(_owner: int, who: Actor, boss: Actor, _manager: Actor) -> None:
    await directory.deactivate(boss, who.person_id, now(), even_last=True)


async def closed(owner: int, _who: Actor, boss: Actor, _manager: Actor) -> None:
    await organising.set_active(boss, owner, False, now())


@pytest.mark.parametrize("whose", ["approver", "deputy"])
@pytest.mark.parametrize("happens", [left, no_longer, locked_out, closed])
async def test_it_is_lost_when_either_is_no_longer_what_they_were(db: None, whose: str, happens: object) -> None:
    owner, approver, deputy = await a_pair()
    manager, boss = await staff(owner, "staff_manager"), await admin()
    # Another approver of the owner's vouches for nobody.
    await staff(owner, "approver")
    elsewhere = (await factories.company()).companies[0]
    # So that whoever of a deactivated owner alone does not come in still does.
    await directory.give_roles(deputy.person_id, [NewRole(elsewhere, MemberRole.MEMBER)])
    await named(approver, deputy, days=3)
    assert await decides(deputy, owner)
    await happens(owner, approver if whose == "approver" else deputy, boss, manager)  # type: ignore[operator]
    known = await accounts.actor_by_token(await factories.token(deputy), now())
    assert known is None or not allowed(known, May.DECIDE, owner)
    assert await deputising.deputies(manager, now()) == [] or happens is closed


async def test_nobody_stands_in_where_their_own_company_applies(db: None) -> None:
    owner, approver, deputy = await a_pair()
    company = (await factories.company()).companies[0]
    await directory.give_roles(deputy.person_id, [NewRole(company, MemberRole.MEMBER)])
    await named(approver, deputy)
    known = await as_known(deputy)
    assert MemberRole.DEPUTY in roles_in(known, owner, company + 1)
    assert MemberRole.DEPUTY not in roles_in(known, owner, company)


async def test_nobody_stands_in_for_an_approver_where_that_ones_company_applies(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    owner = field.approver.memberships[0].organisation_id
    deputy, number = await with_password(await staff(owner, "site_manager")), await filed(field, company)
    await directory.give_roles(field.approver.person_id, [NewRole(company.companies[0], MemberRole.MEMBER)])
    await named(field.approver, deputy)
    browser = Browser(client)
    await browser.log_in(deputy)
    assert "/approve" not in (await browser.get(f"/desk/{number}")).text
    with pytest.raises(NotAllowed):
        await act(await as_known(deputy), number, Step(Action.APPROVE, 1), now())
    other = await filed(field, await factories.company(), 14)
    await act(await as_known(deputy), other, Step(Action.APPROVE, 1), now())

    # Another approver's place is another matter, and it is told as that one's.
    second = await staff(owner, "approver")
    await named(second, deputy)
    await act(await as_known(deputy), number, Step(Action.APPROVE, 1), now())
    assert (await reading.events(second, number))[-1]["deputy_for"] == second.name


async def test_no_membership_says_deputy(db: None) -> None:
    owner, approver, _ = await a_pair()
    manager, somebody = await staff(owner, "staff_manager"), await staff(owner, "site_manager")
    with pytest.raises(InvalidInput):
        await team.set_roles(manager, somebody.person_id, owner, [MemberRole.DEPUTY], now())
    assert Membership(owner, OrganisationKind.OWNER, MemberRole.DEPUTY, "", "") not in approver.memberships


async def test_an_owner_with_a_deputy_alone_has_nobody_who_can_approve(db: None, tmp_path: Path) -> None:
    owner, approver, deputy = await a_pair()
    await named(approver, deputy, days=3)
    alone = [one.id for one in (await watch.status(tmp_path, now())).stored.owners_without_approver]
    await directory.deactivate(await admin(), approver.person_id, now(), even_last=True)
    then = [one.id for one in (await watch.status(tmp_path, now())).stored.owners_without_approver]
    assert (owner in alone, owner in then) == (False, True)


async def test_what_a_deputy_decides_is_told_as_theirs_for_the_approver(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    owner = field.approver.memberships[0].organisation_id
    deputy = await with_password(await staff(owner, "site_manager"))
    one, two = await filed(field, company, 9), await filed(field, company, 12)
    with pytest.raises(NotAllowed):
        await act(await as_known(deputy), one, Step(Action.APPROVE, 1), now())
    await named(field.approver, deputy)
    await act(await as_known(deputy), one, Step(Action.APPROVE, 1), now())
    browser = Browser(client)
    await browser.log_in(deputy)
    assert field.approver.name in (await browser.get(f"/desk/{two}")).text
    form = {"version": "1", "reason_reject": "場所がありません。"}
    assert (await browser.post(f"/desk/{two}/reject", form)).status_code in {200, 303}

    for number in (one, two):
        last = (await reading.events(field.approver, number))[-1]
        assert (last["actor_role"], last["actor_name"]) == ("deputy", deputy.name)
        assert last["deputy_for"] == field.approver.name
        # The company is told nothing of names.
        assert (await reading.events(company, number))[-1]["deputy_for"] is None
    story = (await browser.get(f"/desk/{one}?lang=ja")).text
    assert f"{deputy.name}、{field.approver.name}の代理" in story
    told = await client.get(f"/api/v1/reservations/{one}/events", headers=await bearer(field.approver))
    assert told.json()[-1]["deputy_for"] == field.approver.name
    assert await broken_chains() == []


async def test_what_an_approver_does_is_their_own_whoever_named_them_before(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    owner = field.approver.memberships[0].organisation_id
    deputy = await staff(owner, "site_manager")
    await named(field.approver, deputy)
    await directory.give_roles(deputy.person_id, [NewRole(owner, MemberRole.APPROVER)])
    one = await filed(field, company)
    await act(await as_known(deputy), one, Step(Action.APPROVE, 1), now())
    last = (await reading.events(field.approver, one))[-1]
    assert (last["actor_role"], last["deputy_for"]) == ("approver", None)


async def test_the_deputy_is_told_when_named_and_when_it_ends(own_db: str, tmp_path: Path) -> None:
    _, approver, deputy = await a_pair()
    async with postbox() as box:
        number = await named(approver, deputy)
        await work_off(own_db, settings(tmp_path, box.url))
        await deputising.end(approver, number, now())
        await work_off(own_db, settings(tmp_path, box.url))
    first, second = box.to(deputy.email)
    assert approver.name in first["Subject"]
    assert "終わりました" in second["Subject"]
    assert len(box.received) == 2
    assert "/desk" in words_of(first)


async def test_it_is_named_seen_and_ended_by_pages_and_by_api(db: None, client: AsyncClient) -> None:
    owner, approver, deputy = await a_pair()
    browser, manager = Browser(client), await with_password(await staff(owner, "staff_manager"))
    await browser.log_in(await with_password(approver))
    form = {"person_id": f"{owner}/{deputy.person_id}", "first_day": str(today()), "last_day": str(today())}
    for wrong in ({}, {**form, "person_id": "²/1"}, {**form, "last_day": "soon"}):
        assert (await browser.post("/desk/deputies", wrong)).status_code == 422
    assert (await browser.post("/desk/deputies", form)).status_code == 303
    assert deputy.name in (await browser.get("/desk/deputies")).text
    other = Browser(client)
    await other.log_in(manager)
    assert approver.name in (await other.get("/my/members")).text
    listed = await client.get("/api/v1/deputies", headers=await bearer(deputy))
    (one,) = listed.json()
    assert (one["approver"], one["deputy"], one["last_day"]) == (approver.name, deputy.name, str(today()))
    assert (await client.get("/api/v1/deputies", headers=await bearer((await a_pair())[1]))).json() == []
    assert (await browser.post(f"/desk/deputies/{one['id']}/end")).status_code == 303
    body = {
        "organisation_id": owner,
        "person_id": deputy.person_id,
        "first_day": str(today()),
        "last_day": str(today()),
    }
    made = await client.post("/api/v1/deputies", json=body, headers=await bearer(approver))
    assert made.status_code == 201
    path = f"/api/v1/deputies/{made.json()['id']}"
    assert (await client.delete(path, headers=await bearer(deputy))).status_code == 403
    assert (await client.delete(path, headers=await bearer(approver))).status_code == 204
