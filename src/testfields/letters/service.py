"""What a letter is about, and whom it goes to."""

from testfields.letters import queries
from testfields.letters.rules import Audience, Facts, Receiver
from testfields.reservations.rules import Action, State
from testfields.reservations.words import volumes_told


async def facts_of(event_id: int) -> Facts:
    """All that a letter about this event may say; raises LookupError for an event that is not there."""
    row = await queries.FACTS.row(event_id=event_id)
    if row is None:
        raise LookupError(f"event {event_id}")
    values = dict(row.items()) | {
        "action": Action(row["action"]),
        "from_state": State(row["from_state"]) if row["from_state"] else None,
        "volumes": volumes_told(row["volumes"]),
    }
    return Facts(**values)


async def receivers(audience: Audience, reservation_id: int) -> list[Receiver]:
    """The company's people who acted on the application and its managers; or the land's reviewers and approvers."""
    statement = queries.COMPANY if audience is Audience.COMPANY else queries.STAFF
    return await statement.all(Receiver, reservation_id=reservation_id)
