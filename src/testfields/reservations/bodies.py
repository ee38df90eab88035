"""What the API takes about reservations."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from shapely.geometry import MultiPolygon

from testfields.availability.rules import MOST_VOLUMES
from testfields.availability.service import Asked
from testfields.core.errors import Fault, InvalidInput, fault, tried
from testfields.core.heights import Place, Reference, above_ground
from testfields.core.periods import NEEDS_OFFSET, parse_period, within_calendar
from testfields.core.shapes import parse_shape
from testfields.core.volumes import AltitudeBand, parse_altitude
from testfields.projects.schemas import PlanBody
from testfields.reservations.rules import LONGEST_TEXT
from testfields.sites.grounds import places_of_areas
from testfields.web.parameters import LARGEST_ID
from testfields.web.schemas import HeightsAboveSea, TimeRange

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


class HeightsBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Metres above ground (AGL), above sea level (TP, Tokyo Peil) or above the ellipsoid (W84).

    The latter two are turned into heights above ground, to the centimetre, by the ground elevation of the test field
    and the geoid in the middle of the footprint; they are refused where the ground elevation is not known.
    """

    lower: float
    upper: float
    reference: Reference = Reference.AGL


class VolumeBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A volume asked for; no footprint is the whole area, no altitude the area's whole band.

    `area_id` is for another area of the same test field than that of the application. `above_sea`, which is told beside
    `altitude`, may be sent back and says nothing.
    """

    period: TimeRange
    altitude: HeightsBody | None = None
    above_sea: HeightsAboveSea | None = None
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


def needs_ground(volumes: Sequence[VolumeBody]) -> bool:
    """Whether heights have to be turned into heights above ground."""
    return any(one.altitude is not None and one.altitude.reference is not Reference.AGL for one in volumes)


async def asked_of(volumes: Sequence[VolumeBody], area_id: int) -> tuple[Asked, ...]:
    """Volumes as they came in for an area, checked for sense; raises InvalidInput with every fault found."""
    places = await places_of_areas({one.area_id or area_id for one in volumes}) if needs_ground(volumes) else {}
    faults: list[Fault] = []
    asked = [
        tried(faults, _asked_of, one, places.get(one.area_id or area_id), f"volumes[{index}]")
        for index, one in enumerate(volumes)
    ]
    if faults:
        raise InvalidInput(faults)
    return tuple(one for one in asked if one is not None)


def _asked_of(volume: VolumeBody, place: Place | None, path: str) -> Asked:
    footprint = parse_shape(volume.footprint.polygons, f"{path}.footprint") if volume.footprint else None
    return Asked(
        period=parse_period(volume.period.start, volume.period.end, f"{path}.period.start", f"{path}.period.end"),
        footprint=footprint,
        altitude=_band_of(volume.altitude, place, footprint, f"{path}.altitude") if volume.altitude else None,
        area_id=volume.area_id,
    )


def _band_of(
    heights: HeightsBody, place: Place | None, footprint: MultiPolygon | None, path: str
) -> AltitudeBand | None:
    if heights.reference is Reference.AGL:
        return parse_altitude(heights.lower, heights.upper, path)
    if place is None:
        # An area that there is not is refused where it is looked up.
        return None
    middle = None if footprint is None else footprint.centroid
    there = place if middle is None else Place(middle.x, middle.y, place.ground_elevation)
    return above_ground(heights.lower, heights.upper, heights.reference, there, path)
