"""What is told of what is in the way of an application, and of who has yet to be verified."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.availability.refusals import refusal_of
from testfields.availability.search import nearest_free
from testfields.availability.service import Asked, Place
from testfields.core.errors import N_, InTheWay, NotAllowed, Taken, WrongState
from testfields.core.volumes import Volume
from testfields.reservations import queries
from testfields.reservations.states import STATES, Stage, State


@asynccontextmanager
async def nearest_told(
    actor: Actor | None, place: Place, asked: Sequence[Asked], now: datetime, besides: int = 0
) -> AsyncIterator[None]:
    """Add the nearest free times, and which are the actor's own, to a refusal of what the block claims.

    The block has to take its claims back by then.

    A series moves as a whole: its first stay is told. What the reservation `besides` holds itself counts as free.
    """
    try:
        yield
    except Taken as refusal:
        nearest = await nearest_free(place.placed[0].area.id, asked, now, besides=besides)
        in_the_way = await own_told(actor, refusal)
        raise Taken(in_the_way, [(one[0].start, one[0].end) for one in nearest]) from refusal


async def own_told(actor: Actor | None, refusal: Taken) -> list[InTheWay]:
    """What is in the way, with the number of each application that is the actor's own, and of no other."""
    numbers = [number for number in refusal.numbers if number is not None]
    rows = await queries.OWN.rows(ids=numbers, companies=reach(actor, May.KNOW_OWN).companies)
    own = {row["id"] for row in rows}
    return [
        replace(one, reservation_id=number if number in own else None)
        for one, number in zip(refusal.in_the_way, refusal.numbers, strict=True)
    ]


async def refuse_waiting_for_oneself(actor: Actor, site_id: int, claims: Sequence[Volume]) -> None:
    """Raise WrongState where nothing is in the way but what the actor's own company asks for."""
    refusal = await refusal_of(site_id, claims, 0)
    told = await own_told(actor, refusal) if refusal.in_the_way else []
    if told and all(one.reservation_id for one in told):
        raise WrongState(ONLY_OWN)


ONLY_OWN = N_("Your own application has this place and time already. Please change or withdraw that one.")


async def refuse_unverified(
    actor: Actor, to: State, site_id: int, project_id: int | None = None, company_id: int | None = None
) -> None:
    """Raise NotAllowed where an owner asks for verified companies and one is to get beyond a draft that is not.

    The company is told by itself, or by its project.
    """
    if not actor.unverified or STATES[to].stage in {Stage.DRAFT, Stage.OVER}:
        return
    owner = await queries.ASKS_VERIFIED.row(
        site_id=site_id, project_id=project_id, company_id=company_id, unverified=actor.unverified
    )
    if owner is not None:
        raise NotAllowed(NOT_VERIFIED, owner_ja=owner["name_ja"], owner_en=owner["name_en"])


NOT_VERIFIED = N_(
    "The owner of this land (%(owner_ja)s, %(owner_en)s) lets companies apply once staff have verified them, and yours"
    " has yet to be looked at. Please save a draft; we write to you as soon as it can be submitted."
)
