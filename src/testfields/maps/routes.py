"""What the public may see, as an open interface; nobody need log in. JSON is built by the database."""

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, Router, get
from litestar.params import FromQuery, QueryParameter

from testfields.core.clock import now
from testfields.maps import service
from testfields.maps.rules import Sought, check_days
from testfields.maps.service import NamedPlace, Trial, TrialSite
from testfields.projects.rules import Theme
from testfields.sites.vocabulary import Use
from testfields.web.paging import next_link
from testfields.web.parameters import Limit
from testfields.web.shapes import GEOJSON, MultiPolygonView, NamedText, TimeRange

# Days in Japan, the last one included. Days gone by are never shown.
From = Annotated[date | None, QueryParameter(name="from")]
To = Annotated[date | None, QueryParameter(name="to")]
After = Annotated[str, QueryParameter(pattern=r"^(\d{1,18}-\d{1,18})?$")]


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
    """What a map says of a site: what is on there now and next, and how many trials in the days asked for."""

    name: NamedText
    owner: NamedPlace
    uses: list[Use]
    count: int
    now: list[Trial]
    next: Trial | None
    on: bool


class PlaceFeature(msgspec.Struct, frozen=True):
    """A site; `id` is its slug."""

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


def _sought(first: date | None, last: date | None, use: Use | None, owner: str | None, site: str | None) -> Sought:
    return Sought(*check_days(first, last, service.today(now())), use, owner, site)


def _as_built(body: bytes, media_type: str, headers: dict[str, str] | None = None) -> Response[Any]:
    return Response(body, media_type=media_type, headers=headers)


@get("/")
async def list_trials(
    request: Request[Any, Any, Any],
    first: From = None,
    last: To = None,
    use: FromQuery[Use | None] = None,
    owner: FromQuery[str | None] = None,
    site: FromQuery[str | None] = None,
    after: After = "",
    limit: Limit = 50,
) -> Response[list[Trial]]:
    """Permitted trials of today and to come, in the order of time; the next page stands in `Link`."""
    found = await service.trials(_sought(first, last, use, owner, site), now(), after, limit)
    return _as_built(found.body, "application/json", next_link(request, "after", found.last))


@get("/sites.geojson", media_type=GEOJSON)
async def map_places(
    first: From = None,
    last: To = None,
    use: FromQuery[Use | None] = None,
    owner: FromQuery[str | None] = None,
    site: FromQuery[str | None] = None,
) -> Response[PlaceFeatures]:
    """Sites with what is on there now and next; with `to`, only those with a trial by then."""
    return _as_built(await service.sites_geojson(_sought(first, last, use, owner, site), now()), GEOJSON)


@get("/trials.geojson", media_type=GEOJSON)
async def map_trials(
    first: From = None,
    last: To = None,
    use: FromQuery[Use | None] = None,
    owner: FromQuery[str | None] = None,
    site: FromQuery[str | None] = None,
) -> Response[TrialFeatures]:
    """Where permitted trials of today and to come take place."""
    return _as_built(await service.trials_geojson(_sought(first, last, use, owner, site), now()), GEOJSON)


router = Router(
    "/", tags=["trials"], route_handlers=[Router("/trials", route_handlers=[list_trials, map_places]), map_trials]
)
