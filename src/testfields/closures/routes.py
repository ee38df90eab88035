"""Closures over HTTP; for the land's own staff."""

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromQuery, JSONBody

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.closures import service as closures
from testfields.closures.rules import ClosureKind
from testfields.closures.schemas import ClosureBody, ClosureVersion, ClosureView
from testfields.closures.service import Closing
from testfields.core.clock import now
from testfields.core.periods import parse_period
from testfields.web.bodies import JsonBody
from testfields.web.openapi import REFUSES
from testfields.web.paging import next_link
from testfields.web.parameters import LARGEST_ID, Before, Limit, PathId
from testfields.web.schemas import TimeRange
from testfields.web.versions import IfMatch, etag, expected_version


@post("/", dto=JsonBody[ClosureBody], return_dto=None, opt={REFUSES: (404, 409)}, guards=[Only(May.CLOSE)])
async def close(actor: Caller, data: JSONBody[ClosureBody]) -> Response[ClosureVersion]:
    """Shut a test field or one of its areas; 409 lists what stands there, with the numbers of applications."""
    period = parse_period(data.period.start, data.period.end, "period.start", "period.end")
    closing = Closing(data.site, data.area, data.kind, data.reason_ja, data.reason_en, period)
    return _answer(await closures.close(actor, closing, now()))


@get("/", guards=[Only(May.SEE_DESK)])
async def list_closures(
    request: Request[Any, Any, Any],
    actor: Caller,
    site: FromQuery[str | None] = None,
    before: Before = LARGEST_ID,
    limit: Limit = 50,
) -> Response[list[ClosureView]]:
    """Closures of the caller's own land, newest first; the next page stands in `Link`."""
    views = [_view(row) for row in await closures.listed(actor, site, before, limit)]
    return Response(views, headers=next_link(request, "before", views[-1].id if len(views) == limit else None))


@post("/{closure_id:int}/lift", status_code=200, opt={REFUSES: (409,)}, guards=[Only(May.CLOSE)])
async def lift(actor: Caller, closure_id: PathId, if_match: IfMatch = None) -> Response[ClosureVersion]:
    """End a closure; what becomes free is offered to whoever waits for it."""
    return _answer(await closures.lift(actor, closure_id, expected_version(if_match), now()))


def _answer(closed: closures.Versioned) -> Response[ClosureVersion]:
    return Response(ClosureVersion(closed.id, closed.version), headers={"ETag": etag(closed.version)})


def _view(row: Any) -> ClosureView:
    return ClosureView(
        id=row["id"],
        version=row["version"],
        site=row["site_slug"],
        area=row["area_slug"],
        kind=ClosureKind(row["kind"]),
        reason_ja=row["reason_ja"],
        reason_en=row["reason_en"],
        period=TimeRange(row["starts_at"], row["ends_at"]),
        created_by=row["created_by"],
        created_at=row["created_at"],
        lifted_at=row["lifted_at"],
    )


router = Router("/closures", tags=["closures"], route_handlers=[close, list_closures, lift])
