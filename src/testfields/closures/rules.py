"""Why a place is shut, and what companies and visitors are told of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from testfields.core.errors import N_


class ClosureKind(StrEnum):
    """Why a place is shut, in a word."""

    WORKS = "works"
    WEATHER = "weather"
    DISASTER = "disaster"
    EVENT = "event"
    OWN_USE = "own_use"
    OTHER = "other"


KIND_WORDS: Mapping[ClosureKind, str] = {
    ClosureKind.WORKS: N_("Works"),
    ClosureKind.WEATHER: N_("Weather"),
    ClosureKind.DISASTER: N_("Disaster"),
    ClosureKind.EVENT: N_("Event"),
    ClosureKind.OWN_USE: N_("The owner's own use"),
    ClosureKind.OTHER: N_("Other reasons"),
}


@dataclass(frozen=True)
class Reason:
    """A reason in both languages."""

    ja: str
    en: str


# What is told where staff write nothing of their own.
USUAL_REASONS: Mapping[ClosureKind, Reason] = {
    ClosureKind.WORKS: Reason(
        "工事のため、休止いたします。ご不便をおかけしますが、ご理解をお願いいたします。",
        "The place is closed for works. We apologise for the inconvenience.",
    ),
    ClosureKind.WEATHER: Reason(
        "荒天が見込まれるため、安全を考慮して休止いたします。",
        "The place is closed for safety, as severe weather is expected.",
    ),
    ClosureKind.DISASTER: Reason(
        "災害への対応のため、休止いたします。ご理解とご協力をお願いいたします。",
        "The place is closed, as it is needed in response to a disaster. Thank you for your understanding.",
    ),
    ClosureKind.EVENT: Reason(
        "催しの開催のため、休止いたします。ご理解をお願いいたします。",
        "The place is closed for an event. Thank you for your understanding.",
    ),
    ClosureKind.OWN_USE: Reason(
        "所有者が利用するため、休止いたします。ご理解をお願いいたします。",
        "The place is closed, as its owner uses it. Thank you for your understanding.",
    ),
    ClosureKind.OTHER: Reason(
        "管理上の都合により、休止いたします。ご不便をおかけしますが、ご理解をお願いいたします。",
        "The place is closed for reasons of its administration. We apologise for the inconvenience.",
    ),
}


def reason_told(kind: ClosureKind, ja: str | None, en: str | None) -> Reason:
    """What was written, and in a language in which nothing was, what is usually told of that kind."""
    usual = USUAL_REASONS[kind]
    return Reason(ja or usual.ja, en or usual.en)
