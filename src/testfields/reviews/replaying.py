"""Decisions seen again: what law and place said when they were taken, and what they say now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.availability.service import InArea
from testfields.core.errors import NotFound
from testfields.projects.rules import craft_of
from testfields.projects.service import facts_in
from testfields.reservations.actions import DECISIONS
from testfields.reservations.reading import NO_SUCH, in_area, volumes_of
from testfields.reservations.rules import Action
from testfields.reviews import replay_queries as queries
from testfields.zones.rules import Compared, compared
from testfields.zones.service import findings_of


@dataclass(frozen=True)
class Replayed:
    """A decision, as whom somebody took it, and what is found of that which was asked for then.

    The project, the ground and the rules are those of now, so that all that differs comes of the zones.
    """

    action: Action
    at: datetime
    role: str
    timezone: str
    found: tuple[Compared, ...]

    @property
    def differs(self) -> list[Compared]:
        """What has come since, and what has gone."""
        return [one for one in self.found if one.then is not one.now]


async def replay(actor: Actor | None, reservation_id: int, now: datetime) -> list[Replayed]:
    """Every decision on an application, in their order; without an actor it is the terminal that asks.

    Raises NotFound, also for another owner's.
    """
    owners = None if actor is None else reach(actor, May.REPLAY).owners
    subject = await queries.SUBJECT.row(id=reservation_id, owners=owners)
    if subject is None:
        raise NotFound(NO_SUCH)
    craft = craft_of(facts_in(subject))
    decisions = []
    for row in await queries.DECISIONS.rows(id=reservation_id, actions=sorted(DECISIONS)):
        asked = await _asked_then(reservation_id, row["sequence"])
        found = compared(await findings_of(craft, asked, row["at"]), await findings_of(craft, asked, now))
        action = Action(row["action"])
        decisions.append(Replayed(action, row["at"], row["actor_role"], subject["timezone"], found))
    return decisions


async def _asked_then(reservation_id: int, sequence: int) -> Sequence[InArea]:
    """What was asked for at an event; as it is now where no event tells it, or its areas are gone."""
    rows = await queries.ASKED_THEN.rows(id=reservation_id, sequence=sequence)
    return [in_area(row) for row in rows] or await volumes_of(reservation_id)
