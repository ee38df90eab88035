"""The calendar of all own test fields, by day, week or month, as a page and as a table for spreadsheets."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.params import FromQuery, QueryParameter
from litestar.response import Template

from testfields.accounts.access import allowed
from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor
from testfields.agenda import service
from testfields.agenda.rules import Span, View, What, neighbours, span_of
from testfields.agenda.service import Row
from testfields.agenda.views import by_site, drawn_day, drawn_month, drawn_week, heads, sheet_rows
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.local_time import format_date, format_month, local_date, local_time
from testfields.web import locale
from testfields.web.pages import page
from testfields.web.spreadsheets import csv_answer

VIEWS = {View.DAY: N_("By day"), View.WEEK: N_("By week"), View.MONTH: N_("By month")}
WHATS = {
    What.ALL: N_("Everything"),
    What.UNDECIDED: N_("Not decided yet"),
    What.PERMITTED: N_("Permitted"),
    What.CLOSED: N_("Closures"),
}
# The clock by which "today" is told where there is no site yet.
HOME = "Asia/Tokyo"
FIRST, LAST = date(1970, 1, 1), date(2200, 1, 1)

Day = Annotated[str, QueryParameter(name="date")]


@get("/desk/calendar", include_in_schema=False, guards=[Only(May.SEE_DESK)])
async def calendar_page(
    request: Request[Any, Any, Any],
    actor: Caller,
    view: FromQuery[View] = View.WEEK,
    day: Day = "",
    site: FromQuery[str] = "",
    what: FromQuery[What] = What.ALL,
) -> Template:
    """What takes place at all own sites; the address holds what is shown."""
    rows = await service.rows(actor, site or None)
    today = local_date(now(), rows[0].timezone if rows else HOME)
    chosen = _day(day, today)
    span = span_of(view, chosen)
    before, after = neighbours(view, chosen)

    def address(**other: str) -> str:
        wanted = {"view": view.value, "date": chosen.isoformat(), "site": site, "what": what.value} | other
        return "/desk/calendar?" + urlencode({name: text for name, text in wanted.items() if text})

    return page(
        request,
        "agenda/calendar.html",
        view=view.value,
        day=chosen.isoformat(),
        title=_title(view, span),
        heads=heads(span, today, lambda iso: address(view=View.DAY.value, date=iso)),
        groups=by_site(rows, await _drawn(actor, view, span, rows, site or None, what)),
        sites=[{"value": one["slug"], "label": locale.named(one, "name")} for one in await service.sites(actor)],
        site=site,
        what=what.value,
        whats=[{"value": one.value, "label": locale.translate(text)} for one, text in WHATS.items()],
        views=[
            {"label": locale.translate(text), "href": address(view=one.value), "current": one is view}
            for one, text in VIEWS.items()
        ],
        before=address(date=before.isoformat()),
        after=address(date=after.isoformat()),
        today=address(date=today.isoformat()),
        csv_href=address().replace("/desk/calendar?", "/desk/calendar.csv?"),
        may_close=allowed(actor, May.CLOSE),
        may_book=allowed(actor, May.FILE_FOR),
        now=_now_quarter(rows) if view is View.DAY and chosen == today else None,
    )


async def _drawn(
    actor: Actor, view: View, span: Span, rows: Sequence[Row], site: str | None, what: What
) -> dict[int, Any]:
    match view:
        case View.DAY:
            return drawn_day(rows, await service.entries(actor, span, site, what), span.first)
        case View.WEEK:
            return drawn_week(rows, await service.entries(actor, span, site, what), span)
        case View.MONTH:
            return drawn_month(rows, await service.days(actor, span, site, what), span)


@get("/desk/calendar.csv", include_in_schema=False, guards=[Only(May.SEE_DESK)])
async def calendar_sheet(
    actor: Caller,
    view: FromQuery[View] = View.WEEK,
    day: Day = "",
    site: FromQuery[str] = "",
    what: FromQuery[What] = What.ALL,
) -> Response[bytes]:
    """What the calendar shows, a line for each time."""
    rows = await service.rows(actor, site or None)
    span = span_of(view, _day(day, local_date(now(), rows[0].timezone if rows else HOME)))
    found = await service.entries(actor, span, site or None, what)
    return csv_answer(sheet_rows(rows, found), f"calendar-{span.first.isoformat()}-{span.last.isoformat()}")


def _day(typed: str, today: date) -> date:
    """The day of the address; raises InvalidInput for what is none, or lies beyond all calendars."""
    try:
        day = date.fromisoformat(typed) if typed else today
    except ValueError as error:
        raise InvalidInput([fault("date", N_("This value cannot be read."))]) from error
    if not FIRST <= day <= LAST:
        raise InvalidInput([fault("date", N_("This value cannot be read."))])
    return day


def _now_quarter(rows: Sequence[Row]) -> int | None:
    if not rows:
        return None
    clock = local_time(now(), rows[0].timezone)
    return (clock.hour * 60 + clock.minute) // 15


def _title(view: View, span: Span) -> str:
    language = locale.current()
    if view is View.MONTH:
        return format_month(span.first, language)
    first = format_date(span.first, language)
    return first if view is View.DAY else f"{first} – {format_date(span.last, language)}"


pages: Sequence[Any] = (calendar_page, calendar_sheet)
