"""Filing an application, and asking beforehand what would become of it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.availability import service as availability
from testfields.availability.rules import check_lengths, check_volumes, decision_due
from testfields.availability.search import nearest_free
from testfields.availability.service import NO_SUCH_AREA, Asked, InArea, Place, in_area_arrays
from testfields.core.errors import (
    N_,
    Fault,
    InTheWay,
    InvalidInput,
    Message,
    NotFound,
    PortalError,
    Taken,
    WrongState,
    fault,
)
from testfields.core.periods import Period
from testfields.core.shapes import check_points_of_all
from testfields.core.volumes import Volume
from testfields.db.engine import DB, one_statement
from testfields.db.values import volume_arrays
from testfields.reservations import queries, waiting
from testfields.reservations.reading import own
from testfields.reservations.rules import Action, Party, State, acting_role, checked_texts, next_state
from testfields.reservations.states import STATES
from testfields.sites.stays import NO_LONGER_OFFERED, place_faults


@dataclass(frozen=True)
class Application:
    """What a company asks for under one of its projects: volumes in an area, or in that of the site that they name."""

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
    area_id: int
    deadline: datetime | None
    due_at: datetime | None
    created_at: datetime
    # What to beware of, though it could be filed.
    warnings: tuple[Message, ...]


async def file(actor: Actor, application: Application, now: datetime) -> Filed:
    """File an application: as a draft, a hold, a submission, or waiting for what is taken.

    Raises NotFound, InvalidInput with every rule broken, or Taken with what is in the way.
    """
    companies = reach(actor, May.APPLY).companies
    roles = {Party.COMPANY} if companies else set()
    state = next_state(None, application.action, roles)
    (note,) = checked_texts(note=application.note)
    place = await checked_place(application.area_id, application.asked, now)
    # Also where nothing is claimed yet: what waits is to be claimed later.
    claims = await availability.claims_of(place)
    terms, kind = terms_of(place, state, now), STATES[state].claims
    arguments = {
        "site_id": place.site_id,
        "site_version": place.site_version,
        "area_id": place.volumes[0].area_id,
        "project_id": application.project_id,
        "companies": companies,
        "uses": sorted(place.uses),
        "state": state,
        "note": note,
        "person_id": actor.person_id,
        "now": now,
        "role": acting_role(None, application.action, roles),
        "action": application.action,
        "claim_kind": kind,
        "details": as_json(story_of(place.volumes) | promised(terms)),
        **terms,
        **in_area_arrays(place.volumes),
        **volume_arrays(claims if kind else (), "claim_"),
    }
    if state is State.WAITING:
        await refuse_waiting_for_oneself(actor, place.site_id, claims)
    async with nearest_told(actor, place, application.asked, now), DB.turn_at(place.site_id):
        row = await _store(arguments)
    if row is None:
        raise await why_no_project(actor, application, place)
    return Filed(
        id=row["id"],
        state=state,
        version=1,
        project_id=row["project_id"],
        area_id=place.volumes[0].area_id,
        deadline=terms["deadline"],
        due_at=terms["due_at"],
        created_at=now,
        warnings=warnings_of(place, terms["due_at"], now),
    )


@one_statement
async def _store(arguments: dict[str, Any]) -> asyncpg.Record | None:
    with availability.refusals():
        return await queries.FILE.row(**arguments)


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
    refusal = await availability.refusal_of(site_id, claims, 0)
    told = await own_told(actor, refusal) if refusal.in_the_way else []
    if told and all(one.reservation_id for one in told):
        raise WrongState(ONLY_OWN)


ONLY_OWN = N_("Your own application has this place and time already. Please change or withdraw that one.")


async def checked_place(area_id: int, asked: Sequence[Asked], now: datetime) -> Place:
    if not asked:
        raise InvalidInput([fault("volumes", N_("Please ask for at least one time."))])
    check_lengths([one.period for one in asked])
    check_points_of_all((one.footprint for one in asked if one.footprint is not None), "volumes")
    place = await availability.place(area_id, asked)
    if not place.published:
        raise NotFound(NO_SUCH_AREA)
    if place.retired:
        raise InvalidInput([fault("area_id", NO_LONGER_OFFERED)])
    check_volumes(place.policy, place.placed, now)
    return place


def terms_of(place: Place, state: State, now: datetime) -> dict[str, datetime | None]:
    """The dates that go with a state: a hold's deadline, and when staff ought to have decided, before it begins."""
    submitted = STATES[state].due
    begins = _begins(place)
    return {
        "deadline": min(now + timedelta(minutes=place.policy.hold_minutes), begins) if state is State.HELD else None,
        "submitted_at": now if submitted else None,
        "due_at": min(decision_due(place.policy, now), begins) if submitted else None,
    }


def _begins(place: Place) -> datetime:
    return min(one.volume.period.start for one in place.placed)


def warnings_of(place: Place, due_at: datetime | None, now: datetime) -> tuple[Message, ...]:
    """What a company should know before it files: that its time begins before staff ought to have decided.

    `due_at` is when that is, as `terms_of` says; None where nobody has to decide yet.
    """
    hurried = _begins(place) <= (due_at or decision_due(place.policy, now))
    return (Message(MAY_LAPSE, {"days": place.policy.processing_days}),) if hurried else ()


MAY_LAPSE = N_(
    "The owner takes up to %(days)s days to decide, and the time begins before that. What has not been decided when its"
    " time begins may lapse."
)


async def why_no_project(actor: Actor, application: Application, place: Place) -> PortalError:
    """Why nothing could be filed: no such project, another use than the area's, or a site that has just changed."""
    use = await queries.PROJECT_FOR.value(
        project_id=application.project_id, companies=reach(actor, May.APPLY).companies
    )
    faults = _use_faults(use, place)
    return InvalidInput(faults) if faults else availability.changed_meanwhile()


async def _use_of(actor: Actor, project_id: int, may: May) -> str | None:
    """What a project of the actor's tries; None for any other."""
    use: str | None = await queries.PROJECT_FOR.value(project_id=project_id, companies=reach(actor, may).companies)
    return use


def _use_faults(use: str | None, place: Place) -> tuple[Fault, ...]:
    """What is wrong with trying `use` there; None is the use of no project of the company's."""
    if use is None:
        return (fault("project_id", N_("Your company has no such project.")),)
    return tuple(place_faults(place.uses, use, retired=False))


def refuse_use(place: Place, use: str) -> None:
    """Raise InvalidInput where the area does not allow what the project tries."""
    if faults := _use_faults(use, place):
        raise InvalidInput(faults)


def story_of(volumes: Sequence[InArea]) -> dict[str, object]:
    """Volumes as an event keeps them: what was asked for stays readable after it has been changed."""
    return {
        "volumes": [
            {
                "area": one.area_id,
                "period": [one.volume.period.start, one.volume.period.end],
                "altitude": [one.volume.altitude.lower, one.volume.altitude.upper],
                "footprint": one.volume.footprint.wkt,
            }
            for one in volumes
        ]
    }


def promised(terms: Mapping[str, datetime | None]) -> dict[str, object]:
    """The dates that an event sets, as it keeps them for the letter about it: those of the reservation move on."""
    return {name: terms[name] for name in ("deadline", "due_at") if terms[name] is not None}


def as_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


@dataclass(frozen=True)
class Verdict:
    """What would become of an application now; `due_at` is when staff ought to decide, `deadline` when a hold ends."""

    faults: tuple[Fault, ...] = ()
    in_the_way: tuple[InTheWay, ...] = ()
    due_at: datetime | None = None
    deadline: datetime | None = None
    warnings: tuple[Message, ...] = ()
    # How many wait already for some of what is taken.
    waiting: int = 0
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
    if besides:
        await own(actor, besides)
    try:
        checked_texts(note=application.note)
        place = await checked_place(application.area_id, application.asked, now)
        claims = await availability.claims_of(place)
    except InvalidInput as error:
        return Verdict(error.faults)
    use = await queries.PROJECT_FOR.value(
        project_id=application.project_id, companies=reach(actor, May.SEE_OWN_PAGES).companies
    )
    due_at = terms_of(place, State.SUBMITTED, now)["due_at"]
    verdict = Verdict(
        _use_faults(use, place),
        due_at=due_at,
        deadline=terms_of(place, State.HELD, now)["deadline"],
        warnings=warnings_of(place, due_at, now),
    )
    refusal = await availability.refusal_of(place.site_id, claims, besides)
    if not refusal.in_the_way:
        return verdict
    return replace(
        verdict,
        in_the_way=tuple(await own_told(actor, refusal)),
        waiting=await waiting.ahead_of(place.site_id, claims),
        nearest=tuple(await nearest_free(application.area_id, application.asked, now, besides=besides)),
    )
