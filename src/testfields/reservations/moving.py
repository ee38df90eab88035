"""A reservation in the hand of whoever moves it: locked, moved on, and its event told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import asyncpg

from testfields.accounts.access import roles_by, stands_in_for
from testfields.accounts.rules import Actor, MemberRole
from testfields.core.errors import NotFound, refuse_stale
from testfields.events import service as events
from testfields.events.rules import Event, Subject
from testfields.reservations import queries
from testfields.reservations.deadlines import Times
from testfields.reservations.filing import Moved
from testfields.reservations.reading import NO_SUCH, roles_of
from testfields.reservations.rules import TRANSITIONS, Action, Party, Role, State, acting_role, next_state, role_of
from testfields.reservations.telling import promised


@dataclass(frozen=True)
class Step:
    """Something to do to a reservation; `version` is the one the caller saw, None for any.

    `stays` are those it is about, where it is about single ones; none is whichever it is time for. `told` is what its
    event keeps besides.
    """

    action: Action
    version: int | None = None
    reason: str = ""
    conditions: str = ""
    stays: tuple[int, ...] = ()
    told: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Locked:
    """A reservation whose row is ours until the transaction ends."""

    id: int
    state: State
    version: int
    company_id: int
    site_id: int
    area_id: int
    owner_id: int
    # Of the site: how long after its start nobody is expected any more; 0 where no check-in is wanted.
    no_show_minutes: int
    use: str
    times: Times


async def lock(actor: Actor | None, reservation_id: int, version: int | None) -> tuple[Locked, frozenset[Role]]:
    """A reservation until the transaction ends, and what the actor is to it; raises NotFound, Stale."""
    row = await queries.LOCK.row(id=reservation_id)
    if row is None:
        raise NotFound(NO_SUCH)
    # Asked for when the row is ours: whoever held it before may have moved the times.
    (span,) = await queries.SPAN.rows(id=reservation_id)
    locked = _locked(row, span)
    roles = roles_of(actor, locked.company_id, locked.owner_id)
    if not roles or (locked.state is State.DRAFT and Party.COMPANY not in roles):
        raise NotFound(NO_SUCH)
    refuse_stale(version, locked.version)
    return locked, roles


def next_of(actor: Actor | None, locked: Locked, action: Action, roles: frozenset[Role]) -> tuple[State, Role]:
    """Where the action leads, and in which of the actor's roles it is taken; raises WrongState, NotAllowed."""
    to = next_state(locked.state, action, roles)
    if actor is not None:
        may = TRANSITIONS[(locked.state, action)].may
        roles = frozenset(role_of(one) for one in roles_by(actor, may, locked.company_id, locked.owner_id))
    return to, acting_role(locked.state, action, roles)


def _locked(row: asyncpg.Record, span: asyncpg.Record) -> Locked:
    values = dict(row.items())
    times = Times(values.pop("deadline"), **dict(span.items()))
    return Locked(**values | {"state": State(row["state"]), "times": times})


def _in_whose_place(actor: Actor | None, locked: Locked, role: Role) -> dict[str, object]:
    """The approver for whom a deputy acts."""
    if actor is None or role is not MemberRole.DEPUTY:
        return {}
    approver = stands_in_for(actor, locked.company_id, locked.owner_id)
    return {} if approver is None else {"deputy_for": approver.id}


async def move(
    actor: Actor | None,
    locked: Locked,
    step: Step,
    to: State,
    role: Role,
    now: datetime,
    terms: Mapping[str, datetime | None],
    details: Mapping[str, object],
) -> Moved:
    """Write where it stands now, and its event."""
    # What was granted is over as soon as it has to be decided anew.
    conditions = step.conditions if step.action is Action.APPROVE else "" if to is State.SUBMITTED else None
    version = await queries.MOVE.value(id=locked.id, state=to, conditions=conditions, **terms)
    # A draft that stays one took no step. It saves itself while somebody types: what it asks for is told once, by the
    # step that leads out of it.
    if locked.state is to is State.DRAFT:
        return Moved(locked.id, to, version)
    told = Event(
        Subject.RESERVATION,
        locked.id,
        step.action,
        role,
        site_id=locked.site_id,
        tenant_id=locked.owner_id,
        actor_id=actor.person_id if actor else None,
        from_state=locked.state,
        to_state=to,
        reason=step.reason,
        details={**details, **promised(terms), **_in_whose_place(actor, locked, role)},
    )
    await events.tell([told], now)
    return Moved(locked.id, to, version)
