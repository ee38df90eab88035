"""The stay as the unit: each is used, missed, given back or taken away by itself, and the rest goes on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from asyncpg import Range

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.availability.tables import Claim
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, Taken, WrongState
from testfields.core.periods import Period
from testfields.db.engine import DB
from testfields.maps import service as maps
from testfields.maps.rules import Days, Sought
from testfields.reservations import checking, day, filing, reading, steps
from testfields.reservations.day import changed_by
from testfields.reservations.filing import Application, Moved
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action, State
from testfields.reservations.stays import LATE_CHECK_OUT, Stay, StayState, closed_from, ends_by_itself, state_of
from testfields.reservations.tables import Reservation
from testfields.reservations.tables import Stay as StayRow
from testfields.sites.tables import Site
from tests import factories

T = StayState
HOUR = timedelta(hours=1)
NINE = factories.period(9)


# --- By themselves


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ([T.COMPLETED, T.ACTIVE, T.PLANNED], State.ACTIVE),
        ([T.COMPLETED, T.MISSED, T.PLANNED], State.CONFIRMED),
        ([T.MISSED, T.COMPLETED, T.GIVEN_BACK], State.COMPLETED),
        ([T.MISSED, T.GIVEN_BACK, T.DISPLACED], State.NO_SHOW),
        ([T.DISPLACED, T.GIVEN_BACK], State.REVOKED),
        ([T.GIVEN_BACK, T.LAPSED], State.CANCELLED),
    ],
)
def test_where_an_application_stands_follows_from_its_stays(states: Sequence[StayState], state: State) -> None:
    assert state_of(Stay(number, NINE, one) for number, one in enumerate(states)) is state


@pytest.mark.parametrize(
    ("state", "no_show_minutes", "after", "becomes"),
    [
        # A site that wants a check-in expects nobody any more after so many minutes, nor after the end.
        (T.PLANNED, 15, timedelta(minutes=14), None),
        (T.PLANNED, 15, timedelta(minutes=15), T.MISSED),
        (T.PLANNED, 600, HOUR, T.MISSED),
        # One that wants none takes what was booked for used.
        (T.PLANNED, 0, HOUR - timedelta(seconds=1), None),
        (T.PLANNED, 0, HOUR, T.COMPLETED),
        (T.ACTIVE, 15, HOUR + LATE_CHECK_OUT - timedelta(seconds=1), None),
        (T.ACTIVE, 15, HOUR + LATE_CHECK_OUT, T.COMPLETED),
        (T.GIVEN_BACK, 15, 9 * HOUR, None),
    ],
)
def test_nothing_stays_under_way_for_ever(
    state: StayState, no_show_minutes: int, after: timedelta, becomes: StayState | None
) -> None:
    assert ends_by_itself(Stay(1, NINE, state), no_show_minutes, NINE.start + after) is becomes


def test_what_is_under_way_was_used_until_it_is_given_back() -> None:
    stay, middle = Stay(1, NINE, T.PLANNED), NINE.start + HOUR / 2
    used = replace(stay, state=T.COMPLETED, period=Period(NINE.start, middle))
    assert changed_by(Action.GIVE_BACK, [stay], False, middle) == [used]
    # Who has not come where a check-in is wanted has not used it.
    assert changed_by(Action.GIVE_BACK, [stay], True, middle) == [replace(stay, state=T.GIVEN_BACK)]
    assert changed_by(Action.REVOKE, [stay], False, NINE.start - HOUR) == [replace(stay, state=T.DISPLACED)]
    # At the very minute at which it begins nothing has been used yet.
    assert changed_by(Action.GIVE_BACK, [stay], False, NINE.start) == [replace(stay, state=T.GIVEN_BACK)]


def test_who_checks_out_late_has_used_the_time_that_was_booked_and_no_more() -> None:
    stay = Stay(1, NINE, T.ACTIVE, checked_in_at=NINE.start)
    assert changed_by(Action.CHECK_OUT, [stay], True, NINE.end + HOUR / 2) == [replace(stay, state=T.COMPLETED)]


# --- Of an application


async def series(field: factories.Field, company: Actor, *hours: float, confirmed: bool = True) -> int:
    """An application for an hour at each of `hours`; its id."""
    asked = tuple(Asked(factories.period(hour)) for hour in hours)
    application = Application(await factories.project(company), field.area_id, asked)
    filed = (await filing.file(company, application, now())).id
    if confirmed:
        await steps.act(field.approver, filed, Step(Action.APPROVE), now())
        await steps.act(None, filed, Step(Action.CONFIRM), now())
    return filed


async def act(actor: Actor | None, number: int, action: Action, at: datetime, *stays: int) -> Moved:
    return await steps.act(actor, number, Step(action, reason="理由", stays=stays), at)


async def states_of(number: int) -> list[StayState]:
    return [one.state for one in await day.stays_of(number)]


async def free(field: factories.Field, *hours: float) -> bool:
    """Whether somebody else can book these hours."""
    company = await factories.company()
    asked = tuple(Asked(factories.period(hour)) for hour in hours)
    verdict = await checking.check(company, Application(await factories.project(company), field.area_id, asked), now())
    return verdict.fits


async def test_a_check_out_ends_its_own_stay_alone(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9, 12, 15)
    assert (await act(company, number, Action.CHECK_IN, NINE.start)).state is State.ACTIVE
    assert (await act(company, number, Action.CHECK_OUT, NINE.end)).state is State.CONFIRMED
    assert await states_of(number) == [T.COMPLETED, T.PLANNED, T.PLANNED]
    assert not await free(field, 12)
    with pytest.raises(WrongState):
        await act(company, number, Action.CHECK_IN, NINE.end)
    for hour in (12, 15):
        await act(company, number, Action.CHECK_IN, factories.period(hour).start)
        moved = await act(company, number, Action.CHECK_OUT, factories.period(hour).end)
    assert moved.state is State.COMPLETED


async def test_a_single_stay_is_given_back_and_the_rest_stays_taken(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9, 12, 15)
    stays = await day.stays_of(number)
    assert (await act(company, number, Action.GIVE_BACK, now(), stays[1].id)).state is State.CONFIRMED
    assert await states_of(number) == [T.PLANNED, T.GIVEN_BACK, T.PLANNED]
    assert await free(field, 12)
    assert not await free(field, 9)
    assert not await free(field, 15)
    with pytest.raises(WrongState):
        await act(company, number, Action.GIVE_BACK, now(), stays[1].id)
    other = await day.stays_of(await series(field, await factories.company(), 18))
    with pytest.raises(InvalidInput):
        await act(company, number, Action.GIVE_BACK, now(), other[0].id)
    assert (await act(company, number, Action.GIVE_BACK, now())).state is State.CANCELLED
    assert await free(field, 9, 15)


async def test_what_is_left_of_a_stay_is_free_when_it_is_checked_out_early(db: None) -> None:
    field, company = await factories.field(turnaround_minutes=30, slot_minutes=15), await factories.company()
    application = Application(await factories.project(company), field.area_id, (Asked(factories.period(9, 8)),))
    number = (await filing.file(company, application, now())).id
    await steps.act(field.approver, number, Step(Action.APPROVE), now())
    await steps.act(None, number, Step(Action.CONFIRM), now())
    await act(company, number, Action.CHECK_IN, NINE.start)
    await act(company, number, Action.CHECK_OUT, NINE.end)
    assert await free(field, 10.5)
    assert not await free(field, 10.25), "the turnaround is kept"
    (stay,) = await day.stays_of(number)
    assert stay.period == NINE
    assert [one.volume.period for one in await reading.volumes_of(number)] == [NINE]


async def test_who_leaves_before_the_time_begins_gives_all_of_it_back(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9)
    await act(company, number, Action.CHECK_IN, NINE.start - HOUR / 2)
    moved = await act(company, number, Action.CHECK_OUT, NINE.start - HOUR / 4)
    assert moved.state is State.COMPLETED
    assert await free(field, 9)
    assert [one.period for one in await day.stays_of(number)] == [Period(NINE.start - HOUR / 2, NINE.start - HOUR / 4)]
    async with DB.connection() as connection:
        await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")


async def test_stays_end_by_themselves_as_the_site_says(db: None) -> None:
    field, company = await factories.field(no_show_minutes=20), await factories.company()
    number = await series(field, company, 9, 12)
    await steps.end_what_is_over(NINE.start + timedelta(minutes=19))
    assert await states_of(number) == [T.PLANNED, T.PLANNED]
    await steps.end_what_is_over(NINE.start + timedelta(minutes=20))
    assert await states_of(number) == [T.MISSED, T.PLANNED]
    await Site.update({Site.no_show_minutes: 0}).where(Site.id == field.site_id)
    await steps.end_what_is_over(factories.period(12).end)
    assert await states_of(number) == [T.MISSED, T.COMPLETED]
    row = await reading.find(company, number)
    assert row["state"] == State.COMPLETED
    events = await reading.events(company, number)
    assert [one["to_state"] for one in events if one["action"] == Action.FINISH] == ["confirmed", "completed"]


@pytest.mark.parametrize("after", [timedelta(0), HOUR / 2])
async def test_what_has_begun_undecided_lapses_and_the_rest_is_decided(db: None, after: timedelta) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9, 12, confirmed=False)
    await act(field.approver, number, Action.APPROVE, NINE.start + after)
    assert await states_of(number) == [T.LAPSED, T.PLANNED]
    late = await series(field, company, 15, confirmed=False)
    with pytest.raises(WrongState):
        await act(field.approver, late, Action.APPROVE, factories.period(15).start)


async def test_other_times_are_asked_for_while_those_that_are_over_stay(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9, 12)
    await act(company, number, Action.CHECK_IN, NINE.start)
    await act(company, number, Action.CHECK_OUT, NINE.end)
    asked = (Asked(NINE), Asked(factories.period(18)))
    moved = await steps.change_volumes(company, number, None, asked, NINE.end)
    assert moved.state is State.SUBMITTED
    assert [(one.state, one.period) for one in await day.stays_of(number)] == [
        (T.COMPLETED, NINE),
        (T.PLANNED, factories.period(18)),
    ]
    assert await free(field, 12)


@pytest.mark.parametrize(("who", "action"), [("company", Action.CANCEL), ("approver", Action.REVOKE)])
async def test_what_was_used_stays_on_the_public_record(db: None, who: str, action: Action) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9, 12)
    await act(company, number, Action.CHECK_IN, NINE.start)
    await act(company, number, Action.CHECK_OUT, NINE.end)
    await act(company if who == "company" else field.approver, number, action, NINE.end)

    slug = (await Site.select(Site.slug).where(Site.id == field.site_id))[0]["slug"]
    day_of = NINE.start.date()
    body = (await maps.trials(Sought(Days(day_of, day_of), site=slug), now(), limit=10)).body.decode()
    assert f'"id": {number}' in body
    assert NINE.start.isoformat()[:16] in body
    assert factories.period(12).start.isoformat()[:16] not in body


async def test_a_stay_is_given_back_whatever_the_site_has_become_since(db: None) -> None:
    """Wider distances than when it was booked take nothing from anybody, and hinder nobody from giving back."""
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9, 12)
    other = await series(field, await factories.company(), 10)
    await Site.update({Site.turnaround_minutes: 60}).where(Site.id == field.site_id)
    stays = await day.stays_of(number)
    await act(company, number, Action.GIVE_BACK, now(), stays[1].id)
    claims = await Claim.select(Claim.period).where(Claim.source_id.is_in([number, other])).order_by(Claim.period)
    assert [one["period"].lower for one in claims] == [NINE.start, factories.period(10).start]


async def test_volumes_go_along_with_their_stay(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9)
    shorter = Range(NINE.start, NINE.start + HOUR / 2)
    await StayRow.update({StayRow.period: shorter, StayRow.state: T.ACTIVE}).where(StayRow.reservation_id == number)
    ((one, state),) = await reading.volumes_with_stays(number)
    assert (one.volume.period.end, state) == (NINE.start + HOUR / 2, T.ACTIVE)


async def test_all_of_a_series_or_nothing_is_filed(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    await series(field, await factories.company(), 12)
    with pytest.raises(Taken):
        await series(field, company, 9, 12)
    assert await reading.under_way(company) == []


# --- What becomes free


async def test_who_waits_is_offered_what_becomes_free_before_anybody_else_can_take_it(db: None) -> None:
    field, company, waiting = await factories.field(), await factories.company(), await factories.company()
    number = await series(field, company, 9, confirmed=False)
    asked = (Asked(NINE),)
    queue = [
        (await filing.file(one, Application(await factories.project(one), field.area_id, asked, Action.WAIT), now())).id
        for one in (waiting, await factories.company())
    ]
    await act(company, number, Action.WITHDRAW, now())
    with pytest.raises(Taken):
        await series(field, company, 9, confirmed=False)
    assert [(await reading.find(waiting, queue[0]))["state"]] == [State.HELD]
    states = await Reservation.select(Reservation.state).where(Reservation.id == queue[1])
    assert states[0]["state"] == State.WAITING


@pytest.mark.parametrize("how", ["give_back", "check_out", "revoke", "change", "cancel"])
async def test_whatever_frees_ground_offers_it_at_once(db: None, how: str) -> None:
    field, company, waiting = (
        await factories.field(no_show_minutes=10),
        await factories.company(),
        await factories.company(),
    )
    number = await series(field, company, 9, 12)
    application = Application(
        await factories.project(waiting), field.area_id, (Asked(factories.period(12)),), Action.WAIT
    )
    queued = (await filing.file(waiting, application, now())).id
    stays = await day.stays_of(number)
    match how:
        case "give_back":
            await act(company, number, Action.GIVE_BACK, now(), stays[1].id)
        case "check_out":
            at = factories.period(12).start
            await act(company, number, Action.CHECK_IN, at - HOUR / 2, stays[1].id)
            await act(company, number, Action.CHECK_OUT, at - HOUR / 4)
        case "revoke":
            await act(field.approver, number, Action.REVOKE, now())
        case "change":
            await steps.change_volumes(company, number, None, (Asked(NINE),), now())
        case "cancel":
            await act(company, number, Action.CANCEL, now())
    assert (await reading.find(waiting, queued))["state"] == State.HELD


async def test_a_hold_that_is_moved_ends_at_its_deadline_all_the_same(db: None) -> None:
    field, company = await factories.field(hold_minutes=60), await factories.company()
    asked = (Asked(factories.period(9)),)
    application = Application(await factories.project(company), field.area_id, asked, Action.HOLD)
    filed = await filing.file(company, application, now())
    await steps.change_volumes(company, filed.id, None, (Asked(factories.period(15)),), now())
    assert filed.deadline is not None
    await steps.end_what_is_over(filed.deadline - timedelta(seconds=1))
    assert (await reading.find(company, filed.id))["state"] == State.HELD
    await steps.end_what_is_over(filed.deadline)
    assert (await reading.find(company, filed.id))["state"] == State.EXPIRED


@pytest.mark.parametrize("state", [State.HELD, State.RETURNED])
async def test_staff_end_a_hold_or_what_was_returned_with_a_reason(db: None, state: State) -> None:
    field, company = await factories.field(), await factories.company()
    action = Action.HOLD if state is State.HELD else Action.SUBMIT
    application = Application(await factories.project(company), field.area_id, (Asked(NINE),), action)
    number = (await filing.file(company, application, now())).id
    if state is State.RETURNED:
        await act(field.approver, number, Action.RETURN, now())
    with pytest.raises(InvalidInput):
        await steps.act(field.approver, number, Step(Action.REJECT), now())
    assert (await act(field.approver, number, Action.REJECT, now())).state is State.REJECTED
    assert await free(field, 9)


@pytest.mark.parametrize("action", [Action.REVOKE, Action.GIVE_BACK])
async def test_whoever_checked_in_ahead_of_the_time_was_there(db: None, action: Action) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9)
    early = NINE.start - HOUR / 2
    await act(company, number, Action.CHECK_IN, early)
    actor = field.approver if action is Action.REVOKE else company
    await steps.act(actor, number, Step(action, reason="工事のため"), early + HOUR / 4)
    assert await states_of(number) == [T.COMPLETED]


def test_a_closure_from_the_start_of_a_stay_ends_what_has_begun_ahead_of_it() -> None:
    early = NINE.start - HOUR / 2
    stay = Stay(1, NINE, T.ACTIVE, early)
    ended = closed_from(stay, NINE.start, True, early + HOUR / 4)
    assert (ended.state, ended.period) == (T.COMPLETED, Period(early, early + HOUR / 4))
    # One that begins later lets it go on until then.
    assert closed_from(stay, NINE.start + HOUR / 2, True, early).period == Period(NINE.start, NINE.start + HOUR / 2)


@pytest.mark.parametrize("action", [Action.REVOKE, Action.REJECT, Action.WITHDRAW, Action.APPROVE])
async def test_a_step_about_the_whole_takes_no_single_stays(db: None, action: Action) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9, 12, confirmed=action is Action.REVOKE)
    (first, _) = await day.stays_of(number)
    actor = company if action is Action.WITHDRAW else field.approver
    with pytest.raises(InvalidInput) as refused:
        await steps.act(actor, number, Step(action, reason="工事のため", stays=(first.id,)), now())
    assert [one.path for one in refused.value.faults] == ["stays"]
    assert await states_of(number) == [T.PLANNED, T.PLANNED]
