"""Filing an application, and taking it through its states."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NoReturn

import asyncpg
import msgspec

from testfields.accounts.rules import Actor, MemberRole
from testfields.availability import service as availability
from testfields.availability.rules import check_volumes, claims_for, decision_due
from testfields.availability.search import nearest_free
from testfields.availability.service import Asked, Place
from testfields.core.errors import N_, Fault, InTheWay, InvalidInput, NotFound, Stale, Taken, WrongState, fault
from testfields.core.periods import Period
from testfields.core.volumes import Volume
from testfields.db.engine import DB, transactional
from testfields.db.values import to_band, to_period, volume_arrays
from testfields.reservations import queries
from testfields.reservations.rules import (
    CLAIMING,
    NEED_REASON,
    OVER,
    Action,
    Role,
    State,
    acting_role,
    next_state,
)

# A company has this long to change what staff returned.
RETURN_DAYS = 14
# More than a company has under way at a time; the newest are shown.
MOST_UNDER_WAY = 500
ROLE_OF_MEMBER = {
    MemberRole.REVIEWER: Role.REVIEWER,
    MemberRole.APPROVER: Role.APPROVER,
    MemberRole.SITE_MANAGER: Role.SITE_MANAGER,
}
NO_SUCH = N_("There is no such application.")


@dataclass(frozen=True)
class Application:
    """What a company asks for: volumes in one area, under one of its projects."""

    project_id: int
    area_id: int
    asked: tuple[Asked, ...]
    action: Action = Action.SUBMIT
    note: str = ""


@dataclass(frozen=True)
class Moved:
    """Where a reservation stands after a step."""

    id: int
    state: State
    version: int


@dataclass(frozen=True)
class Filed(Moved):
    """A reservation as it was just filed."""

    project_id: int
    company_id: int
    site_id: int
    area_id: int
    note: str
    deadline: datetime | None
    due_at: datetime | None
    created_at: datetime
    volumes: tuple[Volume, ...]


async def file(actor: Actor, application: Application, now: datetime) -> Filed:
    """File an application: as a draft, a hold, a submission, or waiting for what is taken.

    Raises NotFound, InvalidInput with every rule broken, or Taken with what is in the way.
    """
    roles = {Role.COMPANY} if actor.companies else set()
    state = next_state(None, application.action, roles)
    place = await _checked_place(application.area_id, application.asked, now)
    claims = claims_for(place.policy, place.area, place.placed) if state in CLAIMING else []
    volumes = tuple(one.volume for one in place.placed)
    terms = _terms(place, state, now)
    arguments = {
        "site_id": place.site_id,
        "area_id": application.area_id,
        "project_id": application.project_id,
        "companies": actor.companies,
        "uses": sorted(place.uses),
        "state": state,
        "note": application.note,
        "person_id": actor.person_id,
        "now": now,
        "role": acting_role(None, application.action, roles),
        "action": application.action,
        "claim_kind": _claim_kind(state),
        "details": _json(story_of(volumes)),
        **terms,
        **volume_arrays(volumes),
        **volume_arrays(claims, "claim_"),
    }
    async with _nearest_told(place, application.asked, now):
        with availability.refusals():
            row = await queries.FILE.row(**arguments)
    if row is None:
        raise await _why_no_project(actor, application)
    return Filed(
        id=row["id"],
        state=state,
        version=1,
        project_id=row["project_id"],
        company_id=row["company_id"],
        site_id=place.site_id,
        area_id=application.area_id,
        note=application.note,
        deadline=terms["deadline"],
        due_at=terms["due_at"],
        created_at=now,
        volumes=volumes,
    )


@asynccontextmanager
async def _nearest_told(place: Place, asked: Sequence[Asked], now: datetime, besides: int = 0) -> AsyncIterator[None]:
    """Add the nearest free times to a refusal of what the block claims, after that has been taken back.

    A series moves as a whole: its first stay is told. What the reservation `besides` holds itself counts as free.
    """
    try:
        async with DB.one_statement():
            yield
    except Taken as refusal:
        nearest = await nearest_free(place.area.id, asked, now, besides=besides)
        raise Taken(refusal.in_the_way, [(one[0].start, one[0].end) for one in nearest]) from refusal


async def _checked_place(area_id: int, asked: Sequence[Asked], now: datetime) -> Place:
    if not asked:
        raise InvalidInput([fault("volumes", N_("Please ask for at least one time."))])
    place = await availability.place(area_id, asked)
    if not place.published:
        raise NotFound(N_("There is no such area."))
    check_volumes(place.policy, place.area, place.placed, now)
    return place


def _terms(place: Place, state: State, now: datetime) -> dict[str, datetime | None]:
    """The dates that go with a state: a hold's deadline, and when staff ought to have decided."""
    submitted = state in {State.SUBMITTED, State.WAITING}
    return {
        "deadline": now + timedelta(minutes=place.policy.hold_minutes) if state is State.HELD else None,
        "submitted_at": now if submitted else None,
        "due_at": decision_due(place.policy, now) if submitted else None,
    }


def _claim_kind(state: State) -> str:
    return "hold" if state is State.HELD else "reservation"


async def _why_no_project(actor: Actor, application: Application) -> InvalidInput:
    use = await queries.PROJECT_FOR.value(project_id=application.project_id, companies=actor.companies)
    if use is None:
        return InvalidInput([fault("project_id", N_("Your company has no such project."))])
    return InvalidInput([fault("area_id", N_("This area does not allow the use “%(use)s”."), use=use)])


def story_of(volumes: Sequence[Volume]) -> dict[str, object]:
    """Volumes as an event keeps them: what was asked for stays readable after it has been changed."""
    return {
        "volumes": [
            {
                "period": [one.period.start, one.period.end],
                "altitude": [one.altitude.lower, one.altitude.upper],
                "footprint": one.footprint.wkt,
            }
            for one in volumes
        ]
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


@dataclass(frozen=True)
class Verdict:
    """What would become of an application now; `due_at` is when staff ought to decide, `deadline` when a hold ends."""

    faults: tuple[Fault, ...] = ()
    in_the_way: tuple[InTheWay, ...] = ()
    due_at: datetime | None = None
    deadline: datetime | None = None
    # Times near to those asked for at which all would fit, moved together.
    nearest: tuple[tuple[Period, ...], ...] = ()

    @property
    def fits(self) -> bool:
        """Whether filing it would succeed."""
        return not self.faults and not self.in_the_way


async def check(actor: Actor, application: Application, now: datetime, besides: int = 0) -> Verdict:
    """Answer what filing would, or what changing the reservation `besides` would; nothing is written.

    The rules are those of `file`, but whether the volume is taken is read, not tried: a filing that is rolled back
    would hold the site's lock at each change of a form, and real bookings would queue behind it. So the next booking
    may overtake this answer; `file` alone decides. Raises NotFound, also for `besides` that is not the actor's own:
    with another company's number the answer would tell where and when that one books.
    """
    if besides and (await find(actor, besides))["company_id"] not in actor.companies:
        raise NotFound(NO_SUCH)
    try:
        place = await _checked_place(application.area_id, application.asked, now)
        claims = claims_for(place.policy, place.area, place.placed)
    except InvalidInput as error:
        return Verdict(error.faults)
    use = await queries.PROJECT_FOR.value(project_id=application.project_id, companies=actor.companies)
    in_the_way = await availability.in_the_way(place.site_id, claims, besides)
    nearest = await nearest_free(application.area_id, application.asked, now, besides=besides) if in_the_way else []
    return Verdict(
        () if use in place.uses else (await _why_no_project(actor, application)).faults,
        tuple(in_the_way),
        _terms(place, State.SUBMITTED, now)["due_at"],
        _terms(place, State.HELD, now)["deadline"],
        tuple(nearest),
    )


@dataclass(frozen=True)
class Step:
    """Something to do to a reservation; `version` is the one the caller saw, None for any."""

    action: Action
    version: int | None = None
    reason: str = ""
    conditions: str | None = None


@dataclass(frozen=True)
class _Locked:
    """A reservation whose row is ours until the transaction ends."""

    id: int
    state: State
    version: int
    company_id: int
    site_id: int
    area_id: int
    deadline: datetime | None
    owner_id: int


@transactional
async def act(actor: Actor | None, reservation_id: int, step: Step, now: datetime) -> Moved:
    """Take one step of the state table; without an actor the portal itself acts.

    Raises NotFound, Stale, WrongState, NotAllowed, InvalidInput, or Taken when the volume has to be claimed first.
    """
    locked, roles = await _lock(actor, reservation_id, step.version)
    to = next_state(locked.state, step.action, roles)
    if step.action in NEED_REASON and not step.reason.strip():
        raise InvalidInput([fault("reason", N_("Please state the reason; the company is owed it."))])
    _refuse_late(locked, step.action, now)
    terms = await _settle_claim(locked, step.action, to, now)
    if step.action is Action.RETURN:
        terms["deadline"] = now + timedelta(days=RETURN_DAYS)
    details: dict[str, object] = {"conditions": step.conditions} if step.conditions else {}
    return await _move(actor, locked, step, to, roles, now, terms, details)


async def _lock(actor: Actor | None, reservation_id: int, version: int | None) -> tuple[_Locked, frozenset[Role]]:
    row = await queries.LOCK.row(id=reservation_id)
    if row is None:
        raise NotFound(NO_SUCH)
    locked = replace(_Locked(**dict(row.items())), state=State(row["state"]))
    roles = roles_of(actor, locked.company_id, locked.owner_id)
    if not roles or (locked.state is State.DRAFT and Role.COMPANY not in roles):
        raise NotFound(NO_SUCH)
    if version is not None and version != locked.version:
        raise Stale(N_("This has changed since you saw it. Please load it again."))
    return locked, roles


def roles_of(actor: Actor | None, company_id: int, owner_id: int) -> frozenset[Role]:
    """What somebody is to a reservation of that company on that owner's land; the portal itself is no actor."""
    if actor is None:
        return frozenset({Role.PORTAL})
    company = {Role.COMPANY} if company_id in actor.companies else set()
    staff = {role for member, role in ROLE_OF_MEMBER.items() if actor.has(member, owner_id)}
    return frozenset(company | staff)


def _refuse_late(locked: _Locked, action: Action, now: datetime) -> None:
    """A deadline counts from its own instant, not from when the job that ends it happens to run."""
    over = locked.deadline is not None and locked.deadline <= now
    if over and locked.state in {State.HELD, State.RETURNED} and action in {Action.SUBMIT, Action.CHANGE}:
        raise WrongState(N_("The deadline has passed. Please apply again."))
    if action is Action.EXPIRE and locked.state is not State.WAITING and not over:
        raise WrongState(N_("The deadline has not passed yet."))


async def _settle_claim(locked: _Locked, action: Action, to: State, now: datetime) -> dict[str, datetime | None]:
    """Bring the claim into step with the state that comes next; the dates that go with it."""
    had, needs = locked.state in CLAIMING, to in CLAIMING
    terms: dict[str, datetime | None] = {"deadline": None, "submitted_at": None, "due_at": None}
    if action in {Action.SUBMIT, Action.HOLD, Action.WAIT, Action.OFFER}:
        asked = await _asked(locked.id)
        # What holds a claim kept the rules when it took it; notice that has run short since is no fault of its own.
        place = await (_place_not_begun if had else _checked_place)(locked.area_id, asked, now)
        terms = _terms(place, to, now)
        if needs and not had:
            claims = claims_for(place.policy, place.area, place.placed)
            # An offer that does not fit is told to nobody.
            async with _nearest_told(place, asked, now) if action is not Action.OFFER else nullcontext():
                await availability.take(locked.site_id, _claim_kind(to), locked.id, claims)
    if locked.state is State.HELD and to in CLAIMING and to is not State.HELD:
        await availability.settle_hold(locked.id)
    if had and not needs:
        await availability.release(locked.id)
    return terms


async def _place_not_begun(area_id: int, asked: Sequence[Asked], now: datetime) -> Place:
    if any(one.period.start <= now for one in asked):
        raise WrongState(N_("The time asked for has begun. Please apply for another time."))
    return await availability.place(area_id, asked)


async def _asked(reservation_id: int) -> tuple[Asked, ...]:
    rows = await queries.VOLUMES.rows(id=reservation_id)
    return tuple(Asked(to_period(row["period"]), row["footprint"], to_band(row["altitude"])) for row in rows)


async def _move(
    actor: Actor | None,
    locked: _Locked,
    step: Step,
    to: State,
    roles: frozenset[Role],
    now: datetime,
    terms: dict[str, datetime | None],
    details: dict[str, object],
) -> Moved:
    # A decision carries its own conditions, also when it has none: those of an earlier one are over.
    conditions = step.conditions or "" if step.action is Action.APPROVE else None
    version = await queries.MOVE.value(id=locked.id, state=to, conditions=conditions, **terms)
    await queries.TELL.run(
        id=locked.id,
        now=now,
        person_id=actor.person_id if actor else None,
        role=acting_role(locked.state, step.action, roles),
        action=step.action,
        from_state=locked.state,
        to_state=to,
        reason=step.reason.strip(),
        details=_json(details),
    )
    return Moved(locked.id, to, version)


@transactional
async def change_volumes(
    actor: Actor, reservation_id: int, version: int | None, asked: Sequence[Asked], now: datetime
) -> Moved:
    """Ask for other volumes in the same area. The old claim stays until the new one is sure.

    After approval this reopens the review. Raises as `act` does.
    """
    locked, roles = await _lock(actor, reservation_id, version)
    to = next_state(locked.state, Action.CHANGE, roles)
    _refuse_late(locked, Action.CHANGE, now)
    place = await _checked_place(locked.area_id, asked, now)
    volumes = tuple(one.volume for one in place.placed)
    # Both in one transaction: where the new claim is refused, the old one was never gone.
    if locked.state in CLAIMING:
        claims = claims_for(place.policy, place.area, place.placed)
        async with _nearest_told(place, asked, now, besides=locked.id):
            await availability.release(locked.id)
            await availability.take(locked.site_id, _claim_kind(to), locked.id, claims)
    await queries.REPLACE_VOLUMES.run(id=locked.id, **volume_arrays(volumes))
    terms = _terms(place, to, now) | {"deadline": locked.deadline}
    if to is State.SUBMITTED:
        terms["deadline"] = None
    return await _move(actor, locked, Step(Action.CHANGE), to, roles, now, terms, story_of(volumes))


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
    to = next_state(locked.state, Action.CHANGE, roles)
    place = await _checked_place(application.area_id, application.asked, now)
    volumes = tuple(one.volume for one in place.placed)
    revised = await queries.REVISE.run(
        id=locked.id,
        site_id=place.site_id,
        area_id=application.area_id,
        project_id=application.project_id,
        companies=actor.companies,
        uses=sorted(place.uses),
        note=application.note,
    )
    if not revised:
        raise await _why_no_project(actor, application)
    await queries.REPLACE_VOLUMES.run(id=locked.id, **volume_arrays(volumes))
    revision = Step(Action.CHANGE)
    moved = await _move(actor, locked, revision, to, roles, now, _terms(place, to, now), story_of(volumes))
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
        except (Taken, InvalidInput, WrongState):
            continue
        offered.append(row["id"])
    return offered


async def find(actor: Actor, reservation_id: int) -> asyncpg.Record:
    """A reservation with all that its page shows; raises NotFound, also for another company's."""
    row = await queries.FIND.row(id=reservation_id, companies=actor.companies, owners=actor.owners)
    return row if row is not None else _no_such()


@dataclass(frozen=True)
class ListQuery:
    """Which reservations to list, newest first, below the id `before`."""

    before: int = 2**63 - 1
    limit: int = 50
    state: State | None = None
    site: str | None = None
    project_id: int | None = None


async def listed(actor: Actor, query: ListQuery) -> list[asyncpg.Record]:
    """The reservations that the actor may see."""
    return await queries.LIST.rows(
        companies=actor.companies,
        owners=actor.owners,
        before=query.before,
        limit=query.limit,
        state=query.state,
        site=query.site,
        project_id=query.project_id,
    )


async def under_way(actor: Actor) -> list[asyncpg.Record]:
    """What the actor's companies have under way, by when it takes place, with the last thing that happened to each."""
    return await queries.UNDER_WAY.rows(companies=actor.companies, over=sorted(OVER), limit=MOST_UNDER_WAY)


async def past(actor: Actor, before: int, limit: int) -> list[asyncpg.Record]:
    """What is over for the actor's companies, newest first, below the id `before`."""
    return await queries.PAST.rows(companies=actor.companies, over=sorted(OVER), before=before, limit=limit)


async def events(actor: Actor, reservation_id: int) -> list[asyncpg.Record]:
    """The story of a reservation, from its first event; raises NotFound."""
    row = await find(actor, reservation_id)
    sees_staff = Role.COMPANY not in roles_of(actor, row["company_id"], row["owner_id"])
    return await queries.EVENTS.rows(id=reservation_id, sees_staff=sees_staff)


async def broken_chains() -> list[tuple[int, int]]:
    """Reservation and sequence of every event whose seal does not fit; none when every story is whole."""
    return [(row["reservation_id"], row["sequence"]) for row in await queries.BROKEN_CHAINS.rows()]


def _no_such() -> NoReturn:
    raise NotFound(NO_SUCH)
