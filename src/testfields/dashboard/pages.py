"""The numbers of a month, as a page and as a table for spreadsheets."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromQuery
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.core.local_time import JAPANS_ZONE, format_month, local_date
from testfields.dashboard import service
from testfields.dashboard.rules import FIRST, LAST, month_typed, shifted
from testfields.dashboard.views import chart, figures, month_rows, sheet_rows, site_rows
from testfields.web import locale
from testfields.web.pages import page
from testfields.web.spreadsheets import csv_answer

# So many months back from now are offered; the address takes any.
OFFERED = 24


@get("/desk/numbers", include_in_schema=False, guards=[Only(May.SEE_DESK)])
async def numbers_page(request: Request[Any, Any, Any], actor: Caller, month: FromQuery[str] = "") -> Template:
    """What happened in a month at the own sites; the address holds which."""
    this = _this_month()
    chosen = month_typed(month) if month else this
    found = await service.numbers(actor, chosen)
    before, after = shifted(chosen, -1), shifted(chosen, 1)
    return page(
        request,
        "dashboard/numbers.html",
        month=f"{chosen:%Y-%m}",
        title=format_month(chosen, locale.current()),
        offered=[
            {"value": f"{one:%Y-%m}", "label": format_month(one, locale.current())}
            for one in sorted({chosen, *(shifted(this, -by) for by in range(OFFERED))}, reverse=True)
        ],
        sites=site_rows(found),
        total={"open": str(found.open), **figures(found.total)},
        months=month_rows(found, _address),
        chart=chart(found.months),
        before=_address(before) if before >= FIRST else "",
        after=_address(after) if after <= this and after < LAST else "",
        csv_href=f"/desk/numbers.csv?month={chosen:%Y-%m}",
    )


@get("/desk/numbers.csv", include_in_schema=False, guards=[Only(May.SEE_DESK)])
async def numbers_sheet(actor: Caller, month: FromQuery[str] = "") -> Response[bytes]:
    """What the table by site shows."""
    chosen = month_typed(month) if month else _this_month()
    return csv_answer(sheet_rows(await service.numbers(actor, chosen)), f"numbers-{chosen:%Y-%m}")


def _this_month() -> date:
    return local_date(now(), JAPANS_ZONE).replace(day=1)


def _address(month: date) -> str:
    return f"/desk/numbers?month={month:%Y-%m}"


pages: Sequence[Any] = (numbers_page, numbers_sheet)
