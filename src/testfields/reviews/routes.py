"""The desk over HTTP: the queue, and the shapes of one review. Decisions are steps of the reservation itself."""

import re
from datetime import date
from typing import Annotated, Any

import asyncpg
import msgspec
from litestar import Request, Response, Router, get, post, put
from litestar.params import FromQuery, JSONBody, QueryParameter

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, NotFound, fault
from testfields.db.values import to_period
from testfields.reservations.reading import NO_SUCH, roles_of
from testfields.reservations.rules import State
from testfields.reviews import service, today, work
from testfields.reviews.rules import Due, Order, Shown, Whose, decisions_for
from testfields.reviews.schemas import (
    AssigneeBody,
    CaseView,
    CheckView,
    DayStayView,
    NoteBody,
    NoteView,
    PreviewShapes,
    RecommendationBody,
    ReviewView,
    Warnings,
)
from testfields.reviews.service import Case, Cursor, QueueQuery
from testfields.reviews.today import DayStay
from testfields.reviews.views import preview
from testfields.web import locale
from testfields.web.bodies import JsonBody
from testfields.web.openapi import REFUSES
from testfields.web.paging import next_link
from testfields.web.parameters import LARGEST_ID, Limit, PathId
from testfields.web.schemas import GEOJSON, NamedText, TimeRange
from testfields.web.versions import IfMatch, etag, expected_version
from testfields.zones.schemas import finding_view

LONGEST_TEXT = 100
# Microseconds: what has no due date comes at the end of the year 9999.
LAST_RANK = 253_402_214_400_000_000
CURSOR = re.compile(r"(?P<rank>-?[0-9]{1,20})_(?P<id>[0-9]{1,20})")

Text = Annotated[str | None, QueryParameter(max_length=LONGEST_TEXT)]
InState = Annotated[Shown, QueryParameter(name="state")]
After = Annotated[str | None, QueryParameter(max_length=60)]


def cursor_of(after: str | None) -> Cursor | None:
    """Where the last page ended, as its `Link` said it; raises InvalidInput."""
    if not after:
        return None
    match = CURSOR.fullmatch(after)
    cursor = Cursor(int(match["rank"]), int(match["id"])) if match else None
    if cursor is None or abs(cursor.rank) > LAST_RANK or not 0 < cursor.id <= LARGEST_ID:
        raise InvalidInput([fault("after", N_("This value cannot be read."))])
    return cursor


def cursor_text(rows: list[asyncpg.Record], limit: int) -> str | None:
    """Where a full page ends; None for the last one."""
    return f"{rows[-1]['rank']}_{rows[-1]['id']}" if len(rows) == limit else None


@get("/", guards=[Only(May.SEE_DESK)])
async def list_reviews(
    request: Request[Any, Any, Any],
    actor: Caller,
    in_state: InState = Shown.OPEN,
    site: FromQuery[str | None] = None,
    text: Text = None,
    due: FromQuery[Due | None] = None,
    order: FromQuery[Order | None] = None,
    whose: FromQuery[Whose | None] = None,
    first_day: Annotated[date | None, QueryParameter(name="from")] = None,
    last_day: Annotated[date | None, QueryParameter(name="to")] = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[list[ReviewView]]:
    """The queue of the caller's land, in the `order` asked for; the next page stands in `Link`.

    `from` and `to` are local days of the site, both included, on which something of it takes place.
    """
    query = QueueQuery(in_state, site, text or None, due, order, first_day, last_day, whose, cursor_of(after), limit)
    rows = await service.queue(actor, query, now())
    headers = next_link(request, "after", cursor_text(rows, limit))
    return Response([_view(actor, row) for row in rows], headers=headers)


@get("/today", guards=[Only(May.SEE_DESK)])
async def list_today(
    actor: Caller, day: FromQuery[date | None] = None, site: FromQuery[str | None] = None
) -> list[DayStayView]:
    """Who comes when to the fields of the caller's land, today or on another local day, by when it begins."""
    return [_day_view(one) for one in await today.of_day(actor, day, site, now())]


@get("/{reservation_id:int}", guards=[Only(May.SEE_REVIEW)])
async def show_review(actor: Caller, reservation_id: PathId) -> Response[CaseView]:
    """What the portal has looked at for whoever decides on one application; for the land's staff alone."""
    case = await service.case(actor, reservation_id, now())
    checks = [
        CheckView(locale.translate(one.subject), [locale.said(found.message) for found in one.faults])
        for one in case.checks
    ]
    version = case.row["version"]
    done = await work.work_on(reservation_id)
    notes = [NoteView(one.name, one.text, one.at, one.recommends) for one in done.notes]
    view = CaseView(
        reservation_id,
        version,
        case.state,
        checks,
        [finding_view(one) for one in case.findings],
        case.days,
        done.assignee,
        done.recommended_by,
        done.recommended_at,
        notes,
        case.decisions,
    )
    return Response(view, headers={"ETag": etag(version)})


@post("/{reservation_id:int}/read", status_code=204, guards=[Only(May.MARK_READ)])
async def mark_read(actor: Caller, reservation_id: PathId, if_match: IfMatch = None) -> None:
    """Remember that one has read an application as it stands."""
    await service.read(actor, reservation_id, expected_version(if_match))


@put(
    "/{reservation_id:int}/assignee",
    status_code=204,
    dto=JsonBody[AssigneeBody],
    return_dto=None,
    guards=[Only(May.WORK_ON_APPLICATION)],
)
async def assign(actor: Caller, reservation_id: PathId, data: JSONBody[AssigneeBody]) -> None:
    """Give an application to one of the land's staff, or to nobody."""
    await work.assign(actor, reservation_id, data.person_id)


@post(
    "/{reservation_id:int}/notes",
    status_code=204,
    dto=JsonBody[NoteBody],
    return_dto=None,
    guards=[Only(May.WORK_ON_APPLICATION)],
)
async def add_note(actor: Caller, reservation_id: PathId, data: JSONBody[NoteBody]) -> None:
    """Note something that the land's staff alone read."""
    await work.add_note(actor, reservation_id, data.text, now())


@post(
    "/{reservation_id:int}/recommendation",
    status_code=204,
    dto=JsonBody[RecommendationBody],
    return_dto=None,
    opt={REFUSES: (409,)},
    guards=[Only(May.REVIEW)],
)
async def recommend(
    actor: Caller, reservation_id: PathId, data: JSONBody[RecommendationBody], if_match: IfMatch = None
) -> None:
    """Tell whoever decides that it is checked, as it stands, and should be approved."""
    await work.recommend(actor, reservation_id, expected_version(if_match), data.text, now())


@get("/{reservation_id:int}/preview.geojson", media_type=GEOJSON, guards=[Only(May.SEE_REVIEW)])
async def show_preview(
    actor: Caller, reservation_id: PathId, day: FromQuery[date | None] = None
) -> Response[PreviewShapes]:
    """The site, what this application asks for, and all else that stands there or is asked for, on one local day.

    Without `day` it is the application's first. For the land's staff alone.
    """
    case = await service.case(actor, reservation_id, now())
    scene = await service.scene(actor, reservation_id, day_shown(case, day))
    zone = case.row["timezone"]
    before = [one.before for one in await work.changes(reservation_id) if one.before is not None]
    shapes = preview(await service.ground(reservation_id), case.findings, scene, before, day_shown(case, day), zone)
    body: Any = msgspec.json.encode(shapes)
    return Response(body, media_type=GEOJSON, headers={"Cache-Control": "no-store"})


def day_shown(case: Case, day: date | None) -> date:
    """The day asked for, where the application touches it; else its first."""
    if day is None:
        return case.days[0]
    if day not in case.days:
        raise NotFound(NO_SUCH)
    return day


def _view(actor: Actor, row: Any) -> ReviewView:
    state = State(row["state"])
    first = to_period(row["first_period"])
    return ReviewView(
        id=row["id"],
        state=state,
        version=row["version"],
        company=_name(row, "company_name"),
        project_title=_name(row, "project_title"),
        site=row["site_slug"],
        site_name=_name(row, "site_name"),
        area_name=_name(row, "area_name"),
        first_period=TimeRange(first.start, first.end),
        periods=row["periods"],
        submitted_at=row["submitted_at"],
        due_at=row["due_at"],
        has_read=row["has_read"],
        warnings=Warnings(row["rivals"], row["closures"], row["back_to_back"], row["hurried"]),
        assignee=row["assignee"],
        recommended=row["recommended"],
        changed=row["changed"],
        filed_again=row["filed_again"],
        actions=decisions_for(state, roles_of(actor, row["company_id"], row["owner_id"])),
    )


def _day_view(one: DayStay) -> DayStayView:
    row = one.row
    return DayStayView(
        stay_id=one.stay.id,
        reservation_id=row["id"],
        version=row["version"],
        state=one.stay.state,
        period=TimeRange(one.stay.period.start, one.stay.period.end),
        late=one.late,
        company=_name(row, "company_name"),
        contact_email=row["contact_email"],
        project_title=_name(row, "project_title"),
        site=row["site_slug"],
        site_name=_name(row, "site_name"),
        area_name=_name(row, "area_name"),
        actions=one.actions,
    )


def _name(row: Any, name: str) -> NamedText:
    return NamedText(row[f"{name}_ja"], row[f"{name}_en"])


router = Router(
    "/reviews",
    tags=["reviews"],
    route_handlers=[
        list_reviews,
        list_today,
        show_review,
        mark_read,
        assign,
        add_note,
        recommend,
        show_preview,
    ],
)
