"""What was pressed and chosen on the page of a reservation, and why it was not done."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import asyncpg
import msgspec

from testfields.core.errors import N_, InvalidInput, PortalError, Taken, fault
from testfields.core.local_time import format_period, instant_typed, local_time
from testfields.core.periods import Period
from testfields.core.texts import normal
from testfields.reservations.actions import Action
from testfields.reservations.schemas import StayView
from testfields.reservations.stays import OPEN
from testfields.web import locale
from testfields.web.forms import FieldError, Posted, field_errors

# What is kept of a form that was refused.
CHOSEN = ("stay", "much", "stay_move", "much_move", "start_move", "time_add_start", "time_add_end")
# What is told at its own field, whose name goes with the action's.
FIELDS = ("reason", "start", "time")


class Much(StrEnum):
    """How many of the stays that are left are meant, counted from one of them."""

    ONE = "one"
    AFTER = "after"
    ALL = "all"


def meant(form: Posted, row: asyncpg.Record, suffix: str = "") -> tuple[int, ...]:
    """The stays that were chosen; none is all that are left, and only where that was chosen."""
    left = [one.id for one in stays_of(row) if one.state in OPEN]
    first = form.whole(f"stay{suffix}") or 0
    match form.text(f"much{suffix}"):
        case Much.ALL:
            return ()
        case Much.AFTER if first in left:
            return tuple(left[left.index(first) :])
        case _:
            return (first,)


_STAYS = msgspec.json.Decoder(list[StayView])


def stays_of(row: asyncpg.Record) -> list[StayView]:
    """The stays of a row."""
    return _STAYS.decode(row["stays"])


NO_TIME = N_("Please enter a date and a time.")


def instant(text: str, zone: str, field: str) -> datetime:
    """A date and time typed by the clock of a site; raises InvalidInput, at `field`."""
    try:
        clock = datetime.fromisoformat(normal("NFKC", text).strip())
    except ValueError:
        clock = None
    if clock is None or clock.tzinfo is not None:
        raise InvalidInput([fault(field, NO_TIME)])
    return instant_typed(clock, zone, field)


@dataclass(frozen=True)
class StepRefused:
    """A step that was not taken, and why; what was written and chosen along with it is not lost."""

    refusal: PortalError
    action: Action
    reason: str
    form: Posted

    @property
    def errors(self) -> list[FieldError]:
        """What is wrong with what was entered."""
        faults = self.refusal.faults if isinstance(self.refusal, InvalidInput) else ()
        entered = [one for one in faults if one.path in FIELDS]
        return field_errors(entered, fields={name: f"{name}_{self.action}" for name in FIELDS})

    @property
    def hindrance(self) -> str:
        """Anything else that was in the way."""
        faults = self.refusal.faults if isinstance(self.refusal, InvalidInput) else ()
        return " ".join(locale.said(one.message) for one in faults) or locale.said(self.refusal.message)

    def nearest(self, zone: str) -> list[dict[str, str]]:
        """Free times nearby: in words, and as the form sends them."""
        found = self.refusal.nearest if isinstance(self.refusal, Taken) else ()
        return [
            {
                "label": format_period(Period(start, end), zone, locale.current()),
                "value": " ".join(local_time(one, zone).strftime("%Y-%m-%dT%H:%M") for one in (start, end)),
            }
            for start, end in found
        ]
