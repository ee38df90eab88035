"""Closures: staff keep a site, or one area of it, shut. A claim like any other, over all heights.

A closure needs no notice, no opening hours and no grid of times: works and weather keep none either.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import asyncpg

from testfields.accounts.access import reach, roles_by
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.availability import service as availability
from testfields.availability.kinds import ClaimKind
from testfields.availability.service import number_of, told_to_anybody
from testfields.closures import queries
from testfields.closures.rules import ClosureKind
from testfields.core.errors import N_, InTheWay, InvalidInput, NotFound, Stale, WrongState, fault
from testfields.core.periods import Period
from testfields.core.texts import text_faults, tidy
from testfields.core.volumes import EVERY_HEIGHT, Volume
from testfields.db.engine import transactional
from testfields.db.values import period_range
from testfields.events import service as events
from testfields.events.rules import Event, Subject

# A storm does not wait for a form: a closure may begin when somebody began to write it down.
WRITTEN_DOWN_WITHIN = timedelta(minutes=15)
# In characters; visitors read it beside the hours of the calendar.
LONGEST_REASON = 500


class Step(StrEnum):
    """What is done about a closure."""

    CLOSE = "close"
    LIFT = "lift"


@dataclass(frozen=True)
class Closing:
    """What is to be shut: a site, or one area of it, both by slug; when, and why in both languages."""

    site: str
    area: str | None
    kind: ClosureKind
    reason_ja: str
    reason_en: str
    period: Period


@dataclass(frozen=True)
class Versioned:
    """A closure and the version it has now."""

    id: int
    version: int


@transactional
async def close(actor: Actor, closing: Closing, now: datetime) -> Versioned:
    """Shut a place. What stands there has to be released first.

    Raises NotFound, InvalidInput, or Taken with the numbers of the applications in the way.
    """
    owners = reach(actor, May.CLOSE).owners
    row = await queries.CLOSABLE.row(site=closing.site, area=closing.area, owners=owners)
    if row is None:
        raise NotFound(N_("There is no such test field."))
    _check(closing, row["area_id"], now)
    (stored,) = await queries.CLOSE.rows(
        site_id=row["site_id"],
        area_id=row["area_id"],
        kind=closing.kind,
        reason_ja=tidy(closing.reason_ja),
        reason_en=tidy(closing.reason_en),
        period=period_range(closing.period),
        person_id=actor.person_id,
        now=now,
    )
    closed = Versioned(stored["id"], stored["version"])
    volume = Volume(row["footprint"], EVERY_HEIGHT, closing.period)
    await availability.take(row["site_id"], ClaimKind.CLOSURE, closed.id, [volume], _told_to_staff)
    reason = tidy(closing.reason_ja)
    details = {"period": closing.period, "area_id": row["area_id"], "kind": closing.kind}
    await events.tell([replace(_event(actor, closed.id, Step.CLOSE, row), reason=reason, details=details)], now)
    return closed


def _event(actor: Actor, closure_id: int, step: Step, row: asyncpg.Record) -> Event:
    role = min(roles_by(actor, May.CLOSE, row["owner_id"]))
    of = {"site_id": row["site_id"], "tenant_id": row["owner_id"], "actor_id": actor.person_id}
    return Event(Subject.CLOSURE, closure_id, step, role, **of)


def _check(closing: Closing, area_id: int | None, now: datetime) -> None:
    faults = []
    if closing.area is not None and area_id is None:
        faults.append(fault("area", N_("This test field has no such area.")))
    if closing.period.start < now - WRITTEN_DOWN_WITHIN:
        faults.append(fault("period.start", N_("The start lies in the past.")))
    if closing.period.end <= now:
        faults.append(fault("period.end", N_("The end lies in the past.")))
    for name in ("reason_ja", "reason_en"):
        text = tidy(getattr(closing, name))
        if not text:
            faults.append(fault(name, N_("Please state the reason in both languages; visitors read it.")))
        faults += text_faults(name, text, LONGEST_REASON)
    if faults:
        raise InvalidInput(faults)


def _told_to_staff(standing: dict[str, Any]) -> InTheWay:
    return replace(told_to_anybody(standing), reservation_id=number_of(standing["kind"], standing["source"]))


@transactional
async def lift(actor: Actor, closure_id: int, version: int | None, now: datetime) -> Versioned:
    """End a closure; what becomes free is offered to whoever waits for it. `version` None is any.

    Raises NotFound, Stale, or WrongState when there is nothing left to lift.
    """
    row = await queries.LOCK.row(id=closure_id, owners=reach(actor, May.CLOSE).owners)
    if row is None:
        raise NotFound(N_("There is no such closure."))
    if version is not None and version != row["version"]:
        raise Stale(N_("This has changed since you saw it. Please load it again."))
    if row["lifted_at"] is not None or row["ends_at"] <= now:
        raise WrongState(N_("This closure is over already."))
    await availability.release(closure_id, (ClaimKind.CLOSURE,))
    version = await queries.LIFT.value(id=closure_id, now=now)
    await events.tell([_event(actor, closure_id, Step.LIFT, row)], now)
    return Versioned(closure_id, version)


async def listed(actor: Actor, site: str | None, before: int, limit: int) -> list[asyncpg.Record]:
    """Closures of the actor's owners, newest first, below the id `before`."""
    owners = reach(actor, May.SEE_DESK).owners
    return await queries.LIST.rows(owners=owners, site=site, before=before, limit=limit)


async def places(actor: Actor) -> list[asyncpg.Record]:
    """What the actor may close: each site as a whole, then its areas."""
    return await queries.PLACES.rows(owners=reach(actor, May.CLOSE).owners)
