"""What the API takes and answers about reservations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec

from testfields.accounts.rules import Actor
from testfields.availability.rules import MOST_VOLUMES
from testfields.availability.service import Asked
from testfields.core.errors import Fault, InTheWay, InvalidInput
from testfields.core.periods import parse_period
from testfields.core.shapes import parse_shape
from testfields.core.volumes import parse_altitude
from testfields.reservations import reading
from testfields.reservations.filing import Verdict
from testfields.reservations.rules import LONGEST_TEXT, Action, State, actions_for
from testfields.reservations.stays import StayState
from testfields.reservations.waiting import Chance
from testfields.web import locale
from testfields.web.parameters import LARGEST_ID
from testfields.web.problems import FieldFault
from testfields.web.schemas import Heights, MultiPolygonView, NamedText, TimeRange

Text = Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)]
Id = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ID)]


class PolygonBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True, tag="Polygon"):
    """A GeoJSON polygon in longitude and latitude."""

    coordinates: list[list[list[float]]]

    @property
    def polygons(self) -> list[list[list[list[float]]]]:
        """The rings of each polygon."""
        return [self.coordinates]


class MultiPolygonBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True, tag="MultiPolygon"):
    """A GeoJSON multipolygon in longitude and latitude, as the portal tells shapes."""

    coordinates: list[list[list[list[float]]]]

    @property
    def polygons(self) -> list[list[list[list[float]]]]:
        """The rings of each polygon."""
        return self.coordinates


Shape = PolygonBody | MultiPolygonBody


class VolumeBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A volume asked for; no footprint is the whole area, no altitude the area's whole band.

    `area_id` is for another area of the same test field than that of the application.
    """

    period: TimeRange
    altitude: Heights | None = None
    footprint: Shape | None = None
    area_id: Id | None = None


class VolumesBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The volumes of one application."""

    volumes: Annotated[list[VolumeBody], msgspec.Meta(min_length=1, max_length=MOST_VOLUMES)]


class DraftBody(VolumesBody, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a draft asks for."""

    project_id: Id
    area_id: Id
    note: Text = ""


class ApplicationBody(DraftBody, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """An application: submitted at once, or held, kept as a draft, or waiting for what is taken."""

    hold: bool = False
    draft: bool = False
    wait: bool = False


class CheckBody(VolumesBody, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What might be applied for; what `reservation_id` holds itself counts as free."""

    project_id: Id
    area_id: Id
    reservation_id: Id | None = None


class StepBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Why, under which conditions, and which stays it is about: none is whichever it is time for, or all to come."""

    reason: Text = ""
    conditions: Text = ""
    stays: Annotated[list[Id], msgspec.Meta(max_length=MOST_VOLUMES)] = []


class StayView(msgspec.Struct, frozen=True):
    """One stay of a reservation, and what has become of it."""

    id: int
    state: StayState
    period: TimeRange


class VolumeView(msgspec.Struct, frozen=True):
    """A volume as it was asked for."""

    area_id: int
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
    stays: list[StayView]
    note: str
    conditions: str
    deadline: datetime | None
    due_at: datetime | None
    submitted_at: datetime | None
    created_at: datetime
    actions: list[Action]


class VerdictView(msgspec.Struct, frozen=True):
    """What would become of an application now: every rule broken, what is in the way, and near times for all volumes.

    `due_at` is when staff ought to decide, `deadline` when a hold would end. `warnings` do not hinder it; `waiting` is
    how many wait already for some of what is taken.
    """

    fits: bool
    errors: list[FieldFault]
    in_the_way: Sequence[InTheWay]
    nearest: list[list[TimeRange]]
    due_at: datetime | None
    deadline: datetime | None
    warnings: list[str]
    waiting: int


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
    warnings: list[str]


class QueueView(msgspec.Struct, frozen=True):
    """An application on the waiting list: how many who wait for some of the same come first, and what stands there.

    `standing` counts what would have to become free: held or reviewed, permitted to others, or closed by the owner.
    """

    ahead: int
    standing: dict[Chance, int]


class EventView(msgspec.Struct, frozen=True):
    """One event of a reservation's story; `stays` are those that it was about, as it left them, where it was about
    single ones."""

    sequence: int
    at: datetime
    actor_role: str
    actor_name: str | None
    action: str
    from_state: str | None
    to_state: str
    reason: str
    conditions: str | None
    stays: list[StayView]
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
        footprint=parse_shape(footprint.polygons, f"{path}.footprint") if footprint else None,
        altitude=parse_altitude(altitude.lower, altitude.upper, f"{path}.altitude") if altitude else None,
        area_id=volume.area_id,
    )


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
        stays=msgspec.json.decode(row["stays"], type=list[StayView]),
        note=row["note"],
        conditions=row["conditions"],
        deadline=row["deadline"],
        due_at=row["due_at"],
        submitted_at=row["submitted_at"],
        created_at=row["created_at"],
        actions=actions_for(state, reading.roles_of(actor, row["company_id"], row["owner_id"])),
    )


def event_view(row: Any) -> EventView:
    """An event as the API shows it."""
    return EventView(**dict(row.items()) | {"stays": msgspec.json.decode(row["stays"], type=list[StayView])})


def verdict_view(verdict: Verdict) -> VerdictView:
    """A verdict in the caller's language."""
    return VerdictView(
        fits=verdict.fits,
        errors=[FieldFault(one.path, locale.said(one.message)) for one in verdict.faults],
        in_the_way=verdict.in_the_way,
        nearest=[[TimeRange(one.start, one.end) for one in series] for series in verdict.nearest],
        due_at=verdict.due_at,
        deadline=verdict.deadline,
        warnings=[locale.said(one) for one in verdict.warnings],
        waiting=verdict.waiting,
    )
