"""What a letter is about, and whom it goes to."""

from testfields.letters import queries
from testfields.letters.audiences import AUDIENCES
from testfields.letters.rules import Audience, Facts
from testfields.notifications.rules import Receiver
from testfields.reservations.rules import Action, State
from testfields.reservations.words import areas_told, left_out_told, moved_told, stays_told, volumes_told


async def facts_of(event_id: int) -> Facts:
    """All that a letter about this event may say; raises LookupError for an event that is not there."""
    row = await queries.FACTS.row(event_id=event_id)
    if row is None:
        raise LookupError(f"event {event_id}")
    volumes = volumes_told(row["volumes"])
    values = dict(row.items()) | {
        "action": Action(row["action"]),
        "from_state": State(row["from_state"]) if row["from_state"] else None,
        **areas_told(volumes),
        "volumes": volumes,
        "stays": tuple(stays_told(row["stays"])),
        "left_out": tuple(left_out_told(row["left_out"])),
        "moved": tuple(moved_told(row["moved"])),
        "over": tuple(stays_told(row["over"])),
    }
    return Facts(**values)


async def was_taken_back(reservation_id: int, event_id: int) -> bool:
    """Whether a decision has been taken back; nobody does so until the transaction ends."""
    await queries.HOLD.row(reservation_id=reservation_id)
    return bool(await queries.TAKEN_BACK.value(reservation_id=reservation_id, event_id=event_id))


async def receivers(audience: Audience, reservation_id: int) -> list[Receiver]:
    """Everybody of an audience, once each; where nobody is left, their organisation's address for contact.

    Nobody of a deactivated owner of land.
    """
    return await AUDIENCES[audience].receivers.all(Receiver, reservation_id=reservation_id)
