"""The outbox: letters written down, delivered, and shown to whoever may know what became of them.

A delivery is leased, sent, and marked, in three steps with no transaction around them. A worker that dies before it
marks leaves the lease to run out; then the letter is sent once more, under the same Message-ID, and never lost.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from testfields.accounts import ways_in
from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.rules import IN_THE_MAIL_ALONE, Actor
from testfields.core.errors import N_, NotFound
from testfields.core.mails import one_line
from testfields.db.engine import transactional
from testfields.db.jobs import LATE_AFTER, Job, Pace, defer, work
from testfields.events.rules import Subject
from testfields.notifications import posting, queries
from testfields.notifications.rules import (
    LEASE,
    OVERDUE,
    Backlog,
    Channel,
    DeliveryState,
    Leased,
    Letter,
    Listed,
    Receiver,
    Refused,
    Shown,
    next_attempt,
)

DELIVER = "deliver"
NEWEST = 2**63 - 1
MOST_FAILED = 20
LOOKED_AT_FOR = timedelta(seconds=10)


async def post(event_id: int, channel: Channel, receiver: Receiver, letter: Letter, now: datetime) -> None:
    """Write a letter down and have it delivered, once for each event, channel and receiver.

    Belongs into a transaction.
    """
    delivery_id = await queries.POST.value(
        event_id=event_id,
        channel=channel,
        person_id=receiver.person_id,
        organisation_id=receiver.organisation_id,
        way_in_id=receiver.way_in_id,
        locale=letter.locale,
        subject=one_line(letter.subject),
        text=letter.text,
        html=letter.html,
        now=now,
    )
    if delivery_id is not None:
        await defer([_job(delivery_id)])


def _job(delivery_id: int, at: datetime | None = None) -> Job:
    return Job(DELIVER, {"delivery_id": delivery_id}, at=at)


async def deliver(
    delivery_id: int, smtp_url: str | None, sender: str, folder: Path, clock: Callable[[], datetime]
) -> None:
    """Carry a delivery out, unless it has arrived or somebody else is at it; then it is looked at again later."""
    now = clock()
    leased = await queries.LEASE.one(Leased, delivery_id=delivery_id, now=now, until=now + LEASE)
    if leased is None:
        until = await queries.LEASED_UNTIL.value(delivery_id=delivery_id)
        await defer([_job(delivery_id, until)] if until else [])
        return
    try:
        await posting.hand_over(await _with_secret(leased, now), smtp_url, sender, folder)
    except Refused as refusal:
        await _refused(leased, refusal, clock())
    except asyncio.CancelledError:
        # The worker is ending. Whoever comes next need not wait for the lease to run out.
        await queries.GIVE_BACK.run(delivery_id=delivery_id, attempt=leased.attempt)
        raise
    else:
        await queries.MARK_SENT.run(delivery_id=delivery_id, now=clock())


async def _with_secret(leased: Leased, now: datetime) -> Leased:
    """The mail as it is handed over: a link's secret is made anew each time and stored nowhere but as its hash.

    Raises Refused where the link opens nothing any more.
    """
    if leased.way_in_id is None:
        return leased
    secret = await ways_in.new_secret(leased.way_in_id, now)
    if secret is None:
        raise Refused(True, "the link in this mail opens nothing any more")
    text, html = (one.replace(IN_THE_MAIL_ALONE, secret) for one in (leased.text, leased.html))
    return replace(leased, text=text, html=html)


@transactional
async def _refused(leased: Leased, refusal: Refused, now: datetime) -> None:
    again = None if refusal.final else next_attempt(leased.attempt, now)
    marked = await queries.MARK_REFUSED.run(
        delivery_id=leased.id, attempt=leased.attempt, next_attempt_at=again, reason=refusal.reason
    )
    if marked and again:
        await defer([_job(leased.id, again)])


@transactional
async def take_up_overdue(now: datetime) -> None:
    """Have delivered what is due and has no job: after a crash between two steps, or jobs that were cleared away."""
    rows = await queries.TAKE_UP.rows(now=now, overdue=now - OVERDUE)
    await defer([_job(row["id"]) for row in rows])


async def latest(actor: Actor, state: DeliveryState | None, before: int | None, limit: int) -> list[Listed]:
    """What was written, newest first, below the number `before`."""
    rows = await queries.LATEST.rows(**_seen(actor, May.READ_MAILS), state=state, before=before or NEWEST, limit=limit)
    return [Listed(**_told(row)) for row in rows]


async def read(actor: Actor, delivery_id: int) -> Shown:
    """One letter and what became of it; raises NotFound."""
    row = await queries.ONE.row(**_seen(actor, May.READ_MAILS), delivery_id=delivery_id)
    if row is None:
        raise NotFound(N_("There is no such mail."))
    return Shown(**_told(row))


@transactional
async def resend(actor: Actor, delivery_id: int, seen: DeliveryState | None, now: datetime) -> Shown:
    """Deliver a letter now, whatever became of it; nothing where it is on its way already.

    `seen` is the state in which the actor saw it: pressed twice, a button sends once. Raises NotFound.
    """
    if await queries.RESEND.run(**_seen(actor, May.RESEND_MAIL), delivery_id=delivery_id, seen=seen, now=now):
        await defer([_job(delivery_id)])
    return await read(actor, delivery_id)


async def failed_about(subject: Subject, subject_id: int) -> list[Listed]:
    """What did not arrive of what was told of a subject, newest first; the caller has made sure that it may be seen."""
    rows = await queries.FAILED_ABOUT.rows(subject=subject, subject_id=subject_id, limit=MOST_FAILED)
    return [Listed(**_told(row)) for row in rows]


async def backlog(now: datetime) -> Backlog:
    """What is still to be delivered, and what never will be."""
    (found,) = await queries.BACKLOG.all(Backlog, overdue=now - LATE_AFTER)
    return found


async def mails_are_late(now: datetime) -> bool:
    """Whether a mail that is promised now will not come soon: no worker is there, or it is behind.

    Each process looks at most every ten seconds.
    """
    if _last_look.until <= now:
        work_now, waiting = await work(now), await backlog(now)
        _last_look.late = work_now.pace(now) is not Pace.WORKING or waiting.since is not None
        _last_look.until = now + LOOKED_AT_FOR
    return _last_look.late


@dataclass
class _Look:
    """What was found when somebody last looked."""

    late: bool
    until: datetime


_last_look = _Look(False, datetime.min.replace(tzinfo=UTC))


def _told(row: asyncpg.Record) -> dict[str, Any]:
    return dict(row.items()) | {"state": DeliveryState(row["state"]), "channel": Channel(row["channel"])}


def _seen(actor: Actor, may: May) -> dict[str, object]:
    """Administrators look into everybody's mails, staff into those about their own land."""
    far = reach(actor, may)
    return {"everything": far.everything, "tenants": far.owners}
