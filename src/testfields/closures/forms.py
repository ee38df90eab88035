"""The form of a closing: what was typed, and what it asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import asyncpg

from testfields.closures.grounds import Scope, Wanted
from testfields.closures.rules import ClosureKind, reason_told
from testfields.closures.service import Closing
from testfields.core.errors import N_, Fault, InvalidInput, fault, tried
from testfields.core.local_time import instant_typed
from testfields.core.periods import Period, parse_period
from testfields.web.drawing import drawn
from testfields.web.forms import Posted

FIELDS = (
    "scope", "place", "footprint_part", "footprint", "corners", "owner",
    "from_now", "period_start", "period_end", "kind", "reason_ja", "reason_en",
)  # fmt: skip
LABELS = {"reason_ja": N_("Reason in Japanese"), "reason_en": N_("Reason in English")}
# A fault's path → the form's field.
FIELD_OF = {
    "period": "period-start",
    "period.start": "period-start",
    "period.end": "period-end",
    "area": "place",
    "site": "places",
}


class Choice(StrEnum):
    """How the form asks for places."""

    ONE = "one"
    SEVERAL = "several"
    ALL = "all"


@dataclass(frozen=True)
class Typed:
    """A form as it was sent: the text of each field, and the places that are ticked."""

    text: Mapping[str, str]
    places: Sequence[str] = ()

    @property
    def choice(self) -> Choice:
        """One place, where nothing else is chosen."""
        return Choice(self.text["scope"]) if self.text["scope"] in list(Choice) else Choice.ONE


BLANK = Typed(dict.fromkeys(FIELDS, ""))


def typed_in(form: Posted) -> Typed:
    """The form as it was sent."""
    return Typed({name: form.text(name) for name in FIELDS}, form.chosen("places"))


def key_of(row: asyncpg.Record) -> str:
    """A place as the form names it."""
    return f"{row['site_slug']}/{row['area_slug'] or ''}"


def closing_of(typed: Typed, places: Sequence[asyncpg.Record], now: datetime, seen: frozenset[int] | None) -> Closing:
    """What the form asks for; with `seen` these are displaced. Raises InvalidInput with every fault of its own."""
    faults: list[Fault] = []
    chosen = tried(faults, _chosen, typed, places)
    zones = {row["timezone"] for row in chosen or ()}
    if len(zones) > 1:
        message = N_("These test fields keep different clocks. Please close those of one time zone at a time.")
        faults.append(fault(_field_of(typed), message))
    shape = tried(faults, drawn, typed.text["footprint"], typed.text["corners"]) if _wants_part(typed) else None
    period = tried(faults, _period, typed, min(zones), now) if zones else None
    kind = typed.text["kind"]
    if kind not in list(ClosureKind):
        faults.append(fault("kind", N_("Please choose why it is closed.")))
    if faults or chosen is None or period is None:
        raise InvalidInput(faults)
    wanted = tuple(Wanted(row["site_slug"], row["area_slug"], shape) for row in chosen)
    reason = reason_told(ClosureKind(kind), typed.text["reason_ja"].strip(), typed.text["reason_en"].strip())
    return Closing(
        Scope(wanted, alone=len(wanted) == 1),
        ClosureKind(kind),
        reason.ja,
        reason.en,
        period,
        displaces=seen is not None,
        seen=seen,
    )


def _wants_part(typed: Typed) -> bool:
    return typed.choice is Choice.ONE and typed.text["footprint_part"] == "part"


def _field_of(typed: Typed) -> str:
    return {Choice.ONE: "place", Choice.SEVERAL: "places", Choice.ALL: "owner"}[typed.choice]


def _chosen(typed: Typed, places: Sequence[asyncpg.Record]) -> list[asyncpg.Record]:
    """The places that were chosen; raises InvalidInput for what was not on offer."""
    match typed.choice:
        case Choice.ONE:
            chosen = [row for row in places if key_of(row) == typed.text["place"]]
        case Choice.SEVERAL:
            chosen = [row for row in places if key_of(row) in typed.places]
        case Choice.ALL:
            whole = [row for row in places if row["area_slug"] is None]
            chosen = [row for row in whole if row["owner_slug"] == typed.text["owner"]]
    if not chosen:
        raise InvalidInput([fault(_field_of(typed), N_("Please choose what is to be closed."))])
    return chosen


def _period(typed: Typed, zone: str, now: datetime) -> Period:
    """The two local times of the form, in the places' zone; the first may be now."""
    faults: list[Fault] = []
    start = now if typed.text["from_now"] else tried(faults, _instant, typed, zone, "start")
    end = tried(faults, _instant, typed, zone, "end")
    if start is None or end is None:
        raise InvalidInput(faults)
    return parse_period(start, end, "period.start", "period.end")


def _instant(typed: Typed, zone: str, end: str) -> datetime:
    path = f"period.{end}"
    try:
        clock = datetime.fromisoformat(typed.text[f"period_{end}"])
    except ValueError:
        clock = None
    if clock is None or clock.tzinfo is not None:
        raise InvalidInput([fault(path, N_("Please enter a date and a time."))])
    return instant_typed(clock, zone, path)
