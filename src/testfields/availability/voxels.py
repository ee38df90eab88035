"""Asking by 空間ID: what stands at a voxel. Never for the rule that no two claims intersect, which stays exact."""

from datetime import datetime
from typing import Any

import msgspec

from testfields.availability import voxel_queries
from testfields.availability.search_queries import Filters
from testfields.core.shapes import inset
from testfields.core.spatial_ids import Voxel
from testfields.db.values import altitude_range

# They stand in one line of an answer's head; the voxel's own address names all.
MOST_UNKNOWN = 20


async def at_voxel(voxel: Voxel, at: datetime) -> bytes:
    """What is there at that moment, as `schemas.VoxelView` says it."""
    parameters = in_voxel(voxel)
    sites = await voxel_queries.AT_VOXEL.json(**parameters, at=at)
    unknown = await voxel_queries.UNKNOWN_AT_VOXEL.json(**parameters)
    told = {"spatial_id": str(voxel), "bbox": voxel.footprint.bounds, "heights": _heights(voxel), "at": at}
    return msgspec.json.encode({**told, "sites": msgspec.Raw(sites), "unknown": msgspec.Raw(unknown)})


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


async def unknown_in_voxel(filters: Filters, parameters: dict[str, Any]) -> list[str]:
    """Slugs of sites that a search might find in the voxel, were the height of their ground known; the first few."""
    rows = await voxel_queries.unknown_ground(filters).rows(**parameters, most=MOST_UNKNOWN)
    return [row["slug"] for row in rows]
