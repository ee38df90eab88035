"""Closures over HTTP; for the land's own staff."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromQuery, JSONBody

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.closures import service as closures
from testfields.closures.rules import ClosureKind
from testfields.closures.schemas import (
    ClosureBody,
    ClosureVersion,
    ClosureView,
    EnteredView,
    PlacesBody,
    PreviewView,
    preview_view,
)
from testfields.closures.service import Closing
from testfields.core.clock import now
from testfields.web.bodies import JsonBody
from testfields.web.idempotency import NEVER_KEPT
from testfields.web.openapi import REFUSES
from testfields.web.paging import next_link
from testfields.web.parameters import LARGEST_ID, Before, Limit, PathId
from testfields.web.schemas import MultiPolygonView, TimeRange
from testfields.web.versions import IfMatch, etag, expected_version


@post("/", dto=JsonBody[ClosureBody], return_dto=None, opt={REFUSES: (404, 409)}, guards=[Only(May.CLOSE)])
async def close(actor: Caller, data: JSONBody[ClosureBody]) -> Response[EnteredView]:
    """Shut places, all or none; 409 lists what stands there, with numbers of applications, unless it is displaced.

    A reason that is left out is what is usually told of that kind.
    """
    reason = data.reason
    closing = Closing(data.scope, data.kind, reason.ja, reason.en, data.when, displaces=data.displace)
    entered = await closures.close(actor, closing, now())
    view = EnteredView(entered.id, entered.version, list(entered.closures), list(entered.displaced))
    return Response(view, headers={"ETag": etag(entered.version)})


@post(
    "/preview",
    dto=JsonBody[PlacesBody],
    return_dto=None,
    status_code=200,
    opt={NEVER_KEPT: True, REFUSES: (404,)},
    guards=[Only(May.CLOSE)],
)
async def preview_closing(actor: Caller, data: JSONBody[PlacesBody]) -> PreviewView:
    """Whom closing these places would displace, and what is in its way; nothing is written or kept."""
    return preview_view(await closures.preview(actor, data.scope, data.when, now()))


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
async def lift(
    actor: Caller, closure_id: PathId, together: FromQuery[bool] = False, if_match: IfMatch = None
) -> Response[ClosureVersion]:
    """End a closure, `together` with those entered with it; what becomes free is offered to whoever waits for it."""
    lifted = await closures.lift(actor, closure_id, expected_version(if_match), now(), together=together)
    return Response(ClosureVersion(lifted.id, lifted.version), headers={"ETag": etag(lifted.version)})


def _view(row: Any) -> ClosureView:
    return ClosureView(
        id=row["id"],
        version=row["version"],
        closing=row["closing_id"],
        site=row["site_slug"],
        area=row["area_slug"],
        footprint=msgspec.json.decode(row["footprint"], type=MultiPolygonView) if row["footprint"] else None,
        kind=ClosureKind(row["kind"]),
        reason_ja=row["reason_ja"],
        reason_en=row["reason_en"],
        period=TimeRange(row["starts_at"], row["ends_at"]),
        created_by=row["created_by"],
        created_at=row["created_at"],
        lifted_at=row["lifted_at"],
    )


router = Router("/closures", tags=["closures"], route_handlers=[close, preview_closing, list_closures, lift])
