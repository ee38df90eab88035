"""My page, and the page of one reservation."""

import re
from datetime import timedelta

import pytest
from httpx import AsyncClient

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.local_time import JAPANS_ZONE, local_date
from testfields.core.periods import Period
from testfields.reservations import filing, my_pages, reading, steps
from testfields.reservations.deadlines import Standing, Times, is_past, need_of
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action, State
from testfields.reservations.states import Need
from testfields.reservations.tables import Reservation
from testfields.reservations.words import time_left
from tests import factories

TITLE = "配送ドローンの実証"


async def filed(
    company: Actor, field: factories.Field, action: Action = Action.SUBMIT, hour: float = 9, title: str = TITLE
) -> int:
    """An application for one hour, tomorrow; its id."""
    project_id = await factories.project(company, title_ja=title)
    asked = (Asked(factories.period(hour)),)
    return (await filing.file(company, Application(project_id, field.area_id, asked, action), now())).id


async def version_of(reservation_id: int) -> str:
    row = await Reservation.select(Reservation.version).where(Reservation.id == reservation_id).first()
    assert row is not None
    return str(row["version"])


async def state_of(reservation_id: int) -> str:
    row = await Reservation.select(Reservation.state).where(Reservation.id == reservation_id).first()
    assert row is not None
    return str(row["state"])


def section(text: str, name: str) -> str:
    """A part of a page."""
    return text.partition(f'id="{name}"')[2].partition("</section>")[0]


async def tab(client: AsyncClient, name: str, **asked: str) -> str:
    """What one of my page's tabs lists."""
    address = "/my/past" if name == "past" else f"/my?show={name}"
    return section((await client.get(address, params=asked if name == "past" else {"show": name, **asked})).text, name)


# --- What needs the company


HOUR = timedelta(hours=1)
AT = factories.tomorrow(9)


@pytest.mark.parametrize(
    ("state", "last", "need"),
    [
        (State.RETURNED, Action.RETURN, Need.RETURNED),
        (State.HELD, Action.OFFER, Need.OFFER),
        (State.HELD, Action.HOLD, Need.HOLD),
        (State.ACTIVE, Action.CHECK_IN, Need.CHECK_OUT),
        (State.COMPLETED, Action.CHECK_OUT, Need.REPORT),
        (State.DRAFT, Action.SAVE, Need.DRAFT),
        (State.SUBMITTED, Action.SUBMIT, None),
        (State.CONFIRMED, Action.CONFIRM, None),
        (State.WITHDRAWN, Action.WITHDRAW, None),
    ],
)
def test_what_an_application_waits_for(state: State, last: Action, need: Need | None) -> None:
    assert need_of(Standing(state, last, Times(None, AT + 5 * HOUR, AT + 5 * HOUR, AT + 6 * HOUR)), AT) is need


@pytest.mark.parametrize(("minutes", "asked"), [(-61, False), (-60, True), (30, True), (59, True), (60, False)])
def test_checking_in_is_asked_for_from_an_hour_before_until_the_end(minutes: int, asked: bool) -> None:
    standing = Standing(State.CONFIRMED, Action.CONFIRM, Times(None, AT, AT, AT + HOUR))
    assert (need_of(standing, AT + timedelta(minutes=minutes)) is Need.CHECK_IN) is asked


def test_what_has_gone_by_is_past_unless_something_is_left_to_do() -> None:
    gone, coming = (
        Times(None, AT - 2 * HOUR, AT - 2 * HOUR, AT - HOUR),
        Times(None, AT + HOUR, AT + HOUR, AT + 2 * HOUR),
    )
    assert is_past(Standing(State.CONFIRMED, Action.CONFIRM, gone), AT)
    assert not is_past(Standing(State.COMPLETED, Action.CHECK_OUT, gone), AT)
    assert not is_past(Standing(State.CONFIRMED, Action.CONFIRM, coming), AT)
    assert is_past(Standing(State.REJECTED, Action.REJECT, coming), AT)


@pytest.mark.parametrize(
    ("left", "values"),
    [
        (timedelta(days=3, hours=5), {"days": 3}),
        (timedelta(hours=47), {"hours": 47}),
        (timedelta(minutes=59, seconds=30), {"minutes": 59}),
        (timedelta(0), {}),
    ],
)
def test_time_left_is_told_in_the_unit_that_matters(left: timedelta, values: dict[str, int]) -> None:
    assert time_left(AT + left, AT).values == values


# --- My page


async def test_an_empty_page_says_how_to_begin(db: None, client: AsyncClient) -> None:
    await factories.log_in(client, await factories.company())
    answer = await client.get("/my")
    assert answer.status_code == 200
    assert "まだ申請がありません。" in answer.text
    assert 'href="/my/apply"' in answer.text


async def test_what_needs_the_company_comes_first_and_tells_why(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    returned = await filed(company, field, title="差し戻された案件")
    await steps.act(field.reviewer, returned, Step(Action.RETURN, reason="監視員の人数を書いてください。"), now())
    await filed(company, field, Action.HOLD, 11, title="仮予約の案件")
    await filed(company, field, Action.SUBMIT, 13, title="審査中の案件")
    gone = await filed(company, field, Action.SUBMIT, 15, title="取り下げた案件")
    await steps.act(company, gone, Step(Action.WITHDRAW), now())
    await filed(await factories.company(), field, Action.SUBMIT, 17, title="他社の案件")
    await factories.log_in(client, company)

    text = (await client.get("/my")).text

    needs, waiting, past = [await tab(client, name) for name in ("needs", "waiting", "past")]
    assert "差し戻された案件" in section(text, "needs")
    assert needs.index("差し戻された案件") < needs.index("仮予約の案件")
    assert "監視員の人数を書いてください。" in needs
    assert "あと" in needs
    assert "審査中の案件" in waiting
    assert "取り下げた案件" in past
    assert "他社の案件" not in needs + waiting + past
    counts = dict(re.findall(r'show=(\w+)"[^>]*>[^<]*<span class="count">(\d+)', text))
    assert counts == {"needs": "2", "coming": "0", "waiting": "1"}


async def test_an_offered_place_is_told_as_an_offer(db: None, client: AsyncClient) -> None:
    field, first, company = await factories.field(), await factories.company(), await factories.company()
    taken = await filed(first, field)
    await filed(company, field, Action.WAIT)
    await steps.act(first, taken, Step(Action.WITHDRAW), now())
    await factories.log_in(client, company)

    assert "空きが出たため、仮予約をしました。" in section((await client.get("/my")).text, "needs")


async def test_a_series_is_told_as_one_line(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    asked = tuple(Asked(factories.period(9, days=day)) for day in (1, 8, 15))
    await filing.file(company, Application(await factories.project(company), field.area_id, asked), now())
    await factories.log_in(client, company)
    assert "ほか2回" in await tab(client, "waiting")


async def test_everything_past_is_paged(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    project_id = await factories.project(company)
    for _ in range(52):
        one = await filing.file(company, Application(project_id, field.area_id, (Asked(factories.period(9)),)), now())
        await steps.act(company, one.id, Step(Action.WITHDRAW), now())
    await factories.log_in(client, company)

    assert '/my/past" aria-current="page">過去 <span class="count">52</span>' in (await client.get("/my")).text
    first = await client.get("/my/past")
    assert first.text.count("<tr data-row") == 50
    older = first.text.partition('rel="next" href="')[2].partition('"')[0]
    assert (await client.get(older)).text.count("<tr data-row") == 2


async def test_a_list_is_paged_by_fifty(db: None, client: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    field, company = await factories.field(), await factories.company()
    for hour in (9, 11, 13):
        await filed(company, field, hour=hour)
    await factories.log_in(client, company)
    monkeypatch.setattr(my_pages, "A_PAGE", 2)
    first = await tab(client, "waiting")
    following = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert (first.count("<tr data-row"), (await client.get(following)).text.count("<tr data-row")) == (2, 1)


async def test_an_application_is_found_by_number_place_and_project(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(name_ja="咲洲の広場", name_en="Sakishima"), await factories.company()
    one, gone = (
        await filed(company, field, title="巡回ロボット"),
        await filed(company, field, hour=11, title="測量ドローン"),
    )
    await steps.act(company, gone, Step(Action.WITHDRAW), now())
    await factories.log_in(client, company)
    for words in ("ロボット", "sakiSHIMA", "咲洲", str(one)):
        assert "巡回ロボット" in await tab(client, "waiting", words=words), words
    for words in ("ドローン", "SAKIshima", str(gone)):
        assert "測量ドローン" in await tab(client, "past", words=words), words
    for name in ("waiting", "past"):
        assert "「空飛ぶ車%」を含む申請はここにはありません。" in await tab(client, name, words="空飛ぶ車%")


# --- The calendar


async def test_a_month_shows_each_day_of_a_stay_and_leaves_out_what_came_to_nothing(
    db: None, client: AsyncClient
) -> None:
    field, company = await factories.field(maximum_minutes=3 * 1440), await factories.company()
    asked = (Asked(Period(factories.tomorrow(22), factories.tomorrow(22) + timedelta(hours=4))),)
    project = await factories.project(company)
    number = (await filing.file(company, Application(project, field.area_id, asked), now())).id
    gone = await filed(company, field, hour=9)
    await steps.act(company, gone, Step(Action.WITHDRAW), now())
    await factories.log_in(client, company)
    days = [local_date(asked[0].period.start + timedelta(days=day), JAPANS_ZONE) for day in (0, 1)]
    months = {f"{day:%Y-%m}" for day in days}
    pages = [(await client.get("/my/calendar", params={"month": month})).text for month in months]
    told = "".join(pages)
    assert told.count(f'href="/my/reservations/{number}"') == 2
    assert f'href="/my/reservations/{gone}"' not in told


@pytest.mark.parametrize("month", ["", "2026-13", "9999-12", "0001-01", "x", "2026-1\x00"])
async def test_a_month_that_is_none_is_this_month(db: None, client: AsyncClient, month: str) -> None:
    await factories.log_in(client, await factories.company())
    answer = await client.get("/my/calendar", params={"month": month})
    assert answer.status_code == 200
    assert 'class="is-today' in answer.text


async def test_the_times_of_an_application_as_a_calendar_file(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await filed(company, field, title="配送、巡回; 検証")
    await factories.log_in(client, company)
    address = f"/my/reservations/{number}/times.ics"
    assert address in (await client.get(f"/my/reservations/{number}")).text
    answer = await client.get(address)
    assert answer.headers["content-type"].startswith("text/calendar")
    lines = answer.content.decode().split("\r\n")
    period = factories.period(9)
    assert f"DTSTART:{period.start:%Y%m%dT%H%M%SZ}" in lines
    assert f"DTEND:{period.end:%Y%m%dT%H%M%SZ}" in lines
    assert "STATUS:TENTATIVE" in lines
    assert max(len(line.encode()) for line in lines) <= 75
    assert "配送、巡回\\; 検証" in answer.content.decode().replace("\r\n ", "")

    await steps.act(company, number, Step(Action.WITHDRAW), now())
    assert "STATUS:CANCELLED" in (await client.get(address)).text
    await factories.log_in(client, await factories.company())
    assert (await client.get(address)).status_code == 404


# --- One reservation


async def test_the_page_tells_the_story_without_the_names_of_staff(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    reservation_id = await filed(company, field)
    await steps.act(field.approver, reservation_id, Step(Action.APPROVE, conditions="日没前に終えること"), now())
    await factories.log_in(client, company)

    text = (await client.get(f"/my/reservations/{reservation_id}")).text

    story = section(text, "story")
    assert story.index("承認") < story.index("申請を提出")
    assert company.name in story
    assert "所有者の担当者" in story
    assert field.approver.name not in text
    assert "日没前に終えること" in section(text, "conditions")


@pytest.mark.parametrize(
    ("action", "step", "state"),
    [
        (Action.SUBMIT, "withdraw", "withdrawn"),
        (Action.HOLD, "submit", "submitted"),
        (Action.WAIT, "withdraw", "withdrawn"),
    ],
)
async def test_a_button_takes_its_step(db: None, client: AsyncClient, action: Action, step: str, state: str) -> None:
    company = await factories.company()
    reservation_id = await filed(company, await factories.field(), action)
    form = await factories.log_in(client, company)
    address = f"/my/reservations/{reservation_id}"
    assert f'action="{address}/{step}"' in (await client.get(address)).text

    answer = await client.post(f"{address}/{step}", data={**form, "version": "1", f"reason_{step}": "天候のため"})

    assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert await state_of(reservation_id) == state


async def test_a_button_pressed_on_an_old_page_is_refused_with_the_newer_page(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    reservation_id = await filed(company, field)
    form = await factories.log_in(client, company)
    await steps.act(field.reviewer, reservation_id, Step(Action.RETURN, reason="図面を直してください。"), now())
    address = f"/my/reservations/{reservation_id}"

    late = await client.post(f"{address}/withdraw", data={**form, "version": "1"})
    without = await client.post(f"{address}/withdraw", data=form)

    assert (late.status_code, without.status_code) == (409, 409)
    assert "表示された後に内容が変更されています。" in late.text
    assert 'name="version" value="2"' in late.text
    assert await state_of(reservation_id) == "returned"


async def test_only_what_the_state_allows_is_offered_and_taken(db: None, client: AsyncClient) -> None:
    company = await factories.company()
    reservation_id = await filed(company, await factories.field())
    form = await factories.log_in(client, company)
    address = f"/my/reservations/{reservation_id}"

    text = (await client.get(address)).text
    assert f'action="{address}/check_in"' not in text
    for action in ("approve", "confirm", "check_in"):
        answer = await client.post(f"{address}/{action}", data={**form, "version": "1"})
        assert answer.status_code in {403, 409}, answer.text
    assert await state_of(reservation_id) == "submitted"


async def test_a_report_is_written_not_left_blank(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    reservation_id = await filed(company, field)
    await steps.act(field.approver, reservation_id, Step(Action.APPROVE), now())
    await steps.act(None, reservation_id, Step(Action.CONFIRM), now())
    for action in (Action.CHECK_IN, Action.CHECK_OUT):
        await steps.act(company, reservation_id, Step(action), factories.period(9).start)
    form = {**await factories.log_in(client, company), "version": await version_of(reservation_id)}
    address = f"/my/reservations/{reservation_id}"

    blank = await client.post(f"{address}/report", data={**form, "reason_report": "  "})
    assert blank.status_code == 422
    assert "報告の内容を入力してください。" in blank.text
    written = await client.post(f"{address}/report", data={**form, "reason_report": "20回の離着陸を確認"})
    assert written.status_code == 303
    assert "20回の離着陸を確認" in (await client.get(address)).text


async def test_changing_the_times_keeps_the_place_until_the_new_one_is_sure(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    await filed(await factories.company(), field, hour=14)
    reservation_id = await filed(company, field)
    form = await factories.log_in(client, company)
    address = f"/my/reservations/{reservation_id}/change"
    opened = await client.get(address)
    assert opened.status_code == 200
    assert "空いています。" in opened.text

    def wish(period: Period) -> dict[str, str]:
        local = [one.astimezone(factories.tomorrow().tzinfo) + timedelta(hours=9) for one in (period.start, period.end)]
        start, end = (one.strftime("%Y-%m-%dT%H:%M") for one in local)
        return {**form, "version": "1", "time0_start": start, "time0_end": end, "do": "change"}

    taken = await client.post(address, data=wish(factories.period(14)))
    assert taken.status_code == 409
    assert "近い空き時間" in taken.text
    assert 'value="wait"' not in taken.text
    assert (await reading.find(company, reservation_id))["version"] == 1

    done = await client.post(address, data=wish(factories.period(16)))
    assert done.status_code == 303, done.text
    assert (await reading.find(company, reservation_id))["version"] == 2


async def test_another_companys_reservation_has_no_page_also_for_staff(db: None, client: AsyncClient) -> None:
    field = await factories.field()
    reservation_id = await filed(await factories.company(), field)
    for path in ("", "/change", "/volumes.geojson"):
        await factories.log_in(client, await factories.company())
        assert (await client.get(f"/my/reservations/{reservation_id}{path}")).status_code == 404
        await factories.log_in(client, field.approver)
        assert (await client.get(f"/my/reservations/{reservation_id}{path}")).status_code == 403


async def test_the_map_is_given_each_stay_with_its_time(db: None, client: AsyncClient) -> None:
    company = await factories.company()
    reservation_id = await filed(company, await factories.field())
    await factories.log_in(client, company)
    features = (await client.get(f"/my/reservations/{reservation_id}/volumes.geojson")).json()["features"]
    assert [one["geometry"]["type"] for one in features] == ["MultiPolygon"]
    assert "9:00–10:00" in features[0]["properties"]["name"]["ja"]


async def test_what_my_page_leaves_out_is_said(db: None, client: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    field, company = await factories.field(), await factories.company()
    for hour in (9, 11):
        await filed(company, field, hour=hour)
    await factories.log_in(client, company)
    said = "新しい2件だけを表示"
    assert said not in (await client.get("/my")).text
    monkeypatch.setattr(reading, "MOST_UNDER_WAY", 2)
    assert said in (await client.get("/my")).text


async def test_a_place_is_drawn_once_however_often_it_is_used(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    asked = tuple(Asked(factories.period(hour)) for hour in (9, 11, 13))
    application = Application(await factories.project(company), field.area_id, asked)
    number = (await filing.file(company, application, now())).id
    await factories.log_in(client, company)
    told = (await client.get(f"/my/reservations/{number}/volumes.geojson")).json()
    assert [one["id"] for one in told["features"]] == [0]
    assert told["features"][0]["properties"]["name"]["en"].endswith("and 2 more")
    assert (await client.get(f"/my/reservations/{number}")).text.count('data-feature="volume-0"') == 3
