"""A company's times: a month of them, and one application's as a calendar file."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromQuery
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.core.errors import N_
from testfields.core.local_time import JAPANS_ZONE, format_month, local_date
from testfields.core.periods import EARLIEST, LATEST, Period
from testfields.reservations import reading
from testfields.reservations.choosing import stays_of
from testfields.reservations.ical import MEDIA_TYPE, calendar
from testfields.reservations.my_views import calendar_tab, entry_of, month_of, month_period, weekdays
from testfields.web import locale
from testfields.web.pages import page
from testfields.web.parameters import PathId

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


@get("/my/calendar", include_in_schema=False, guards=[Only(May.SEE_OWN_PAGES)])
async def calendar_page(request: Request[Any, Any, Any], actor: Caller, month: FromQuery[str] = "") -> Template:
    """A month of one's company's times; this one where none, or none that there is, was asked for."""
    at = now()
    first = _month(month) or local_date(at, JAPANS_ZONE).replace(day=1)
    rows = await reading.own_stays(actor, month_period(first))
    before, after = (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=31)).replace(day=1)
    return page(
        request,
        "reservations/calendar.html",
        tabs=[{"label": locale.translate(N_("Lists")), "href": "/my", "current": False}, calendar_tab(current=True)],
        month=format_month(first, locale.current()),
        weekdays=weekdays(),
        weeks=month_of(rows, first, at),
        before=f"/my/calendar?month={before:%Y-%m}",
        after=f"/my/calendar?month={after:%Y-%m}",
        most=reading.MOST_STAYS if len(rows) == reading.MOST_STAYS else 0,
    )


def _month(text: str) -> date | None:
    typed = MONTH.fullmatch(text)
    if typed is None or not EARLIEST.year < int(typed[1]) < LATEST.year - 1:
        return None
    return date(int(typed[1]), int(typed[2]), 1)


@get("/my/reservations/{reservation_id:int}/times.ics", include_in_schema=False, guards=[Only(May.SEE_OWN_PAGES)])
async def times_ics(request: Request[Any, Any, Any], actor: Caller, reservation_id: PathId) -> Response[bytes]:
    """The times of one application as a calendar file; raises NotFound."""
    row = await reading.own(actor, reservation_id)
    base_url = request.app.state.settings.base_url.rstrip("/")
    entries = [entry_of(row, one.id, Period(one.period.start, one.period.end), base_url) for one in stays_of(row)]
    name = locale.translate(N_("Application No. %(number)s"), None, number=reservation_id)
    headers = {
        "Content-Disposition": f'attachment; filename="application-{reservation_id}.ics"',
        "Cache-Control": "no-store",
    }
    return Response(calendar(name, entries, now()), media_type=MEDIA_TYPE, headers=headers)


times_pages: Sequence[Any] = (calendar_page, times_ics)
