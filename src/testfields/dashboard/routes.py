"""The numbers of a month over HTTP."""

from litestar import Router, get
from litestar.params import FromQuery

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.dashboard import service
from testfields.dashboard.rules import month_typed
from testfields.dashboard.schemas import NumbersView, numbers_view


@get("/", guards=[Only(May.SEE_DESK)])
async def show_numbers(actor: Caller, month: FromQuery[str]) -> NumbersView:
    """Applications, decisions and days to decision of a month at the caller's own sites.

    `month` is one such as 2026-11, by the clock of each site.
    """
    return numbers_view(await service.numbers(actor, month_typed(month)))


router = Router("/numbers", tags=["reviews"], route_handlers=[show_numbers])
