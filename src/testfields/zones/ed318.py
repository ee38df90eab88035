"""UAS geographical zones as ED-318 (EUROCAE) writes them: GeoJSON whose geometries carry heights, times in UTC.

What it says beside ground, heights and times (who authorises what, and how) stays in the file; of which kind its zones
are is said by whoever imports it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from testfields.core.errors import N_, InvalidInput, Message
from testfields.core.heights import Reference
from testfields.core.local_time import JAPANS_ZONE, local_date, local_time
from testfields.sites.rules import placed_fault
from testfields.zones.seasons import DAYS, MIDNIGHT_TO_COME, SUNRISE, SUNSET
from testfields.zones.surfaces import Plane

METRES_PER_FOOT = 0.3048
NO_RESTRICTION = "NO_RESTRICTION"
REFERENCES = {"AGL": Reference.AGL, "AMSL": Reference.TP, "WGS84": Reference.W84}
EVENTS = {"SR": SUNRISE, "SS": SUNSET}
EVERY_DAY = "ANY"
# Any day on which clocks in Japan can be looked at for a time without one.
SOME_DAY = date(2026, 1, 1)


class Text(msgspec.Struct, frozen=True):
    """A text in one language, as in ``ja-JP``."""

    lang: str
    text: str = ""


class Unit(StrEnum):
    """What heights count."""

    METRES = "m"
    FEET = "ft"


class Layer(msgspec.Struct, frozen=True):
    """The heights of a geometry."""

    upper: float
    lower: float
    upperReference: Literal["AGL", "AMSL", "WGS84"]  # noqa: N815 (the standard's name)
    lowerReference: Literal["AGL", "AMSL", "WGS84"]  # noqa: N815
    uom: Unit = Unit.METRES


class Circle(msgspec.Struct, frozen=True):
    """A circle around a point; metres."""

    subType: Literal["Circle"]  # noqa: N815
    radius: Annotated[float, msgspec.Meta(gt=0, le=1_000_000)]


class Geometry(msgspec.Struct, frozen=True):
    """A shape with its heights, or several."""

    type: Literal["Point", "Polygon", "MultiPolygon", "GeometryCollection"]
    coordinates: list[Any] | None = None
    extent: Circle | None = None
    layer: Layer | None = None
    geometries: list["Geometry"] = []


class Daily(msgspec.Struct, frozen=True):
    """Hours on some days of the week: times with their offset, or what the sun does."""

    day: list[Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN", "ANY"]]
    startTime: str | None = None  # noqa: N815
    startEvent: str | None = None  # noqa: N815
    endTime: str | None = None  # noqa: N815
    endEvent: str | None = None  # noqa: N815


class Applicability(msgspec.Struct, frozen=True):
    """From when until when it holds, and on which hours."""

    startDateTime: datetime | None = None  # noqa: N815
    endDateTime: datetime | None = None  # noqa: N815
    schedule: list[Daily] = []


class Properties(msgspec.Struct, frozen=True):
    """What is said of a zone."""

    identifier: Annotated[str, msgspec.Meta(min_length=1, max_length=7)]
    country: Literal["JPN"]
    type: str
    zoneAuthority: list[dict[str, Any]]  # noqa: N815
    name: list[Text] = []
    limitedApplicability: list[Applicability] = []  # noqa: N815


class Zone(msgspec.Struct, frozen=True):
    """One feature."""

    type: Literal["Feature"]
    properties: Properties
    geometry: Geometry


def is_ed318(document: object) -> bool:
    """Whether a GeoJSON document is of this kind: its `metadata` is required, and so is who is in charge of a zone."""
    if not isinstance(document, dict) or not isinstance(document.get("metadata"), dict):
        return False
    features = document.get("features")
    first = features[0] if isinstance(features, list) and features else None
    return isinstance(first, dict) and "zoneAuthority" in (first.get("properties") or {})


def issued_on(document: Mapping[str, Any]) -> str | None:
    """The day that the data is of, as it says itself."""
    issued = document["metadata"].get("issued")
    return issued[:10] if isinstance(issued, str) else None


Feature = tuple[int, Mapping[str, object], BaseGeometry | None]


def features_of(document: Mapping[str, Any]) -> Iterator[Feature]:
    """Its zones by the names of a layer's columns, one for each geometry and each time that it holds.

    Raises InvalidInput, with the feature and the field, for what the standard does not allow or the portal cannot tell.
    What restricts nothing is left out.
    """
    for place, one in enumerate(document["features"]):
        try:
            zone = msgspec.convert(one, Zone)
        except msgspec.ValidationError as error:
            raise _fault(place, one, _field_in(str(error)), str(error)) from error
        if zone.properties.type == NO_RESTRICTION:
            continue
        for geometry in _parts(zone.geometry):
            for applies in zone.properties.limitedApplicability or [Applicability()]:
                try:
                    yield place, _values(zone.properties, geometry.layer, applies), _shape(geometry)
                except (ValueError, TypeError, shapely.errors.GEOSException) as error:
                    raise _fault(place, one, "geometry", str(error)) from error


def _fault(place: int, feature: Any, field: str, reason: str) -> InvalidInput:
    told = feature.get("properties") if isinstance(feature, dict) else None
    name = str(told.get("identifier", "")) if isinstance(told, dict) else ""
    return InvalidInput([placed_fault(place, name, field, Message(UNREADABLE, {"reason": reason}))])


UNREADABLE = N_("This does not keep to ED-318: %(reason)s")


def _field_in(reason: str) -> str:
    """Of which field an error of decoding tells."""
    found = re.search(r"required field `(\w+)`", reason) or re.search(r"\$\.(?:properties\.)?(\w+)", reason)
    return found[1] if found else "properties"


def _parts(geometry: Geometry) -> Iterator[Geometry]:
    if geometry.type != "GeometryCollection":
        yield geometry
    for one in geometry.geometries:
        yield from _parts(one)


def _shape(geometry: Geometry) -> BaseGeometry:
    if geometry.type == "Point":
        if geometry.extent is None:
            raise ValueError("extent")
        longitude, latitude, *_ = geometry.coordinates or [None, None]
        return Plane(float(longitude), float(latitude)).to_degrees(Point(0, 0).buffer(geometry.extent.radius))
    return shapely.geometry.shape({"type": geometry.type, "coordinates": geometry.coordinates})


def _values(told: Properties, layer: Layer | None, applies: Applicability) -> Mapping[str, object]:
    names = {one.lang[:2].lower(): one.text for one in told.name}
    name = next(iter(names.values()), "") or told.identifier
    start, end = applies.startDateTime, applies.endDateTime
    return {
        "identifier": told.identifier,
        "name_ja": names.get("ja") or name,
        "name_en": names.get("en") or name,
        "first_day": local_date(start, JAPANS_ZONE) if start else None,
        "last_day": local_date(end, JAPANS_ZONE) if end else None,
        "hours": "; ".join(rule for daily in applies.schedule for rule in _rules(daily)),
        **(_heights(layer) if layer else {}),
    }


def _heights(layer: Layer) -> Mapping[str, object]:
    metres = METRES_PER_FOOT if layer.uom is Unit.FEET else 1
    lower: float | None = layer.lower * metres
    if layer.lowerReference != layer.upperReference:
        # From the ground up, whatever the upper height counts from.
        if layer.lower > 0:
            raise ValueError("lowerReference, upperReference")
        lower = None
    return {"lower": lower, "upper": layer.upper * metres, "reference": REFERENCES[layer.upperReference].value}


def _rules(daily: Daily) -> Iterator[str]:
    """Its hours as a layer's file writes them, by the clocks of Japan."""
    begin, before = _edge(daily.startTime, daily.startEvent, "startTime")
    end, _ = _edge(daily.endTime, daily.endEvent, "endTime")
    hours = f"{begin}-{MIDNIGHT_TO_COME if end == '00:00' else end}"
    if EVERY_DAY in daily.day:
        yield hours
        return
    for day in daily.day:
        yield f"{DAYS[(_place(day) + before) % 7]} {hours}"


def _place(day: str) -> int:
    return DAYS.index(day.capitalize())


def _edge(clock: str | None, event: str | None, field: str) -> tuple[str, int]:
    """A time by the clocks of Japan, and by how many days it lies after the day that was named."""
    if event is not None:
        if event not in EVENTS:
            raise ValueError(event)
        return EVENTS[event], 0
    if clock is None:
        raise ValueError(field)
    there = time.fromisoformat(clock)
    if there.tzinfo is None:
        raise ValueError(clock)
    here = local_time(datetime.combine(SOME_DAY, there), JAPANS_ZONE)
    return f"{here:%H:%M}", (here.date() - SOME_DAY).days


def zones_left_out(document: Mapping[str, Any]) -> Sequence[str]:
    """The identifiers of those that restrict nothing."""
    told = (one["properties"] for one in document["features"])
    return [str(one["identifier"]) for one in told if one.get("type") == NO_RESTRICTION]
