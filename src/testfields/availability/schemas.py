"""What the API answers about free time."""

from typing import Literal

import msgspec

from testfields.sites.vocabulary import Mode
from testfields.web.schemas import TimeRange


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
