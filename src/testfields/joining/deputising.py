"""Deputies (代理): a colleague of the owner's staff who decides on applications in an approver's place, for some days.

What a deputy may do stands in the table of authority, as of every role; that somebody has the role today is read where
the actor is (`accounts.queries`). Days are those of Japan's clock.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec

from testfields.accounts.access import allowed, reach
from testfields.accounts.authority import May
from testfields.accounts.entries import LARGEST_ID
from testfields.accounts.organisation_queries import LOCK_ORGANISATION
from testfields.accounts.rules import Actor, MemberRole
from testfields.core.errors import N_, Fault, InvalidInput, NotFound, fault
from testfields.core.local_time import JAPANS_ZONE, local_date, local_days
from testfields.core.periods import Period
from testfields.db.engine import transactional
from testfields.events import service as events
from testfields.events.rules import Event, Subject
from testfields.joining import deputy_queries as queries

# A quarter of a year: whoever is away for longer is followed by another approver.
MOST_DAYS = 92
# How long before it begins a deputy can be named.
DAYS_AHEAD = 366


class NewDeputy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is to decide in one's place on an owner's land, from the first day to the last, at most 92 days."""

    organisation_id: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ID)]
    person_id: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ID)]
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Deputy:
    """Somebody who stands in for an approver, or will."""

    id: int
    organisation_id: int
    name_ja: str
    name_en: str
    approver_id: int
    approver: str
    person_id: int
    deputy: str
    starts_at: datetime
    ends_at: datetime

    @property
    def first_day(self) -> date:
        """The first of its days."""
        return local_date(self.starts_at, JAPANS_ZONE)

    @property
    def last_day(self) -> date:
        """The last of its days."""
        return local_date(self.ends_at, JAPANS_ZONE) - timedelta(days=1)


@dataclass(frozen=True)
class Candidate:
    """A colleague whom the actor may name."""

    id: int
    name: str
    organisation_id: int


async def deputies(actor: Actor, now: datetime) -> list[Deputy]:
    """Whoever stands in, or will, at the owners whose staff the actor is; the next first."""
    return await queries.LISTED.all(Deputy, owners=reach(actor, May.SEE_DEPUTIES).owners, now=now)


async def colleagues(actor: Actor) -> list[Candidate]:
    """Reviewers and site managers beside the actor, who are no approvers themselves."""
    return await queries.COLLEAGUES.all(Candidate, owners=reach(actor, May.NAME_DEPUTY).owners)


@transactional
async def name(actor: Actor, new: NewDeputy, now: datetime) -> int:
    """Name a deputy; its number. Raises NotFound where the actor is no approver, InvalidInput."""
    if not allowed(actor, May.NAME_DEPUTY, new.organisation_id):
        raise NotFound(N_("There is no such organisation."))
    # One after the other: of two at once the second sees the first.
    await LOCK_ORGANISATION.run(organisation_id=new.organisation_id)
    faults = _day_faults(new, local_date(now, JAPANS_ZONE))
    if all(one.id != new.person_id for one in await colleagues(actor) if one.organisation_id == new.organisation_id):
        faults.append(fault("person_id", N_("Please choose a reviewer or site manager who is not an approver.")))
    if faults:
        raise InvalidInput(faults)
    period = local_days(new.first_day, (new.last_day - new.first_day).days + 1, JAPANS_ZONE)
    return await _add(actor, new, period, now)


async def _add(actor: Actor, new: NewDeputy, period: Period, now: datetime) -> int:
    number: int | None = await queries.ADD.value(
        organisation_id=new.organisation_id,
        approver_id=actor.person_id,
        person_id=new.person_id,
        starts_at=period.start,
        ends_at=period.end,
        now=now,
    )
    if number is None:
        message = N_("You have a deputy for some of these days already. Please end that first, or choose other days.")
        raise InvalidInput([fault("first_day", message)])
    await _tell(actor, number, "name", new.organisation_id, now)
    return number


@transactional
async def end(actor: Actor, deputy_id: int, now: datetime) -> None:
    """End it before its last day. Raises NotFound for what is not the actor's own, or over."""
    owners = reach(actor, May.NAME_DEPUTY).owners
    organisation_id = await queries.END.value(id=deputy_id, approver_id=actor.person_id, owners=owners, now=now)
    if organisation_id is None:
        raise NotFound(N_("There is no such deputy. It may be over."))
    await _tell(actor, deputy_id, "end", organisation_id, now)


def _day_faults(new: NewDeputy, today: date) -> list[Fault]:
    faults = []
    if new.first_day < today:
        faults.append(fault("first_day", N_("Please choose today or a day to come.")))
    if new.first_day > today + timedelta(days=DAYS_AHEAD):
        faults.append(fault("first_day", N_("Please choose a day within a year.")))
    elif new.last_day < new.first_day:
        faults.append(fault("last_day", N_("The last day comes before the first.")))
    elif (new.last_day - new.first_day).days >= MOST_DAYS:
        faults.append(fault("last_day", N_("At most %(most)s days. Please name them again later."), most=MOST_DAYS))
    return faults


async def _tell(actor: Actor, number: int, action: str, organisation_id: int, now: datetime) -> None:
    told = Event(
        Subject.DEPUTY,
        number,
        action,
        MemberRole.APPROVER,
        tenant_id=organisation_id,
        actor_id=actor.person_id,
    )
    await events.tell([told], now)
