"""Reservations over HTTP."""

from typing import Annotated, Any

from litestar import Request, Response, Router, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, fault
from testfields.reservations import filing, fitting, reading, rescheduling, steps, waiting
from testfields.reservations.bodies import (
    ApplicationBody,
    CheckBody,
    DraftBody,
    MoveBody,
    StepBody,
    VolumesBody,
    asked_of,
    needs_ground,
    start_of,
)
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action, State
from testfields.reservations.schemas import (
    EventView,
    FiledView,
    MovedView,
    QueueView,
    RescheduledView,
    ReservationView,
    VerdictView,
    event_view,
    left_out_view,
    verdict_view,
    view_of,
    warnings_view,
)
from testfields.web.bodies import JsonBody
from testfields.web.idempotency import NEVER_KEPT
from testfields.web.openapi import REFUSES
from testfields.web.paging import next_link
from testfields.web.parameters import LARGEST_ID, Before, Limit, PathId, QueryId
from testfields.web.versions import IfMatch, etag, expected_version


def _first_action(body: ApplicationBody) -> Action:
    wishes = {Action.HOLD: body.hold, Action.SAVE: body.draft, Action.WAIT: body.wait}
    chosen = [action for action, wished in wishes.items() if wished]
    if len(chosen) > 1:
        raise InvalidInput([fault("hold", N_("Choose one of “hold”, “draft” and “wait”."))])
    return chosen[0] if chosen else Action.SUBMIT


@post("/", dto=JsonBody[ApplicationBody], return_dto=None, opt={REFUSES: (404, 409)}, guards=[Only(May.APPLY)])
async def file_reservation(actor: Caller, data: JSONBody[ApplicationBody]) -> Response[FiledView]:
    """File an application under a project."""
    asked = await asked_of(data.volumes, data.area_id)
    application = filing.Application(
        data.project_id, data.area_id, asked, _first_action(data), data.note, data.whatever_fits
    )
    return filed_answer(await fitting.file(actor, application, now()))


def filed_answer(filed: filing.Filed) -> Response[FiledView]:
    """What was just filed, and where it is."""
    view = FiledView(
        id=filed.id,
        state=filed.state,
        version=filed.version,
        project_id=filed.project_id,
        area_id=filed.area_id,
        deadline=filed.deadline,
        due_at=filed.due_at,
        created_at=filed.created_at,
        warnings=warnings_view(filed.warnings),
        left_out=left_out_view(filed.left_out),
    )
    headers = {"Location": f"/api/v1/reservations/{filed.id}", "ETag": etag(filed.version)}
    return Response(view, status_code=201, headers=headers)


@post(
    "/check",
    dto=JsonBody[CheckBody],
    return_dto=None,
    status_code=200,
    opt={NEVER_KEPT: True, REFUSES: (404,)},
    guards=[Only(May.SEE_APPLICATIONS)],
)
async def check_application(actor: Caller, data: JSONBody[CheckBody]) -> VerdictView:
    """Whether an application would fit, and what stands in the way; nothing is written or kept."""
    asked = await asked_of(data.volumes, data.area_id)
    application = filing.Application(data.project_id, data.area_id, asked, whatever_fits=data.whatever_fits)
    return verdict_view(await fitting.check(actor, application, now(), besides=data.reservation_id or 0))


@get("/", guards=[Only(May.SEE_APPLICATIONS)])
async def list_reservations(
    request: Request[Any, Any, Any],
    actor: Caller,
    in_state: Annotated[State | None, QueryParameter(name="state")] = None,
    site: FromQuery[str | None] = None,
    project: QueryId = None,
    before: Before = LARGEST_ID,
    limit: Limit = 50,
) -> Response[list[ReservationView]]:
    """Reservations that the caller may see, newest first; the next page stands in `Link`."""
    rows = await reading.listed(actor, reading.ListQuery(before, limit, in_state, site, project))
    views = [view_of(actor, row) for row in rows]
    return Response(views, headers=next_link(request, "before", views[-1].id if len(views) == limit else None))


@get("/{reservation_id:int}", guards=[Only(May.SEE_APPLICATIONS)])
async def show_reservation(actor: Caller, reservation_id: PathId) -> Response[ReservationView]:
    """One reservation."""
    view = view_of(actor, await reading.find(actor, reservation_id))
    return Response(view, headers={"ETag": etag(view.version)})


@get("/{reservation_id:int}/events", guards=[Only(May.SEE_APPLICATIONS)])
async def list_events(actor: Caller, reservation_id: PathId) -> list[EventView]:
    """The story of one reservation, from its first event."""
    return [event_view(row) for row in await reading.events(actor, reservation_id)]


@get("/{reservation_id:int}/queue", guards=[Only(May.SEE_OWN_PAGES)])
async def show_queue(actor: Caller, reservation_id: PathId) -> QueueView:
    """Where one's own application stands on the waiting list, and what stands there; 404 where it does not wait."""
    queue = await waiting.queue_of(actor, reservation_id)
    return QueueView(queue.ahead, dict(queue.standing))


@put("/{reservation_id:int}", dto=JsonBody[DraftBody], return_dto=None, opt={REFUSES: (409,)}, guards=[Only(May.APPLY)])
async def revise_draft(
    actor: Caller, reservation_id: PathId, data: JSONBody[DraftBody], if_match: IfMatch = None
) -> Response[MovedView]:
    """Replace what a draft asks for: its project, area, volumes and note."""
    asked = await asked_of(data.volumes, data.area_id)
    application = filing.Application(data.project_id, data.area_id, asked, Action.SAVE, data.note)
    return moved_answer(await steps.revise_draft(actor, reservation_id, expected_version(if_match), application, now()))


@put(
    "/{reservation_id:int}/volumes",
    dto=JsonBody[VolumesBody],
    return_dto=None,
    opt={REFUSES: (409,)},
    guards=[Only(May.APPLY)],
)
async def change_volumes(
    actor: Caller, reservation_id: PathId, data: JSONBody[VolumesBody], if_match: IfMatch = None
) -> Response[MovedView]:
    """Ask for other volumes in the same area; the old claim stays until the new one is sure."""
    version, asked = expected_version(if_match), await _asked_anew(actor, reservation_id, data)
    return moved_answer(await steps.change_volumes(actor, reservation_id, version, asked, now()))


async def _asked_anew(actor: Actor, reservation_id: int, body: VolumesBody) -> tuple[Asked, ...]:
    """Volumes for an application that is there already, in its own area where they name none."""
    area_id = (await reading.find(actor, reservation_id))["area_id"] if needs_ground(body.volumes) else 0
    return await asked_of(body.volumes, area_id)


@post(
    "/{reservation_id:int}/move",
    dto=JsonBody[MoveBody],
    return_dto=None,
    status_code=200,
    opt={REFUSES: (409,)},
    guards=[Only(May.APPLY)],
)
async def move_stays(
    actor: Caller, reservation_id: PathId, data: JSONBody[MoveBody], if_match: IfMatch = None
) -> Response[RescheduledView]:
    """Move single stays; those of a permitted reservation become an application of their own."""
    version, start = expected_version(if_match), start_of(data)
    return rescheduled_answer(await rescheduling.move_stays(actor, reservation_id, version, data.stays, start, now()))


@post(
    "/{reservation_id:int}/add",
    dto=JsonBody[VolumesBody],
    return_dto=None,
    status_code=200,
    opt={REFUSES: (409,)},
    guards=[Only(May.APPLY)],
)
async def add_stays(
    actor: Caller, reservation_id: PathId, data: JSONBody[VolumesBody], if_match: IfMatch = None
) -> Response[RescheduledView]:
    """Ask for more stays; beside a permitted reservation by an application of their own."""
    version, asked = expected_version(if_match), await _asked_anew(actor, reservation_id, data)
    return rescheduled_answer(await rescheduling.add_stays(actor, reservation_id, version, asked, now()))


def rescheduled_answer(done: rescheduling.Rescheduled) -> Response[RescheduledView]:
    """Where the reservation stands now, and the application that was parted from it."""
    view = RescheduledView(done.id, done.state, done.version, warnings_view(done.warnings), done.split_off)
    return Response(view, headers={"ETag": etag(done.version)})


@post(
    "/{reservation_id:int}/{action:str}",
    dto=JsonBody[StepBody],
    return_dto=None,
    status_code=200,
    opt={REFUSES: (409,)},
    guards=[Only(May.TAKE_STEP)],
)
async def take_step(
    actor: Caller,
    reservation_id: PathId,
    action: FromPath[Action],
    data: JSONBody[StepBody],
    if_match: IfMatch = None,
) -> Response[MovedView]:
    """Take one step of the reservation's life; a token needs `book` for the company's, `review` for staff's."""
    step = Step(action, expected_version(if_match), data.reason, data.conditions, tuple(data.stays))
    return moved_answer(await steps.act(actor, reservation_id, step, now()))


def moved_answer(moved: filing.Moved) -> Response[MovedView]:
    """Where the reservation stands now."""
    view = MovedView(moved.id, moved.state, moved.version, warnings_view(moved.warnings))
    return Response(view, headers={"ETag": etag(moved.version)})


router = Router(
    "/reservations",
    tags=["reservations"],
    route_handlers=[
        file_reservation,
        check_application,
        list_reservations,
        show_reservation,
        list_events,
        show_queue,
        revise_draft,
        change_volumes,
        move_stays,
        add_stays,
        take_step,
    ],
)
