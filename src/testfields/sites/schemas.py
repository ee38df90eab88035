"""What the API answers about the catalogue."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

import msgspec

from testfields.sites.fields import AreaFacts, Policy, SiteFacts
from testfields.sites.vocabulary import RoadAnswer, Use
from testfields.web.schemas import Heights, HeightsAboveSea, MultiPolygonView, NamedText


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


class ExceptionView(msgspec.Struct, frozen=True):
    """A span of a date on which the weekly opening does not hold; without clocks the site is closed that day."""

    day: date
    opens: str | None
    closes: str | None


class PhotoSize(msgspec.Struct, frozen=True):
    """A photo at one width, in pixels; what is at its address never changes."""

    url: str
    width: int
    height: int


class PhotoView(msgspec.Struct, frozen=True):
    """A photo of a site in its sizes, the smallest first, and what it shows."""

    id: int
    description: NamedText
    sizes: list[PhotoSize]


@dataclass(frozen=True, kw_only=True)
class SiteView(SiteFacts):
    """A site. Heights are metres above Tokyo Peil; the size is measured in the owner's plane system.

    It takes no applications while its owner is deactivated; what has been filed stands.
    """

    id: int
    slug: str
    version: int
    owner: OwnerView
    takes_applications: bool
    name: NamedText
    description: NamedText
    address: NamedText
    area_m2: float
    road: RoadView
    hours: list[OpeningView]
    exceptions: list[ExceptionView]
    policy: Policy
    photos: list[PhotoView]


@dataclass(frozen=True, kw_only=True)
class AreaView(AreaFacts):
    """A bookable part of a site; `parent` is the slug of the area it lies in.

    `above_sea` are the same heights above sea level, null where the site's ground elevation is not known.
    """

    id: int
    slug: str
    parent: str | None
    name: NamedText
    altitude: Heights
    above_sea: HeightsAboveSea | None
    uses: list[Use]
    area_m2: float


class GeoidView(msgspec.Struct, frozen=True):
    """How far the geoid, and with it sea level, lies above the ellipsoid at a place, by a model; metres."""

    height_m: float
    model: str
    longitude: float
    latitude: float


class SpatialIdsView(msgspec.Struct, frozen=True):
    """The voxels (空間ID) of one zoom that hold a test field or an area whole, with all heights that can be asked for.

    Together they are larger by `over_cover`: 0.21 is 21 % more.
    """

    zoom: int
    over_cover: float
    heights: HeightsAboveSea
    spatial_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class WholeSiteView(SiteView):
    """A site with its shape and its areas. `geoid` is told for its middle; null outside of what the model covers."""

    geoid: GeoidView | None
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
