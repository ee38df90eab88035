"""The calendar of all own test fields: what is on it, for whom, on which day, and as a table."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from testfields.accounts.tables import Organisation
from testfields.agenda import service
from testfields.agenda.rules import Span, View, What, neighbours, span_of
from testfields.agenda.views import drawn_day, drawn_month, drawn_week
from testfields.closures import service as closures
from testfields.closures.grounds import one_place
from testfields.closures.rules import ClosureKind
from testfields.closures.service import Closing
from testfields.core.clock import now
from testfields.core.local_time import local_date
from testfields.core.periods import Period
from testfields.reservations import steps as reservations
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from testfields.sites.tables import Site
from tests import factories
from tests.reviews.cases import bearer, file, log_in

ZONE = "Asia/Tokyo"


def tomorrow() -> date:
    return local_date(factories.period(9).start, ZONE)


async def slug_of(field: factories.Field) -> str:
    found = await Site.select(Site.slug).where(Site.id == field.site_id).first()
    assert found is not None
    return str(found["slug"])


async def close(field: factories.Field, period: Period) -> None:
    kind, place = ClosureKind.WORKS, one_place(await slug_of(field), None)
    closing = Closing(place, kind, "工事のため", "Works", period)
    await closures.close(field.approver, closing, now())


@pytest.mark.parametrize(
    ("view", "day", "first", "last"),
    [
        (View.DAY, date(2026, 12, 3), date(2026, 12, 3), date(2026, 12, 3)),
        (View.WEEK, date(2026, 12, 3), date(2026, 11, 30), date(2026, 12, 6)),
        (View.WEEK, date(2027, 1, 3), date(2026, 12, 28), date(2027, 1, 3)),
        (View.MONTH, date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
        (View.MONTH, date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_the_days_in_sight(view: View, day: date, first: date, last: date) -> None:
    assert span_of(view, day) == Span(first, last)
    before, after = neighbours(view, day)
    assert span_of(view, before).last == first - timedelta(days=1)
    assert span_of(view, after).first == last + timedelta(days=1)


async def test_it_holds_what_has_a_place_at_own_sites_and_nothing_else(db: None) -> None:
    field, other, company = await factories.field(), await factories.field(), await factories.company()
    asked, draft = await file(field, company, 9), await file(field, company, 15, Action.SAVE)
    rejected = await file(field, company, 17)
    await reservations.act(field.approver, rejected, Step(Action.REJECT, reason="式典のため。"), now())
    await file(other, company, 9)
    span = Span(tomorrow(), tomorrow())
    assert [one.number for one in await service.entries(field.approver, span, None, What.ALL)] == [asked]
    assert await service.entries(field.approver, span, await slug_of(other), What.ALL) == []
    assert await service.entries(company, span, None, What.ALL) == []
    assert await service.entries(field.approver, span, None, What.PERMITTED) == []
    assert [one.number for one in await service.entries(field.approver, span, None, What.UNDECIDED)] == [asked]
    assert draft != asked


async def test_a_closure_of_a_site_shuts_each_of_its_areas_and_a_night_lies_on_both_days(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    night = await file(field, company, 22, hours=4)
    shut = factories.period(9, 2)
    await close(field, shut)
    first = tomorrow()
    span = Span(first, first + timedelta(days=1))
    rows = await service.rows(field.approver, None)
    entries = await service.entries(field.approver, span, None, What.ALL)

    (lanes,) = drawn_day(rows, entries, first).values()
    assert [[(one["kind"], one["from"], one["to"]) for one in lane] for lane in lanes] == [
        [("closed", 36, 44), ("rival", 88, 96)]
    ]
    (lanes,) = drawn_day(rows, [one for one in entries if one.number == night], span.last).values()
    assert [(one["from"], one["to"]) for one in lanes[0]] == [(0, 8)]
    (week,) = drawn_week(rows, entries, span).values()
    assert [[one["kind"] for one in day] for day in week] == [["closed", "rival"], ["rival"]]
    (month,) = drawn_month(rows, await service.days(field.approver, span, None, What.ALL), span).values()
    assert [(one["at"], one["kind"], one["sign"]) for one in month] == [(0, "rival", "1■"), (1, "rival", "1")]


async def test_days_are_those_of_each_sites_own_clock(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    await file(field, company, 9)
    await Site.update({Site.timezone: "Pacific/Kiritimati"}).where(Site.id == field.site_id)
    # 9:00 in Japan is 14:00 there, on the same day; 21:00 the day before in Honolulu is 14:00 there too.
    start = factories.period(9).start
    (day,) = await service.days(field.approver, Span(tomorrow(), tomorrow()), None, What.ALL)
    assert day.day == local_date(start, "Pacific/Kiritimati")
    await Site.update({Site.timezone: "Pacific/Honolulu"}).where(Site.id == field.site_id)
    yesterday = local_date(start, "Pacific/Honolulu")
    assert yesterday == tomorrow() - timedelta(days=1)
    assert [one.day for one in await service.days(field.approver, Span(yesterday, yesterday), None, What.ALL)] == [
        yesterday
    ]


@pytest.mark.parametrize("view", list(View))
async def test_each_view_leads_to_the_application(db: None, client: httpx.AsyncClient, view: View) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    await log_in(client, field.reviewer)
    address = f"/desk/calendar?view={view}&date={tomorrow()}"
    shown = await client.get(address)
    assert shown.status_code == 200
    wanted = f"view=day&amp;date={tomorrow()}" if view is View.MONTH else f'href="/desk/{number}"'
    assert wanted in shown.text


@pytest.mark.parametrize("day", ["x", "0001-01-01", "9999-12-31", "2026-02-30"])
async def test_a_day_beyond_all_calendars_is_refused(db: None, client: httpx.AsyncClient, day: str) -> None:
    field = await factories.field()
    await log_in(client, field.reviewer)
    for address in ("/desk/calendar", "/desk/calendar.csv"):
        assert (await client.get(f"{address}?date={day}")).status_code == 422


async def test_the_table_is_read_by_spreadsheets_and_holds_no_formula(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    evil = '=HYPERLINK("https://evil.test")'
    await Organisation.update({Organisation.name_ja: evil, Organisation.name_en: evil}).where(
        Organisation.id == company.companies[0]
    )
    number = await file(field, company)
    await log_in(client, field.reviewer)
    answer = await client.get(f"/desk/calendar.csv?view=day&date={tomorrow()}")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="calendar-{tomorrow()}-{tomorrow()}.csv"' in answer.headers["Content-Disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    names, line = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    told = dict(zip(names, line, strict=True))
    assert told["Number"] == str(number)
    assert told["Whose"] == f"'{evil}"
    assert datetime.fromisoformat(told["Start"]).astimezone(UTC) == factories.period(9).start


async def test_programs_ask_for_the_same(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    headers = await bearer(field.reviewer)
    address = f"/api/v1/calendar?from={tomorrow()}&to={tomorrow()}"
    (one,) = (await client.get(address, headers=headers)).json()
    assert (one["number"], one["state"], one["area_id"]) == (number, "submitted", field.area_id)
    for wrong in (f"from={tomorrow()}&to=2026-01-01", "from=2026-01-01&to=2026-12-31"):
        assert (await client.get(f"/api/v1/calendar?{wrong}", headers=headers)).status_code == 422
    assert (await client.get(address, headers=await bearer(company))).status_code == 403
