"""From a decision to what follows, by a real worker."""

from datetime import datetime, timedelta
from pathlib import Path

from asyncpg import Range
from httpx import AsyncClient

from testfields import workflow
from testfields.accounts.rules import Actor, MemberRole, OrganisationKind
from testfields.accounts.tables import Membership
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.db.engine import DB
from testfields.db.jobs import Job, defer
from testfields.events.tables import Event
from testfields.letters.rules import Audience
from testfields.letters.service import receivers
from testfields.notifications.tables import Delivery
from testfields.permits.tables import Permit
from testfields.reservations import filing, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action, State
from testfields.reservations.tables import Reservation, Stay
from tests import factories
from tests.working import HURRY, jobs, postbox, settings, tell_now, words_of, work_off


async def filed(field: factories.Field, company: Actor, action: Action = Action.SUBMIT, hour: float = 9) -> int:
    application = Application(await factories.project(company), field.area_id, (Asked(factories.period(hour)),), action)
    return (await filing.file(company, application, now())).id


async def state_of(reservation_id: int) -> str:
    found = await Reservation.select(Reservation.state).where(Reservation.id == reservation_id).first()
    assert found is not None
    return str(found["state"])


async def begin_an_hour_ago(reservation_id: int) -> datetime:
    """Move an application's times to half an hour that is over; its start."""
    begun = now() - timedelta(hours=1)
    await Stay.update({Stay.period: Range(begun, begun + timedelta(minutes=30))}).where(
        Stay.reservation_id == reservation_id
    )
    return begun


async def last_event(reservation_id: int) -> int:
    found = (
        await Event.select(Event.id)
        .where((Event.subject == "reservation") & (Event.subject_id == reservation_id))
        .order_by(Event.id, ascending=False)
        .first()
    )
    assert found is not None
    return int(found["id"])


async def approve(field: factories.Field, reservation_id: int, conditions: str = "") -> None:
    await steps.act(field.approver, reservation_id, Step(Action.APPROVE, conditions=conditions), now())


async def test_an_approval_ends_in_a_permit_and_mails_in_each_receivers_language(own_db: str, tmp_path: Path) -> None:
    field, company = await factories.field(name_ja="夢洲", name_en="Yumeshima"), await factories.company()
    colleague = await factories.person(company.companies[0], OrganisationKind.COMPANY, MemberRole.MANAGER, locale="en")
    bystander = await factories.person(company.companies[0], OrganisationKind.COMPANY, MemberRole.MEMBER)
    async with postbox() as box:
        chosen = settings(tmp_path, box.url)
        reservation = await filed(field, company)
        await work_off(own_db, chosen)
        await approve(field, reservation, "監視員を2名置くこと。\n雨天は中止すること。")
        await tell_now(own_db, chosen)

    assert await state_of(reservation) == State.CONFIRMED
    permit = await Permit.objects().get(Permit.reservation_id == reservation)
    assert permit is not None
    # The first came before; those about the approval and the permit are sent side by side.
    received, *then = box.to(company.email)
    permitted, approved = sorted(then, key=lambda one: one["Subject"].startswith("使用を許可"))
    assert received["Subject"].startswith(f"申請を受け付けました（申請番号{reservation}、夢洲 区画")
    assert approved["Subject"].startswith("使用を許可することに決定しました（")
    assert permitted["Subject"].startswith("使用許可書を発行しました（")
    text = words_of(permitted)
    assert "監視員を2名置くこと。\n雨天は中止すること。" in text
    assert f"https://portal.test/p/{permit.code}" in text
    assert f'href="https://portal.test/p/{permit.code}"' in words_of(permitted, "html")
    english = box.to(colleague.email)
    assert sorted(one["Subject"].split(" (")[0] for one in english) == [
        "We have received your application",
        "Your application is approved",
        "Your permit has been issued",
    ]
    assert "Yumeshima" in english[0]["Subject"]
    assert box.to(bystander.email) == []
    assert len(box.to(field.approver.email)) == len(box.to(field.reviewer.email)) == 1
    assert box.to(field.site_manager.email) == []


async def test_the_same_jobs_twice_leave_one_mail_and_one_permit(own_db: str, tmp_path: Path) -> None:
    field, company = await factories.field(), await factories.company()
    reservation = await filed(field, company)
    await approve(field, reservation)
    approval = await last_event(reservation)
    chosen = settings(tmp_path)
    await tell_now(own_db, chosen)
    mails, confirmation = await Delivery.count(), await last_event(reservation)

    await defer([Job("what_follows", {"event_id": one}) for one in (approval, confirmation) * 2])
    await tell_now(own_db, chosen)

    assert await Delivery.count() == mails == 5  # received, approved, permitted; two of the staff
    assert await Permit.count() == 1
    assert await last_event(reservation) == confirmation
    assert len(list((tmp_path / "mail").glob("*.eml"))) == mails


async def test_a_decision_rolled_back_leaves_no_job(own_db: str) -> None:
    field, company = await factories.field(), await factories.company()
    reservation = await filed(field, company)
    before = await jobs()

    decision = DB.transaction()
    async with decision:
        await approve(field, reservation)
        assert len(await jobs()) == len(before) + 1
        await decision.rollback()

    assert await jobs() == before
    assert await state_of(reservation) == State.SUBMITTED


async def test_a_mail_server_that_is_down_delays_the_mail_and_nothing_else(own_db: str, tmp_path: Path) -> None:
    field, company = await factories.field(), await factories.company()
    reservation = await filed(field, company)
    await approve(field, reservation)

    await tell_now(own_db, settings(tmp_path, "smtp://localhost:1"))
    assert await state_of(reservation) == State.CONFIRMED
    assert await Permit.count() == 1
    assert await Delivery.count().where(Delivery.sent_at.is_not_null()) == 0
    assert await Delivery.count().where(Delivery.state == "waiting") == 5
    assert [row for row in await jobs() if row[0] == "deliver"].count(("deliver", "todo")) == 5

    async with postbox() as box:
        await HURRY.run()
        await work_off(own_db, settings(tmp_path, box.url))
    assert (
        len(box.received) == await Delivery.count() == await Delivery.count().where(Delivery.sent_at.is_not_null()) == 5
    )
    assert await Permit.count() == 1
    assert {status for _, status in await jobs()} == {"succeeded"}


async def test_a_revoked_permit_is_void_at_once_and_its_row_says_why(own_db: str, tmp_path: Path) -> None:
    field, company = await factories.field(), await factories.company()
    reservation = await filed(field, company)
    await approve(field, reservation)
    async with postbox() as box:
        chosen = settings(tmp_path, box.url)
        await work_off(own_db, chosen)
        await steps.act(field.approver, reservation, Step(Action.REVOKE, reason="高潮警報のため。"), now())
        await work_off(own_db, chosen)

    permit = await Permit.objects().get(Permit.reservation_id == reservation)
    assert permit is not None
    assert permit.revoked_at is not None
    assert permit.revoked_because == "高潮警報のため。"
    last = box.to(company.email)[-1]
    assert last["Subject"].startswith("使用許可を取り消しました")
    assert "高潮警報のため。" in words_of(last)


async def test_a_changed_booking_gets_a_new_permit_and_the_old_one_stays_void(own_db: str, tmp_path: Path) -> None:
    field, company = await factories.field(), await factories.company()
    reservation = await filed(field, company)
    chosen = settings(tmp_path)
    await approve(field, reservation)
    await work_off(own_db, chosen)
    asked = (Asked(factories.period(13)),)
    await steps.change_volumes(company, reservation, None, asked, now())
    change = await last_event(reservation)
    await approve(field, reservation)
    await work_off(own_db, chosen)

    first, second = await Permit.objects().where(Permit.reservation_id == reservation).order_by(Permit.id)
    assert first.revoked_at is not None
    assert second.revoked_at is None
    assert first.code != second.code

    await workflow.revoke_permit(change, [])
    again = await Permit.objects().get(Permit.id == second.id)
    assert again is not None
    assert again.revoked_at is None


async def test_a_hold_runs_out_at_its_deadline_and_the_next_in_line_is_offered_the_time(
    own_db: str, tmp_path: Path
) -> None:
    field, first, second = await factories.field(), await factories.company(), await factories.company()
    held = await filed(field, first, Action.HOLD)
    waiting = await filed(field, second, Action.WAIT)
    async with postbox() as box:
        chosen = settings(tmp_path, box.url)
        await work_off(own_db, chosen)
        assert (await state_of(held), await state_of(waiting)) == (State.HELD, State.WAITING)

        deadline = now() - timedelta(seconds=1)
        await Reservation.update({Reservation.deadline: deadline}).where(Reservation.id == held)
        await workflow.expire(held, deadline)
        await work_off(own_db, chosen)

    assert (await state_of(held), await state_of(waiting)) == (State.EXPIRED, State.HELD)
    assert box.to(first.email)[-1]["Subject"].startswith("仮予約が失効しました")
    assert box.to(second.email)[-1]["Subject"].startswith("お待ちの日時に空きが出ました")


async def test_an_expiry_whose_deadline_has_moved_or_gone_does_nothing(own_db: str, tmp_path: Path) -> None:
    field, company = await factories.field(), await factories.company()
    held = await filed(field, company, Action.HOLD)
    await work_off(own_db, settings(tmp_path))
    scheduled = await Reservation.select(Reservation.deadline).where(Reservation.id == held).first()
    assert scheduled is not None
    assert [task for task, status in await jobs() if status == "todo"] == ["expire"]

    await Reservation.update({Reservation.deadline: scheduled["deadline"] + timedelta(hours=1)}).where(
        Reservation.id == held
    )
    await HURRY.run()
    await work_off(own_db, settings(tmp_path))
    assert await state_of(held) == State.HELD

    await steps.act(company, held, Step(Action.SUBMIT), now())
    await defer([Job("expire", {"reservation_id": held, "ends_at": scheduled["deadline"].isoformat()})])
    await work_off(own_db, settings(tmp_path))
    assert await state_of(held) == State.SUBMITTED
    assert [task for task, status in await jobs() if status != "succeeded"] == ["expire"]


async def test_a_place_on_the_waiting_list_ends_when_its_time_begins(own_db: str, tmp_path: Path) -> None:
    field, first, second = await factories.field(), await factories.company(), await factories.company()
    await filed(field, first)
    waiting = await filed(field, second, Action.WAIT)
    await work_off(own_db, settings(tmp_path))

    assert [row for row in await jobs() if row[1] == "todo"] == [("expire", "todo")] * 2
    begun = await begin_an_hour_ago(waiting)
    await workflow.expire(waiting, begun + timedelta(minutes=30))
    assert await state_of(waiting) == State.WAITING
    await workflow.expire(waiting, begun)
    assert await state_of(waiting) == State.EXPIRED


async def test_a_late_confirmation_of_what_was_cancelled_does_nothing(own_db: str, tmp_path: Path) -> None:
    field, company = await factories.field(), await factories.company()
    reservation = await filed(field, company)
    await approve(field, reservation)
    approval = await last_event(reservation)
    await steps.act(company, reservation, Step(Action.CANCEL), now())

    await workflow.confirm(approval)
    await workflow.issue_permit(approval, [])
    await work_off(own_db, settings(tmp_path))

    assert await state_of(reservation) == State.CANCELLED
    assert await Permit.count() == 0


async def test_nobody_writes_to_people_who_have_left_the_company(own_db: str, tmp_path: Path) -> None:
    field, company = await factories.field(), await factories.company()
    reservation = await filed(field, company)
    assert [one.person_id for one in await receivers(Audience.COMPANY, reservation)] == [company.person_id]

    await Membership.delete().where(Membership.person_id == company.person_id)
    (left,) = await receivers(Audience.COMPANY, reservation)
    assert (left.person_id, left.organisation_id) == (None, company.companies[0])


async def test_who_begins_to_wait_for_what_has_become_free_meanwhile_is_offered_it(own_db: str, tmp_path: Path) -> None:
    field, company = await factories.field(), await factories.company()
    waiting = await filed(field, company, Action.WAIT)
    await work_off(own_db, settings(tmp_path))
    assert await state_of(waiting) == State.HELD


async def test_what_nobody_decided_ends_when_its_time_is_over(own_db: str, tmp_path: Path) -> None:
    field, company = await factories.field(), await factories.company()
    late = await filed(field, company)
    rival = await filed(field, await factories.company(), Action.WAIT)
    await work_off(own_db, settings(tmp_path))

    begun = await begin_an_hour_ago(late)
    await workflow.expire(late, begun)
    assert await state_of(late) == State.SUBMITTED
    await workflow.expire(late, begun + timedelta(minutes=30))
    assert await state_of(late) == State.EXPIRED
    await work_off(own_db, settings(tmp_path))
    assert await state_of(rival) == State.HELD


async def test_staff_read_at_the_application_which_mail_did_not_arrive_and_why(
    own_db: str, tmp_path: Path, client: AsyncClient
) -> None:
    field, company = await factories.field(), await factories.company()
    reservation = await filed(field, company)
    async with postbox() as box:
        box.answers[company.email] = "550 5.1.1 No such user"
        await work_off(own_db, settings(tmp_path, box.url))
    await factories.log_in(client, field.reviewer)

    shown = (await client.get(f"/desk/{reservation}?lang=en")).text
    assert "Mails about this application that did not arrive" in shown
    assert f'{company.email}</a> – <span lang="en">550 5.1.1 No such user' in shown
    undelivered = shown.split('href="/desk/mails/')[1].split('"')[0]
    assert (await client.get(f"/desk/mails/{undelivered}")).status_code == 200
