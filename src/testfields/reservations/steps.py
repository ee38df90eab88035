"""Taking an application through its states."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

import asyncpg

from testfields.accounts.access import reach, roles_by
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.availability import service as availability
from testfields.availability.service import NO_SUCH_AREA, Asked
from testfields.core.errors import N_, InvalidInput, NotFound, Stale, Taken, WrongState
from testfields.db.engine import DB, transactional
from testfields.db.values import volume_arrays
from testfields.events import service as events
from testfields.events.rules import Event, Subject
from testfields.reservations import queries
from testfields.reservations.actions import ACTIONS, Settles
from testfields.reservations.deadlines import Times, refuse_untimely, return_deadline
from testfields.reservations.filing import (
    Application,
    Moved,
    checked_place,
    nearest_told,
    promised,
    refuse_use,
    story_of,
    terms_of,
    why_no_project,
)
from testfields.reservations.reading import NO_SUCH, asked_for, roles_of, volumes_of
from testfields.reservations.rules import (
    TRANSITIONS,
    Action,
    Party,
    Role,
    State,
    acting_role,
    check_words,
    checked_texts,
    next_state,
    role_of,
)
from testfields.reservations.states import STATES

# What whoever asked for a step is told where they asked for it.
REFUSALS = (InvalidInput, Taken, Stale, WrongState, NotFound)


@dataclass(frozen=True)
class Step:
    """Something to do to a reservation; `version` is the one the caller saw, None for any."""

    action: Action
    version: int | None = None
    reason: str = ""
    conditions: str = ""


@dataclass(frozen=True)
class _Locked:
    """A reservation whose row is ours until the transaction ends."""

    id: int
    state: State
    version: int
    company_id: int
    site_id: int
    area_id: int
    owner_id: int
    use: str
    times: Times


@transactional
async def act(actor: Actor | None, reservation_id: int, step: Step, now: datetime) -> Moved:
    """Take one step of the state table; without an actor the portal itself acts.

    Raises NotFound, Stale, WrongState, NotAllowed, InvalidInput, or Taken when the volume has to be claimed first.
    """
    locked, roles = await _lock(actor, reservation_id, step.version)
    to, role = _next(actor, locked, step.action, roles)
    if ACTIONS[step.action].settles is Settles.REPLACING:
        raise WrongState(N_("A change needs the volumes to change to."))
    reason, conditions = checked_texts(reason=step.reason, conditions=step.conditions)
    check_words(step.action, reason, conditions)
    step = replace(step, reason=reason, conditions=conditions)
    refuse_untimely(locked.state, step.action, locked.times, now)
    terms = await _settle_claim(actor, locked, step.action, to, now)
    if step.action is Action.RETURN:
        terms["deadline"] = return_deadline(locked.times, now)
    # A decision carries its own conditions, also when it has none: those of an earlier one are over.
    details: dict[str, object] = {"conditions": conditions} if step.action is Action.APPROVE else {}
    if locked.state is State.DRAFT:
        details |= story_of(await volumes_of(locked.id))
    return await _move(actor, locked, step, to, role, now, terms, details)


async def _lock(actor: Actor | None, reservation_id: int, version: int | None) -> tuple[_Locked, frozenset[Role]]:
    row = await queries.LOCK.row(id=reservation_id)
    if row is None:
        raise NotFound(NO_SUCH)
    # Asked for when the row is ours: whoever held it before may have moved the times.
    (span,) = await queries.SPAN.rows(id=reservation_id)
    locked = _locked(row, span)
    roles = roles_of(actor, locked.company_id, locked.owner_id)
    if not roles or (locked.state is State.DRAFT and Party.COMPANY not in roles):
        raise NotFound(NO_SUCH)
    if version is not None and version != locked.version:
        raise Stale(N_("This has changed since you saw it. Please load it again."))
    return locked, roles


def _next(actor: Actor | None, locked: _Locked, action: Action, roles: frozenset[Role]) -> tuple[State, Role]:
    """Where the action leads, and in which of the actor's roles it is taken; raises WrongState, NotAllowed."""
    to = next_state(locked.state, action, roles)
    if actor is not None:
        may = TRANSITIONS[(locked.state, action)].may
        roles = frozenset(role_of(one) for one in roles_by(actor, may, locked.company_id, locked.owner_id))
    return to, acting_role(locked.state, action, roles)


def _locked(row: asyncpg.Record, span: asyncpg.Record) -> _Locked:
    values = dict(row.items())
    times = Times(values.pop("deadline"), **dict(span.items()))
    return _Locked(**values | {"state": State(row["state"]), "times": times})


async def _settle_claim(
    actor: Actor | None, locked: _Locked, action: Action, to: State, now: datetime
) -> dict[str, datetime | None]:
    """Bring the claim into step with the state that comes next; the dates that go with it."""
    had, needs = STATES[locked.state].claims, STATES[to].claims
    terms: dict[str, datetime | None] = {"deadline": None, "submitted_at": None, "due_at": None}
    if ACTIONS[action].settles is Settles.ASKING:
        asked = await asked_for(locked.id)
        # What holds a claim, or has waited for one, kept the rules when it was filed; notice that has run short since
        # is no fault of its own.
        kept = had or action is Action.OFFER
        place = await (availability.place(locked.area_id, asked) if kept else checked_place(locked.area_id, asked, now))
        if not had and (place.retired or not place.published):
            raise NotFound(NO_SUCH_AREA)
        refuse_use(place, locked.use)
        terms = terms_of(place, to, now)
        if not had:
            claims = await availability.claims_of(place)
        if needs and not had:
            await availability.hold_site(place)
            # An offer that does not fit is told to nobody.
            told = nearest_told(actor, place, asked, now) if action is not Action.OFFER else nullcontext()
            async with told, DB.transaction():
                await availability.take(locked.site_id, needs, locked.id, claims)
    if had and needs and had is not needs:
        await availability.change_kind(locked.site_id, locked.id, had, needs)
    if had and not needs:
        await availability.release(locked.id)
    return terms


async def _move(
    actor: Actor | None,
    locked: _Locked,
    step: Step,
    to: State,
    role: Role,
    now: datetime,
    terms: dict[str, datetime | None],
    details: dict[str, object],
) -> Moved:
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
        details=details | promised(terms),
    )
    await events.tell([told], now)
    return Moved(locked.id, to, version)


@transactional
async def change_volumes(
    actor: Actor, reservation_id: int, version: int | None, asked: Sequence[Asked], now: datetime
) -> Moved:
    """Ask for other volumes in the same area. The old claim stays until the new one is sure.

    After approval this reopens the review. Raises as `act` does.
    """
    locked, roles = await _lock(actor, reservation_id, version)
    to, role = _next(actor, locked, Action.CHANGE, roles)
    refuse_untimely(locked.state, Action.CHANGE, locked.times, now)
    place = await checked_place(locked.area_id, asked, now)
    volumes = tuple(one.volume for one in place.placed)
    # Both in one transaction: where the new claim is refused, the old one was never gone.
    if kind := STATES[to].claims:
        claims = await availability.claims_of(place)
        await availability.hold_site(place)
        async with nearest_told(actor, place, asked, now, besides=locked.id), DB.transaction():
            await availability.release(locked.id)
            await availability.take(locked.site_id, kind, locked.id, claims)
    await queries.REPLACE_VOLUMES.run(id=locked.id, **volume_arrays(volumes))
    begins = min(one.period.start for one in asked)
    runs_on = locked.times.deadline if to is not State.SUBMITTED else None
    terms = terms_of(place, to, now) | {"deadline": min(runs_on, begins) if runs_on else None}
    return await _move(actor, locked, Step(Action.CHANGE), to, role, now, terms, story_of(volumes))


@transactional
async def revise_draft(
    actor: Actor, reservation_id: int, version: int | None, application: Application, now: datetime
) -> Moved:
    """Bring a draft up to date, project, area, volumes and note, and take the application's action on it.

    Raises as `act` does; then the draft stays as it was.
    """
    locked, roles = await _lock(actor, reservation_id, version)
    if locked.state is not State.DRAFT:
        raise WrongState(N_("This is no longer a draft. Please open the application itself."))
    to, role = _next(actor, locked, Action.CHANGE, roles)
    (note,) = checked_texts(note=application.note)
    place = await checked_place(application.area_id, application.asked, now)
    volumes = tuple(one.volume for one in place.placed)
    revised = await queries.REVISE.run(
        id=locked.id,
        site_id=place.site_id,
        area_id=application.area_id,
        project_id=application.project_id,
        companies=reach(actor, May.APPLY).companies,
        uses=sorted(place.uses),
        note=note,
    )
    if not revised:
        raise await why_no_project(actor, application, place)
    await queries.REPLACE_VOLUMES.run(id=locked.id, **volume_arrays(volumes))
    revision = Step(Action.CHANGE)
    moved = await _move(actor, locked, revision, to, role, now, terms_of(place, to, now), story_of(volumes))
    if application.action is Action.SAVE:
        return moved
    return await act(actor, locked.id, Step(application.action, moved.version), now)


@transactional
async def offer_waiting(site_id: int, now: datetime) -> list[int]:
    """Offer a hold to every waiting application at a site that fits by now, first come first served; their ids."""
    offered = []
    for row in await queries.WAITING.rows(site_id=site_id, now=now):
        try:
            async with DB.transaction():
                await act(None, row["id"], Step(Action.OFFER), now)
        except (Taken, InvalidInput, WrongState, NotFound):
            # Still taken, against the rules by now, or at a site that is published no more.
            continue
        offered.append(row["id"])
    return offered
