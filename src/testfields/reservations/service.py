"""Filing an application, and taking it through its states."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from testfields.accounts.rules import Actor
from testfields.availability import service as availability
from testfields.availability.rules import check_volumes, claims_for, decision_due
from testfields.core.errors import N_, InvalidInput, NotFound, fault
from testfields.core.volumes import Volume
from testfields.db.engine import transactional
from testfields.db.values import volume_arrays
from testfields.reservations import queries
from testfields.reservations.rules import CLAIMING, Action, Role, State, acting_role, next_state


@dataclass(frozen=True)
class Application:
    """What a company asks for: volumes in one area, under one of its projects."""

    project_id: int
    area_id: int
    asked: tuple[availability.Asked, ...]
    action: Action = Action.SUBMIT
    note: str = ""


@dataclass(frozen=True)
class Filed:
    """A reservation as it was just filed."""

    id: int
    project_id: int
    company_id: int
    site_id: int
    area_id: int
    state: State
    note: str
    deadline: datetime | None
    due_at: datetime | None
    created_at: datetime
    volumes: tuple[Volume, ...]
    version: int = 1


@transactional
async def file(actor: Actor, application: Application, now: datetime) -> Filed:
    """File an application: as a draft, a hold, a submission, or waiting for what is taken.

    Raises NotFound, InvalidInput with every rule broken, or Taken with what is in the way.
    """
    state = next_state(None, application.action, {Role.COMPANY} if actor.companies else set())
    place = await availability.place(application.area_id, application.asked)
    if not place.published:
        raise NotFound(N_("There is no such area."))
    check_volumes(place.policy, place.area, place.placed, now)
    claims = claims_for(place.policy, place.area, place.placed) if state in CLAIMING else []
    volumes = tuple(one.volume for one in place.placed)
    deadline = now + timedelta(minutes=place.policy.hold_minutes) if state is State.HELD else None
    submitted = state in {State.SUBMITTED, State.WAITING}
    due_at = decision_due(place.policy, now) if submitted else None
    with availability.refusals():
        row = await queries.FILE.row(
            site_id=place.site_id,
            area_id=application.area_id,
            project_id=application.project_id,
            companies=actor.companies,
            uses=sorted(place.uses),
            state=state,
            note=application.note,
            deadline=deadline,
            due_at=due_at,
            submitted_at=now if submitted else None,
            person_id=actor.person_id,
            now=now,
            role=acting_role(None, application.action, {Role.COMPANY}),
            action=application.action,
            claim_kind="hold" if state is State.HELD else "reservation",
            details=msgspec.json.encode(story_of(volumes)).decode(),
            **volume_arrays(volumes),
            **volume_arrays(claims, "claim_"),
        )
    if row is None:
        raise await _why_no_project(actor, application)
    return Filed(
        row["id"],
        row["project_id"],
        row["company_id"],
        place.site_id,
        application.area_id,
        state,
        application.note,
        deadline,
        due_at,
        now,
        volumes,
    )


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
