"""The waiting list as whoever waits sees it: how many come first, and what would have to become free."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from testfields.accounts.rules import Actor
from testfields.availability import service as availability
from testfields.availability.kinds import ClaimKind
from testfields.core.errors import N_, NotFound
from testfields.core.volumes import Volume
from testfields.db.values import volume_arrays
from testfields.reservations import waiting_queries
from testfields.reservations.reading import asked_for, own
from testfields.reservations.states import STATES, Stage, State


class Chance(StrEnum):
    """What would have to become of that which stands there."""

    HELD = "held"
    REVIEWED = "reviewed"
    PERMITTED = "permitted"
    CLOSED = "closed"


CHANCE_WORDS: Mapping[Chance, str] = {
    Chance.HELD: N_("Held by others: free as soon as they let it go or do not apply in time"),
    Chance.REVIEWED: N_("Applied for by others: free where the owner rejects it, or they withdraw or change it"),
    Chance.PERMITTED: N_("Permitted to others: free only where they give it back, or the permit is revoked"),
    Chance.CLOSED: N_("Kept shut by the owner: free only where the owner opens it again"),
}


@dataclass(frozen=True)
class Queue:
    """How many who wait for some of the same come first, and how many of each kind stand there."""

    ahead: int
    standing: Mapping[Chance, int]


async def ahead_of(site_id: int, claims: Sequence[Volume], reservation_id: int = 0) -> int:
    """How many wait for some of these volumes; of them only those before the reservation, where there is one."""
    ahead: int = await waiting_queries.AHEAD.value(site_id=site_id, id=reservation_id, **volume_arrays(claims))
    return ahead


async def queue_of(actor: Actor, reservation_id: int) -> Queue:
    """Where an application of the actor's stands on the waiting list; raises NotFound where it does not wait."""
    row = await own(actor, reservation_id)
    if row["state"] != State.WAITING:
        raise NotFound(N_("This application is not on the waiting list."))
    place = await availability.place(row["area_id"], await asked_for(reservation_id))
    claims = await availability.claims_of(place)
    rows = await waiting_queries.STANDING.rows(site_id=place.site_id, **volume_arrays(claims))
    standing: Counter[Chance] = Counter()
    for one in rows:
        standing[_chance(ClaimKind(one["kind"]), one["state"])] += one["count"]
    in_order = {chance: standing[chance] for chance in Chance if chance in standing}
    return Queue(await ahead_of(place.site_id, claims, reservation_id), in_order)


def _chance(kind: ClaimKind, state: str | None) -> Chance:
    """Without a state it is no application."""
    if state is None:
        return Chance.CLOSED
    if kind is ClaimKind.HOLD:
        return Chance.HELD
    return Chance.PERMITTED if STATES[State(state)].stage is Stage.DECIDED else Chance.REVIEWED
