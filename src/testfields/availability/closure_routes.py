"""Closures over HTTP; for the land's own staff."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromQuery, JSONBody

from testfields.accounts.identity import Caller
from testfields.accounts.rules import Scope, require_scope, require_staff
from testfields.availability import closures
from testfields.availability.closures import LONGEST_REASON, Closing, ClosureKind
from testfields.core.clock import now
from testfields.core.periods import parse_period
from testfields.web.bodies import JsonBody
from testfields.web.openapi import REFUSES
from testfields.web.paging import next_link
from testfields.web.parameters import LARGEST_ID, Before, Limit, PathId
from testfields.web.shapes import TimeRange
from testfields.web.versions import IfMatch, etag, expected_version

Slug = Annotated[str, msgspec.Meta(min_length=1, max_length=63)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_REASON)]


class ClosureBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What to shut, when, and why; without an area the whole test field. `site` and `area` are slugs."""

    site: Slug
    kind: ClosureKind
    reason_ja: Reason
    reason_en: Reason
    period: TimeRange
    area: Slug | None = None


class ClosureVersion(msgspec.Struct, frozen=True):
    """A closure and the version it has now."""

    id: int
    version: int


class ClosureView(msgspec.Struct, frozen=True):
    """A closure as the land's staff see it."""

    id: int
    version: int
    site: str
    area: str | None
    kind: ClosureKind
    reason_ja: str
    reason_en: str
    period: TimeRange
    created_by: str
    created_at: datetime
    lifted_at: datetime | None


@post("/", dto=JsonBody[ClosureBody], return_dto=None, opt={REFUSES: (404, 409)})
async def close(actor: Caller, data: JSONBody[ClosureBody]) -> Response[ClosureVersion]:
    """Shut a test field or one of its areas; 409 lists what stands there, with the numbers of applications."""
    require_scope(actor, Scope.MANAGE)
    require_staff(actor)
    period = parse_period(data.period.start, data.period.end, "period.start", "period.end")
    closing = Closing(data.site, data.area, data.kind, data.reason_ja, data.reason_en, period)
    return _answer(await closures.close(actor, closing, now()))


@get("/")
async def list_closures(
    request: Request[Any, Any, Any],
    actor: Caller,
    site: FromQuery[str | None] = None,
    before: Before = LARGEST_ID,
    limit: Limit = 50,
) -> Response[list[ClosureView]]:
    """Closures of the caller's own land, newest first; the next page stands in `Link`."""
    require_scope(actor, Scope.READ)
    require_staff(actor)
    views = [_view(row) for row in await closures.listed(actor, site, before, limit)]
    return Response(views, headers=next_link(request, "before", views[-1].id if len(views) == limit else None))


@post("/{closure_id:int}/lift", status_code=200, opt={REFUSES: (409,)})
async def lift(actor: Caller, closure_id: PathId, if_match: IfMatch = None) -> Response[ClosureVersion]:
    """End a closure; what becomes free is offered to whoever waits for it."""
    require_scope(actor, Scope.MANAGE)
    require_staff(actor)
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
