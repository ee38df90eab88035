"""What the public may see, as an open interface; nobody need log in. JSON is built by the database."""

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
from testfields.maps.service import Trial
from testfields.sites.vocabulary import Use
from testfields.web.paging import next_link
from testfields.web.parameters import Limit
from testfields.web.schemas import GEOJSON
from testfields.web.shared import SHARED

# Days in Japan, the last one included. Days gone by are never shown.
From = Annotated[date | None, QueryParameter(name="from")]
To = Annotated[date | None, QueryParameter(name="to")]
After = Annotated[str, QueryParameter(pattern=r"^(\d{1,18}-\d{1,18})?$")]


def _sought(first: date | None, last: date | None, use: Use | None, owner: str | None, site: str | None) -> Sought:
    return Sought(*check_days(first, last, service.today(now())), use, owner, site)


def _as_built(body: bytes, media_type: str, headers: dict[str, str] | None = None) -> Response[Any]:
    return Response(body, media_type=media_type, headers=headers)


@get("/", guards=[Only(May.LOOK_AROUND)], opt=SHARED)
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


@get("/sites.geojson", media_type=GEOJSON, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def map_places(
    first: From = None,
    last: To = None,
    use: FromQuery[Use | None] = None,
    owner: FromQuery[str | None] = None,
    site: FromQuery[str | None] = None,
) -> Response[PlaceFeatures]:
    """Sites with what is on there now and next; with `to`, only those with a trial by then."""
    return _as_built(await service.sites_geojson(_sought(first, last, use, owner, site), now()), GEOJSON)


@get("/trials.geojson", media_type=GEOJSON, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
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
