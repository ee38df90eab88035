"""What the API answers about trials."""

from typing import Literal

import msgspec

from testfields.maps.service import NamedPlace, Trial, TrialSite
from testfields.projects.vocabulary import Theme
from testfields.sites.vocabulary import Use
from testfields.web.schemas import MultiPolygonView, NamedText, TimeRange


class TrialProperties(msgspec.Struct, frozen=True):
    """What a map says of a trial: `name` is its title, `note` its area's name; `on` while it takes place."""

    name: NamedText
    note: NamedText
    on: bool
    theme: Theme
    use: Use
    company: NamedText | None
    site: TrialSite
    area: NamedPlace
    periods: list[TimeRange]


class TrialFeature(msgspec.Struct, frozen=True):
    """Where a trial takes place."""

    type: Literal["Feature"]
    id: int
    geometry: MultiPolygonView
    properties: TrialProperties


class PlaceProperties(msgspec.Struct, frozen=True):
    """What a map says of a site: what is on there now and next, and how many trials in the days asked for, up to 21.

    Of several `sites` in one cell it says how many trials there are and whether one is on.
    """

    name: NamedText
    owner: NamedPlace | None
    uses: list[Use]
    count: int
    now: list[Trial]
    next: Trial | None
    on: bool
    sites: list[str]


class PlaceFeature(msgspec.Struct, frozen=True):
    """A site, whose slug is the `id`, or a box around those of a cell."""

    type: Literal["Feature"]
    id: str
    geometry: MultiPolygonView
    properties: PlaceProperties


class TrialFeatures(msgspec.Struct, frozen=True):
    """Trials as GeoJSON; fewer are returned than matched where there are more than 2,000."""

    type: Literal["FeatureCollection"]
    numberMatched: int  # noqa: N815 (OGC API Features names it so)
    numberReturned: int  # noqa: N815
    features: list[TrialFeature]


class PlaceFeatures(msgspec.Struct, frozen=True):
    """Sites as GeoJSON, those with something on first kept where there are more than 2,000."""

    type: Literal["FeatureCollection"]
    numberMatched: int  # noqa: N815
    numberReturned: int  # noqa: N815
    features: list[PlaceFeature]
