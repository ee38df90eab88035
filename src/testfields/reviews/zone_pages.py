"""Applications that law or place has caught up with since they were decided on, as a page."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, get
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.reviews.affected import Affected, since_decision
from testfields.web import locale
from testfields.web.pages import page
from testfields.web.words import when
from testfields.zones.views import shown


@get("/desk/zones", include_in_schema=False, guards=[Only(May.SEE_DESK)])
async def changed_page(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """What zones published since the last decision forbid, or make need a permission, of what is under way."""
    rows = [_row(one) for one in await since_decision(actor, now())]
    return page(request, "reviews/zones.html", rows=rows)


def _row(one: Affected) -> dict[str, Any]:
    return {
        "number": one.number,
        "permitted": one.permitted,
        "company": locale.named(one, "company"),
        "place": f"{locale.named(one, 'site')} · {locale.named(one, 'area')}",
        "when": when(one.period, one.timezone),
        "findings": shown(one.findings, one.timezone),
    }


pages: Sequence[Any] = (changed_page,)
