"""Whatever fits: the stays that do are asked for, and the others are told with the reason, wherever it is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from httpx import AsyncClient

from testfields.accounts.rules import Actor
from testfields.availability import service as availability
from testfields.availability.service import Asked
from testfields.availability.tables import Claim
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, NotFound, Taken, WrongState
from testfields.core.local_time import format_period
from testfields.core.periods import Period
from testfields.db.engine import DB
from testfields.events.tables import Event
from testfields.letters import jobs
from testfields.letters.rules import Audience
from testfields.notifications.tables import Delivery
from testfields.reservations import checking, day, filing, fitting, reading, steps
from testfields.reservations.filing import Application, LeftOut
from testfields.reservations.rules import Action, State
from testfields.reservations.tables import Reservation
from testfields.sites.tables import Site
from tests import factories

RESERVATIONS = "/api/v1/reservations"
FIVE = tuple(factories.period(hour) for hour in (8, 10, 12, 14, 16))
TAKEN = "その場所と時間には、すでに別の予定があります。"
LATE = factories.period(9, days=4000)


async def application(field: factories.Field, company: Actor, *periods: Period, **more: Any) -> Application:
    asked = tuple(Asked(one) for one in periods)
    return Application(await factories.project(company), field.area_id, asked, **{"whatever_fits": True, **more})


async def taken(field: factories.Field, *periods: Period) -> None:
    """By somebody else."""
    rival = await factories.company()
    await filing.file(rival, await application(field, rival, *periods), now())


async def periods_of(number: int) -> list[Period]:
    return [one.period for one in await day.stays_of(number)]


def why(left_out: tuple[LeftOut, ...]) -> Mapping[Period, list[str]]:
    """Why each was left out: the paths of faults, and the kinds of what is in the way."""
    return {one.period: [*(found.path for found in one.faults), *(x.kind for x in one.in_the_way)] for one in left_out}


# --- Filing


@pytest.mark.parametrize(("action", "state"), [(Action.SUBMIT, State.SUBMITTED), (Action.HOLD, State.HELD)])
async def test_what_fits_is_filed_and_the_rest_is_told_with_the_reason(db: None, action: Action, state: State) -> None:
    field, company = await factories.field(), await factories.company()
    await taken(field, factories.period(10.5, 2))

    filed = await fitting.file(company, await application(field, company, *FIVE, LATE, action=action), now())

    assert filed.state is state
    assert why(filed.left_out) == {
        FIVE[1]: ["reservation"], FIVE[2]: ["reservation"], LATE: ["volumes[5].period.end"]
    }  # fmt: skip
    assert await periods_of(filed.id) == [FIVE[0], FIVE[3], FIVE[4]]
    assert await Claim.count().where(Claim.source_id == filed.id) == 3
    stored = await Reservation.select(Reservation.deadline).where(Reservation.id == filed.id).first()
    assert stored is not None
    assert stored["deadline"] == filed.deadline


async def test_where_all_fits_it_is_filed_as_ever_and_nothing_is_left_out(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    filed = await fitting.file(company, await application(field, company, *FIVE), now())
    assert (filed.left_out, await periods_of(filed.id)) == ((), list(FIVE))


async def test_without_the_wish_one_that_does_not_fit_hinders_all(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    await taken(field, FIVE[1])
    with pytest.raises(Taken):
        await fitting.file(company, await application(field, company, *FIVE, whatever_fits=False), now())
    assert await Reservation.count().where(Reservation.company_id == company.companies[0]) == 0


async def test_where_nothing_fits_it_is_refused_as_ever(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    await taken(field, *FIVE)
    with pytest.raises(Taken) as refused:
        await fitting.file(company, await application(field, company, *FIVE), now())
    assert len(refused.value.in_the_way) == len(FIVE)
    assert refused.value.nearest
    with pytest.raises(InvalidInput) as broken:
        await fitting.file(company, await application(field, company, FIVE[0], LATE), now())
    assert [one.path for one in broken.value.faults] == ["volumes[1].period.end"]
    assert await Reservation.count().where(Reservation.company_id == company.companies[0]) == 0


@pytest.mark.parametrize("action", [Action.WAIT, Action.SAVE])
async def test_who_waits_or_only_writes_down_asks_for_all(db: None, action: Action) -> None:
    field, company = await factories.field(), await factories.company()
    for ask in (fitting.file, fitting.check):
        try:
            answer = await ask(company, await application(field, company, *FIVE, action=action), now())
            faults = answer.faults if isinstance(answer, checking.Verdict) else ()
        except InvalidInput as refused:
            faults = refused.faults
        assert [one.path for one in faults] == ["whatever_fits"]


async def test_what_is_wrong_with_all_of_it_refuses_all_of_it(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    strange = await factories.project(await factories.company())
    wish = await application(field, company, *FIVE)
    with pytest.raises(InvalidInput) as refused:
        await fitting.file(company, Application(strange, wish.area_id, wish.asked, whatever_fits=True), now())
    assert [one.path for one in refused.value.faults] == ["project_id"]
    with pytest.raises(InvalidInput):
        await fitting.file(company, await application(field, company), now())


async def test_ones_own_stays_need_no_distance_from_each_other(db: None) -> None:
    field, company = await factories.field(turnaround_minutes=60, slot_minutes=15), await factories.company()
    row = [factories.period(hour) for hour in (8, 9, 10)]
    await taken(field, factories.period(12))
    # Eleven o'clock lies within the turnaround of the other's twelve, and only that.
    filed = await fitting.file(company, await application(field, company, *row, factories.period(11)), now())
    assert await periods_of(filed.id) == row
    assert [one.period for one in filed.left_out] == [factories.period(11)]


async def test_a_stay_is_left_out_as_a_whole(db: None) -> None:
    """Of two volumes at one time neither is asked for where one of them is taken."""
    field, company = await factories.field(), await factories.company()
    west, south, _, _ = (await Site.select(Site.geometry).where(Site.id == field.site_id))[0]["geometry"].bounds
    area = await factories.area(field.site_id, factories.square(west, south, 0.004), mode="shared")
    parts = [factories.square(west, south, 0.001), factories.square(west + 0.002, south, 0.001)]
    rival = await factories.company()
    theirs = (Asked(FIVE[0], parts[0]),)
    await filing.file(rival, Application(await factories.project(rival), area, theirs), now())
    asked = tuple(Asked(period, part) for period in FIVE[:2] for part in parts)
    filed = await fitting.file(
        company, Application(await factories.project(company), area, asked, whatever_fits=True), now()
    )
    assert await periods_of(filed.id) == [FIVE[1]]
    assert [one.period for one in filed.left_out] == [FIVE[0]]


async def test_asking_twice_for_the_same_is_no_stay_that_fits(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    filed = await fitting.file(company, await application(field, company, FIVE[0], FIVE[1], FIVE[1]), now())
    assert why(filed.left_out) == {FIVE[1]: ["volumes[2]"]}


async def test_a_site_that_changes_meanwhile_is_looked_at_again(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    judged = await fitting.judge(await application(field, company, *FIVE), now())
    await Site.update({Site.version: Site.version + 1}).where(Site.id == field.site_id)
    with pytest.raises(WrongState):
        await fitting.held(judged)


async def test_what_was_taken_since_the_look_is_left_out_too(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    judged = await fitting.judge(await application(field, company, *FIVE), now())
    assert len((await fitting.sort_out(judged)).asked) == len(FIVE)
    await taken(field, FIVE[2])
    assert [one.period for one in (await fitting.held(judged)).left_out] == [FIVE[2]]


async def test_what_was_made_ready_for_more_than_fits_by_then_is_made_anew(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    wish = await application(field, company, *FIVE)
    judged = await fitting.judge(wish, now())
    seen = await fitting.sort_out(judged)
    claims = await availability.claims_of(seen.place)
    await taken(field, FIVE[2])
    filed = await fitting._file_what_fits(company, wish, judged, (seen.asked, claims), now())
    assert [one.period for one in filed.left_out] == [FIVE[2]]
    assert await Claim.count().where(Claim.source_id == filed.id) == 4


async def test_nobody_looks_past_an_application_of_somebody_else(db: None) -> None:
    field, company, rival = await factories.field(), await factories.company(), await factories.company()
    theirs = await filing.file(rival, await application(field, rival, FIVE[0]), now())
    with pytest.raises(NotFound):
        await fitting.check(company, await application(field, company, *FIVE), now(), besides=theirs.id)
    own = await filing.file(company, await application(field, company, FIVE[1]), now())
    verdict = await fitting.check(company, await application(field, company, *FIVE), now(), besides=own.id)
    assert list(verdict.fitting) == list(FIVE[1:])


async def test_nobody_takes_anything_between_the_look_and_the_filing(own_db: str) -> None:
    field, company = await factories.field(), await factories.company()
    judged = await fitting.judge(await application(field, company, *FIVE), now())
    locked = "SELECT FROM site_lock WHERE site_id = $1 FOR UPDATE NOWAIT"
    async with DB.transaction():
        await fitting.held(judged)
        async with DB.own_connection() as another:
            with pytest.raises(asyncpg.LockNotAvailableError):
                await another.execute(locked, field.site_id)


async def test_a_draft_becomes_what_fits_of_it(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    draft = await filing.file(company, await application(field, company, *FIVE, action=Action.SAVE), now())
    await taken(field, FIVE[1], FIVE[3])
    moved = await steps.revise_draft(company, draft.id, 1, await application(field, company, *FIVE), now())
    assert (moved.state, await periods_of(draft.id)) == (State.SUBMITTED, [FIVE[0], FIVE[2], FIVE[4]])
    assert [one.period for one in moved.left_out] == [FIVE[1], FIVE[3]]
    assert await Claim.count().where(Claim.source_id == draft.id) == 3
    (event,) = [one for one in await reading.events(company, draft.id) if one["action"] == Action.SUBMIT]
    assert event["left_out"] != "[]"


async def test_a_draft_of_which_nothing_fits_stays_a_draft(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    draft = await filing.file(company, await application(field, company, *FIVE, action=Action.SAVE), now())
    await taken(field, *FIVE)
    with pytest.raises(Taken) as refused:
        await steps.revise_draft(company, draft.id, 1, await application(field, company, *FIVE), now())
    assert refused.value.nearest
    assert (await reading.find(company, draft.id))["state"] == State.DRAFT


# --- By API


@dataclass(frozen=True)
class Caller:
    """A company with a token, and a body for five stays of which two are taken: the second by itself."""

    client: AsyncClient
    field: factories.Field
    company: Actor
    own: int
    headers: dict[str, str]
    body: dict[str, Any]


@pytest.fixture
async def caller(db: None, client: AsyncClient) -> Caller:
    field, company = await factories.field(), await factories.company()
    own = await filing.file(company, await application(field, company, FIVE[1]), now())
    await taken(field, FIVE[3])
    headers = {"Authorization": f"Bearer {await factories.token(company)}", "Accept-Language": "en"}
    body = {
        "project_id": await factories.project(company),
        "area_id": field.area_id,
        "volumes": [{"period": {"start": one.start.isoformat(), "end": one.end.isoformat()}} for one in (*FIVE, LATE)],
        "whatever_fits": True,
    }
    return Caller(client, field, company, own.id, headers, body)


def told(left_out: list[dict[str, Any]]) -> list[tuple[list[str], list[tuple[str, int | None]]]]:
    """The errors, and what is in the way with the number of one's own."""
    return [
        (
            [found["message"] for found in one["errors"]],
            [(found["kind"], found.get("reservation_id")) for found in one["in_the_way"]],
        )
        for one in left_out
    ]


async def test_the_api_answers_with_what_was_left_out(caller: Caller) -> None:
    expected = [
        ([], [("reservation", caller.own)]),
        ([], [("reservation", None)]),
        (["This site can be booked at most 180 days ahead."], []),
    ]
    looked = await caller.client.post(f"{RESERVATIONS}/check", json=caller.body, headers=caller.headers)
    assert looked.status_code == 200, looked.text
    verdict = looked.json()
    assert (verdict["fits"], verdict["errors"], verdict["in_the_way"]) == (True, [], [])
    assert told(verdict["left_out"]) == expected
    assert [one["start"][:16] for one in verdict["fitting"]] == [
        one.start.isoformat()[:16] for one in (FIVE[0], FIVE[2], FIVE[4])
    ]

    headers = {**caller.headers, "Idempotency-Key": "once"}
    answer = await caller.client.post(RESERVATIONS, json=caller.body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert told(answer.json()["left_out"]) == expected
    starts = [one["period"]["start"] for one in answer.json()["left_out"]]
    assert [starts[0][:16], starts[1][:16]] == [one.start.isoformat()[:16] for one in (FIVE[1], FIVE[3])]
    again = await caller.client.post(RESERVATIONS, json=caller.body, headers=headers)
    assert again.json() == answer.json()

    shown = (await caller.client.get(answer.headers["location"], headers=caller.headers)).json()
    assert len(shown["stays"]) == 3
    (event,) = (await caller.client.get(f"{answer.headers['location']}/events", headers=caller.headers)).json()
    assert [one["reasons"] for one in event["left_out"]] == [
        ["Something else is booked there at that time."],
        ["Something else is booked there at that time."],
        ["This site can be booked at most 180 days ahead."],
    ]


@pytest.mark.parametrize("wish", ["wait", "draft"])
async def test_the_api_refuses_it_at_its_field_where_nothing_is_taken(caller: Caller, wish: str) -> None:
    answer = await caller.client.post(RESERVATIONS, json={**caller.body, wish: True}, headers=caller.headers)
    assert (answer.status_code, [one["path"] for one in answer.json()["errors"]]) == (422, ["whatever_fits"])


async def test_the_api_refuses_as_ever_where_nothing_fits(caller: Caller) -> None:
    two = {**caller.body, "volumes": [caller.body["volumes"][1], caller.body["volumes"][3]]}
    refused = await caller.client.post(RESERVATIONS, json=two, headers=caller.headers)
    assert (refused.status_code, len(refused.json()["in_the_way"])) == (409, 2)
    looked = (await caller.client.post(f"{RESERVATIONS}/check", json=two, headers=caller.headers)).json()
    assert (looked["fits"], len(looked["in_the_way"]), looked["left_out"]) == (False, 2, [])
    assert looked["nearest"]
    late = {**caller.body, "volumes": [caller.body["volumes"][5]]}
    assert (await caller.client.post(RESERVATIONS, json=late, headers=caller.headers)).status_code == 422


# --- Told later


async def test_company_and_staff_read_it_in_the_letter_and_in_the_story(caller: Caller) -> None:
    answer = await caller.client.post(RESERVATIONS, json=caller.body, headers=caller.headers)
    number = answer.json()["id"]
    when = format_period(FIVE[3], "Asia/Tokyo", "ja")
    for audience in (Audience.COMPANY, Audience.STAFF):
        await jobs.write(await event_of(number), audience, "https://portal.test")
    for mail in await Delivery.select(Delivery.text).order_by(Delivery.id, ascending=False).limit(2):
        assert "申請から除いた日時" in mail["text"]
        assert f"{when}：{TAKEN}" in mail["text"].replace("\u2060", "")

    await factories.log_in(caller.client, caller.company)
    page = (await caller.client.get(f"/my/reservations/{number}")).text
    assert f"{when}：除外（" in page.partition('id="story"')[2]
    assert "申請から除いた日時" in page
    await factories.log_in(caller.client, caller.field.approver)
    assert f"{when}：除外（" in (await caller.client.get(f"/desk/{number}")).text


async def event_of(number: int) -> int:
    row = await Event.select(Event.id).where((Event.subject == "reservation") & (Event.subject_id == number)).first()
    assert row is not None
    return int(row["id"])


# --- On the form


async def test_the_form_tells_which_fit_and_files_those(caller: Caller) -> None:
    form = await factories.log_in(caller.client, caller.company)
    slug = (await Site.select(Site.slug).where(Site.id == caller.field.site_id))[0]["slug"]
    times = {
        f"time{row}_{name}": (instant + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M")
        for row, one in enumerate((*FIVE, LATE))
        for name, instant in (("start", one.start), ("end", one.end))
    }
    data = {
        **form, **times, "project_id": str(caller.body["project_id"]), "site": slug,
        "area": str(caller.field.area_id), "whatever": "fits",
    }  # fmt: skip
    panel = (await caller.client.post("/my/apply/check", data=data)).text
    assert "6件中3件の日時を申請できます。" in panel
    out = [one.partition("</li>")[0] for one in panel.split('class="is-out"')[1:]]
    assert len(out) == 3
    assert f"自社の申請（申請番号{caller.own}）" in out[0]
    assert "180日先まで" in out[2]
    assert 'value="wait"' not in panel

    draft = await caller.client.post("/my/apply", data={**data, "do": "save"})
    assert draft.status_code == 422, "a draft is for all of it, and one of the times can never be"
    filed = await caller.client.post("/my/apply", data={**data, "do": "submit"})
    assert filed.status_code == 303, filed.text
    page = (await caller.client.get(filed.headers["location"])).text
    assert "申請できない日時は除きました。" in page
    number = int(filed.headers["location"].rpartition("/")[2])
    assert await periods_of(number) == [FIVE[0], FIVE[2], FIVE[4]]


async def test_the_form_asks_only_where_there_are_several_times(caller: Caller) -> None:
    form = await factories.log_in(caller.client, caller.company)
    one = await caller.client.post("/my/apply/times", data={**form, "whatever": "fits"})
    assert 'name="whatever"' not in one.text
    two = await caller.client.post("/my/apply/times", data={**form, "whatever": "fits", "do": "add"})
    assert 'name="whatever" value="fits" checked' in two.text
