"""A day at the own fields: who comes when, who is late, and what a site manager may note of it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import asyncpg

from testfields.accounts.access import allowed, reach
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor, MemberRole
from testfields.core.errors import NotFound
from testfields.db.values import to_period
from testfields.reservations import steps
from testfields.reservations.actions import ACTIONS
from testfields.reservations.day import may_be_noted
from testfields.reservations.moving import Step
from testfields.reservations.reading import NO_SUCH
from testfields.reservations.rules import Action, State, actions_for
from testfields.reservations.stays import Stay, StayState
from testfields.reviews import today_queries

OVER = (StayState.COMPLETED, StayState.MISSED)


class Late(StrEnum):
    """What should have happened by now."""

    # Nobody has checked in although it has begun.
    TO_COME = "to_come"
    # Nobody has checked out although its time is over.
    TO_LEAVE = "to_leave"


@dataclass(frozen=True)
class DayStay:
    """A stay of the day, what is late about it, and what the reader may note now."""

    row: asyncpg.Record
    stay: Stay
    late: Late | None
    actions: tuple[Action, ...]


async def of_day(actor: Actor, day: date | None, site: str | None, now: datetime) -> list[DayStay]:
    """The stays at the actor's owners' sites on a local day, None for today, by when they begin; with `site`, a slug,
    those of one site."""
    owners = reach(actor, May.SEE_DESK).owners
    rows = await today_queries.STAYS.rows(owners=owners, day=day, site=site, over=list(OVER), now=now)
    return [_of_day(actor, row, now) for row in rows]


def _of_day(actor: Actor, row: asyncpg.Record, now: datetime) -> DayStay:
    stay = Stay(row["stay_id"], to_period(row["period"]), StayState(row["stay_state"]))
    minds = allowed(actor, May.MIND_SITES, row["owner_id"])
    offered = actions_for(State(row["state"]), frozenset({MemberRole.SITE_MANAGER})) if minds else []
    noted = tuple(one for one in offered if ACTIONS[one].noted and may_be_noted(one, stay, now))
    return DayStay(row, stay, late(stay, row["no_show_minutes"] > 0, now), noted)


def late(stay: Stay, wants_check_in: bool, now: datetime) -> Late | None:
    """What is late about a stay; where no check-in is wanted, nobody is late to come."""
    if stay.state is StayState.PLANNED and wants_check_in and stay.period.start <= now:
        return Late.TO_COME
    return Late.TO_LEAVE if stay.state is StayState.ACTIVE and stay.period.end <= now else None


async def note(actor: Actor, stay_id: int, action: Action, version: int | None, now: datetime) -> asyncpg.Record:
    """Note that the company of one stay came, left, or did not come; the application's number and the company's names.

    Raises NotFound, also for what happens elsewhere than on the day, and as `steps.act` does.
    """
    row = await today_queries.RESERVATION_OF.row(stay_id=stay_id, owners=reach(actor, May.MIND_SITES).owners)
    if row is None or not ACTIONS[action].noted:
        raise NotFound(NO_SUCH)
    await steps.act(actor, row["id"], Step(action, version, stays=(stay_id,)), now)
    return row
