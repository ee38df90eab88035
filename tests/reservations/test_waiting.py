"""What whoever waits is told, and what both sides are told of a time that begins before it can be decided."""

from datetime import timedelta

import pytest
from httpx import AsyncClient

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.closures import service as closures
from testfields.closures.grounds import one_place
from testfields.closures.rules import ClosureKind
from testfields.closures.service import Closing
from testfields.core.clock import now
from testfields.core.errors import NotFound, WrongState
from testfields.core.periods import Period
from testfields.db.values import period_range
from testfields.letters.jobs import write
from testfields.letters.rules import Audience
from testfields.notifications.tables import Delivery
from testfields.reservations import checking, filing, steps, waiting
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from testfields.reservations.tables import Reservation, Stay
from testfields.reservations.waiting import Chance
from testfields.reviews import service as reviews
from testfields.reviews.rules import Shown
from testfields.reviews.service import QueueQuery
from testfields.sites.tables import Site
from tests import factories

DAY = factories.period(9, 8)


async def filed(
    field: factories.Field, *periods: Period, action: Action = Action.SUBMIT, company: Actor | None = None
) -> tuple[Actor, int]:
    company = company or await factories.company()
    asked = tuple(Asked(one) for one in periods)
    return company, (
        await filing.file(company, Application(await factories.project(company), field.area_id, asked, action), now())
    ).id


# --- The place in the queue


async def test_who_waits_sees_how_many_come_first_and_what_stands_there(db: None) -> None:
    field = await factories.field()
    await filed(field, factories.period(9), action=Action.HOLD)
    await filed(field, factories.period(10))
    _, permitted = await filed(field, factories.period(11))
    await steps.act(field.approver, permitted, Step(Action.APPROVE), now())
    slug = (await Site.select(Site.slug).where(Site.id == field.site_id))[0]["slug"]
    noon = factories.period(12)
    await closures.close(field.site_manager, Closing(one_place(slug), ClosureKind.WORKS, "工事", "Works", noon), now())

    first, one = await filed(field, DAY, action=Action.WAIT)
    second, other = await filed(field, factories.period(10, 1), action=Action.WAIT)
    third, last = await filed(field, factories.period(11, 3), action=Action.WAIT)

    queue = await waiting.queue_of(first, one)
    assert queue.ahead == 0
    assert dict(queue.standing) == {Chance.HELD: 1, Chance.REVIEWED: 1, Chance.PERMITTED: 1, Chance.CLOSED: 1}
    assert list(queue.standing) == list(Chance)
    queue = await waiting.queue_of(second, other)
    assert (queue.ahead, dict(queue.standing)) == (1, {Chance.REVIEWED: 1})
    # The second waits for another hour.
    assert (await waiting.queue_of(third, last)).ahead == 1
    await steps.act(first, one, Step(Action.WITHDRAW), now())
    assert (await waiting.queue_of(third, last)).ahead == 0


async def test_nobody_else_asks_for_it_and_it_has_to_wait(db: None, client: AsyncClient) -> None:
    field = await factories.field()
    company, number = await filed(field, DAY)
    rival, theirs = await filed(field, DAY, action=Action.WAIT)
    for actor, one in ((company, number), (company, theirs)):
        with pytest.raises(NotFound):
            await waiting.queue_of(actor, one)
    headers = {"Authorization": f"Bearer {await factories.token(rival)}"}
    answer = await client.get(f"/api/v1/reservations/{theirs}/queue", headers=headers)
    assert answer.json() == {"ahead": 0, "standing": {"reviewed": 1}}


async def test_the_page_tells_the_place_in_the_queue(db: None, client: AsyncClient) -> None:
    field = await factories.field()
    await filed(field, DAY)
    await filed(field, DAY, action=Action.WAIT)
    company, number = await filed(field, DAY, action=Action.WAIT)
    await factories.log_in(client, company)
    page = (await client.get(f"/my/reservations/{number}")).text
    assert "この申請より先に1件の申請が待っています" in page
    assert "審査中" in page


async def test_a_turnaround_reaches_those_who_wait_for_the_time_before(db: None) -> None:
    field = await factories.field(turnaround_minutes=30)
    await filed(field, DAY)
    await filed(field, factories.period(9), action=Action.WAIT)
    company, number = await filed(field, factories.period(10), action=Action.WAIT)
    assert (await waiting.queue_of(company, number)).ahead == 1


async def test_times_that_were_taken_away_are_waited_for_no_more(db: None) -> None:
    field = await factories.field()
    await filed(field, DAY)
    _, first = await filed(field, factories.period(9), factories.period(11), action=Action.WAIT)
    company, number = await filed(field, factories.period(9), action=Action.WAIT)
    assert (await waiting.queue_of(company, number)).ahead == 1
    nine = period_range(factories.period(9))
    await Stay.update({Stay.state: "displaced"}).where((Stay.reservation_id == first) & (Stay.period == nine))
    assert (await waiting.queue_of(company, number)).ahead == 0


async def test_nobody_waits_for_himself(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    await filed(field, factories.period(9), company=company)
    with pytest.raises(WrongState):
        await filed(field, DAY, company=company, action=Action.WAIT)
    _, draft = await filed(field, DAY, company=company, action=Action.SAVE)
    with pytest.raises(WrongState):
        await steps.act(company, draft, Step(Action.WAIT), now())
    assert await Reservation.count().where(Reservation.state == "waiting") == 0
    # Somebody else is in the way too.
    await filed(field, factories.period(11))
    await filed(field, DAY, company=company, action=Action.WAIT)


async def test_whoever_finds_it_taken_is_told_how_many_wait(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    await filed(field, DAY)
    application = Application(await factories.project(company), field.area_id, (Asked(DAY),))
    assert (await checking.check(company, application, now())).waiting == 0
    await filed(field, factories.period(10), action=Action.WAIT)
    await filed(field, factories.period(20), action=Action.WAIT)
    assert (await checking.check(company, application, now())).waiting == 1


# --- Times that begin before they can be decided


async def promise(field: factories.Field, days: int) -> None:
    await Site.update({Site.processing_days: days}).where(Site.id == field.site_id)


@pytest.mark.parametrize(("days", "hurried"), [(0, False), (1, True), (14, True)])
async def test_a_time_that_begins_before_it_can_be_decided_is_told_to_both_sides(
    db: None, days: int, hurried: bool
) -> None:
    field, company = await factories.field(), await factories.company()
    await promise(field, days)
    application = Application(await factories.project(company), field.area_id, (Asked(DAY),))

    verdict = await checking.check(company, application, now())
    assert verdict.fits
    assert bool(verdict.warnings) is hurried
    filed_now = await filing.file(company, application, now())
    assert bool(filed_now.warnings) is hurried

    case = await reviews.case(field.approver, filed_now.id, now())
    assert case.row["hurried"] is hurried
    (row,) = await reviews.queue(field.approver, QueueQuery(shown=Shown.OPEN), now())
    assert row["hurried"] is hurried
    for audience in Audience:
        (event,) = await Reservation.raw(
            "SELECT id FROM event WHERE subject = 'reservation' AND subject_id = {}", filed_now.id
        )
        await write(event["id"], audience, "https://fields.test")
    letters = [row["text"] for row in await Delivery.select(Delivery.text)]
    assert len(letters) > 1
    assert all(("標準処理期間が終わる前に" in text) is hurried for text in letters)


async def test_a_hold_that_would_be_decided_too_late_is_told_too(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    await promise(field, 3)
    headers = {"Authorization": f"Bearer {await factories.token(company)}", "Accept-Language": "en"}
    project = await factories.project(company)
    told = {}
    for days in (1, 9):
        one = factories.period(9, days=days)
        body = {
            "project_id": project,
            "area_id": field.area_id,
            "hold": True,
            "volumes": [{"period": {"start": one.start.isoformat(), "end": one.end.isoformat()}}],
        }
        answer = await client.post("/api/v1/reservations", json=body, headers=headers)
        assert answer.status_code == 201
        told[days] = answer.json()["warnings"]
    assert told[9] == []
    assert told[1] == [
        "The owner takes up to 3 days to decide, and the time begins before that. What has not been decided when its"
        " time begins may lapse."
    ]


async def test_the_form_warns_while_there_is_time(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    await promise(field, 3)
    csrf = await factories.log_in(client, company)
    slug = (await Site.select(Site.slug).where(Site.id == field.site_id))[0]["slug"]
    local = timedelta(hours=9)
    form = {
        **csrf,
        "project_id": str(await factories.project(company)),
        "site": slug,
        "area": str(field.area_id),
        "time0_start": (DAY.start + local).strftime("%Y-%m-%dT%H:%M"),
        "time0_end": (DAY.end + local).strftime("%Y-%m-%dT%H:%M"),
    }
    assert "所有者の審査には最長3日かかります" in (await client.post("/my/apply/check", data=form)).text


async def test_what_lapses_undecided_is_offered_when_the_rest_is_approved(db: None) -> None:
    field = await factories.field()
    _, number = await filed(field, DAY, factories.period(9, days=2))
    waiting_company, theirs = await filed(field, factories.period(12), action=Action.WAIT)
    await steps.act(field.approver, number, Step(Action.APPROVE), DAY.start + timedelta(minutes=30))
    with pytest.raises(NotFound):
        await waiting.queue_of(waiting_company, theirs)
    assert (await Reservation.select(Reservation.state).where(Reservation.id == theirs))[0]["state"] == "held"
