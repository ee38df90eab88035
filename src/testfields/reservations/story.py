"""Reading back what an event keeps of the volumes asked for: the other half of `filing.story_of`."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec

from testfields.core.errors import N_, Message
from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand, in_metres


@dataclass(frozen=True)
class Told:
    """When and how high; heights are metres above ground."""

    period: Period
    altitude: AltitudeBand


class _Kept(msgspec.Struct, frozen=True):
    period: tuple[datetime, datetime]
    altitude: tuple[Decimal | None, Decimal | None]


_KEPT = msgspec.json.Decoder(list[_Kept])


def volumes_told(kept: str) -> tuple[Told, ...]:
    """The volumes of an event's details, given as JSON text, in the order of time."""
    told = [Told(Period(*one.period), AltitudeBand(*one.altitude)) for one in _KEPT.decode(kept)]
    return tuple(sorted(told, key=lambda one: one.period))


def height_in_words(band: AltitudeBand) -> Message:
    """A band of heights for people to read."""
    if band.lower is None or band.upper is None:
        return Message(N_("Every height"))
    values = {"lower": in_metres(band.lower), "upper": in_metres(band.upper)}
    return Message(N_("%(lower)s–%(upper)s m above ground"), values)
