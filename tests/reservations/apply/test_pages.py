"""Applying through the page, as a browser without scripts sends it."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import pytest
from httpx import AsyncClient, Response

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.availability.tables import Claim
from testfields.core.clock import now
from testfields.core.errors import Taken
from testfields.core.periods import Period
from testfields.events.tables import Event
from testfields.reservations import checking, filing, reading, steps
from testfields.reservations.apply.forms import Time
from testfields.reservations.apply.series import moved_on
from testfields.reservations.filing import Application, Moved
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action, State
from testfields.reservations.tables import Reservation, Volume
from testfields.sites.tables import OpeningHours, Site
from tests import factories
from tests.working import jobs

TOKYO = ZoneInfo("Asia/Tokyo")


def typed(instant: datetime) -> str:
    """An instant as the form's date and time."""
    return instant.astimezone(TOKYO).strftime("%Y-%m-%dT%H:%M")


def time_fields(*periods: Period) -> dict[str, str]:
    return {
        f"time{row}_{name}": typed(instant)
        for row, one in enumerate(periods)
        for name, instant in (("start", one.start), ("end", one.end))
    }


@dataclass(frozen=True)
class Desk:
    """A company before the form, with a place to ask for."""

    client: AsyncClient
    company: Actor
    field: factories.Field
    form: dict[str, str]

    async def press(self, wish: str, *periods: Period, **changes: str) -> Response:
        """Press one of the form's buttons."""
        return await self.client.post("/my/apply", data={**self.form, **time_fields(*periods), "do": wish, **changes})

    async def check(self, *periods: Period, **changes: str) -> str:
        """What the panel says."""
        data = {**self.form, **time_fields(*periods), **changes}
        answer = await self.client.post("/my/apply/check", data=data)
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
async def desk(db: None, client: AsyncClient) -> Desk:
    field, company = await factories.field(), await factories.company()
    csrf = await factories.log_in(client, company)
    project_id = await factories.project(company)
    site = await Site.select(Site.slug).where(Site.id == field.site_id).first()
    assert site is not None
    form = {**csrf, "project_id": str(project_id), "site": site["slug"], "area": str(field.area_id), "note": "搬入あり"}
    return Desk(client, company, field, form)


async def rivals_claim(field: factories.Field, *periods: Period) -> None:
    """Somebody else's application at those times."""
    rival = await factories.company()
    asked = tuple(Asked(one) for one in periods)
    await filing.file(rival, Application(await factories.project(rival), field.area_id, asked), now())


async def test_a_link_from_the_calendar_fills_the_form_in(desk: Desk) -> None:
    asked = factories.period(9)
    answer = await desk.client.get(
        "/my/apply",
        params={"area": desk.field.area_id, "start": asked.start.isoformat(), "project": desk.form["project_id"]},
    )

    assert answer.status_code == 200
    assert f'value="{typed(asked.start)}"' in answer.text
    assert f'value="{typed(factories.tomorrow(9.5))}"' in answer.text
    assert "空いています。" in answer.text


async def test_an_earlier_application_fills_the_form_in_weeks_later(desk: Desk) -> None:
    filed = await desk.press("submit", factories.period(9), lower="2", upper="20")
    number = filed.headers["location"].rpartition("/")[2]
    assert f"/my/apply?like={number}" in (await desk.client.get(f"/my/reservations/{number}")).text
    await steps.act(desk.company, int(number), Step(Action.WITHDRAW), now())
    form = (await desk.client.get("/my/apply", params={"like": number})).text
    assert f'value="{typed(factories.tomorrow(9))}"' in form
    assert "搬入あり" in form
    other = await factories.company()
    await factories.log_in(desk.client, other)
    assert (await desk.client.get("/my/apply", params={"like": number})).status_code == 404


@pytest.mark.parametrize(
    ("earliest", "weeks"),
    [("2026-12-01T00:00", 0), ("2026-12-03T09:00", 0), ("2026-12-03T09:01", 1), ("2027-01-01T00:00", 5)],
)
def test_times_are_moved_on_by_whole_weeks_together(earliest: str, weeks: int) -> None:
    times = (Time("2026-12-05T09:00", "2026-12-05T10:00"), Time("2026-12-03T09:00", "2026-12-04T02:00"), Time())
    moved = moved_on(times, datetime.fromisoformat(earliest))
    first = datetime.fromisoformat(times[1].start) + timedelta(weeks=weeks)
    assert moved[1].start == first.strftime("%Y-%m-%dT%H:%M")
    assert moved[0].start > moved[1].start
    assert moved[2] == Time()


async def test_a_length_is_set_at_a_press(desk: Desk) -> None:
    start = typed(factories.tomorrow(22))
    data = {**desk.form, "time0_start": start, "time0_end": "", "do": "last 240"}
    part = await desk.client.post("/my/apply/times", data=data)
    assert 'value="last 240"' in part.text
    assert f'value="{typed(factories.tomorrow(26))}"' in part.text
    for wish in ("last", "last -1", "last 1 2", f"last {10**18 - 1}", "last ٣"):
        assert f'value="{start}"' in (await desk.client.post("/my/apply/times", data={**data, "do": wish})).text


async def test_without_a_project_the_form_leads_to_one(db: None, client: AsyncClient) -> None:
    await factories.log_in(client, await factories.company())
    answer = await client.get("/my/apply?area=5&start=2026-12-03T09:00")
    assert "/my/projects/new?then=/my/apply%3Farea%3D5%26start%3D2026-12-03T09%3A00" in answer.text


@pytest.mark.parametrize(
    ("wish", "state"), [("submit", "submitted"), ("hold", "held"), ("save", "draft"), ("wait", "waiting")]
)
async def test_each_button_files_what_it_says(desk: Desk, wish: str, state: str) -> None:
    answer = await desk.press(wish, factories.period(9))

    assert answer.status_code == 303, answer.text
    row = await Reservation.select(Reservation.id, Reservation.state, Reservation.note).first()
    assert row is not None
    assert (row["state"], row["note"]) == (state, "搬入あり")
    expected = f"/my/apply?draft={row['id']}" if state == "draft" else f"/my/reservations/{row['id']}"
    assert answer.headers["location"] == expected


async def test_what_is_wrong_is_told_by_field_with_the_input_kept_and_nothing_stored(desk: Desk) -> None:
    answer = await desk.press(
        "submit",
        project_id="",
        area="",
        time0_start="2026-13-01T09:00",
        time0_end="",
        lower="x",
        upper="3",
        note="残す",
    )

    assert answer.status_code == 422
    for field in ("project_id", "time0", "lower"):
        assert f'href="#f-{field}"' in answer.text
        assert f'id="f-{field}"' in answer.text
    assert "残す" in answer.text
    assert await Reservation.count() == 0


async def test_rules_of_the_site_are_told_at_the_time_they_break(desk: Desk) -> None:
    answer = await desk.press("submit", factories.period(9), factories.period(9.2, days=2), upper="900", lower="0")

    assert answer.status_code == 422
    assert answer.text.count('href="#f-time1"') == 2  # summary and panel
    assert 'href="#f-time0"' not in answer.text
    assert 'href="#f-lower"' in answer.text


async def test_a_taken_time_is_told_with_the_nearest_free_ones_and_a_place_in_the_queue(desk: Desk) -> None:
    taken = factories.period(9, 2)
    await rivals_claim(desk.field, taken)

    answer = await desk.press("submit", taken)

    assert answer.status_code == 409
    assert "重なっている予約" in answer.text
    later = f"take {typed(taken.end)} {typed(factories.tomorrow(13))}"
    assert f'value="{later}"' in answer.text
    assert 'value="wait"' in answer.text
    assert await Reservation.count().where(Reservation.company_id == desk.company.companies[0]) == 0

    chosen = await desk.press(later, taken)
    assert f'value="{typed(taken.end)}"' in chosen.text
    assert "空いています。" in chosen.text


async def test_looking_stores_nothing_and_says_what_filing_would(desk: Desk) -> None:
    taken = factories.period(9, 2)
    await rivals_claim(desk.field, taken)
    before = [await one.count() for one in (Reservation, Volume, Claim, Event)]

    told = await desk.check(taken)
    free = await desk.check(factories.period(14))

    assert "重なっている予約" in told
    assert "空いています。" in free
    assert [await one.count() for one in (Reservation, Volume, Claim, Event)] == before


@pytest.mark.parametrize("hour", [7, 8, 9, 10, 11, 12])
async def test_the_panel_and_the_filing_judge_alike(desk: Desk, hour: int) -> None:
    await rivals_claim(desk.field, factories.period(9, 2))
    application = Application(int(desk.form["project_id"]), desk.field.area_id, (Asked(factories.period(hour, 2)),))

    verdict = await checking.check(desk.company, application, now())
    try:
        await filing.file(desk.company, application, now())
        in_the_way = ()
        nearest: list[tuple[datetime, datetime]] = []
    except Taken as refusal:
        in_the_way, nearest = refusal.in_the_way, list(refusal.nearest)

    assert verdict.in_the_way == in_the_way
    assert verdict.fits is not bool(in_the_way)
    assert [(one[0].start, one[0].end) for one in verdict.nearest] == nearest
    assert bool(nearest) is bool(in_the_way)


async def test_another_companys_project_is_unknown_to_the_panel(desk: Desk) -> None:
    other = await factories.project(await factories.company())
    assert "該当する実証案件が貴社にありません。" in await desk.check(factories.period(9), project_id=str(other))


async def test_the_form_adds_removes_and_repeats_times(desk: Desk) -> None:
    first = factories.period(9)
    week_later = factories.period(9, days=8)

    added = await desk.press("add", first)
    assert 'name="time1_start" value=""' in added.text

    repeated = await desk.press("repeat", first, count="3")
    assert f'name="time1_start" value="{typed(week_later.start)}"' in repeated.text
    assert 'name="time2_start"' in repeated.text
    assert 'name="time3_start"' not in repeated.text

    removed = await desk.press("remove 0", first, week_later)
    assert f'name="time0_start" value="{typed(week_later.start)}"' in removed.text
    assert 'name="time1_start"' not in removed.text

    refused = await desk.press("repeat", first, count="99")
    assert refused.status_code == 422
    assert 'id="f-count-error"' in refused.text


async def test_a_series_is_typed_every_so_many_weeks_until_a_day(desk: Desk) -> None:
    first = factories.period(9)
    until = first.start.astimezone(TOKYO).date() + timedelta(weeks=5)
    answer = await desk.press("repeat", first, every="２", until=until.isoformat().translate(IN_FULL_WIDTH))
    assert re.findall(r'name="time\d+_start" value="([^"]*)"', answer.text) == [
        typed(first.start + timedelta(weeks=weeks)) for weeks in (0, 2, 4)
    ]

    late = first.start.astimezone(TOKYO).date() + timedelta(days=4000)
    refused = await desk.press("repeat", first, every="2", until=late.isoformat())
    assert refused.status_code == 422
    assert "日先）まで申請できます。" in refused.text.partition('id="f-until-error"')[2].partition("</p>")[0]
    assert f'value="{late.isoformat()}"' in refused.text
    part = await desk.client.post(
        "/my/apply/times", data={**desk.form, **time_fields(first), "do": "repeat", "count": "1"}
    )
    assert 'id="f-count-error"' in part.text


async def test_an_only_project_is_chosen_unless_another_use_was_looked_for(desk: Desk) -> None:
    chosen = f'<option value="{desk.form["project_id"]}" selected>'
    assert chosen in (await desk.client.get("/my/apply")).text
    assert chosen not in (await desk.client.get("/my/apply?use=robot")).text
    await factories.project(desk.company)
    assert chosen not in (await desk.client.get("/my/apply")).text


TOO_MANY = "1件の申請で指定できる日時は60件までです。"


@pytest.mark.parametrize(("in_all", "rows"), [(51, 60), (52, None), (53, None)])
async def test_a_series_that_is_too_long_adds_nothing_and_says_so(desk: Desk, in_all: int, rows: int | None) -> None:
    days = [factories.period(9, days=1 + day) for day in range(10)]

    answer = await desk.press("repeat", *days, count=str(in_all))

    assert (answer.status_code, len(re.findall(r'name="time\d+_start"', answer.text))) == (
        (422, 10) if rows is None else (200, rows)
    )
    told = answer.text.partition('id="f-count-error"')[2].partition("</p>")[0]
    assert (TOO_MANY in told) is (rows is None)
    assert (f'name="count" type="number" value="{in_all}"' in answer.text) is (rows is None)


@pytest.mark.parametrize("wish", ["submit", "hold", "save", "wait", "check", "repeat", "add", "remove 0", ""])
async def test_more_times_than_can_be_asked_for_are_refused_not_cut_off(desk: Desk, wish: str) -> None:
    days = [factories.period(9, days=1 + day) for day in range(61)]
    refused = await desk.press(wish, *days, count="2")
    assert refused.status_code == 422
    assert TOO_MANY in refused.text.partition('id="f-time59-error"')[2].partition("</p>")[0]
    assert "超えた分はここに表示していません。" in refused.text
    assert await Reservation.count() == 0

    one_more = await desk.press("add", *days[:60])
    assert (one_more.status_code, TOO_MANY in one_more.text) == (422, True)


async def test_more_times_than_can_be_asked_for_are_no_change_either(desk: Desk) -> None:
    filed = await desk.press("submit", factories.period(9))
    number = int(filed.headers["location"].rsplit("/", 1)[-1])
    many = time_fields(*(factories.period(9, days=1 + day) for day in range(61)))
    for wish in ("change", "add"):
        data = {**desk.form, **many, "version": "1", "do": wish}
        refused = await desk.client.post(f"/my/reservations/{number}/change", data=data)
        assert (refused.status_code, TOO_MANY in refused.text) == (422, True)
    for part in ("draft", "check", "times"):
        answer = await desk.client.post(f"/my/apply/{part}", data={**desk.form, **many})
        assert (answer.status_code, part == "draft" or TOO_MANY in answer.text) == (200, True)
    assert await Reservation.count() == await Volume.count() == 1


async def test_a_series_is_one_application(desk: Desk) -> None:
    periods = [factories.period(9, days=1 + 7 * week) for week in range(3)]
    assert (await desk.press("submit", *periods)).status_code == 303
    assert await Reservation.count() == 1
    assert await Volume.count() == 3


async def test_a_part_of_the_area_is_asked_for_by_its_corners(desk: Desk) -> None:
    shape = await Site.select(Site.geometry).where(Site.id == desk.field.site_id).first()
    assert shape is not None
    west, south, _, _ = shape["geometry"].bounds
    corners = f"{south + 0.001}, {west + 0.001}\n{south + 0.001} {west + 0.002}\n{south + 0.002}、{west + 0.002}"

    answer = await desk.press("submit", factories.period(9), footprint_part="part", corners=corners, footprint="")
    assert answer.status_code == 303, answer.text
    stored = await Volume.select(Volume.footprint).first()
    assert stored is not None
    assert stored["footprint"].bounds == pytest.approx((west + 0.001, south + 0.001, west + 0.002, south + 0.002))

    turned = f"{west + 0.001}, {south + 0.001}\n{west + 0.001}, {south + 0.002}\n{west + 0.002}, {south + 0.002}"
    refused = await desk.press("submit", factories.period(14), footprint_part="part", footprint="", corners=turned)
    assert "1行目：緯度、経度の順に入力してください" in refused.text
    assert "GeoJSON" not in refused.text

    for at, wrong in (("footprint", ""), ("corners", "北緯34度"), ("footprint", '{"type":"Point"}')):
        typed_so = {"footprint": "", "corners": "", ("footprint" if wrong.startswith("{") else "corners"): wrong}
        refused = await desk.press("submit", factories.period(14), footprint_part="part", **typed_so)
        assert refused.status_code == 422
        assert f'href="#f-{at}"' in refused.text


async def test_ones_own_application_in_the_way_is_told_as_ones_own(desk: Desk) -> None:
    filed = await desk.press("submit", factories.period(9))
    number = filed.headers["location"].rsplit("/", 1)[-1]

    again = await desk.press("submit", factories.period(9))
    assert again.status_code == 409
    assert again.text.count("この場所と日時には、すでに自社の申請があります。") >= 2
    assert f'<a href="/my/reservations/{number}">自社の申請（申請番号{number}）</a>' in again.text
    assert "すでに別の予定" not in again.text
    assert "ほかの事業者の名前" not in again.text
    assert "自社の申請の空きを待つ" in again.text

    await rivals_claim(desk.field, factories.period(11))
    mixed = await desk.check(factories.period(9), factories.period(11))
    assert mixed.count("自社の申請（") == 2
    assert "ほかの事業者の名前は表示しません。" in mixed
    assert "自社の申請の空きを待つ" not in mixed


IN_FULL_WIDTH = str.maketrans("0123456789.,-: T", "０１２３４５６７８９．，－：　Ｔ")


async def test_figures_in_full_width_and_empty_lines_are_read_as_they_are_meant(desk: Desk) -> None:
    shape = await Site.select(Site.geometry).where(Site.id == desk.field.site_id).first()
    assert shape is not None
    west, south, _, _ = shape["geometry"].bounds
    corners = (
        f"\n{south + 0.001}, {west + 0.001}\n\n　\n{south + 0.001} {west + 0.002}\n{south + 0.002}、{west + 0.002}\n"
    )
    asked = {name: text.translate(IN_FULL_WIDTH) for name, text in time_fields(factories.period(9)).items()}
    typed_so = {**asked, "corners": corners.translate(IN_FULL_WIDTH), "lower": "１０．５", "upper": "３０"}

    answer = await desk.press("submit", footprint_part="part", footprint="", **typed_so)
    assert answer.status_code == 303, answer.text
    stored = await Volume.select(Volume.footprint, Volume.altitude, Volume.period).first()
    assert stored is not None
    assert stored["footprint"].bounds == pytest.approx((west + 0.001, south + 0.001, west + 0.002, south + 0.002))
    assert (stored["altitude"].lower, stored["altitude"].upper) == (Decimal("10.5"), 30)
    assert stored["period"].lower == factories.period(9).start

    wrong = await desk.press(
        "submit", footprint_part="part", footprint="", **{**typed_so, "corners": "34.6 135.4\n\n34.6 北緯"}
    )
    assert "3行目" in wrong.text


async def test_a_draft_saves_itself_is_found_again_and_is_filed_as_it_stands(desk: Desk) -> None:
    data = {**desk.form, **time_fields(factories.period(9))}
    assert (await desk.client.post("/my/apply/draft", data={**data, "project_id": ""})).status_code == 200
    assert await Reservation.count() == 0

    first = await desk.client.post("/my/apply/draft", data=data)
    assert first.headers["hx-trigger"] == "saved"
    row = await Reservation.select(Reservation.id, Reservation.version).first()
    assert row is not None
    draft = {"draft": str(row["id"]), "version": str(row["version"])}
    assert f'name="draft" value="{row["id"]}"' in first.text

    second = await desk.client.post(
        "/my/apply/draft", data={**data, **time_fields(factories.period(14)), **draft, "note": "変更後"}
    )
    assert 'name="version" value="2"' in second.text
    opened = await desk.client.get(f"/my/apply?draft={row['id']}")
    assert f'value="{typed(factories.tomorrow(14))}"' in opened.text
    assert "変更後" in opened.text
    assert [one["action"] for one in await reading.events(desk.company, row["id"])] == ["save"]

    stale = await desk.press("submit", factories.period(14), **draft)
    assert stale.status_code == 409
    filed = await desk.press("submit", factories.period(15), draft=draft["draft"], version="2")
    assert filed.status_code == 303, filed.text
    assert await Reservation.count() == 1
    after = await Reservation.select(Reservation.state, Reservation.note).first()
    assert after == {"state": "submitted", "note": "搬入あり"}
    again = await desk.press("submit", factories.period(15), draft=draft["draft"], version="4")
    assert again.status_code == 409


async def test_a_draft_that_saves_itself_tells_nothing_until_it_is_filed(desk: Desk) -> None:
    await desk.press("save", factories.period(9))
    row = await Reservation.select(Reservation.id).first()
    assert row is not None
    told, follows = await Event.count(), len(await jobs())
    for hour, version in ((10, "1"), (11, "2")):
        draft = {"draft": str(row["id"]), "version": version}
        await desk.client.post("/my/apply/draft", data={**desk.form, **time_fields(factories.period(hour)), **draft})
    asked = (Asked(factories.period(12)),)
    moved = await steps.change_volumes(desk.company, row["id"], 3, asked, now())
    assert replace(moved, warnings=()) == Moved(row["id"], State.DRAFT, 4)
    assert (await Event.count(), len(await jobs())) == (told, follows)

    await steps.act(desk.company, row["id"], Step(Action.SUBMIT, 4), now())
    event = await Event.select(Event.details).where(Event.action == "submit").first()
    assert event is not None
    (volume,) = msgspec.json.decode(event["details"])["volumes"]
    assert volume["area"] == desk.field.area_id
    assert datetime.fromisoformat(volume["period"][0]) == factories.period(12).start


async def test_a_draft_that_cannot_be_filed_stays_as_it_was(desk: Desk) -> None:
    taken = factories.period(9)
    await rivals_claim(desk.field, taken)
    await desk.press("save", factories.period(14))
    row = await Reservation.select(Reservation.id).where(Reservation.state == "draft").first()
    assert row is not None

    refused = await desk.press("submit", taken, draft=str(row["id"]), version="1")

    assert refused.status_code == 409
    kept = await Reservation.select(Reservation.state, Reservation.version).where(Reservation.id == row["id"]).first()
    assert kept == {"state": "draft", "version": 1}


async def test_a_draft_is_seen_by_its_company_alone(desk: Desk) -> None:
    await desk.press("save", factories.period(9))
    row = await Reservation.select(Reservation.id).first()
    assert row is not None
    address = f"/my/apply?draft={row['id']}"
    assert (await desk.client.get(address)).status_code == 200

    await factories.log_in(desk.client, await factories.company())
    assert (await desk.client.get(address)).status_code == 404


async def test_choosing_another_site_brings_its_areas_and_heights(desk: Desk) -> None:
    other = await factories.field()
    site = await Site.select(Site.slug).where(Site.id == other.site_id).first()
    assert site is not None

    part = await desk.client.post("/my/apply/place", data={**desk.form, "site": site["slug"]})

    assert part.status_code == 200
    assert f"/api/v1/sites/{site['slug']}/areas.geojson" in part.text
    assert 'hx-swap-oob="innerHTML"' in part.text
    assert "0〜150 m" in part.text


async def test_the_api_tells_the_nearest_free_times_of_what_is_taken(desk: Desk) -> None:
    taken = factories.period(9, 2)
    await rivals_claim(desk.field, taken)
    headers = {"Authorization": f"Bearer {await factories.token(desk.company)}"}
    body = {
        "project_id": int(desk.form["project_id"]),
        "area_id": desk.field.area_id,
        "volumes": [{"period": {"start": taken.start.isoformat(), "end": taken.end.isoformat()}}],
    }

    answer = await desk.client.post("/api/v1/reservations", json=body, headers=headers)

    assert answer.status_code == 409
    starts = {datetime.fromisoformat(one["start"]) for one in answer.json()["nearest"]}
    assert taken.end in starts
    free = answer.json()["nearest"][0]
    body["volumes"] = [{"period": free}]
    assert (await desk.client.post("/api/v1/reservations", json=body, headers=headers)).status_code == 201


async def test_changing_into_a_taken_time_tells_the_nearest_and_keeps_the_old_place(desk: Desk) -> None:
    mine, taken = factories.period(14), factories.period(9, 2)
    await rivals_claim(desk.field, taken)
    application = Application(int(desk.form["project_id"]), desk.field.area_id, (Asked(mine),))
    filed = await filing.file(desk.company, application, now())

    with pytest.raises(Taken) as refusal:
        await steps.change_volumes(desk.company, filed.id, 1, (Asked(Period(taken.start, mine.end)),), now())

    assert refusal.value.nearest
    kept = await Claim.select(Claim.period).where(Claim.source_id == filed.id, Claim.source_kind == "reservation")
    assert [one["period"].lower for one in kept] == [mine.start]
    assert (await reading.find(desk.company, filed.id))["version"] == 1


async def test_a_part_of_a_page_leaves_the_message_to_the_next_whole_one(desk: Desk) -> None:
    await desk.press("save", factories.period(9))
    data = {**desk.form, **time_fields(factories.period(9))}
    part = await desk.client.post("/my/apply/check", data=data, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "下書きを保存しました。" in (await desk.client.get("/my")).text
    assert "下書きを保存しました。" not in (await desk.client.get("/my")).text


async def test_a_draft_is_deleted_from_its_own_page(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    asked = (Asked(factories.period(9)),)
    draft = await filing.file(
        company, Application(await factories.project(company), field.area_id, asked, Action.SAVE), now()
    )
    csrf = await factories.log_in(client, company)

    page = await client.get(f"/my/apply?draft={draft.id}")
    address = re.search(r'formaction="([^"]+)"', page.text)
    assert address is not None
    done = await client.post(address[1], data={**csrf, "version": "1"})

    assert done.status_code == 303
    assert (await reading.find(company, draft.id))["state"] == "withdrawn"


async def test_a_draft_that_cannot_save_itself_says_so(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    asked = (Asked(factories.period(9)),)
    application = Application(await factories.project(company), field.area_id, asked, Action.SAVE)
    draft = await filing.file(company, application, now())
    csrf = await factories.log_in(client, company)

    part = await client.post("/my/apply/draft", data={**csrf, "draft": str(draft.id), "version": "1"})

    assert "保存できませんでした" in part.text
    assert (await reading.find(company, draft.id))["version"] == 1


async def test_where_it_is_not_open_the_hours_are_told(desk: Desk) -> None:
    await OpeningHours.update({OpeningHours.opens_minute: 480, OpeningHours.closes_minute: 1080}).where(
        OpeningHours.site_id == desk.field.site_id
    )
    text = await desk.check(factories.period(3))
    assert "開いていない時間" in text
    assert "利用時間: 月 08:00–18:00 / 火 08:00–18:00" in text
    assert "利用時間: 月" not in await desk.check(factories.period(9))


async def test_a_limit_is_told_in_the_unit_of_the_page(desk: Desk) -> None:
    await Site.update({Site.notice_minutes: 4320, Site.minimum_minutes: 60, Site.maximum_minutes: 240}).where(
        Site.id == desk.field.site_id
    )
    text = await desk.check(factories.period(9, 5))
    assert "開始の3日前まで" in text
    assert "1時間以上4時間以内" in text
