"""What follows from each step of an application, on one page; and how it is carried out.

Every event enqueues `what_follows` in its own transaction. That job reads one row of the table below and writes one
job for each consequence, again in one transaction. Each of those may run twice and does its work once, so a failing
mail server delays a mail and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from testfields.core.clock import now
from testfields.db.engine import transactional
from testfields.db.jobs import Job, defer
from testfields.permits import service as permits
from testfields.reservations import queries, steps
from testfields.reservations.rules import Action, State
from testfields.reservations.steps import Step


class Follows(StrEnum):
    """A consequence; its value is the name of the worker's task."""

    # There is no fee yet, so it counts as waived: what is approved is confirmed at once.
    CONFIRM = "confirm"
    ISSUE_PERMIT = "issue_permit"
    REVOKE_PERMIT = "revoke_permit"
    MAIL_COMPANY = "mail_company"
    MAIL_STAFF = "mail_staff"
    # A claim was released: the first waiting applications that fit now are offered a hold.
    OFFER_WAITING = "offer_waiting"
    # A hold, an offer and a return run out at their deadline, a place on the waiting list when its time begins, what
    # nobody has decided when its time is over.
    EXPIRE_IN_TIME = "expire_in_time"


S, A, F = State, Action, Follows

# Consequences of one row run side by side; only mails wait for the permit that they tell of.
WHAT_FOLLOWS: dict[tuple[State | None, Action], tuple[Follows, ...]] = {
    (None, A.SAVE): (),
    (None, A.HOLD): (F.MAIL_COMPANY, F.EXPIRE_IN_TIME),
    (None, A.SUBMIT): (F.MAIL_COMPANY, F.MAIL_STAFF, F.EXPIRE_IN_TIME),
    # What was in the way a moment ago may have gone meanwhile.
    (None, A.WAIT): (F.MAIL_COMPANY, F.EXPIRE_IN_TIME, F.OFFER_WAITING),
    (S.DRAFT, A.CHANGE): (),
    (S.DRAFT, A.HOLD): (F.MAIL_COMPANY, F.EXPIRE_IN_TIME),
    (S.DRAFT, A.SUBMIT): (F.MAIL_COMPANY, F.MAIL_STAFF, F.EXPIRE_IN_TIME),
    (S.DRAFT, A.WAIT): (F.MAIL_COMPANY, F.EXPIRE_IN_TIME, F.OFFER_WAITING),
    (S.DRAFT, A.WITHDRAW): (),
    (S.HELD, A.CHANGE): (F.OFFER_WAITING,),
    (S.HELD, A.SUBMIT): (F.MAIL_COMPANY, F.MAIL_STAFF, F.EXPIRE_IN_TIME),
    (S.HELD, A.WITHDRAW): (F.MAIL_COMPANY, F.OFFER_WAITING),
    (S.HELD, A.EXPIRE): (F.MAIL_COMPANY, F.OFFER_WAITING),
    (S.SUBMITTED, A.CHANGE): (F.MAIL_COMPANY, F.MAIL_STAFF, F.EXPIRE_IN_TIME, F.OFFER_WAITING),
    (S.SUBMITTED, A.RETURN): (F.MAIL_COMPANY, F.EXPIRE_IN_TIME),
    (S.SUBMITTED, A.APPROVE): (F.MAIL_COMPANY, F.CONFIRM),
    (S.SUBMITTED, A.REJECT): (F.MAIL_COMPANY, F.OFFER_WAITING),
    (S.SUBMITTED, A.WITHDRAW): (F.MAIL_COMPANY, F.MAIL_STAFF, F.OFFER_WAITING),
    (S.SUBMITTED, A.EXPIRE): (F.MAIL_COMPANY, F.MAIL_STAFF, F.OFFER_WAITING),
    (S.RETURNED, A.CHANGE): (F.OFFER_WAITING,),
    (S.RETURNED, A.SUBMIT): (F.MAIL_COMPANY, F.MAIL_STAFF, F.EXPIRE_IN_TIME),
    (S.RETURNED, A.WITHDRAW): (F.MAIL_COMPANY, F.MAIL_STAFF, F.OFFER_WAITING),
    (S.RETURNED, A.EXPIRE): (F.MAIL_COMPANY, F.MAIL_STAFF, F.OFFER_WAITING),
    (S.APPROVED, A.CHANGE): (F.MAIL_COMPANY, F.MAIL_STAFF, F.EXPIRE_IN_TIME, F.OFFER_WAITING),
    (S.APPROVED, A.CONFIRM): (F.ISSUE_PERMIT, F.MAIL_COMPANY),
    (S.APPROVED, A.CANCEL): (F.MAIL_COMPANY, F.MAIL_STAFF, F.OFFER_WAITING),
    (S.APPROVED, A.REVOKE): (F.MAIL_COMPANY, F.OFFER_WAITING),
    (S.CONFIRMED, A.CHANGE): (F.REVOKE_PERMIT, F.MAIL_COMPANY, F.MAIL_STAFF, F.EXPIRE_IN_TIME, F.OFFER_WAITING),
    (S.CONFIRMED, A.CHECK_IN): (),
    (S.CONFIRMED, A.CANCEL): (F.REVOKE_PERMIT, F.MAIL_COMPANY, F.MAIL_STAFF, F.OFFER_WAITING),
    (S.CONFIRMED, A.REVOKE): (F.REVOKE_PERMIT, F.MAIL_COMPANY, F.OFFER_WAITING),
    (S.CONFIRMED, A.NO_SHOW): (F.REVOKE_PERMIT, F.MAIL_COMPANY, F.OFFER_WAITING),
    (S.ACTIVE, A.CHECK_OUT): (F.MAIL_COMPANY,),
    (S.ACTIVE, A.REVOKE): (F.REVOKE_PERMIT, F.MAIL_COMPANY, F.OFFER_WAITING),
    (S.COMPLETED, A.REPORT): (F.MAIL_STAFF,),
    (S.WAITING, A.OFFER): (F.MAIL_COMPANY, F.EXPIRE_IN_TIME),
    (S.WAITING, A.WITHDRAW): (F.MAIL_COMPANY,),
    (S.WAITING, A.EXPIRE): (F.MAIL_COMPANY,),
}

PERMITS = (F.ISSUE_PERMIT, F.REVOKE_PERMIT)
MAILS = (F.MAIL_COMPANY, F.MAIL_STAFF)
EXPIRE = "expire"


@dataclass(frozen=True)
class Happened:
    """An event, and what its consequences need to know of the reservation; `ends_at` is when it runs out now."""

    event_id: int
    reservation_id: int
    site_id: int
    from_state: State | None
    action: Action
    reason: str
    ends_at: datetime | None


async def _happened(event_id: int) -> Happened:
    row = await queries.HAPPENED.row(event_id=event_id)
    if row is None:
        raise LookupError(f"event {event_id}")
    from_state = State(row["from_state"]) if row["from_state"] else None
    return Happened(**dict(row.items()) | {"from_state": from_state, "action": Action(row["action"])})


@transactional
async def begin(event_id: int) -> None:
    """Write one job for each consequence of an event."""
    happened = await _happened(event_id)
    await defer(jobs_for(happened, WHAT_FOLLOWS[(happened.from_state, happened.action)]))


def jobs_for(happened: Happened, consequences: Sequence[Follows]) -> list[Job]:
    """The jobs that carry `consequences` out; mails are left to the permit's job where there is one."""
    waiting = MAILS if any(one in PERMITS for one in consequences) else ()
    then = [one for one in consequences if one in waiting]
    jobs = [_job(happened, one, then) for one in consequences if one not in waiting]
    return [job for job in jobs if job is not None]


def _job(happened: Happened, consequence: Follows, then: Sequence[Follows]) -> Job | None:
    match consequence:
        case F.EXPIRE_IN_TIME:
            return _expiry(happened)
        case F.OFFER_WAITING:
            return offer_job(happened.site_id)
        case F.ISSUE_PERMIT | F.REVOKE_PERMIT:
            return Job(consequence, {"event_id": happened.event_id, "then": then})
        case _:
            return Job(consequence, {"event_id": happened.event_id})


def _expiry(happened: Happened) -> Job | None:
    """None where somebody has taken the next step already, so that nothing runs out any more."""
    if happened.ends_at is None:
        return None
    arguments = {"reservation_id": happened.reservation_id, "ends_at": happened.ends_at.isoformat()}
    return Job(EXPIRE, arguments, at=happened.ends_at)


def offer_job(site_id: int) -> Job:
    """Offer what is free at a site to whoever waits there."""
    return Job(F.OFFER_WAITING, {"site_id": site_id})


@transactional
async def confirm(event_id: int) -> None:
    """Confirm what was approved, unless it has gone another way since."""
    happened = await _happened(event_id)
    locked = await queries.LOCK.row(id=happened.reservation_id)
    if locked is not None and locked["state"] == State.APPROVED:
        await steps.act(None, happened.reservation_id, Step(Action.CONFIRM), now())


@transactional
async def issue_permit(event_id: int, then: Sequence[Follows]) -> None:
    """Issue the permit, then have its mails written."""
    happened = await _happened(event_id)
    await permits.issue(happened.reservation_id, now())
    await defer(jobs_for(happened, then))


@transactional
async def revoke_permit(event_id: int, then: Sequence[Follows]) -> None:
    """Revoke the permit, then have its mails written."""
    happened = await _happened(event_id)
    await permits.revoke(happened.reservation_id, happened.reason, now())
    await defer(jobs_for(happened, then))


@transactional
async def expire(reservation_id: int, ends_at: datetime) -> None:
    """End what runs out at `ends_at`; nothing where it runs out at another time by now, or not at all."""
    await queries.LOCK.row(id=reservation_id)
    if await queries.ENDS_AT.value(id=reservation_id) == ends_at:
        await steps.act(None, reservation_id, Step(Action.EXPIRE), now())
