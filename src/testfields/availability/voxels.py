"""Asking by 空間ID: what stands at a voxel. Never for the rule that no two claims intersect, which stays exact."""

from datetime import datetime
from typing import Any

import msgspec

from testfields.availability import voxel_queries
from testfields.availability.search_queries import Filters
from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.shapes import inset
from testfields.core.spatial_ids import Voxel
from testfields.db.values import altitude_range
from testfields.sites.vocabulary import Label


async def at_voxel(voxel: Voxel, at: datetime) -> bytes:
    """What is there at that moment, as `schemas.VoxelView` says it; raises InvalidInput where a ground elevation is
    not known."""
    parameters = in_voxel(voxel)
    await refuse_unknown_ground(frozenset(), parameters | {"minutes": 0})
    sites = await voxel_queries.AT_VOXEL.json(**parameters, at=at)
    told = {"spatial_id": str(voxel), "bbox": voxel.footprint.bounds, "heights": _heights(voxel), "at": at}
    return msgspec.json.encode({**told, "sites": msgspec.Raw(sites)})


def _heights(voxel: Voxel) -> dict[str, object]:
    lower, upper = (None if one is None else float(one) for one in (voxel.heights.lower, voxel.heights.upper))
    return {"lower": lower, "upper": upper, "reference": "TP"}


def in_voxel(voxel: Voxel) -> dict[str, Any]:
    """A voxel as the statements take it."""
    return {
        "voxel": voxel.footprint,
        "voxel_ground": inset(voxel.footprint),
        "layer": altitude_range(voxel.heights),
    }


async def refuse_unknown_ground(filters: Filters, parameters: dict[str, Any]) -> None:
    """Raise InvalidInput where a site would be found in the voxel, were the height of its ground known."""
    site = await voxel_queries.unknown_ground(filters).row(**parameters)
    if site is not None:
        raise InvalidInput([fault("spatial_id", UNKNOWN_GROUND, site=Label(site["ja"], site["en"]))])


UNKNOWN_GROUND = N_(
    "The ground elevation of “%(site)s” is not known, so that it cannot be found by spatial IDs, which count from sea"
    " level. The owner of the field can enter it."
)
