"""Filing an application, and asking beforehand what would become of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import asyncpg

from testfields.accounts.access import reach, roles_in
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.availability import service as availability
from testfields.availability.refusals import refusals
from testfields.availability.rules import MOST_VOLUMES, check_lengths, check_volumes, too_many
from testfields.availability.service import NO_SUCH_AREA, Asked, Place, in_area_arrays
from testfields.core.errors import (
    N_,
    Fault,
    InTheWay,
    InvalidInput,
    Message,
    NotFound,
    PortalError,
    fault,
)
from testfields.core.periods import Period
from testfields.core.shapes import check_points_of_all
from testfields.core.volumes import Volume
from testfields.db.engine import DB, one_statement
from testfields.db.values import volume_arrays
from testfields.reservations import queries
from testfields.reservations.refusals import nearest_told, refuse_unverified, refuse_waiting_for_oneself
from testfields.reservations.rules import (
    Action,
    Party,
    Role,
    State,
    acting_role,
    check_words,
    checked_texts,
    next_state,
)
from testfields.reservations.states import STATES
from testfields.reservations.telling import as_json, promised, story_of
from testfields.reservations.terms import terms_of, warnings_of
from testfields.sites.stays import NO_APPLICATIONS, NO_LONGER_OFFERED, place_faults


@dataclass(frozen=True)
class Application:
    """What a company asks for under one of its projects: volumes in an area, or in that of the site that they name."""

    project_id: int
    area_id: int
    asked: tuple[Asked, ...]
    action: Action = Action.SUBMIT
    note: str = ""
    # Stays that do not fit are left out, instead of hindering the others: see `fitting`.
    whatever_fits: bool = False
    # The company that staff file for, and who of it asked them and how; None where it files for itself.
    behalf_of: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class LeftOut:
    """A stay that is not asked for, as it does not fit, and why: the rules that it breaks, or what is in its way."""

    period: Period
    faults: tuple[Fault, ...] = ()
    in_the_way: tuple[InTheWay, ...] = ()


@dataclass(frozen=True)
class Moved:
    """Where a reservation stands after a step; `left_out` is what the step did not ask for, `warnings` what to beware
    of, though it could be done."""

    id: int
    state: State
    version: int
    left_out: tuple[LeftOut, ...] = ()
    warnings: tuple[Message, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Filed(Moved):
    """A reservation as it was just filed."""

    project_id: int
    area_id: int
    deadline: datetime | None
    due_at: datetime | None
    created_at: datetime


async def file(actor: Actor, application: Application, now: datetime) -> Filed:
    """File all of an application: as a draft, a hold, a submission, or waiting for what is taken.

    Raises NotFound, InvalidInput with every rule broken, or Taken with what is in the way.
    """
    application = acceptable(actor, application)
    place = await checked_place(application.area_id, application.asked, now)
    # Also where nothing is claimed yet: what waits is to be claimed later.
    claims = await availability.claims_of(place)
    if application.action is Action.WAIT:
        await refuse_waiting_for_oneself(actor, place.site_id, claims)
    async with nearest_told(actor, place, application.asked, now), DB.turn_at(place.site_id):
        return await write(actor, application, place, claims, now)


def refuse_too_much(place: Place) -> None:
    """Raise InvalidInput where an application that grows would ask for more than can be asked for at once.

    As when it was filed, the points of what is asked for as a whole area do not count.
    """
    if len(place.placed) > MOST_VOLUMES:
        raise InvalidInput([too_many("volumes")])
    drawn = (one.volume.footprint for one in place.placed if one.volume.footprint != one.area.footprint)
    check_points_of_all(drawn, "volumes")


def acceptable(actor: Actor, application: Application) -> Application:
    """An application with its texts as they are kept; raises NotAllowed, and InvalidInput for what is no text."""
    next_state(None, application.action, _roles(actor, application, reach(actor, May.FILE_FOR).owners))
    note, reason = checked_texts(note=application.note, reason=application.reason)
    check_words(application.action, reason, "")
    return replace(application, note=note, reason=reason)


def _roles(actor: Actor, application: Application, owners: Sequence[int]) -> frozenset[Role]:
    """What the actor is to an application: a member of its company, or of the staff of these owners of land."""
    if application.behalf_of is not None:
        return frozenset(roles_in(actor, *owners))
    return frozenset({Party.COMPANY} if reach(actor, May.APPLY).companies else ())


def _companies(actor: Actor, application: Application, may: May) -> list[int]:
    """The companies one of which the project has to be of."""
    return reach(actor, may).companies if application.behalf_of is None else [application.behalf_of]


async def write(
    actor: Actor, application: Application, place: Place, claims: Sequence[Volume], now: datetime, **told: object
) -> Filed:
    """Store an acceptable application as it lies in a place, with its claims; its first event tells `told` besides.

    Raises Taken, InvalidInput for a project that cannot be tried there, or WrongState for a site that has changed.
    """
    roles = _roles(actor, application, [place.owner_id])
    state = next_state(None, application.action, roles)
    # Staff who file for a company know with whom they have spoken.
    if application.behalf_of is None:
        await refuse_unverified(actor, state, place.site_id, project_id=application.project_id)
    terms, kind = terms_of(place, state, now), STATES[state].claims
    arguments = {
        "site_id": place.site_id,
        "site_version": place.site_version,
        "area_id": place.volumes[0].area_id,
        "project_id": application.project_id,
        "companies": _companies(actor, application, May.APPLY),
        "uses": sorted(place.uses),
        "state": state,
        "note": application.note,
        "person_id": actor.person_id,
        "now": now,
        "role": acting_role(None, application.action, roles),
        "action": application.action,
        "reason": application.reason,
        "claim_kind": kind,
        "details": as_json(story_of(place.volumes) | promised(terms) | told),
        **terms,
        **in_area_arrays(place.volumes),
        **volume_arrays(claims if kind else (), "claim_"),
    }
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
    with refusals():
        return await queries.FILE.row(**arguments)


async def checked_place(area_id: int, asked: Sequence[Asked], now: datetime) -> Place:
    """What is asked for as it lies in its place, by the rules of the site; raises NotFound or InvalidInput."""
    place = await place_of(area_id, asked)
    check_volumes(place.policy, place.placed, now)
    return place


async def place_of(area_id: int, asked: Sequence[Asked]) -> Place:
    """The same before the rules of the site are looked at; raises NotFound, or InvalidInput for what is no request."""
    if not asked:
        raise InvalidInput([fault("volumes", N_("Please ask for at least one time."))])
    check_lengths([one.period for one in asked])
    check_points_of_all((one.footprint for one in asked if one.footprint is not None), "volumes")
    place = await availability.place(area_id, asked)
    if not place.published:
        raise NotFound(NO_SUCH_AREA)
    if place.retired:
        raise InvalidInput([fault("area_id", NO_LONGER_OFFERED)])
    refuse_undecided(place)
    return place


def refuse_undecided(place: Place) -> None:
    """Raise InvalidInput where nobody is there to decide, as the owner of the land is deactivated."""
    if not place.takes_applications:
        raise InvalidInput([fault("area_id", NO_APPLICATIONS)])


async def why_no_project(actor: Actor, application: Application, place: Place) -> PortalError:
    """Why nothing could be filed: no such project, another use than the area's, or a site that has just changed."""
    project = await project_of(actor, application, May.APPLY)
    faults = faults_of_use(project["use"] if project else None, place)
    return InvalidInput(faults) if faults else availability.changed_meanwhile()


async def project_of(actor: Actor, application: Application, may: May) -> asyncpg.Record | None:
    """What is tried under a project of the company's, and how; None for any other."""
    companies = _companies(actor, application, may)
    return await queries.PROJECT_FOR.row(project_id=application.project_id, companies=companies)


def faults_of_use(use: str | None, place: Place) -> tuple[Fault, ...]:
    """What is wrong with trying `use` there; None is the use of no project of the company's."""
    if use is None:
        return (fault("project_id", N_("Your company has no such project.")),)
    return tuple(place_faults(place.uses, use, retired=False))


def refuse_use(place: Place, use: str) -> None:
    """Raise InvalidInput where the area does not allow what the project tries."""
    if faults := faults_of_use(use, place):
        raise InvalidInput(faults)
