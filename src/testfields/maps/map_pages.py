"""Pictures of maps that everybody may see: the public map, a test field, a trial."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Visitor
from testfields.core.clock import now
from testfields.core.errors import N_
from testfields.core.pictures import Shape
from testfields.maps import service
from testfields.maps.rules import Sought
from testfields.maps.wanted import Typed, wanted_of
from testfields.sites.pictures import Ground, ground, ground_for, link_preview, picture, picture_of_asked
from testfields.web import basemap, locale
from testfields.web.parameters import PathId
from testfields.web.shared import SHARED


@get("/map.svg", include_in_schema=False, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def public_picture(
    span: Typed = "",
    day: Typed = "",
    use: Typed = "",
    theme: Typed = "",
    owner: Typed = "",
    site: Typed = "",
) -> Response[str]:
    """The public map, on paper: the test fields that its page shows."""
    at = now()
    sites = await _sites(wanted_of("/", span, day, use, theme, owner, site).sought(at), at)
    towns = sorted(basemap.towns(), key=lambda one: one[0]["rank"], reverse=True)
    shapes = [Shape("town", place, town[f"name_{locale.current()}"]) for town, place in towns]
    for geometry, name in sites:
        shapes += [Shape("site", geometry), Shape("site", geometry.centroid, name)]
    looked_at = [geometry for geometry, _ in sites] or [place for _, place in towns]
    title, about = locale.translate(N_("Map of the test fields")), locale.translate(N_("Each is a dot with its name."))
    return picture(shapes, looked_at, title, about)


async def _sites(sought: Sought, at: datetime) -> list[tuple[BaseGeometry, str]]:
    found: Any = msgspec.json.decode(await service.sites_geojson(sought, at))
    return [(shape(one["geometry"]), one["properties"]["name"][locale.current()]) for one in found["features"]]


@get("/sites/{slug:str}/map.svg", include_in_schema=False, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def site_picture(visitor: Visitor, slug: FromPath[str]) -> Response[str]:
    """A test field with its areas and the plan of its ground."""
    there = await ground_for(visitor, slug)
    title = locale.translate(N_("Map of %(site)s"), None, site=there.site)
    about = locale.translate(N_("The field with its areas and what its ground looks like; north is up."))
    return picture(there.shapes, [there.outline], title, about)


@get("/trials/{trial_id:int}/map.svg", include_in_schema=False, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def trial_picture(trial_id: PathId) -> Response[str]:
    """Where a trial takes place."""
    return picture_of_asked(*await _trial(trial_id))


async def _trial(trial_id: int) -> tuple[Ground, list[Shape]]:
    """The ground of a trial's site, and where on it the trial takes place; raises NotFound."""
    at = now()
    trial = await service.trial(trial_id, at)
    place: Any = msgspec.json.decode(await service.trial_geojson(trial_id, at))
    on_it = [Shape("taken", shape(one["geometry"]), locale.in_words(trial.title)) for one in place["features"]]
    return await ground(trial.site.slug), on_it


@get("/map.png", include_in_schema=False, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def public_preview() -> Response[bytes]:
    """The public map for previews of links: a dot for each test field."""
    at = now()
    centres: list[BaseGeometry] = [place.centroid for place, _ in await _sites(wanted_of("/").sought(at), at)]
    looked_at = centres or [place for _, place in basemap.towns()]
    return await link_preview([Shape("site", one) for one in centres], looked_at)


@get("/sites/{slug:str}/map.png", include_in_schema=False, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def site_preview(visitor: Visitor, slug: FromPath[str]) -> Response[bytes]:
    """A test field for previews of links."""
    there = await ground_for(visitor, slug)
    return await link_preview(there.shapes, [there.outline])


@get("/trials/{trial_id:int}/map.png", include_in_schema=False, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def trial_preview(trial_id: PathId) -> Response[bytes]:
    """A trial for previews of links."""
    there, on_it = await _trial(trial_id)
    return await link_preview([*there.shapes, *on_it], [one.geometry for one in on_it] or [there.outline])


pages = (public_picture, site_picture, trial_picture, public_preview, site_preview, trial_preview)
