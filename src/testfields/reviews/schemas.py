"""What the API answers about the desk."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from testfields.reservations.bodies import Id
from testfields.reservations.bodies import Text as NoteText
from testfields.reservations.rules import Action, State
from testfields.reservations.stays import StayState
from testfields.reviews.today import Late
from testfields.web.schemas import MultiPolygonView, NamedText, TimeRange
from testfields.zones.schemas import FindingView


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
    # Who of the staff is at it, by name; whether it is recommended as it stands.
    assignee: str | None
    recommended: bool
    # Whether it asks for something else than when it was first submitted, and whether it was submitted again.
    changed: bool
    filed_again: bool
    actions: list[Action]


class DayStayView(msgspec.Struct, frozen=True):
    """A permitted stay of a day at one's own fields: its state, what is late about it, and what may be noted of it.

    A step is taken of the reservation, at its `version`, with `stay_id` among the step's stays.
    """

    stay_id: int
    reservation_id: int
    version: int
    state: StayState
    period: TimeRange
    late: Late | None
    company: NamedText
    contact_email: str
    project_title: NamedText
    site: str
    site_name: NamedText
    area_name: NamedText
    actions: Sequence[Action]


class CheckView(msgspec.Struct, frozen=True):
    """One thing that was looked at, and the faults found there; none is no proof that all is well."""

    subject: str
    faults: list[str]


class NoteView(msgspec.Struct, frozen=True):
    """What somebody of the staff noted, for staff alone; it may come with a recommendation."""

    name: str
    text: str
    at: datetime
    recommends: bool


class AssigneeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who takes an application on; None for nobody."""

    person_id: Id | None


class NoteBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A note for staff alone."""

    text: NoteText


class RecommendationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A recommendation, with a note where there is something to say."""

    text: NoteText = ""


class CaseView(msgspec.Struct, frozen=True):
    """An application as its review adds to it: what was checked, the local days it touches, who is at it, what staff
    noted, newest first, and what one may decide."""

    id: int
    version: int
    state: State
    checks: list[CheckView]
    findings: list[FindingView]
    days: Sequence[date]
    assignee: str | None
    recommended_by: str | None
    recommended_at: datetime | None
    notes: list[NoteView]
    actions: list[Action]


class ReplayedFinding(msgspec.Struct, frozen=True):
    """A finding of a decision: whether it was found when that was taken, and whether it is found now."""

    finding: FindingView
    then: bool
    now: bool


class ReplayView(msgspec.Struct, frozen=True):
    """A decision, when and as whom it was taken, and what law and place say of what was asked for then.

    The zones are those of that moment and those of now; the project, the ground and the rules are as they are.
    """

    action: Action
    at: datetime
    role: str
    findings: list[ReplayedFinding]


class AffectedView(msgspec.Struct, frozen=True):
    """An application under way, the first of its times to come, and what is found by now and was not at its last
    decision; `permitted` where there is a permit for it."""

    id: int
    permitted: bool
    company: NamedText
    site: str
    area_name: NamedText
    period: TimeRange
    findings: list[FindingView]


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
