"""What the API answers about the desk."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from testfields.reservations.rules import Action, State
from testfields.web.schemas import MultiPolygonView, NamedText, TimeRange


class Warnings(msgspec.Struct, frozen=True):
    """How many others ask for the same, closures at the site in its times, uses right before or after it; and whether
    its time begins before staff would otherwise have to decide."""

    rivals: int
    closures: int
    back_to_back: int
    hurried: bool


class ReviewView(msgspec.Struct, frozen=True):
    """An application as it stands in the queue."""

    id: int
    state: State
    version: int
    company: NamedText
    project_title: NamedText
    site: str
    site_name: NamedText
    area_name: NamedText
    first_period: TimeRange
    periods: int
    submitted_at: datetime | None
    due_at: datetime | None
    has_read: bool
    warnings: Warnings
    actions: list[Action]


class CheckView(msgspec.Struct, frozen=True):
    """One thing that was looked at, and the faults found there; none is no proof that all is well."""

    subject: str
    faults: list[str]


class CaseView(msgspec.Struct, frozen=True):
    """An application as its review adds to it: what was checked, the local days it touches, what one may decide."""

    id: int
    version: int
    state: State
    checks: list[CheckView]
    days: Sequence[date]
    actions: list[Action]


class PreviewShape(msgspec.Struct, frozen=True):
    """The site, an area, or what stands or is asked for there; `properties` say which, when and how high."""

    type: Literal["Feature"]
    id: str
    geometry: MultiPolygonView
    properties: dict[str, Any]


class PreviewShapes(msgspec.Struct, frozen=True):
    """All that a review's map shows, as GeoJSON."""

    type: Literal["FeatureCollection"]
    features: list[PreviewShape]


class Feature(msgspec.Struct, frozen=True, tag_field="type", tag="Feature"):
    """One shape of the preview."""

    id: str
    geometry: msgspec.Raw
    properties: dict[str, Any]


class FeatureCollection(msgspec.Struct, frozen=True, tag_field="type", tag="FeatureCollection"):
    """The preview as GeoJSON (RFC 7946)."""

    features: list[Feature]
