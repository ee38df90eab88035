"""What the API answers about the catalogue."""

from datetime import date
from typing import Annotated, Literal

import msgspec

from testfields.sites.vocabulary import Mode, PropertyClass, RoadAnswer, Surface, Use
from testfields.web.schemas import Heights, MultiPolygonView, NamedText


class OwnerView(msgspec.Struct, frozen=True):
    """Whose land it is."""

    slug: str
    name: NamedText


class RoadView(msgspec.Struct, frozen=True):
    """The police's answer to whether the place is a road, and its date."""

    answer: RoadAnswer
    answered_on: date | None


class OpeningView(msgspec.Struct, frozen=True):
    """A weekly opening in the site's zone; weekday 1 is Monday, 26:00 is two in the morning of the next day."""

    weekday: Annotated[int, msgspec.Meta(ge=1, le=7)]
    opens: str
    closes: str


class PolicyView(msgspec.Struct, frozen=True):
    """How a site may be booked, in minutes, days and metres."""

    slot_minutes: int
    minimum_minutes: int
    maximum_minutes: int
    notice_minutes: int
    horizon_days: int
    turnaround_minutes: int
    lateral_separation_m: float
    vertical_separation_m: float
    hold_minutes: int
    processing_days: int


class SiteView(msgspec.Struct, frozen=True):
    """A site. Heights are metres above Tokyo Peil; the size is measured in the owner's plane system."""

    id: int
    slug: str
    version: int
    owner: OwnerView
    name: NamedText
    description: NamedText
    address: NamedText
    contact: str
    published: bool
    sample: bool
    uses: list[Use]
    facilities: dict[str, bool | float | str]
    area_m2: float
    property_class: PropertyClass
    road: RoadView
    ground_elevation: float | None
    geoid_height: float | None
    timezone: str
    hours: list[OpeningView]
    policy: PolicyView


class AreaView(msgspec.Struct, frozen=True):
    """A bookable part of a site; `parent` is the slug of the area it lies in."""

    id: int
    slug: str
    parent: str | None
    name: NamedText
    mode: Mode
    altitude: Heights
    uses: list[Use]
    surface: Surface | None
    width_m: float | None
    area_m2: float


class WholeSiteView(SiteView, frozen=True, kw_only=True):
    """A site with its shape and its areas."""

    geometry: MultiPolygonView
    areas: list[AreaView]


class SiteProperties(msgspec.Struct, frozen=True):
    """What a map says of a site."""

    slug: str
    name: NamedText
    owner: OwnerView
    uses: list[Use]
    sample: bool


class SiteFeature(msgspec.Struct, frozen=True):
    """A site on a map; `id` is its slug."""

    type: Literal["Feature"]
    id: str
    geometry: MultiPolygonView
    properties: SiteProperties


class AreaFeature(msgspec.Struct, frozen=True):
    """An area on a map."""

    type: Literal["Feature"]
    id: int
    geometry: MultiPolygonView
    properties: AreaView


class SiteFeatures(msgspec.Struct, frozen=True):
    """Sites as GeoJSON; fewer are returned than matched where there are more than 5,000."""

    type: Literal["FeatureCollection"]
    numberMatched: int  # noqa: N815 (OGC API Features names it so)
    numberReturned: int  # noqa: N815
    features: list[SiteFeature]


class AreaFeatures(msgspec.Struct, frozen=True):
    """Areas of one site as GeoJSON."""

    type: Literal["FeatureCollection"]
    numberMatched: int  # noqa: N815
    numberReturned: int  # noqa: N815
    features: list[AreaFeature]
