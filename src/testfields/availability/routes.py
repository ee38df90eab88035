"""Free time over HTTP; nobody need log in. JSON is built by the database and sent on as it came."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath, FromQuery, QueryParameter
from shapely.geometry import MultiPolygon, box

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.availability import search, voxels
from testfields.availability.free import LONGEST_MINUTES, FreeQuery
from testfields.availability.schemas import AreaTimeView, VoxelView
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.heights import Reference, above_ground
from testfields.core.periods import Period, parse_instant, parse_period
from testfields.core.spatial_ids import Voxel, checked_voxel, parse_voxel
from testfields.core.volumes import AltitudeBand, parse_altitude
from testfields.sites.grounds import places_of_areas
from testfields.sites.routes import parse_box
from testfields.sites.vocabulary import Use
from testfields.web.bodies import JSON
from testfields.web.paging import next_link
from testfields.web.parameters import LARGEST_ID, Limit

Slugs = Annotated[list[str] | None, QueryParameter(max_items=200)]
Ids = Annotated[list[int] | None, QueryParameter(max_items=200)]
Minutes = Annotated[int, QueryParameter(ge=0, le=LONGEST_MINUTES)]
AfterId = Annotated[int, QueryParameter(ge=0, le=LARGEST_ID)]
# RFC 3339 with an offset; a plus sign that arrives as a blank is taken for what it was.
From = Annotated[str, QueryParameter(name="from", max_length=40)]
To = Annotated[str, QueryParameter(name="to", max_length=40)]
At = Annotated[str | None, QueryParameter(max_length=40)]
SpatialId = Annotated[str | None, QueryParameter(max_length=80)]
# Metres as `lower,upper`.
Band = Annotated[str | None, QueryParameter(max_length=40)]


@get("/availability", guards=[Only(May.LOOK_AROUND)])
async def find_free_time(
    request: Request[Any, Any, Any],
    begins: From,
    ends: To,
    site: Slugs = None,
    area: Ids = None,
    duration: Minutes = 0,
    bbox: FromQuery[str | None] = None,
    use: FromQuery[Use | None] = None,
    altitude: Band = None,
    reference: FromQuery[Reference] = Reference.AGL,
    spatial_id: SpatialId = None,
    after: AfterId = 0,
    limit: Limit = 200,
) -> Response[list[AreaTimeView]]:
    """Free time of one area, one site or all of them, in one query; `duration` in minutes, the next page in `Link`.

    `altitude` is `lower,upper` in metres above ground, or in another `reference` in one `area`. `spatial_id` (z/f/x/y)
    finds the areas that reach into that voxel, and the time of what of them lies in it; sites without a ground
    elevation, of which that cannot be told, are named by slug in the header `Ground-Unknown`, 20 at most.
    """
    query = FreeQuery(
        within=_window(begins, ends),
        minutes=duration,
        sites=tuple(site or ()),
        areas=tuple(area or ()),
        bbox=_box(bbox),
        use=use,
        altitude=await _band(altitude, reference, area or ()),
        voxel=_voxel(spatial_id, altitude),
        after=after,
        limit=limit,
    )
    found = await search.find_free(query, now())
    headers = {"Cache-Control": "no-store", **next_link(request, "after", found.after)}
    if found.unknown:
        headers["Ground-Unknown"] = ", ".join(found.unknown)
    answer: Response[Any] = Response(found.body, media_type=JSON, headers=headers)
    return answer


def _window(begins: str, ends: str) -> Period:
    return parse_period(_instant(begins, "from"), _instant(ends, "to"), "from", "to")


def _voxel(text: str | None, altitude: str | None) -> Voxel | None:
    if text is None:
        return None
    if altitude is not None:
        message = N_("A spatial ID has heights of its own. Please give either it or heights.")
        raise InvalidInput([fault("altitude", message)])
    return parse_voxel(text, "spatial_id")


def _instant(text: str, name: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError as error:
        message = N_("Expected a date and time with its offset, such as 2026-12-03T09:00:00+09:00.")
        raise InvalidInput([fault(name, message)]) from error


def _box(text: str | None) -> MultiPolygon | None:
    if text is None:
        return None
    wanted = parse_box(text)
    return MultiPolygon([box(wanted.west, wanted.south, wanted.east, wanted.north)])


async def _band(text: str | None, reference: Reference, area_ids: Sequence[int]) -> AltitudeBand | None:
    if text is None:
        return None
    try:
        lower, upper = (float(part) for part in text.split(","))
    except ValueError as error:
        message = N_("Give heights as two numbers of metres: lower,upper.")
        raise InvalidInput([fault("altitude", message)]) from error
    if reference is Reference.AGL:
        return parse_altitude(lower, upper, "altitude")
    places = await places_of_areas(area_ids)
    if len(places) != 1:
        message = N_("Heights that do not count from the ground are asked for in one area. Please name it as “area”.")
        raise InvalidInput([fault("reference", message)])
    (place,) = places.values()
    return above_ground(lower, upper, reference, place, "altitude")


@get("/spatial-ids/{z:int}/{f:int}/{x:int}/{y:int}", guards=[Only(May.LOOK_AROUND)])
async def show_voxel(
    z: FromPath[int], f: FromPath[int], x: FromPath[int], y: FromPath[int], at: At = None
) -> Response[VoxelView]:
    """What stands at a voxel (空間ID) at one moment, now where none is given: test fields, areas, and what is taken.

    `unknown` names the test fields whose ground elevation is not known, so that it cannot be told of them.
    """
    body = await voxels.at_voxel(checked_voxel(z, f, x, y, "spatial_id"), _moment(at))
    answer: Response[Any] = Response(body, media_type=JSON, headers={"Cache-Control": "no-store"})
    return answer


def _moment(text: str | None) -> datetime:
    if text is None:
        return now()
    return parse_instant(_instant(text, "at"), "at")


router = Router("/", tags=["availability"], route_handlers=[find_free_time, show_voxel])
