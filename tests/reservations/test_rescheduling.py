"""Single stays moved and added: within what is still to be decided, apart from what is permitted."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from httpx import AsyncClient
from shapely.geometry import MultiPolygon, Point

from testfields.accounts.rules import Actor
from testfields.availability.rules import MOST_VOLUMES
from testfields.availability.service import Asked
from testfields.availability.tables import Claim
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, Stale, Taken, WrongState
from testfields.core.local_time import format_period
from testfields.core.periods import Period
from testfields.core.shapes import MOST_POINTS
from testfields.events.tables import Event
from testfields.letters import jobs
from testfields.letters.rules import Audience
from testfields.notifications.tables import Delivery
from testfields.permits import service as permits
from testfields.reservations import day, filing, reading, rescheduling, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action, State
from testfields.reservations.stays import Stay, StayState, shifted
from testfields.reservations.terms import ENDS_SOONER, MAY_LAPSE
from tests import factories
from tests.reservations.test_stays import act, free, series, states_of

T = StayState
HOUR = timedelta(hours=1)
NINE, TWELVE, FIFTEEN = (factories.period(hour) for hour in (9, 12, 15))
TOKYO = ZoneInfo("Asia/Tokyo")
UNDECIDED = [State.DRAFT, State.HELD, State.SUBMITTED, State.RETURNED, State.WAITING]


async def undecided(field: factories.Field, company: Actor, state: State) -> int:
    """An application for three times that stands there."""
    first = {State.DRAFT: Action.SAVE, State.HELD: Action.HOLD, State.WAITING: Action.WAIT}
    asked = tuple(Asked(one) for one in (NINE, TWELVE, FIFTEEN))
    if state is State.WAITING:
        await series(field, await factories.company(), 12, confirmed=False)
    action = first.get(state, Action.SUBMIT)
    application = Application(await factories.project(company), field.area_id, asked, action)
    number = (await filing.file(company, application, now())).id
    if state is State.RETURNED:
        await act(field.approver, number, Action.RETURN, now())
    return number


async def periods_of(number: int, *states: StayState) -> list[Period]:
    return [one.period for one in await day.stays_of(number) if not states or one.state in states]


async def ids(number: int) -> list[int]:
    return [one.id for one in await day.stays_of(number)]


async def move(actor: Actor, number: int, start: datetime, *stays: int, at: datetime | None = None) -> Any:
    return await rescheduling.move_stays(actor, number, None, stays, start, at or now())


# --- By itself


@pytest.mark.parametrize(
    ("zone", "first", "start", "local"),
    [
        # The second is moved over the end of summer time: it keeps its time of the day.
        ("America/New_York", "2026-10-20T09:00", "2026-10-27T10:00", ["2026-10-27T10:00", "2026-11-03T10:00"]),
        ("Australia/Lord_Howe", "2027-03-23T09:00", "2027-03-30T09:30", ["2027-03-30T09:30", "2027-04-06T09:30"]),
        ("Asia/Tokyo", "2026-12-24T22:00", "2026-12-31T23:30", ["2026-12-31T23:30", "2027-01-07T23:30"]),
    ],
)
def test_all_are_moved_by_as_much_by_the_local_clock(zone: str, first: str, start: str, local: Sequence[str]) -> None:
    there = ZoneInfo(zone)
    begins = [datetime.fromisoformat(first).replace(tzinfo=there) + timedelta(weeks=week) for week in range(2)]
    # Clocks go on by themselves in zoneinfo: a week later is the same time of the day.
    instants = [one.astimezone(UTC) for one in begins]
    stays = [Stay(number, Period(one, one + 2 * HOUR), T.PLANNED) for number, one in enumerate(instants)]
    moved = shifted(stays, datetime.fromisoformat(start).replace(tzinfo=there), zone)
    assert [f"{one.start.astimezone(there):%Y-%m-%dT%H:%M}" for one in moved.values()] == list(local)
    assert {one.duration for one in moved.values()} == {2 * HOUR}


@pytest.mark.parametrize("start", ["2027-03-14T02:30", "2026-11-01T01:30"])
def test_none_is_moved_to_a_time_that_the_clock_does_not_show_just_once(start: str) -> None:
    there = ZoneInfo("America/New_York")
    at = datetime.fromisoformat(start).replace(tzinfo=there)
    before = at - timedelta(weeks=1)
    stays = [Stay(1, Period(before - timedelta(weeks=1), before - timedelta(weeks=1) + HOUR), T.PLANNED)]
    stays.append(Stay(2, Period(before, before + HOUR), T.PLANNED))
    with pytest.raises(InvalidInput):
        shifted(stays, before, "America/New_York")


# --- What is still to be decided


@pytest.mark.parametrize("state", UNDECIDED)
async def test_one_is_moved_and_the_others_stay_as_they_are(db: None, state: State) -> None:
    field, company = await factories.field(), await factories.company()
    number = await undecided(field, company, state)
    stays = await ids(number)

    moved = await move(company, number, factories.tomorrow(18), stays[1])

    assert (moved.id, moved.state, moved.split_off) == (number, state, None)
    assert await periods_of(number) == [NINE, FIFTEEN, factories.period(18)]
    assert set(await ids(number)) == set(stays), "each is still the same stay"
    assert [one.volume.period for one in await reading.volumes_of(number)] == [NINE, FIFTEEN, factories.period(18)]
    claimed = state in {State.HELD, State.SUBMITTED, State.RETURNED}
    assert await Claim.count().where(Claim.source_id == number) == (3 if claimed else 0)
    assert await free(field, 18) is not claimed
    if state is not State.WAITING:
        assert await free(field, 12)
    story = [(one["action"], one["to_state"]) for one in await reading.events(company, number)]
    assert (story[-1] == ("move", state)) is (state is not State.DRAFT)


async def test_this_one_and_all_after_it_keep_their_distance_also_over_each_others_place(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9, 10, 11, confirmed=False)
    stays = await ids(number)
    await move(company, number, factories.tomorrow(11), *stays[1:])
    assert await periods_of(number) == [NINE, factories.period(11), TWELVE]
    await move(company, number, factories.tomorrow(10))
    assert await periods_of(number) == [factories.period(10), TWELVE, factories.period(13)]
    await move(company, number, factories.tomorrow(9.5))
    assert await ids(number) == stays


async def test_where_one_does_not_fit_none_is_moved(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9, 12, confirmed=False)
    await series(field, await factories.company(), 13)
    with pytest.raises(Taken) as refused:
        await move(company, number, factories.tomorrow(10))
    assert refused.value.nearest
    assert await periods_of(number) == [NINE, TWELVE]
    assert await Claim.count().where(Claim.source_id == number) == 2


async def test_a_hold_that_is_moved_runs_out_when_it_would_have(db: None) -> None:
    field, company = await factories.field(hold_minutes=60), await factories.company()
    number = await undecided(field, company, State.HELD)
    before = (await reading.find(company, number))["deadline"]
    await move(company, number, factories.tomorrow(18), (await ids(number))[0])
    assert (await reading.find(company, number))["deadline"] == before


@pytest.mark.parametrize("how", ["move", "add", "change"])
async def test_a_deadline_that_gets_sooner_is_told(db: None, how: str) -> None:
    days = 4
    field, company = await factories.field(hold_minutes=2 * 24 * 60, processing_days=1), await factories.company()
    late, soon = factories.period(9, days=days), factories.period(9, days=1)
    wish = Application(await factories.project(company), field.area_id, (Asked(late),), Action.HOLD)
    filed = await filing.file(company, wish, now())
    assert (filed.warnings, filed.deadline < late.start if filed.deadline else None) == ((), True)
    match how:
        case "move":
            done = await move(company, filed.id, soon.start)
        case "add":
            done = await rescheduling.add_stays(company, filed.id, None, (Asked(soon),), now())
        case _:
            done = await steps.change_volumes(company, filed.id, None, (Asked(soon),), now())
    assert [one.id for one in done.warnings] == [ENDS_SOONER, MAY_LAPSE]
    assert (await reading.find(company, filed.id))["deadline"] == soon.start

    back = await steps.change_volumes(company, filed.id, None, (Asked(late),), now())
    assert back.warnings == ()
    # It never gets later again.
    assert (await reading.find(company, filed.id))["deadline"] == soon.start


async def test_what_is_permitted_is_moved_with_a_word_of_what_may_lapse(db: None) -> None:
    field, company = await factories.field(processing_days=1), await factories.company()
    number = await series(field, company, 9, 12)
    moved = await move(company, number, factories.tomorrow(18), (await ids(number))[0])
    assert [one.id for one in moved.warnings] == [MAY_LAPSE]
    assert (await move(company, number, factories.tomorrow(9, days=9))).warnings == ()


async def test_who_waits_for_other_times_goes_to_the_end_of_the_line(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await undecided(field, company, State.WAITING)
    before = (await reading.find(company, number))["submitted_at"]
    later = now()
    await move(company, number, factories.tomorrow(18), (await ids(number))[0], at=later)
    assert before < (await reading.find(company, number))["submitted_at"] == later


async def test_more_is_added_beside_what_there_is(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9, confirmed=False)
    (stay,) = await ids(number)
    asked = (Asked(TWELVE), Asked(FIFTEEN))
    added = await rescheduling.add_stays(company, number, 1, asked, now())
    assert (added.state, added.split_off) == (State.SUBMITTED, None)
    assert await periods_of(number) == [NINE, TWELVE, FIFTEEN]
    assert stay in await ids(number)
    assert await Claim.count().where(Claim.source_id == number) == 3
    with pytest.raises(InvalidInput) as twice:
        await rescheduling.add_stays(company, number, None, (Asked(NINE),), now())
    assert [one.path for one in twice.value.faults] == ["volumes"]


@pytest.mark.parametrize(
    "start", [now() - HOUR, factories.tomorrow(9, days=4000), factories.tomorrow(9) + timedelta(minutes=1), NINE.start]
)
async def test_what_the_site_does_not_allow_is_told_of_the_new_start(db: None, start: datetime) -> None:
    field, company = await factories.field(), await factories.company()
    for confirmed in (False, True):
        number = await series(field, company, 9 if confirmed else 12, confirmed=confirmed)
        first = start if start != NINE.start else (await periods_of(number))[0].start
        with pytest.raises(InvalidInput) as refused:
            await move(company, number, first)
        assert {one.path for one in refused.value.faults} == {"start"}


async def test_a_version_that_is_old_and_stays_of_others_are_refused(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number, other = await series(field, company, 9), await series(field, await factories.company(), 12)
    with pytest.raises(Stale):
        await rescheduling.move_stays(company, number, 1, (), factories.tomorrow(18), now())
    with pytest.raises(InvalidInput):
        await move(company, number, factories.tomorrow(18), *await ids(other))
    with pytest.raises(WrongState):
        await act(company, number, Action.MOVE, now())


# --- What is permitted


async def test_of_what_is_permitted_the_moved_stay_becomes_an_application_of_its_own(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9, 12, 15)
    await permits.issue(number, now())
    stays = await ids(number)

    moved = await move(company, number, factories.tomorrow(18), stays[1])

    assert moved.state is State.CONFIRMED
    assert await states_of(number) == [T.PLANNED, T.GIVEN_BACK, T.PLANNED]
    apart = await reading.find(company, moved.split_off)
    before = await reading.find(company, number)
    assert (apart["state"], apart["project_id"], apart["area_id"]) == (
        State.SUBMITTED, before["project_id"], before["area_id"]
    )  # fmt: skip
    assert await periods_of(moved.split_off) == [factories.period(18)]
    assert await free(field, 12)
    assert not await free(field, 9)
    assert not await free(field, 18)
    # Each tells of the other.
    told = {one["action"]: one["other"] for one in await reading.events(company, number)}
    assert told == {"submit": None, "approve": None, "confirm": None, "move": moved.split_off}
    assert [one["other"] for one in await reading.events(company, moved.split_off)] == [number]
    # The permit goes on to hold for the others.
    await permits.revoke(number, "", now())
    permit = await permits.of_reservation(company, number, now())
    assert permit.revoked_at is None
    assert [one.state for one in permit.permitted] == [T.PLANNED, T.GIVEN_BACK, T.PLANNED]
    await steps.act(field.approver, moved.split_off, Step(Action.APPROVE), now())


async def test_a_stay_is_moved_over_its_own_old_place(db: None) -> None:
    field, company = await factories.field(turnaround_minutes=30, slot_minutes=15), await factories.company()
    number = await series(field, company, 9, 15)
    moved = await move(company, number, factories.tomorrow(9.5), (await ids(number))[0])
    assert await periods_of(moved.split_off) == [factories.period(9.5)]
    assert await states_of(number) == [T.GIVEN_BACK, T.PLANNED]


async def test_where_the_new_place_is_taken_nothing_is_given_back(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9, 12)
    await series(field, await factories.company(), 18)
    before = await reading.find(company, number)
    with pytest.raises(Taken) as refused:
        await move(company, number, factories.tomorrow(18), (await ids(number))[0])
    assert refused.value.nearest
    assert await states_of(number) == [T.PLANNED, T.PLANNED]
    after = await reading.find(company, number)
    assert (before["version"], before["state"]) == (after["version"], after["state"])
    assert await Claim.count().where(Claim.source_id == number) == 2
    assert not await free(field, 9)


async def test_moving_all_of_them_ends_what_was_permitted(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9, 12)
    moved = await move(company, number, factories.tomorrow(18))
    assert moved.state is State.CANCELLED
    assert await periods_of(moved.split_off) == [factories.period(18), factories.period(21)]
    assert await Claim.count().where(Claim.source_id == number) == 0


async def test_what_has_been_used_stays_and_what_has_begun_is_not_moved(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9, 12, 15)
    stays = await ids(number)
    await act(company, number, Action.CHECK_IN, NINE.start)
    with pytest.raises(WrongState):
        await move(company, number, factories.tomorrow(18), stays[0], at=NINE.start + HOUR / 2)
    with pytest.raises(WrongState):
        await move(company, number, factories.tomorrow(18), *stays, at=NINE.start + HOUR / 2)
    # All that are left are those that have not begun.
    moved = await move(company, number, factories.tomorrow(18), at=NINE.start + HOUR / 2)
    assert moved.state is State.ACTIVE
    assert await periods_of(moved.split_off) == [factories.period(18), factories.period(21)]
    await act(company, number, Action.CHECK_OUT, NINE.end)
    assert await states_of(number) == [T.COMPLETED, T.GIVEN_BACK, T.GIVEN_BACK]
    assert (await reading.find(company, number))["state"] == State.COMPLETED
    with pytest.raises(WrongState):
        await move(company, number, factories.tomorrow(18), stays[0], at=NINE.end)


async def test_what_is_under_way_without_a_check_in_is_not_moved_either(db: None) -> None:
    field, company = await factories.field(no_show_minutes=0), await factories.company()
    number = await series(field, company, 9, 12)
    stays, middle = await ids(number), NINE.start + HOUR / 2
    with pytest.raises(WrongState):
        await move(company, number, factories.tomorrow(18), stays[0], at=middle)
    moved = await move(company, number, factories.tomorrow(18), at=middle)
    assert await periods_of(moved.split_off) == [factories.period(18)]
    assert await states_of(number) == [T.PLANNED, T.GIVEN_BACK]


async def test_nobody_adds_what_the_area_is_not_for(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    other = await factories.area(field.site_id, uses=["vehicle"])
    for confirmed in (True, False):
        number = await series(field, company, 9 if confirmed else 12, confirmed=confirmed)
        with pytest.raises(InvalidInput) as refused:
            await rescheduling.add_stays(company, number, None, (Asked(FIFTEEN, area_id=other),), now())
        assert [one.path for one in refused.value.faults] == ["area_id"]


async def test_nobody_changes_to_what_the_area_is_not_for(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    other = await factories.area(field.site_id, uses=["vehicle"])
    for confirmed in (True, False):
        number = await series(field, company, 9 if confirmed else 12, confirmed=confirmed)
        with pytest.raises(InvalidInput) as refused:
            await steps.change_volumes(company, number, None, (Asked(FIFTEEN, area_id=other),), now())
        assert [one.path for one in refused.value.faults] == ["area_id"]
        assert FIFTEEN not in await periods_of(number)


@pytest.mark.parametrize("action", [Action.SAVE, Action.SUBMIT])
async def test_what_is_added_counts_together_with_what_there_is(db: None, action: Action) -> None:
    field, company = await factories.field(geometry=factories.square()), await factories.company()
    project_id = await factories.project(company)
    detailed = MultiPolygon([Point(135.005, 34.005).buffer(0.004, quad_segs=MOST_POINTS // 4 - 10)])
    hours = [factories.period(hour, days=day) for day in range(1, 6) for hour in range(8, 20)]
    shapes = [None if action is Action.SAVE else detailed] * (MOST_VOLUMES if action is Action.SAVE else 5)
    asked = tuple(Asked(one, shape) for one, shape in zip(hours, shapes, strict=False))
    number = (await filing.file(company, Application(project_id, field.area_id, asked, action), now())).id
    with pytest.raises(InvalidInput) as refused:
        await rescheduling.add_stays(company, number, None, (Asked(factories.period(21), shapes[0]),), now())
    assert [one.path for one in refused.value.faults] == ["volumes"]
    assert await periods_of(number) == hours[: len(asked)]


async def test_areas_as_a_whole_are_moved_and_added_however_detailed_they_are(db: None) -> None:
    outline = MultiPolygon([Point(135.005, 34.005).buffer(0.004, quad_segs=MOST_POINTS // 4 - 10)])
    field, company = await factories.field(geometry=factories.square()), await factories.company()
    area_id = await factories.area(field.site_id, outline)
    asked = tuple(Asked(factories.period(hour)) for hour in range(8, 14))
    number = (await filing.file(company, Application(await factories.project(company), area_id, asked), now())).id
    added = await rescheduling.add_stays(company, number, None, (Asked(FIFTEEN),), now())
    assert added.state is State.SUBMITTED
    await move(company, number, factories.tomorrow(18), (await ids(number))[0])


async def test_nobody_moves_to_wait_for_oneself(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    await series(field, company, 18)
    await series(field, await factories.company(), 9)
    wish = Application(await factories.project(company), field.area_id, (Asked(NINE),), Action.WAIT)
    number = (await filing.file(company, wish, now())).id
    with pytest.raises(WrongState):
        await move(company, number, factories.tomorrow(18))


async def test_what_is_added_to_what_is_permitted_is_an_application_of_its_own(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9)
    added = await rescheduling.add_stays(company, number, None, (Asked(TWELVE),), now())
    assert (added.id, added.state) == (number, State.CONFIRMED)
    assert await periods_of(added.split_off or 0) == [TWELVE]
    assert await periods_of(number) == [NINE]
    assert [one["other"] for one in await reading.events(company, number)][-1] == added.split_off
    with pytest.raises(Taken):
        await rescheduling.add_stays(company, number, None, (Asked(NINE),), now())


async def test_what_a_move_frees_is_offered_at_once(db: None) -> None:
    for confirmed in (True, False):
        field, company, waiting = await factories.field(), await factories.company(), await factories.company()
        number = await series(field, company, 9, 12, confirmed=confirmed)
        wish = Application(await factories.project(waiting), field.area_id, (Asked(TWELVE),), Action.WAIT)
        queued = (await filing.file(waiting, wish, now())).id
        await move(company, number, factories.tomorrow(18), (await ids(number))[1])
        assert (await reading.find(waiting, queued))["state"] == State.HELD


async def test_the_letter_about_a_move_tells_from_when_to_when(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9, 12)
    await move(company, number, factories.tomorrow(18), (await ids(number))[1])
    event = await Event.select(Event.id).where((Event.subject_id == number) & (Event.action == "move")).first()
    assert event is not None
    await jobs.write(event["id"], Audience.COMPANY, "https://portal.test")
    mail = await Delivery.select(Delivery.text).order_by(Delivery.id, ascending=False).first()
    assert mail is not None
    was, becomes = (format_period(one, "Asia/Tokyo", "ja") for one in (TWELVE, factories.period(18)))
    assert f"{was} → {becomes}" in mail["text"]


# --- By API


async def test_by_api(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await series(field, company, 9, 12)
    headers = {"Authorization": f"Bearer {await factories.token(company)}"}
    address = f"/api/v1/reservations/{number}"
    shown = (await client.get(address, headers=headers)).json()
    assert {"move", "add"} <= set(shown["actions"])
    body = {"stays": [shown["stays"][1]["id"]], "start": factories.tomorrow(18).isoformat()}

    assert (await client.post(f"{address}/move", json=body, headers=headers)).status_code == 428
    assert (await client.post(f"{address}/move", json=body, headers={**headers, "If-Match": '"9"'})).status_code == 412
    seen = {**headers, "If-Match": f'"{shown["version"]}"'}
    bad = await client.post(f"{address}/move", json={**body, "start": "2026-12-03T09:00:00"}, headers=seen)
    assert (bad.status_code, bad.json()["errors"][0]["path"]) == (422, "start")
    seen["Idempotency-Key"] = "move"
    moved = await client.post(f"{address}/move", json=body, headers=seen)
    assert moved.status_code == 200, moved.text
    assert moved.headers["etag"] == f'"{shown["version"] + 1}"'
    again = await client.post(f"{address}/move", json=body, headers=seen)
    assert again.json() == moved.json()
    apart = moved.json()["split_off"]

    events = (await client.get(f"{address}/events", headers=headers)).json()
    assert events[-1]["other"] == apart
    assert [one["becomes"]["start"][:16] for one in events[-1]["moved"]] == [factories.tomorrow(18).isoformat()[:16]]

    volume = {"period": {"start": FIFTEEN.start.isoformat(), "end": FIFTEEN.end.isoformat()}}
    (warning,) = moved.json()["warnings"]
    assert "日かかります" in warning
    draft = await undecided(field, company, State.DRAFT)
    changed = await client.put(
        f"/api/v1/reservations/{draft}/volumes", json={"volumes": [volume]}, headers={**headers, "If-Match": "*"}
    )
    assert changed.json()["warnings"] == [warning]
    added = await client.post(f"{address}/add", json={"volumes": [volume]}, headers={**headers, "If-Match": "*"})
    assert (added.status_code, added.json()["split_off"] > apart) == (200, True)
    taken = await client.post(f"{address}/add", json={"volumes": [volume]}, headers={**headers, "If-Match": "*"})
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/taken")


# --- On the page


@pytest.fixture
async def on_page(db: None, client: AsyncClient) -> tuple[AsyncClient, factories.Field, Actor, dict[str, str]]:
    field, company = await factories.field(), await factories.company()
    return client, field, company, await factories.log_in(client, company)


def typed(instant: datetime) -> str:
    return instant.astimezone(TOKYO).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("much", "left", "apart"), [("one", [9, 15], [18]), ("after", [9], [18, 21]), ("all", [], [18, 21, 24])]
)
async def test_as_much_is_moved_as_was_chosen(
    on_page: tuple[AsyncClient, factories.Field, Actor, dict[str, str]],
    much: str,
    left: list[int],
    apart: list[int],
) -> None:
    client, field, company, form = on_page
    number = await series(field, company, 9, 12, 15)
    stays = await ids(number)
    page = (await client.get(f"/my/reservations/{number}")).text
    assert 'name="start_move"' in page
    version = str((await reading.find(company, number))["version"])
    chosen = {"stay_move": str(stays[1]), "much_move": much, "start_move": typed(factories.tomorrow(18))}
    answer = await client.post(f"/my/reservations/{number}/move", data={**form, "version": version, **chosen})
    assert answer.status_code == 303, answer.text
    other = int(answer.headers["location"].rpartition("/")[2])
    assert await periods_of(other) == [factories.period(hour) for hour in apart]
    assert await periods_of(number, T.PLANNED) == [factories.period(hour) for hour in left]
    page = (await client.get(answer.headers["location"])).text
    assert f'<a href="/my/reservations/{number}">申請番号{number}</a>' in page
    was, becomes = (
        format_period(one, "Asia/Tokyo", "ja") for one in (NINE if much == "all" else TWELVE, factories.period(18))
    )
    assert f"{was} → {becomes}" in (await client.get(f"/my/reservations/{number}")).text


async def test_a_page_that_was_refused_keeps_what_was_chosen_and_offers_what_is_free(
    on_page: tuple[AsyncClient, factories.Field, Actor, dict[str, str]],
) -> None:
    client, field, company, form = on_page
    number = await series(field, company, 9, 12)
    await series(field, await factories.company(), 18)
    stays = await ids(number)
    data = {**form, "version": "3", "stay_move": str(stays[1]), "much_move": "one"}
    address = f"/my/reservations/{number}"
    refused = await client.post(f"{address}/move", data={**data, "start_move": typed(factories.tomorrow(18))})
    assert refused.status_code == 409, refused.text
    assert f'<option value="{stays[1]}" selected>' in refused.text
    assert f'value="{typed(factories.tomorrow(18))}"' in refused.text
    near = f"{typed(factories.tomorrow(17))} {typed(factories.tomorrow(18))}"
    assert f'name="take" value="{near}"' in refused.text

    for wrong in ("", "morgen", "2026-12-03T09:00+09:00"):
        answer = await client.post(f"{address}/move", data={**data, "start_move": wrong})
        assert (answer.status_code, 'id="f-start_move-error"' in answer.text) == (422, True)
    nothing = await client.post(f"{address}/move", data={**form, "version": "3", "start_move": typed(NINE.start)})
    assert nothing.status_code == 422
    assert await states_of(number) == [T.PLANNED, T.PLANNED]

    taken = await client.post(f"{address}/move", data={**data, "take": near, "start_move": typed(NINE.start)})
    assert taken.status_code == 303
    assert await periods_of(int(taken.headers["location"].rpartition("/")[2])) == [factories.period(17)]


async def test_a_time_is_added_on_the_page(
    on_page: tuple[AsyncClient, factories.Field, Actor, dict[str, str]],
) -> None:
    client, field, company, form = on_page
    number = await series(field, company, 9, confirmed=False)
    address = f"/my/reservations/{number}"
    times = {"time_add_start": typed(TWELVE.start), "time_add_end": typed(TWELVE.end)}
    backwards = {"time_add_start": typed(TWELVE.end), "time_add_end": typed(TWELVE.start)}
    wrong = await client.post(f"{address}/add", data={**form, "version": "1", **backwards})
    assert (wrong.status_code, 'id="f-time_add-error"' in wrong.text) == (422, True)
    added = await client.post(f"{address}/add", data={**form, "version": "1", **times})
    assert (added.status_code, added.headers["location"]) == (303, address)
    assert "日時を追加しました。 ご注意ください。" in (await client.get(address)).text
    assert await periods_of(number) == [NINE, TWELVE]
    for words in (typed(FIFTEEN.start), f"{typed(FIFTEEN.start)} {typed(FIFTEEN.end)} {typed(FIFTEEN.end)}"):
        torn = await client.post(f"{address}/add", data={**form, "version": "2", "take": words})
        assert (torn.status_code, 'id="f-time_add-error"' in torn.text) == (422, True)
    again = await client.post(f"{address}/add", data={**form, "version": "2", **times})
    assert (again.status_code, 'id="f-time_add-error"' in again.text) == (422, True)
