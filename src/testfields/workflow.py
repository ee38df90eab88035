"""What follows from each event, on one page; and how it is carried out.

Every event enqueues `what_follows` in its own transaction. That job reads one row of the table below and writes one
job for each consequence, again in one transaction. Each of those may run twice and does its work once, so a failing
mail server delays a mail and nothing else.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from testfields.core.clock import now
from testfields.db.engine import transactional
from testfields.db.jobs import Job, defer
from testfields.events import service as events
from testfields.events.rules import Happened, Subject
from testfields.joining.jobs import SEND_LINK, TELL_DEPUTY, TELL_VERIFIED
from testfields.letters.jobs import TELL, TELL_DISPLACED
from testfields.letters.rules import Audience
from testfields.permits import service as permits
from testfields.reservations import queries, steps
from testfields.reservations.moving import Step
from testfields.reservations.rules import CAN_BE_TAKEN_BACK, TAKEN_BACK_WITHIN, Action, State


class Follows(StrEnum):
    """A consequence; its value is the name of the worker's task."""

    # There is no fee yet, so it counts as waived: what is approved is confirmed at once.
    CONFIRM = "confirm"
    ISSUE_PERMIT = "issue_permit"
    REVOKE_PERMIT = "revoke_permit"
    # A claim was released: the first waiting applications that fit now are offered a hold.
    OFFER_WAITING = "offer_waiting"
    # A hold, an offer and a return run out at their deadline, a place on the waiting list when its time begins, what
    # nobody has decided when its time is over.
    EXPIRE_IN_TIME = "expire_in_time"
    # Whom a closing displaced is told of it, once each.
    TELL_DISPLACED = TELL_DISPLACED
    # The mail that brings a single-use link.
    SEND_LINK = SEND_LINK
    # Whether a company that registered itself is verified.
    TELL_VERIFIED = TELL_VERIFIED
    # Whoever is named deputy, or is one no longer, is told so.
    TELL_DEPUTY = TELL_DEPUTY


S, A, F = State, Action, Follows
# Besides: somebody is told. Who that is, how it reaches them and in which words stands in letters.
COMPANY, STAFF = Audience.COMPANY, Audience.STAFF

# Of applications. Consequences of one row run side by side; only letters wait for the permit that they tell of.
# What a closure displaces is told with the closure, once to each, and what becomes free by it is offered there.
WHAT_FOLLOWS: dict[tuple[State | None, Action], tuple[Follows | Audience, ...]] = {
    (None, A.SAVE): (),
    (None, A.HOLD): (COMPANY, F.EXPIRE_IN_TIME),
    (None, A.SUBMIT): (COMPANY, STAFF, F.EXPIRE_IN_TIME),
    # What was in the way a moment ago may have gone meanwhile.
    (None, A.WAIT): (COMPANY, F.EXPIRE_IN_TIME, F.OFFER_WAITING),
    (None, A.FILE_FOR): (COMPANY, STAFF, F.EXPIRE_IN_TIME),
    (S.DRAFT, A.CHANGE): (),
    (S.DRAFT, A.MOVE): (),
    (S.DRAFT, A.ADD): (),
    (S.DRAFT, A.HOLD): (COMPANY, F.EXPIRE_IN_TIME),
    (S.DRAFT, A.SUBMIT): (COMPANY, STAFF, F.EXPIRE_IN_TIME),
    (S.DRAFT, A.WAIT): (COMPANY, F.EXPIRE_IN_TIME, F.OFFER_WAITING),
    (S.DRAFT, A.WITHDRAW): (),
    (S.HELD, A.CHANGE): (F.EXPIRE_IN_TIME, F.OFFER_WAITING),
    (S.HELD, A.MOVE): (F.EXPIRE_IN_TIME, F.OFFER_WAITING),
    (S.HELD, A.ADD): (F.EXPIRE_IN_TIME,),
    (S.HELD, A.REJECT): (COMPANY, F.OFFER_WAITING),
    (S.HELD, A.SUBMIT): (COMPANY, STAFF, F.EXPIRE_IN_TIME),
    (S.HELD, A.WITHDRAW): (COMPANY, F.OFFER_WAITING),
    (S.HELD, A.EXPIRE): (COMPANY, F.OFFER_WAITING),
    (S.HELD, A.DISPLACE): (),
    (S.SUBMITTED, A.CHANGE): (COMPANY, STAFF, F.EXPIRE_IN_TIME, F.OFFER_WAITING),
    (S.SUBMITTED, A.MOVE): (COMPANY, STAFF, F.EXPIRE_IN_TIME, F.OFFER_WAITING),
    (S.SUBMITTED, A.ADD): (COMPANY, STAFF, F.EXPIRE_IN_TIME),
    (S.SUBMITTED, A.RETURN): (COMPANY, F.EXPIRE_IN_TIME),
    (S.SUBMITTED, A.APPROVE): (COMPANY, F.CONFIRM),
    (S.SUBMITTED, A.REJECT): (COMPANY, F.OFFER_WAITING),
    (S.SUBMITTED, A.WITHDRAW): (COMPANY, STAFF, F.OFFER_WAITING),
    (S.SUBMITTED, A.EXPIRE): (COMPANY, STAFF, F.OFFER_WAITING),
    (S.SUBMITTED, A.DISPLACE): (F.EXPIRE_IN_TIME,),
    (S.RETURNED, A.CHANGE): (F.EXPIRE_IN_TIME, F.OFFER_WAITING),
    (S.RETURNED, A.MOVE): (F.EXPIRE_IN_TIME, F.OFFER_WAITING),
    (S.RETURNED, A.ADD): (F.EXPIRE_IN_TIME,),
    (S.RETURNED, A.TAKE_BACK): (F.EXPIRE_IN_TIME,),
    (S.RETURNED, A.REJECT): (COMPANY, F.OFFER_WAITING),
    (S.RETURNED, A.SUBMIT): (COMPANY, STAFF, F.EXPIRE_IN_TIME),
    (S.RETURNED, A.WITHDRAW): (COMPANY, STAFF, F.OFFER_WAITING),
    (S.RETURNED, A.EXPIRE): (COMPANY, STAFF, F.OFFER_WAITING),
    (S.RETURNED, A.DISPLACE): (),
    (S.APPROVED, A.CHANGE): (COMPANY, STAFF, F.EXPIRE_IN_TIME, F.OFFER_WAITING),
    # Nobody had been written to, so nobody has to be.
    (S.APPROVED, A.TAKE_BACK): (F.EXPIRE_IN_TIME,),
    (S.APPROVED, A.CONFIRM): (F.ISSUE_PERMIT, COMPANY),
    (S.APPROVED, A.CANCEL): (COMPANY, STAFF, F.OFFER_WAITING),
    (S.APPROVED, A.REVOKE): (COMPANY, F.OFFER_WAITING),
    (S.APPROVED, A.DISPLACE): (),
    (S.CONFIRMED, A.CHANGE): (F.REVOKE_PERMIT, COMPANY, STAFF, F.EXPIRE_IN_TIME, F.OFFER_WAITING),
    # The application that the times have become tells both of itself.
    (S.CONFIRMED, A.MOVE): (F.REVOKE_PERMIT, COMPANY, F.OFFER_WAITING),
    (S.CONFIRMED, A.ADD): (),
    (S.CONFIRMED, A.CHECK_IN): (),
    (S.CONFIRMED, A.CANCEL): (F.REVOKE_PERMIT, COMPANY, STAFF, F.OFFER_WAITING),
    (S.CONFIRMED, A.TAKE_BACK): (F.REVOKE_PERMIT, F.EXPIRE_IN_TIME),
    (S.CONFIRMED, A.REVOKE): (F.REVOKE_PERMIT, COMPANY, F.OFFER_WAITING),
    # A permit falls when no stay is left that it permits.
    (S.CONFIRMED, A.NO_SHOW): (F.REVOKE_PERMIT, COMPANY, F.OFFER_WAITING),
    (S.CONFIRMED, A.GIVE_BACK): (F.REVOKE_PERMIT, COMPANY, STAFF, F.OFFER_WAITING),
    (S.CONFIRMED, A.FINISH): (F.REVOKE_PERMIT, F.OFFER_WAITING),
    (S.CONFIRMED, A.DISPLACE): (F.REVOKE_PERMIT,),
    (S.ACTIVE, A.MOVE): (F.REVOKE_PERMIT, COMPANY, F.OFFER_WAITING),
    (S.ACTIVE, A.ADD): (),
    (S.ACTIVE, A.CHECK_IN): (),
    (S.ACTIVE, A.CHECK_OUT): (COMPANY, F.OFFER_WAITING),
    (S.ACTIVE, A.GIVE_BACK): (F.REVOKE_PERMIT, COMPANY, STAFF, F.OFFER_WAITING),
    (S.ACTIVE, A.REVOKE): (F.REVOKE_PERMIT, COMPANY, F.OFFER_WAITING),
    (S.ACTIVE, A.NO_SHOW): (F.REVOKE_PERMIT, COMPANY, F.OFFER_WAITING),
    (S.ACTIVE, A.FINISH): (F.REVOKE_PERMIT, F.OFFER_WAITING),
    (S.ACTIVE, A.DISPLACE): (F.REVOKE_PERMIT,),
    (S.COMPLETED, A.REPORT): (STAFF,),
    (S.REJECTED, A.TAKE_BACK): (F.EXPIRE_IN_TIME,),
    (S.WAITING, A.MOVE): (F.EXPIRE_IN_TIME, F.OFFER_WAITING),
    (S.WAITING, A.ADD): (F.EXPIRE_IN_TIME, F.OFFER_WAITING),
    (S.WAITING, A.OFFER): (COMPANY, F.EXPIRE_IN_TIME),
    (S.WAITING, A.WITHDRAW): (COMPANY,),
    (S.WAITING, A.EXPIRE): (COMPANY,),
    (S.WAITING, A.DISPLACE): (F.EXPIRE_IN_TIME,),
}

# Of everything else, by what it happened to and the action told; nothing follows from what does not stand here.
OF_OTHERS: dict[tuple[Subject, str], tuple[Follows, ...]] = {
    (Subject.CLOSURE, "close"): (F.TELL_DISPLACED, F.OFFER_WAITING),
    (Subject.CLOSURE, "lift"): (F.OFFER_WAITING,),
    (Subject.WAY_IN, "ask_for_password"): (F.SEND_LINK,),
    (Subject.WAY_IN, "invite"): (F.SEND_LINK,),
    (Subject.WAY_IN, "register"): (F.SEND_LINK,),
    (Subject.WAY_IN, "ask_for_email"): (F.SEND_LINK,),
    (Subject.WAY_IN, "tell_old_email"): (F.SEND_LINK,),
    (Subject.DEPUTY, "name"): (F.TELL_DEPUTY,),
    (Subject.DEPUTY, "end"): (F.TELL_DEPUTY,),
    (Subject.ORGANISATION, "verify"): (F.TELL_VERIFIED,),
    (Subject.ORGANISATION, "do_not_verify"): (F.TELL_VERIFIED,),
}

PERMITS = (F.ISSUE_PERMIT, F.REVOKE_PERMIT)
EXPIRE = "expire"


@transactional
async def begin(event_id: int) -> None:
    """Write one job for each consequence of an event."""
    happened = await events.happened(event_id)
    await defer(await jobs_for(happened, consequences_of(happened)))


def consequences_of(happened: Happened) -> tuple[Follows | Audience, ...]:
    """The row of an event."""
    if happened.subject is not Subject.RESERVATION:
        return OF_OTHERS.get((happened.subject, happened.action), ())
    from_state = State(happened.from_state) if happened.from_state else None
    return WHAT_FOLLOWS[(from_state, Action(happened.action))]


async def jobs_for(happened: Happened, consequences: Sequence[Follows | Audience]) -> list[Job]:
    """The jobs that carry `consequences` out; letters are left to the permit's job where there is one."""
    letters = [one for one in consequences if isinstance(one, Audience)]
    then = letters if any(one in PERMITS for one in consequences) else []
    jobs = [await _job(happened, one, then) for one in consequences if one not in then]
    return [job for job in jobs if job is not None]


async def _job(happened: Happened, consequence: Follows | Audience, then: Sequence[Audience]) -> Job | None:
    match consequence:
        case Audience():
            return Job(TELL, {"event_id": happened.id, "audience": consequence}, at=_told_at(happened))
        case F.EXPIRE_IN_TIME:
            return await _expiry(happened.subject_id)
        case F.OFFER_WAITING:
            return offer_job(happened.site_id)
        case F.ISSUE_PERMIT | F.REVOKE_PERMIT:
            return Job(consequence, {"event_id": happened.id, "then": then})
        case _:
            return Job(consequence, {"event_id": happened.id})


def _told_at(happened: Happened) -> datetime | None:
    """When letters are written: at once, but of what can be taken back when that is past."""
    step = (State(happened.from_state) if happened.from_state else None, Action(happened.action))
    return happened.at + TAKEN_BACK_WITHIN if step in CAN_BE_TAKEN_BACK else None


async def _expiry(reservation_id: int) -> Job | None:
    """None where somebody has taken the next step already, so that nothing runs out any more."""
    ends_at: datetime | None = await queries.ENDS_AT.value(id=reservation_id)
    if ends_at is None:
        return None
    return Job(EXPIRE, {"reservation_id": reservation_id, "ends_at": ends_at.isoformat()}, at=ends_at)


def offer_job(site_id: int | None) -> Job:
    """Offer what is free at a site to whoever waits there."""
    return Job(F.OFFER_WAITING, {"site_id": site_id})


@transactional
async def confirm(event_id: int) -> None:
    """Confirm what was approved, unless it has gone another way since."""
    happened = await events.happened(event_id)
    locked = await queries.LOCK.row(id=happened.subject_id)
    if locked is not None and locked["state"] == State.APPROVED:
        await steps.act(None, happened.subject_id, Step(Action.CONFIRM), now())


@transactional
async def issue_permit(event_id: int, then: Sequence[Audience]) -> None:
    """Issue the permit, then have its letters written."""
    happened = await events.happened(event_id)
    await permits.issue(happened.subject_id, now())
    await defer(await jobs_for(happened, then))


@transactional
async def revoke_permit(event_id: int, then: Sequence[Audience]) -> None:
    """Revoke the permit, then have its letters written."""
    happened = await events.happened(event_id)
    await permits.revoke(happened.subject_id, happened.reason, now())
    await defer(await jobs_for(happened, then))


@transactional
async def expire(reservation_id: int, ends_at: datetime) -> None:
    """End what runs out at `ends_at`; nothing where it runs out at another time by now, or not at all."""
    await queries.LOCK.row(id=reservation_id)
    if await queries.ENDS_AT.value(id=reservation_id) == ends_at:
        await steps.act(None, reservation_id, Step(Action.EXPIRE), now())
