"""What the API takes and answers about closures."""

from datetime import datetime
from typing import Annotated

import msgspec

from testfields.closures.grounds import Scope, Wanted
from testfields.closures.rules import ClosureKind
from testfields.closures.service import LONGEST_REASON
from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.periods import Period, parse_period
from testfields.core.shapes import parse_shape
from testfields.reservations.schemas import Shape
from testfields.web.schemas import MultiPolygonView, TimeRange

# In one closing; all of an owner's are asked for by the owner.
MOST_PLACES = 500

Slug = Annotated[str, msgspec.Meta(min_length=1, max_length=63)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_REASON)]


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
            return Scope((Wanted(self.site, self.area),), alone=True)
        return Scope(tuple(_wanted(place, one) for place, one in enumerate(self.places)), self.owner)

    @property
    def when(self) -> Period:
        """Raises InvalidInput for a period without sense."""
        return parse_period(self.period.start, self.period.end, "period.start", "period.end")


def _wanted(place: int, one: PlaceBody) -> Wanted:
    drawn = parse_shape(one.footprint.polygons, f"places[{place}].footprint") if one.footprint else None
    return Wanted(one.site, one.area, drawn)


class ClosureBody(PlacesBody, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What to shut, when, and why; with `displace` whatever stands there has to go."""

    kind: ClosureKind
    reason_ja: Reason
    reason_en: Reason
    displace: bool = False


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
