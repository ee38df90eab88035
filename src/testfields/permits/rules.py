"""What a permit says, and how far it may be relied on."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand
from testfields.reservations.deadlines import CHECK_IN_AHEAD
from testfields.reservations.rules import State
from testfields.reservations.states import PUBLIC, UNDER_WAY
from testfields.reservations.stays import IN_FORCE, OPEN, Stay, StayState

# 128 bits: beyond guessing. Base32 has no 0, 1, 8 or 9 to be mistaken, and survives being read out or typed.
CODE_BYTES = 16
CODE_LENGTH = 26
_CODE = re.compile(rf"[A-Z2-7]{{{CODE_LENGTH}}}")
ENTITLED = PUBLIC
# The trial is over before its time is.
_DONE = PUBLIC - UNDER_WAY


class Standing(StrEnum):
    """Whether a permit holds."""

    VALID = "valid"
    REVOKED = "revoked"


class Phase(StrEnum):
    """Where its times lie, seen from now."""

    BEFORE = "before"
    DURING = "during"
    OVER = "over"


@dataclass(frozen=True)
class Permitted:
    """One time and band of heights, in metres above ground, in one area, and what has become of that stay."""

    period: Period
    altitude: AltitudeBand
    area_ja: str
    area_en: str
    state: StayState


@dataclass(frozen=True)
class Permit:
    """A permit as anybody may see it; the company is named only where its project agreed to that."""

    code: str
    standing: Standing
    phase: Phase
    issued_at: datetime
    revoked_at: datetime | None
    use: str
    title_ja: str
    title_en: str
    company_ja: str | None
    company_en: str | None
    site_ja: str
    site_en: str
    area_ja: str
    area_en: str
    address_ja: str
    address_en: str
    timezone: str
    permitted: tuple[Permitted, ...]
    conditions: str


def make_code(chance: bytes) -> str:
    """A permit's code from `CODE_BYTES` bytes of chance."""
    return base64.b32encode(chance).decode().rstrip("=")


def read_code(typed: str) -> str | None:
    """The code somebody typed, in its one spelling; None for what can be no code."""
    code = re.sub(r"[\s-]", "", typed).upper()
    return code if _CODE.fullmatch(code) else None


def standing_of(state: State, revoked_at: datetime | None) -> Standing:
    """A permit falls with its reservation, at once, even before its own row says so."""
    return Standing.VALID if revoked_at is None and state in ENTITLED else Standing.REVOKED


def become_of(permitted: Period, stays: Sequence[Stay]) -> StayState:
    """What has become of a time that was permitted: given back is also what has been changed for another.

    Whoever came and left ahead of the time moved its start as well.
    """
    found = {one.state for one in stays if one.period.start == permitted.start}
    if found:
        return next((state for state in found if state in IN_FORCE), min(found))
    earliest = permitted.start - CHECK_IN_AHEAD
    left_ahead = any(
        one.state is StayState.COMPLETED and earliest <= one.period.start and one.period.end <= permitted.start
        for one in stays
    )
    return StayState.COMPLETED if left_ahead else StayState.GIVEN_BACK


def phase_of(state: State, permitted: tuple[Permitted, ...], now: datetime) -> Phase:
    """Between two of its times a permit is, as before the first, not to be used yet.

    Times that were used, missed, given back or taken away are permitted no more.
    """
    left = [one for one in permitted if one.state in OPEN]
    if state in _DONE or all(one.period.end <= now for one in left):
        return Phase.OVER
    if any(one.period.start <= now < one.period.end for one in left):
        return Phase.DURING
    return Phase.BEFORE
