"""What the API takes and answers about closures."""

from datetime import datetime
from typing import Annotated

import asyncpg
import msgspec

from testfields.availability.kinds import ClaimKind
from testfields.closures.grounds import Scope, Wanted, one_place
from testfields.closures.rules import ClosureKind, Reason, reason_told
from testfields.closures.service import LONGEST_REASON, Met, Preview
from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.periods import Period, parse_period
from testfields.core.shapes import parse_shape
from testfields.db.values import to_period
from testfields.reservations.bodies import Shape
from testfields.reservations.rules import State
from testfields.reservations.stays import StayState
from testfields.web.schemas import MultiPolygonView, NamedText, TimeRange

# In one closing; all of an owner's are asked for by the owner.
MOST_PLACES = 500

Slug = Annotated[str, msgspec.Meta(min_length=1, max_length=63)]
ReasonText = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_REASON)]


class PlaceBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A test field, an area of it, or the part of either that the footprint shows; `site` and `area` are slugs."""

    site: Slug
    area: Slug | None = None
    footprint: Shape | None = None


class PlacesBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What to shut, and when: one `site` or `area`, several `places`, or every test field of an `owner`."""

    period: TimeRange
    site: Slug | None = None
    area: Slug | None = None
    places: Annotated[list[PlaceBody], msgspec.Meta(max_length=MOST_PLACES)] = []
    owner: Slug | None = None

    @property
    def scope(self) -> Scope:
        """What is to be shut; raises InvalidInput where it is not said in one way."""
        if sum(bool(one) for one in (self.site, self.places, self.owner)) != 1 or (self.area and not self.site):
            raise InvalidInput([fault("site", N_("Please name one of “site”, “places” and “owner”."))])
        if self.site:
            return one_place(self.site, self.area)
        return Scope(tuple(_wanted(place, one) for place, one in enumerate(self.places)), self.owner)

    @property
    def when(self) -> Period:
        """Raises InvalidInput for a period without sense."""
        return parse_period(self.period.start, self.period.end, "period.start", "period.end")


def _wanted(place: int, one: PlaceBody) -> Wanted:
    drawn = parse_shape(one.footprint.polygons, f"places[{place}].footprint") if one.footprint else None
    return Wanted(one.site, one.area, drawn)


class ClosureBody(PlacesBody, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What to shut, when, and why; with `displace` whatever stands there has to go.

    A reason that is left out is what is usually told of that kind.
    """

    kind: ClosureKind
    reason_ja: ReasonText | None = None
    reason_en: ReasonText | None = None
    displace: bool = False

    @property
    def reason(self) -> Reason:
        """What is told in each language."""
        return reason_told(self.kind, self.reason_ja, self.reason_en)


class ClosureVersion(msgspec.Struct, frozen=True):
    """A closure and the version it has now."""

    id: int
    version: int


class EnteredView(ClosureVersion, frozen=True):
    """The first of the closures that were entered, all of them, and the applications they displaced."""

    closures: list[int]
    displaced: list[int]


class ClosureView(msgspec.Struct, frozen=True):
    """A closure as the land's staff see it."""

    id: int
    version: int
    # The first of those that were entered together.
    closing: int
    site: str
    area: str | None
    footprint: MultiPolygonView | None
    kind: ClosureKind
    reason_ja: str
    reason_en: str
    period: TimeRange
    created_by: str
    created_at: datetime
    lifted_at: datetime | None


class BecomesView(msgspec.Struct, frozen=True):
    """A stay that would be met, and what would become of it: its state, and its time where that is shortened."""

    id: int
    period: TimeRange
    state: StayState
    becomes: StayState
    becomes_period: TimeRange


class MetView(msgspec.Struct, frozen=True):
    """An application that would be displaced: whose and where it is, its state now, and the one it would have."""

    reservation_id: int
    company_name: NamedText
    site: str
    site_name: NamedText
    area_name: NamedText
    state: State
    becomes: State
    stays: list[BecomesView]


class StandingView(msgspec.Struct, frozen=True):
    """What else stands there and stays; a closure with its number."""

    kind: ClaimKind
    closure_id: int | None
    site: str
    area: str | None
    period: TimeRange


class PreviewView(msgspec.Struct, frozen=True):
    """What a closing would meet: how many applications, stays and companies, and each of them; what is closed there
    already, which it leaves as it is; and what is in its way."""

    applications: int
    stays: int
    companies: int
    displaced: list[MetView]
    closed: list[StandingView]
    in_the_way: list[StandingView]


def preview_view(preview: Preview) -> PreviewView:
    """A preview as the API tells it."""
    return PreviewView(
        applications=len(preview.met),
        stays=preview.stays,
        companies=preview.companies,
        displaced=[_met_view(one) for one in preview.met],
        closed=[_standing_view(row) for row in preview.closed],
        in_the_way=[_standing_view(row) for row in preview.in_the_way],
    )


def _standing_view(row: asyncpg.Record) -> StandingView:
    return StandingView(
        ClaimKind(row["kind"]),
        row["closure_id"],
        row["site_slug"],
        row["area_slug"],
        _range(to_period(row["period"])),
    )


def _met_view(one: Met) -> MetView:
    row, displaced = one.row, one.displaced
    return MetView(
        reservation_id=row["id"],
        company_name=NamedText(row["company_name_ja"], row["company_name_en"]),
        site=row["site_slug"],
        site_name=NamedText(row["site_name_ja"], row["site_name_en"]),
        area_name=NamedText(row["area_name_ja"], row["area_name_en"]),
        state=displaced.locked.state,
        becomes=displaced.to,
        stays=[
            BecomesView(was.id, _range(was.period), was.state, then.state, _range(then.period))
            for was, then in zip(displaced.met, displaced.changed, strict=True)
        ],
    )


def _range(period: Period) -> TimeRange:
    return TimeRange(period.start, period.end)
