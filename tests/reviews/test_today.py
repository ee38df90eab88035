"""The page of the day: who comes when to the own fields, who is late, and what a site manager notes of it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from httpx import AsyncClient

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import NotFound, Stale
from testfields.core.periods import Period
from testfields.reservations import day, filing, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from testfields.reservations.stays import Stay, StayState
from testfields.reviews import today
from testfields.reviews.today import Late
from tests import factories

T, A = StayState, Action
HOUR = timedelta(hours=1)
NINE = factories.period(9)
TOMORROW = factories.tomorrow(12).date()


@pytest.mark.parametrize(
    ("state", "wants_check_in", "after", "expected"),
    [
        (T.PLANNED, True, -timedelta(minutes=1), None),
        (T.PLANNED, True, timedelta(0), Late.TO_COME),
        # Where no check-in is wanted, nobody has to say that they came.
        (T.PLANNED, False, timedelta(minutes=10), None),
        (T.ACTIVE, True, timedelta(minutes=59), None),
        (T.ACTIVE, False, HOUR, Late.TO_LEAVE),
        (T.COMPLETED, True, HOUR, None),
    ],
)
def test_who_is_late(state: StayState, wants_check_in: bool, after: timedelta, expected: Late | None) -> None:
    assert today.late(Stay(1, NINE, state), wants_check_in, NINE.start + after) is expected


async def permitted(field: factories.Field, company: Actor, *periods: Period) -> int:
    asked = tuple(Asked(one) for one in periods)
    number = (await filing.file(company, Application(await factories.project(company), field.area_id, asked), now())).id
    await steps.act(field.approver, number, Step(A.APPROVE), now())
    await steps.act(None, number, Step(A.CONFIRM), now())
    return number


async def seen(actor: Actor, at: datetime) -> list[tuple[int, tuple[Action, ...]]]:
    """The applications that stand on the page of the day at a time, with what may be noted."""
    return [(one.row["id"], one.actions) for one in await today.of_day(actor, None, None, at)]


async def test_what_may_be_noted_follows_the_clock_and_the_role(db: None) -> None:
    field = await factories.field()
    number = await permitted(field, await factories.company(), NINE)
    (stay,) = await day.stays_of(number)
    manager = field.site_manager
    assert await seen(manager, NINE.start - 2 * HOUR) == [(number, ())]
    assert await seen(manager, NINE.start - HOUR) == [(number, (A.CHECK_IN,))]
    assert await seen(manager, NINE.start) == [(number, (A.CHECK_IN, A.NO_SHOW))]
    # Others of the staff read it.
    assert await seen(field.approver, NINE.start) == [(number, ())]

    await today.note(manager, stay.id, A.CHECK_IN, None, NINE.start)
    assert await seen(manager, NINE.start) == [(number, (A.CHECK_OUT,))]
    # Two hours after its end it is not the next day yet, but over.
    await today.note(manager, stay.id, A.CHECK_OUT, None, NINE.start + HOUR / 2)
    assert await seen(manager, NINE.end) == [(number, ())]


async def test_the_day_is_the_sites_own_and_what_is_left_under_way_does_not_vanish_at_midnight(db: None) -> None:
    field = await factories.field()
    before_midnight = factories.period(22, 2)
    just_after = factories.period(24.5)
    evening = await permitted(field, await factories.company(), before_midnight)
    (stay,) = await day.stays_of(evening)
    night = await permitted(field, await factories.company(), just_after)
    manager = field.site_manager
    # At 22:30 nothing of tomorrow; half an hour before midnight who comes right after it may check in.
    assert [one for one, _ in await seen(manager, before_midnight.start + HOUR / 2)] == [evening]
    assert await seen(manager, before_midnight.end - HOUR / 2) == [
        (evening, (A.CHECK_IN, A.NO_SHOW)),
        (night, (A.CHECK_IN,)),
    ]
    await today.note(manager, stay.id, A.CHECK_IN, None, before_midnight.start)
    found = await today.of_day(manager, None, None, before_midnight.end + timedelta(minutes=10))
    assert [(one.row["id"], one.late) for one in found] == [(evening, Late.TO_LEAVE), (night, None)]


async def test_of_a_series_one_stay_is_noted_and_the_others_go_on(db: None) -> None:
    field = await factories.field()
    number = await permitted(field, await factories.company(), NINE, factories.period(12))
    first, second = await day.stays_of(number)
    await today.note(field.site_manager, second.id, A.NO_SHOW, None, second.period.start)
    assert [one.state for one in await day.stays_of(number)] == [T.PLANNED, T.MISSED]
    assert first.state is T.PLANNED


async def test_nobody_notes_at_others_fields_nor_on_an_old_page_nor_anything_else(db: None) -> None:
    field, other = await factories.field(), await factories.field()
    number = await permitted(field, await factories.company(), NINE)
    (stay,) = await day.stays_of(number)
    for actor, action in (
        (other.site_manager, A.CHECK_IN),
        (field.reviewer, A.CHECK_IN),
        (field.site_manager, A.WITHDRAW),
    ):
        with pytest.raises(NotFound):
            await today.note(actor, stay.id, action, None, NINE.start)
    with pytest.raises(Stale):
        await today.note(field.site_manager, stay.id, A.CHECK_IN, 1, NINE.start)
    assert await day.stays_of(number) == [replace(stay, state=T.PLANNED)]
    assert await seen(other.site_manager, NINE.start) == []


async def test_what_was_never_permitted_or_given_back_whole_is_nobodys_visit(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    given_back = await permitted(field, company, NINE)
    await steps.act(company, given_back, Step(A.CANCEL), now())
    await filing.file(
        company, Application(await factories.project(company), field.area_id, (Asked(factories.period(12)),)), now()
    )
    assert await seen(field.site_manager, NINE.start) == []


async def test_the_page_and_the_api_tell_the_same(db: None, client: AsyncClient) -> None:
    """A stay that begins within the hour is checked in with one tap; the page says so and offers the next step."""
    field, company = await factories.field(), await factories.company()
    start = now().replace(minute=0, second=0, microsecond=0) + HOUR
    number = await permitted(field, company, Period(start, start + HOUR))
    (stay,) = await day.stays_of(number)
    form = await factories.log_in(client, field.site_manager)
    address = f"/desk/today/{stay.id}"
    page = (await client.get("/desk/today")).text
    assert f'action="{address}/check_in"' in page
    assert f'action="{address}/check_out"' not in page

    stale = await client.post(f"{address}/check_in", data={**form, "version": "1"})
    assert stale.status_code == 409
    assert f'action="{address}/check_in"' in stale.text
    version = str(await reservation_version(client, number))
    noted = await client.post(f"{address}/check_in", data={**form, "version": version})
    assert noted.status_code == 303
    page = (await client.get("/desk/today")).text
    assert f'action="{address}/check_out"' in page
    (told,) = (await client.get("/api/v1/reviews/today")).json()
    assert (told["reservation_id"], told["state"], told["actions"]) == (number, "active", ["check_out"])

    assert (await client.get("/desk/today?site=another")).text.count("on-site__when") == 0
    assert (await client.get("/api/v1/reviews/today?site=another")).json() == []


async def reservation_version(client: AsyncClient, number: int) -> int:
    return int((await client.get(f"/api/v1/reservations/{number}")).json()["version"])
