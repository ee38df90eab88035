"""Shapes that more than one feature sends or takes over HTTP."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

GEOJSON = "application/geo+json"

Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class NamedText(msgspec.Struct, frozen=True):
    """A text in both languages."""

    ja: str
    en: str


class TimeRange(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """From `start` up to, and without, `end`; both with their offset."""

    start: Instant
    end: Instant


class Heights(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Metres above ground."""

    lower: float
    upper: float
    reference: Literal["AGL"] = "AGL"


class HeightsAboveSea(msgspec.Struct, frozen=True):
    """The same above sea level, in metres above Tokyo Peil."""

    lower: float
    upper: float
    reference: Literal["TP"] = "TP"


class MultiPolygonView(msgspec.Struct, frozen=True):
    """GeoJSON, longitude and latitude."""

    type: Literal["MultiPolygon"]
    coordinates: list[list[list[list[float]]]]


class BandView(msgspec.Struct, frozen=True):
    """Metres above ground; null is unbounded."""

    lower: float | None
    upper: float | None
