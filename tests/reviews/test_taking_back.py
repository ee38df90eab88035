"""A decision is taken back while nobody has been written to about it, and no longer."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from httpx import AsyncClient

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import NotAllowed, Taken, WrongState
from testfields.events.tables import Event
from testfields.letters import jobs as letters
from testfields.letters.rules import Audience
from testfields.notifications.tables import Delivery
from testfields.permits.tables import Permit
from testfields.reservations import filing, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import TAKEN_BACK_WITHIN, Action, State
from testfields.reservations.tables import Reservation
from tests import factories
from tests.reviews.cases import log_in
from tests.working import settings, tell_now, work_off

REASON = "理由を確認中です。"


async def filed(field: factories.Field, company: Actor, action: Action = Action.SUBMIT) -> int:
    application = Application(await factories.project(company), field.area_id, (Asked(factories.period(9)),), action)
    return (await filing.file(company, application, now())).id


async def row_of(reservation: int) -> Reservation:
    found = await Reservation.objects().get(Reservation.id == reservation)
    assert found is not None
    return found


async def decide(actor: Actor, reservation: int, action: Action, at: datetime | None = None) -> None:
    reason = "" if action is Action.APPROVE else REASON
    await steps.act(actor, reservation, Step(action, reason=reason), at or now())


async def take_back(actor: Actor, reservation: int, at: datetime | None = None) -> None:
    await steps.act(actor, reservation, Step(Action.TAKE_BACK), at or now())


async def letters_about(reservation: int, *actions: Action) -> int:
    told = Event.select(Event.id).where(
        (Event.subject == "reservation") & (Event.subject_id == reservation) & Event.action.is_in(list(actions))
    )
    return int(await Delivery.count().where(Delivery.event_id.is_in([row["id"] for row in await told] or [0])))


@pytest.mark.parametrize("action", [Action.APPROVE, Action.RETURN, Action.REJECT])
async def test_it_stands_as_it_stood_and_nobody_is_written_to(action: Action, own_db: str, tmp_path: Path) -> None:
    field, company = await factories.field(), await factories.company()
    reservation = await filed(field, company)
    before = await row_of(reservation)

    await decide(field.approver, reservation, action)
    await take_back(field.approver, reservation)
    await tell_now(own_db, settings(tmp_path))

    after = await row_of(reservation)
    assert (after.state, after.due_at, after.submitted_at) == (State.SUBMITTED, before.due_at, before.submitted_at)
    assert (after.deadline, after.conditions) == (None, "")
    assert await letters_about(reservation, action, Action.CONFIRM, Action.TAKE_BACK) == 0
    # Its ground is its own again.
    rival = await factories.company()
    with pytest.raises(Taken):
        await filed(field, rival)


async def test_a_permit_issued_meanwhile_is_void_and_the_next_one_holds(own_db: str, tmp_path: Path) -> None:
    field, company = await factories.field(), await factories.company()
    reservation, chosen = await filed(field, company), settings(tmp_path)
    await decide(field.approver, reservation, Action.APPROVE)
    await work_off(own_db, chosen)
    assert (await row_of(reservation)).state == State.CONFIRMED

    await take_back(field.approver, reservation)
    await decide(field.approver, reservation, Action.APPROVE)
    await tell_now(own_db, chosen)

    first, second = await Permit.objects().where(Permit.reservation_id == reservation).order_by(Permit.id)
    assert first.revoked_at is not None
    assert second.revoked_at is None
    # Of the decision that stands, and of no other.
    assert await letters_about(reservation, Action.APPROVE) == await letters_about(reservation, Action.CONFIRM) == 1


async def test_a_rejection_stands_where_others_have_the_place_by_now(db: None) -> None:
    field, company, rival = await factories.field(), await factories.company(), await factories.company()
    reservation = await filed(field, company)
    waiting = await filed(field, rival, Action.WAIT)
    await decide(field.approver, reservation, Action.REJECT)
    assert (await row_of(waiting)).state == State.HELD
    with pytest.raises(Taken):
        await take_back(field.approver, reservation)
    assert (await row_of(reservation)).state == State.REJECTED


async def test_not_when_its_minutes_are_over(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    reservation, decided = await filed(field, company), now()
    await decide(field.approver, reservation, Action.RETURN, decided)
    with pytest.raises(WrongState):
        await take_back(field.approver, reservation, decided + TAKEN_BACK_WITHIN)
    await take_back(field.approver, reservation, decided + TAKEN_BACK_WITHIN - timedelta(seconds=1))


async def test_not_when_somebody_has_been_written_to(own_db: str, tmp_path: Path) -> None:
    field, company = await factories.field(), await factories.company()
    reservation = await filed(field, company)
    await decide(field.approver, reservation, Action.APPROVE)
    await tell_now(own_db, settings(tmp_path))
    with pytest.raises(WrongState):
        await take_back(field.approver, reservation)
    assert (await row_of(reservation)).state == State.CONFIRMED


async def test_not_when_the_company_has_gone_on_or_it_was_no_decision_on_an_application(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    reservation = await filed(field, company)
    await decide(field.approver, reservation, Action.RETURN)
    await steps.change_volumes(company, reservation, None, (Asked(factories.period(13)),), now())
    with pytest.raises(WrongState):
        await take_back(field.approver, reservation)
    held = await filed(field, company, Action.HOLD)
    await decide(field.approver, held, Action.REJECT)
    with pytest.raises(WrongState):
        await take_back(field.approver, held)


async def test_by_whoever_may_decide_so_alone(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    reservation = await filed(field, company)
    await decide(field.reviewer, reservation, Action.RETURN)
    await take_back(field.reviewer, reservation)
    await decide(field.approver, reservation, Action.APPROVE)
    for actor in (field.reviewer, field.site_manager, company):
        with pytest.raises(NotAllowed):
            await take_back(actor, reservation)


async def test_a_letter_and_a_taking_back_at_once_leave_one_of_them(own_db: str) -> None:
    field, company = await factories.field(), await factories.company()
    reservation = await filed(field, company)
    for _ in range(8):
        await decide(field.approver, reservation, Action.RETURN)
        event = await Event.objects().where(Event.subject_id == reservation).order_by(Event.id, ascending=False).first()
        assert event is not None
        written, taken = await asyncio.gather(
            letters.write(event.id, Audience.COMPANY, "https://portal.test"),
            take_back(field.approver, reservation),
            return_exceptions=True,
        )
        assert written is None
        letter = await Delivery.exists().where(Delivery.event_id == event.id)
        assert letter == isinstance(taken, WrongState)
        if letter:
            await steps.act(company, reservation, Step(Action.SUBMIT), now())


async def test_its_page_offers_it_while_it_can_be_done(client: AsyncClient, db: None) -> None:
    field, company = await factories.field(), await factories.company()
    reservation = await filed(field, company)
    page, form = f"/desk/{reservation}", {"version": "1", "_csrf": await log_in(client, field.approver)}
    done = await client.post(f"{page}/approve", data=form)
    assert done.status_code == 303
    queue = await client.get("/desk")
    assert f'href="{page}#take_back"' in queue.text
    assert 'id="take_back"' in (await client.get(page)).text
    back = await client.post(f"{page}/take_back", data={**form, "version": "2", "reason_take_back": "押し間違い"})
    assert back.status_code == 303
    shown = await client.get(page)
    assert 'id="take_back"' not in shown.text
    assert "押し間違い" in shown.text
