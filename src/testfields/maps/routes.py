"""What the public may see, as an open interface; nobody need log in. JSON is built by the database."""

from dataclasses import astuple
from datetime import date
from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.params import FromQuery, QueryParameter

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.core.clock import now
from testfields.maps import service
from testfields.maps.rules import Sought, check_days
from testfields.maps.schemas import PlaceFeatures, TrialFeatures
from testfields.maps.service import Trial, TrialInFull
from testfields.projects.vocabulary import Theme
from testfields.sites.routes import parse_box
from testfields.sites.vocabulary import Use
from testfields.web.paging import next_link
from testfields.web.parameters import Limit, PathId
from testfields.web.schemas import GEOJSON
from testfields.web.shared import SHARED

# Days in Japan, the last one included. Days gone by are told where the past is asked for.
From = Annotated[date | None, QueryParameter(name="from")]
To = Annotated[date | None, QueryParameter(name="to")]
Past = Annotated[bool, QueryParameter()]
Box = Annotated[str | None, QueryParameter(name="bbox", max_length=100)]
Zoom = Annotated[int | None, QueryParameter(ge=0, le=22)]
After = Annotated[str, QueryParameter(pattern=r"^(\d{1,18}-\d{1,18})?$")]


def _sought(
    first: date | None,
    last: date | None,
    past: bool,
    use: Use | None,
    theme: Theme | None,
    owner: str | None,
    site: str | None,
    box: str | None = None,
) -> Sought:
    days = check_days(first, last, past, service.today(now()))
    part = None if box is None else astuple(parse_box(box))
    return Sought(days, use, theme, owner, site, part)


def _as_built(body: bytes, media_type: str, headers: dict[str, str] | None = None) -> Response[Any]:
    return Response(body, media_type=media_type, headers=headers)


@get("/", guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def list_trials(
    request: Request[Any, Any, Any],
    first: From = None,
    last: To = None,
    past: Past = False,
    use: FromQuery[Use | None] = None,
    theme: FromQuery[Theme | None] = None,
    owner: FromQuery[str | None] = None,
    site: FromQuery[str | None] = None,
    after: After = "",
    limit: Limit = 50,
) -> Response[list[Trial]]:
    """Permitted trials of today and to come in the order of time, or those of the past from the latest on.

    The next page stands in `Link`.
    """
    sought = _sought(first, last, past, use, theme, owner, site)
    found = await service.trials(sought, now(), after, limit)
    return _as_built(found.body, "application/json", next_link(request, "after", found.last))


@get("/sites.geojson", media_type=GEOJSON, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def map_places(
    first: From = None,
    last: To = None,
    past: Past = False,
    use: FromQuery[Use | None] = None,
    theme: FromQuery[Theme | None] = None,
    owner: FromQuery[str | None] = None,
    site: FromQuery[str | None] = None,
    bbox: Box = None,
    zoom: Zoom = None,
) -> Response[PlaceFeatures]:
    """Sites with what is on there now and next; with `to`, only those with a trial by then.

    With `zoom`, the level of a map, sites that lie in one cell of 32 px there are one feature with their counts; from
    level 12 on none are.
    """
    sought = _sought(first, last, past, use, theme, owner, site, bbox)
    return _as_built(await service.sites_geojson(sought, now(), zoom), GEOJSON)


@get("/trials.geojson", media_type=GEOJSON, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def map_trials(
    first: From = None,
    last: To = None,
    past: Past = False,
    use: FromQuery[Use | None] = None,
    theme: FromQuery[Theme | None] = None,
    owner: FromQuery[str | None] = None,
    site: FromQuery[str | None] = None,
    bbox: Box = None,
) -> Response[TrialFeatures]:
    """Where the same trials take place; with `bbox`, those at the sites that lie in that part of the map."""
    sought = _sought(first, last, past, use, theme, owner, site, bbox)
    return _as_built(await service.trials_geojson(sought, now()), GEOJSON)


@get("/{trial_id:int}", guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def one_trial(trial_id: PathId) -> TrialInFull:
    """A trial with all of its times; its purpose and safety plan where its company agreed."""
    return await service.trial(trial_id, now())


@get("/{trial_id:int}/place.geojson", media_type=GEOJSON, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def place_of_trial(trial_id: PathId) -> Response[TrialFeatures]:
    """Where a trial takes place."""
    return _as_built(await service.trial_geojson(trial_id, now()), GEOJSON)


OF_TRIALS = Router("/trials", route_handlers=[list_trials, map_places, one_trial, place_of_trial])
router = Router("/", tags=["trials"], route_handlers=[OF_TRIALS, map_trials])
