"""The portal's own base map, cut by assets.mjs: the coast, the names of towns, and whose data that is."""

from functools import cache
from typing import Any

import msgspec
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from testfields.web.files import STATIC

BASEMAP = "vendor/basemap/osaka.geojson"


@cache
def credit() -> dict[str, str]:
    """`text` and `url` of whose data it is, and its `licence`."""
    return msgspec.json.decode((STATIC / BASEMAP).with_name("credit.json").read_bytes(), type=dict[str, str])


@cache
def land() -> tuple[BaseGeometry, ...]:
    """The land within the coast."""
    return tuple(shape(one["geometry"]) for one in _features() if one["properties"]["kind"] == "land")


@cache
def towns() -> tuple[tuple[dict[str, Any], BaseGeometry], ...]:
    """Towns as points, each with its `name_ja`, `name_en` and `rank`, 1 for the largest."""
    return tuple((one["properties"], shape(one["geometry"])) for one in _features() if "rank" in one["properties"])


def _features() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = msgspec.json.decode((STATIC / BASEMAP).read_bytes())["features"]
    return found
