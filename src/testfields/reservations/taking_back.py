"""Taking a decision back, as long as nobody has been written to about it."""

from dataclasses import dataclass
from datetime import datetime

from testfields.core.errors import N_, WrongState
from testfields.reservations import queries
from testfields.reservations.rules import CAN_BE_TAKEN_BACK, TAKEN_BACK_WITHIN, Action


@dataclass(frozen=True)
class Decided:
    """The decision that an application stands by: its event, with that of its confirmation, and until when it can be
    taken back."""

    events: tuple[int, ...]
    until: datetime


async def standing_decision(reservation_id: int, now: datetime) -> Decided | None:
    """The last thing that happened, where it is a decision that can still be taken back."""
    row = await queries.LAST_DECISION.row(id=reservation_id, confirm=Action.CONFIRM)
    if row is None or row["written"] or (row["from_state"], row["action"]) not in CAN_BE_TAKEN_BACK:
        return None
    until = row["at"] + TAKEN_BACK_WITHIN
    return Decided(tuple(row["events"]), until) if now < until else None


async def undone(reservation_id: int, now: datetime) -> dict[str, object]:
    """What the event of taking back keeps: the events that are no longer to be told. Raises WrongState.

    Belongs behind the lock of the reservation, which the letters take as well.
    """
    decided = await standing_decision(reservation_id, now)
    if decided is None:
        raise WrongState(TOO_LATE)
    return {"taken_back": decided.events}


TOO_LATE = N_(
    "This decision can no longer be taken back: too much time has passed, or something else has happened since."
    " What was permitted can be revoked."
)
