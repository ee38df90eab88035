"""Reservations over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, Router, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor, Scope, require_scope
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import N_, Fault, InvalidInput, fault
from testfields.core.periods import parse_period
from testfields.core.volumes import parse_altitude, parse_polygon
from testfields.reservations import filing, lookup, service
from testfields.reservations.rules import Action, State, actions_for
from testfields.web.bodies import JsonBody
from testfields.web.openapi import REFUSES
from testfields.web.paging import next_link
from testfields.web.parameters import LARGEST_ID, Before, Limit, PathId, QueryId
from testfields.web.shapes import Heights, MultiPolygonView, NamedText, TimeRange
from testfields.web.versions import IfMatch, etag, expected_version

Text = Annotated[str, msgspec.Meta(max_length=4000)]
Id = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ID)]


class PolygonBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A GeoJSON polygon in longitude and latitude."""

    type: Literal["Polygon"]
    coordinates: list[list[list[float]]]


class VolumeBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A volume asked for; no footprint is the whole area, no altitude the area's whole band."""

    period: TimeRange
    altitude: Heights | None = None
    footprint: PolygonBody | None = None


class VolumesBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The volumes of one application."""

    volumes: Annotated[list[VolumeBody], msgspec.Meta(min_length=1, max_length=60)]


class ApplicationBody(VolumesBody, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """An application: submitted at once, or held, kept as a draft, or waiting for what is taken."""

    project_id: Id
    area_id: Id
    hold: bool = False
    draft: bool = False
    wait: bool = False
    note: Text = ""


class StepBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Why, and under which conditions."""

    reason: Text = ""
    conditions: Text = ""


class VolumeView(msgspec.Struct, frozen=True):
    """A volume as it was asked for."""

    period: TimeRange
    altitude: Heights
    footprint: MultiPolygonView


class ReservationView(msgspec.Struct, frozen=True):
    """A reservation as its company and the land's staff see it."""

    id: int
    state: State
    version: int
    project_id: int
    area_id: int
    site: str
    site_name: NamedText
    area_name: NamedText
    project_title: NamedText
    company_name: NamedText
    volumes: list[VolumeView]
    note: str
    conditions: str
    deadline: datetime | None
    due_at: datetime | None
    submitted_at: datetime | None
    created_at: datetime
    actions: list[Action]


class MovedView(msgspec.Struct, frozen=True):
    """Where a reservation stands after a step."""

    id: int
    state: State
    version: int


class FiledView(MovedView, frozen=True, kw_only=True):
    """A reservation as it was just filed."""

    project_id: int
    area_id: int
    deadline: datetime | None
    due_at: datetime | None
    created_at: datetime


class EventView(msgspec.Struct, frozen=True):
    """One event of a reservation's story."""

    sequence: int
    at: datetime
    actor_role: str
    actor_name: str | None
    action: str
    from_state: str | None
    to_state: str
    reason: str
    conditions: str | None
    hash: str


def asked_of(volumes: list[VolumeBody]) -> tuple[Asked, ...]:
    """Volumes as they came in, checked for sense; raises InvalidInput with every fault found."""
    asked: list[Asked] = []
    faults: list[Fault] = []
    for index, volume in enumerate(volumes):
        try:
            asked.append(_asked_of(volume, f"volumes[{index}]"))
        except InvalidInput as error:
            faults.extend(error.faults)
    if faults:
        raise InvalidInput(faults)
    return tuple(asked)


def _asked_of(volume: VolumeBody, path: str) -> Asked:
    altitude, footprint = volume.altitude, volume.footprint
    return Asked(
        period=parse_period(volume.period.start, volume.period.end, f"{path}.period.start", f"{path}.period.end"),
        footprint=parse_polygon(footprint.coordinates, f"{path}.footprint") if footprint else None,
        altitude=parse_altitude(altitude.lower, altitude.upper, f"{path}.altitude") if altitude else None,
    )


def _first_action(body: ApplicationBody) -> Action:
    wishes = {Action.HOLD: body.hold, Action.SAVE: body.draft, Action.WAIT: body.wait}
    chosen = [action for action, wished in wishes.items() if wished]
    if len(chosen) > 1:
        raise InvalidInput([fault("hold", N_("Choose one of “hold”, “draft” and “wait”."))])
    return chosen[0] if chosen else Action.SUBMIT


@post("/", dto=JsonBody[ApplicationBody], return_dto=None, opt={REFUSES: (404, 409)})
async def file_reservation(actor: Caller, data: JSONBody[ApplicationBody]) -> Response[FiledView]:
    """File an application under a project."""
    require_scope(actor, Scope.BOOK)
    application = filing.Application(
        data.project_id, data.area_id, asked_of(data.volumes), _first_action(data), data.note
    )
    filed = await filing.file(actor, application, now())
    view = FiledView(
        id=filed.id,
        state=filed.state,
        version=filed.version,
        project_id=filed.project_id,
        area_id=filed.area_id,
        deadline=filed.deadline,
        due_at=filed.due_at,
        created_at=filed.created_at,
    )
    headers = {"Location": f"/api/v1/reservations/{filed.id}", "ETag": etag(filed.version)}
    return Response(view, status_code=201, headers=headers)


@get("/")
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
    require_scope(actor, Scope.READ)
    rows = await lookup.listed(actor, lookup.ListQuery(before, limit, in_state, site, project))
    views = [view_of(actor, row) for row in rows]
    return Response(views, headers=next_link(request, "before", views[-1].id if len(views) == limit else None))


@get("/{reservation_id:int}")
async def show_reservation(actor: Caller, reservation_id: PathId) -> Response[ReservationView]:
    """One reservation."""
    require_scope(actor, Scope.READ)
    view = view_of(actor, await lookup.find(actor, reservation_id))
    return Response(view, headers={"ETag": etag(view.version)})


@get("/{reservation_id:int}/events")
async def list_events(actor: Caller, reservation_id: PathId) -> list[EventView]:
    """The story of one reservation, from its first event."""
    require_scope(actor, Scope.READ)
    return [EventView(**dict(row.items())) for row in await lookup.events(actor, reservation_id)]


@put("/{reservation_id:int}/volumes", dto=JsonBody[VolumesBody], return_dto=None, opt={REFUSES: (409,)})
async def change_volumes(
    actor: Caller, reservation_id: PathId, data: JSONBody[VolumesBody], if_match: IfMatch = None
) -> Response[MovedView]:
    """Ask for other volumes in the same area; the old claim stays until the new one is sure."""
    require_scope(actor, Scope.BOOK)
    moved = await service.change_volumes(
        actor, reservation_id, expected_version(if_match), asked_of(data.volumes), now()
    )
    return moved_answer(moved)


@post(
    "/{reservation_id:int}/{action:str}",
    dto=JsonBody[StepBody],
    return_dto=None,
    status_code=200,
    opt={REFUSES: (409,)},
)
async def take_step(
    actor: Caller,
    reservation_id: PathId,
    action: FromPath[Action],
    data: JSONBody[StepBody],
    if_match: IfMatch = None,
) -> Response[MovedView]:
    """Take one step of the reservation's life; who may take which stands in the documentation."""
    require_scope(actor, Scope.REVIEW if action in REVIEW_ACTIONS else Scope.BOOK)
    step = service.Step(action, expected_version(if_match), data.reason, data.conditions or None)
    return moved_answer(await service.act(actor, reservation_id, step, now()))


REVIEW_ACTIONS = frozenset({Action.APPROVE, Action.RETURN, Action.REJECT, Action.REVOKE})


def moved_answer(moved: filing.Moved) -> Response[MovedView]:
    """Where the reservation stands now."""
    return Response(MovedView(moved.id, moved.state, moved.version), headers={"ETag": etag(moved.version)})


def view_of(actor: Actor, row: Any) -> ReservationView:
    """A reservation as the API shows it to `actor`."""
    state = State(row["state"])
    return ReservationView(
        id=row["id"],
        state=state,
        version=row["version"],
        project_id=row["project_id"],
        area_id=row["area_id"],
        site=row["site_slug"],
        site_name=NamedText(row["site_name_ja"], row["site_name_en"]),
        area_name=NamedText(row["area_name_ja"], row["area_name_en"]),
        project_title=NamedText(row["project_title_ja"], row["project_title_en"]),
        company_name=NamedText(row["company_name_ja"], row["company_name_en"]),
        volumes=msgspec.json.decode(row["volumes"] or "[]", type=list[VolumeView]),
        note=row["note"],
        conditions=row["conditions"],
        deadline=row["deadline"],
        due_at=row["due_at"],
        submitted_at=row["submitted_at"],
        created_at=row["created_at"],
        actions=actions_for(state, lookup.roles_of(actor, row["company_id"], row["owner_id"])),
    )


router = Router(
    "/reservations",
    tags=["reservations"],
    route_handlers=[
        file_reservation,
        list_reservations,
        show_reservation,
        list_events,
        change_volumes,
        take_step,
    ],
)
