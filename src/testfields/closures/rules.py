"""Why a place is shut."""

from collections.abc import Mapping
from enum import StrEnum

from testfields.core.errors import N_


class ClosureKind(StrEnum):
    """Why a place is shut, in a word."""

    WORKS = "works"
    WEATHER = "weather"
    DISASTER = "disaster"
    EVENT = "event"
    OTHER = "other"


KIND_WORDS: Mapping[ClosureKind, str] = {
    ClosureKind.WORKS: N_("Works"),
    ClosureKind.WEATHER: N_("Weather"),
    ClosureKind.DISASTER: N_("Disaster"),
    ClosureKind.EVENT: N_("Event"),
    ClosureKind.OTHER: N_("Other reasons"),
}
