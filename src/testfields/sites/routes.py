"""The catalogue over HTTP; nobody need log in. JSON is built by the database and sent on as it came."""

from math import isfinite
from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath, FromQuery, QueryParameter

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Visitor
from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.spatial_ids import LARGEST_ZOOM
from testfields.sites import grounds, service
from testfields.sites.exchange.notation import parse_wanted
from testfields.sites.schemas import AreaFeatures, AreaView, SiteFeatures, SiteView, SpatialIdsView, WholeSiteView
from testfields.sites.vocabulary import Use
from testfields.web.bodies import JSON
from testfields.web.paging import next_link
from testfields.web.parameters import Limit
from testfields.web.schemas import GEOJSON, HeightsAboveSea
from testfields.web.shared import SHARED

LARGEST_M2 = 1e12

# Voxels of 32 m.
USUAL_ZOOM = 20

Zoom = Annotated[int, QueryParameter(ge=0, le=LARGEST_ZOOM)]
SquareMetres = Annotated[float | None, QueryParameter(ge=0, le=LARGEST_M2)]
Words = Annotated[str | None, QueryParameter(max_length=200)]
After = Annotated[str, QueryParameter(max_length=63)]
# `fence`, `power_kw=30` (at least) or `surface=asphalt`; may be given several times.
Facilities = Annotated[list[str] | None, QueryParameter(max_items=20)]


def _as_built(body: bytes, media_type: str = JSON, headers: dict[str, str] | None = None) -> Response[Any]:
    return Response(body, media_type=media_type, headers=headers)


def parse_box(text: str | None) -> service.Box:
    """``west,south,east,north`` in degrees; raises InvalidInput."""
    if text is None:
        return service.Box()
    try:
        west, south, east, north = (float(side) for side in text.split(","))
    except ValueError:
        west = south = east = north = float("nan")
    if not (all(map(isfinite, (west, south, east, north))) and west <= east and south <= north):
        message = N_("A box is west,south,east,north in degrees, as in 135.2,34.3,135.7,34.9.")
        raise InvalidInput([fault("bbox", message)])
    return service.Box(west, south, east, north)


@get("/sites", guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def list_sites(
    request: Request[Any, Any, Any],
    visitor: Visitor,
    use: FromQuery[Use | None] = None,
    facility: Facilities = None,
    owner: FromQuery[str | None] = None,
    least_m2: SquareMetres = None,
    most_m2: SquareMetres = None,
    bbox: FromQuery[str | None] = None,
    words: Words = None,
    after: After = "",
    limit: Limit = 50,
) -> Response[list[SiteView]]:
    """Sites in the order of their slugs; the next page stands in `Link`."""
    wanted = service.Search(
        use, parse_wanted(facility or [], "facility"), owner, least_m2, most_m2, words, parse_box(bbox)
    )
    page = await service.search(visitor, wanted, after, limit)
    return _as_built(page.body, headers=next_link(request, "after", page.last))


@get("/sites.geojson", media_type=GEOJSON, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def map_sites(
    visitor: Visitor,
    use: FromQuery[Use | None] = None,
    facility: Facilities = None,
    owner: FromQuery[str | None] = None,
    bbox: FromQuery[str | None] = None,
    words: Words = None,
) -> Response[SiteFeatures]:
    """Sites for a map."""
    wanted = service.Search(use, parse_wanted(facility or [], "facility"), owner, words=words, box=parse_box(bbox))
    return _as_built(await service.sites_geojson(visitor, wanted), GEOJSON)


@get("/sites/{slug:str}", guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def show_site(visitor: Visitor, slug: FromPath[str]) -> Response[WholeSiteView]:
    """One site with its shape, hours and areas."""
    return _as_built(await service.find(visitor, slug))


@get("/sites/{slug:str}/areas", guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def list_areas(visitor: Visitor, slug: FromPath[str]) -> Response[list[AreaView]]:
    """The areas of one site, in its owner's order."""
    return _as_built(await service.areas(visitor, slug))


@get("/sites/{slug:str}/areas.geojson", media_type=GEOJSON, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def map_areas(visitor: Visitor, slug: FromPath[str]) -> Response[AreaFeatures]:
    """The areas of one site for a map."""
    return _as_built(await service.areas_geojson(visitor, slug), GEOJSON)


@get("/sites/{slug:str}/spatial-ids", guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def list_spatial_ids(visitor: Visitor, slug: FromPath[str], zoom: Zoom = USUAL_ZOOM) -> SpatialIdsView:
    """The spatial IDs (空間ID) that hold a test field, from its lowest area's bottom to its highest one's top."""
    return _spatial_ids(zoom, await grounds.spatial_ids(visitor, slug, None, zoom))


@get("/sites/{slug:str}/areas/{area:str}/spatial-ids", guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def list_spatial_ids_of_area(
    visitor: Visitor, slug: FromPath[str], area: FromPath[str], zoom: Zoom = USUAL_ZOOM
) -> SpatialIdsView:
    """The spatial IDs (空間ID) that hold an area, with all heights that can be asked for in it."""
    return _spatial_ids(zoom, await grounds.spatial_ids(visitor, slug, area, zoom))


def _spatial_ids(zoom: int, found: grounds.SpatialIds) -> SpatialIdsView:
    heights = HeightsAboveSea(float(found.lower), float(found.upper))
    return SpatialIdsView(zoom, round(found.cover.over_cover, 4), heights, [str(one) for one in found.cover.voxels])


router = Router(
    "/",
    tags=["sites"],
    route_handlers=[
        list_sites,
        map_sites,
        show_site,
        list_areas,
        map_areas,
        list_spatial_ids,
        list_spatial_ids_of_area,
    ],
)
