"""The calendar over HTTP."""

from datetime import date
from typing import Annotated

from litestar import Router, get
from litestar.params import FromQuery, QueryParameter

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.agenda import service
from testfields.agenda.rules import What, checked_span
from testfields.agenda.schemas import EntryView
from testfields.web.schemas import NamedText, TimeRange


@get("/", guards=[Only(May.SEE_DESK)])
async def show_calendar(
    actor: Caller,
    first: Annotated[date, QueryParameter(name="from")],
    last: Annotated[date, QueryParameter(name="to")],
    site: FromQuery[str | None] = None,
    what: FromQuery[What] = What.ALL,
) -> list[EntryView]:
    """All that takes place at the caller's own sites, in the order of time.

    `from` and `to` are local days of each site, both included, no more than 62 days apart.
    """
    return [
        EntryView(
            one.site_slug,
            one.area_id,
            TimeRange(one.period.start, one.period.end),
            one.number,
            one.state,
            NamedText(one.name_ja, one.name_en),
        )
        for one in await service.entries(actor, checked_span(first, last), site, what)
    ]


router = Router("/calendar", tags=["reviews"], route_handlers=[show_calendar])
