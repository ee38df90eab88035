"""The ground of sites and areas: where their heights are told, and the spatial IDs (空間ID) that hold them."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.core.errors import N_, InvalidInput, NotFound, fault
from testfields.core.heights import Place
from testfields.core.spatial_ids import Cover, cover
from testfields.sites import ground_queries
from testfields.sites.service import NO_SUCH_SITE

NO_SUCH_AREA = N_("There is no such area.")
NO_HEIGHTS = N_("This test field has no areas yet, and so no heights that could be asked for.")
UNKNOWN_GROUND = N_(
    "The ground elevation of this field is not known, and spatial IDs count from sea level. The owner of the field can"
    " enter it."
)


@dataclass(frozen=True)
class SpatialIds:
    """The voxels that hold what lies between two heights in metres above Tokyo Peil."""

    lower: Decimal
    upper: Decimal
    cover: Cover


async def places_of_areas(area_ids: Collection[int]) -> dict[int, Place]:
    """Where the heights of these areas are told; areas that there are not, or are not published, have no place."""
    rows = await ground_queries.PLACES_OF_AREAS.rows(ids=list(area_ids))
    return {row["id"]: Place(row["longitude"], row["latitude"], row["ground_elevation"]) for row in rows}


async def spatial_ids(actor: Actor | None, slug: str, area: str | None, zoom: int) -> SpatialIds:
    """Those of a site, or of one of its areas, with all heights that can be asked for.

    Raises NotFound, and InvalidInput where the ground elevation is not known or there are too many.
    """
    statement = ground_queries.GROUND_OF_SITE if area is None else ground_queries.GROUND_OF_AREA
    row = await statement.row(owners=reach(actor, May.SEE_UNPUBLISHED).owners, slug=slug, area=area)
    if row is None:
        raise NotFound(NO_SUCH_SITE if area is None else NO_SUCH_AREA)
    if row["ground_elevation"] is None:
        raise InvalidInput([fault("zoom", UNKNOWN_GROUND)])
    if row["lower"] is None:
        raise InvalidInput([fault("zoom", NO_HEIGHTS)])
    lower, upper = (row[end] + row["ground_elevation"] for end in ("lower", "upper"))
    # Thousands of tiles are work for the processor: others go on meanwhile.
    found = await asyncio.to_thread(cover, row["geometry"], lower, upper, zoom, "zoom")
    return SpatialIds(lower, upper, found)
