"""What is said of an application beside its state and its steps: of what it waits for, its volumes, its heights."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from testfields.accounts.words import ROLE_WORDS
from testfields.core.errors import N_, Message
from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand, in_metres
from testfields.reservations.rules import Party
from testfields.reservations.states import Need
from testfields.reservations.stays import Stay, StayState

# As whom somebody acts, by what an event keeps.
WHO: Mapping[str, str] = {
    **{role.value: word for role, word in ROLE_WORDS.items()},
    Party.COMPANY: N_("Company"),
    Party.PORTAL: N_("The portal itself"),
}

WHAT_TO_DO = {
    Need.RETURNED: N_("Please change what staff asked for, and submit it again."),
    Need.OFFER: N_("A place has become free and is held for you. Please submit the application in time."),
    Need.HOLD: N_("The place is held for you. Please submit the application in time."),
    Need.CHECK_OUT: N_("The trial is under way. Please check out when the site is restored."),
    Need.CHECK_IN: N_("It is about to begin. Please check in when you are on site."),
    Need.REPORT: N_("Please report the results."),
    Need.DRAFT: N_("This is a draft; nobody else sees it. Please complete it and submit it."),
}


def time_left(until: datetime, now: datetime) -> Message:
    """How long there is until a deadline, in words."""
    left = until - now
    if left <= timedelta(0):
        return Message(N_("The deadline has passed"))
    if left >= timedelta(days=2):
        return Message(N_("%(days)s days left"), {"days": left.days})
    if left >= timedelta(hours=1):
        return Message(N_("%(hours)s h left"), {"hours": int(left / timedelta(hours=1))})
    return Message(N_("%(minutes)s min left"), {"minutes": int(left / timedelta(minutes=1))})


@dataclass(frozen=True)
class VolumeTold:
    """A volume as an event of the story keeps it: when, how high in metres above ground, and the names of its area."""

    period: Period
    altitude: AltitudeBand
    area_ja: str
    area_en: str


class _Kept(msgspec.Struct, frozen=True):
    period: tuple[datetime, datetime]
    altitude: tuple[Decimal | None, Decimal | None]
    area_ja: str
    area_en: str


_KEPT = msgspec.json.Decoder(list[_Kept])


def volumes_told(kept: str) -> tuple[VolumeTold, ...]:
    """The other half of `telling.story_of`: the volumes of an event's details with the names of their areas, as
    ``volumes_named`` of ``reservations/events.sql`` tells them, in the order of time."""
    told = [
        VolumeTold(Period(*one.period), AltitudeBand(*one.altitude), one.area_ja, one.area_en)
        for one in _KEPT.decode(kept)
    ]
    return tuple(sorted(told, key=lambda one: one.period))


def areas_told(volumes: Iterable[VolumeTold]) -> dict[str, str]:
    """The areas of volumes in one name, each once: `area_ja` and `area_en`."""
    areas = dict.fromkeys((one.area_ja, one.area_en) for one in volumes)
    return {"area_ja": "、".join(ja for ja, _ in areas), "area_en": ", ".join(en for _, en in areas)}


class _Times(msgspec.Struct, frozen=True):
    start: datetime
    end: datetime


class _KeptStay(msgspec.Struct, frozen=True):
    id: int
    state: StayState
    period: _Times


_STAYS = msgspec.json.Decoder(list[_KeptStay])


def stays_told(kept: str) -> list[Stay]:
    """What ``stays_of`` and ``stays_in`` of ``reservations/stays.sql`` tell."""
    return [Stay(one.id, Period(one.period.start, one.period.end), one.state) for one in _STAYS.decode(kept)]


@dataclass(frozen=True)
class LeftOutTold:
    """A stay that an application left out, as an event keeps it: when, and why in texts of the portal."""

    period: Period
    why: tuple[Message, ...]


class _KeptLeftOut(msgspec.Struct, frozen=True):
    period: tuple[datetime, datetime]
    why: tuple[Message, ...]


_LEFT_OUT = msgspec.json.Decoder(list[_KeptLeftOut])


def left_out_told(kept: str) -> list[LeftOutTold]:
    """The other half of `fitting.Fitting.told`."""
    return [LeftOutTold(Period(*one.period), one.why) for one in _LEFT_OUT.decode(kept)]


@dataclass(frozen=True)
class MovedTold:
    """A stay that an event moved, from when to when."""

    was: Period
    becomes: Period


class _KeptMove(msgspec.Struct, frozen=True, rename={"was": "from", "becomes": "to"}):
    was: tuple[datetime, datetime]
    becomes: tuple[datetime, datetime]


_MOVES = msgspec.json.Decoder(list[_KeptMove])


def moved_told(kept: str) -> list[MovedTold]:
    """The other half of `telling.moved_story`."""
    return [MovedTold(Period(*one.was), Period(*one.becomes)) for one in _MOVES.decode(kept)]


def height_in_words(band: AltitudeBand) -> Message:
    """A band of heights for people to read."""
    if band.lower is None or band.upper is None:
        return Message(N_("Every height"))
    values = {"lower": in_metres(band.lower), "upper": in_metres(band.upper)}
    return Message(N_("%(lower)s–%(upper)s m above ground"), values)
