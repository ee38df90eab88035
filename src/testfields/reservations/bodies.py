"""What the API takes about reservations."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec

from testfields.availability.rules import MOST_VOLUMES
from testfields.availability.service import Asked
from testfields.core.errors import Fault, InvalidInput, fault
from testfields.core.periods import NEEDS_OFFSET, parse_period, within_calendar
from testfields.core.shapes import parse_shape
from testfields.core.volumes import parse_altitude
from testfields.projects.schemas import PlanBody
from testfields.reservations.rules import LONGEST_TEXT
from testfields.web.parameters import LARGEST_ID
from testfields.web.schemas import Heights, TimeRange

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
    """An application: submitted at once, or held, kept as a draft, or waiting for what is taken.

    It is for all of its volumes or none; with `whatever_fits`, submitted or held, for those stays that fit.
    """

    hold: bool = False
    draft: bool = False
    wait: bool = False
    whatever_fits: bool = False


class CallBody(VolumesBody, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a company asked staff to file: under a project that they know, or under a new one, `project`.

    `reason` says who asked for it, and how.
    """

    company_id: Id
    project_id: Id | None = None
    project: PlanBody | None = None
    area_id: Id
    reason: Text
    note: Text = ""


class CheckBody(VolumesBody, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What might be applied for; what `reservation_id` holds itself counts as free."""

    project_id: Id
    area_id: Id
    reservation_id: Id | None = None
    whatever_fits: bool = False


class StepBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Why, under which conditions, and which stays it is about: none is whichever it is time for, or all that are not
    over. A step about the whole application takes none."""

    reason: Text = ""
    conditions: Text = ""
    stays: Annotated[list[Id], msgspec.Meta(max_length=MOST_VOLUMES)] = []


class MoveBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """When the first of these stays is to begin; the others keep their distance from it by the site's clocks. No stays
    are all that are to come."""

    start: datetime
    stays: Annotated[list[Id], msgspec.Meta(max_length=MOST_VOLUMES)] = []


def start_of(body: MoveBody) -> datetime:
    """The new start; raises InvalidInput where it lacks its offset."""
    if body.start.tzinfo is None:
        raise InvalidInput([fault("start", NEEDS_OFFSET)])
    return body.start.astimezone(UTC) if within_calendar(body.start) else body.start


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
