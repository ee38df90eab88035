"""What the API answers about free time."""

from datetime import datetime
from typing import Literal

import msgspec

from testfields.sites.vocabulary import Mode
from testfields.web.schemas import Heights, HeightsAboveSea, NamedText, TimeRange


class TakenView(TimeRange, frozen=True, kw_only=True):
    """A stretch in which something stands in the way; never whose it is."""

    kind: Literal["held", "reserved", "closed"]


class AreaTimeView(msgspec.Struct, frozen=True):
    """The time of one area: `free` can be booked, `partly` is when others use a part of a shared area."""

    site: str
    area: str
    area_id: int
    mode: Mode
    timezone: str
    free: list[TimeRange]
    taken: list[TakenView]
    partly: list[TimeRange]


class AreaAtVoxel(msgspec.Struct, frozen=True):
    """An area that reaches into a voxel, at which heights, and what is taken of that; never whose it is."""

    id: int
    slug: str
    name: NamedText
    mode: Mode
    altitude: Heights
    taken: list[TakenView]


class SiteAtVoxel(msgspec.Struct, frozen=True):
    """A site with areas that reach into a voxel."""

    slug: str
    name: NamedText
    takes_applications: bool
    areas: list[AreaAtVoxel]


class UnknownAtVoxel(msgspec.Struct, frozen=True):
    """A site on the ground of a voxel, of which nobody entered how high its ground lies."""

    slug: str
    name: NamedText


class VoxelView(msgspec.Struct, frozen=True):
    """A voxel (空間ID) and what is there at one moment; `bbox` is west, south, east, north in degrees."""

    spatial_id: str
    bbox: tuple[float, float, float, float]
    heights: HeightsAboveSea
    at: datetime
    sites: list[SiteAtVoxel]
    unknown: list[UnknownAtVoxel]
