"""Single-use links by mail: opened, given a secret when their mail is handed over, found by it, and used once."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from testfields.accounts import way_queries as queries
from testfields.accounts.attempts import secret_hash
from testfields.accounts.rules import LINK_KEPT, LINK_LIFE, MemberRole, Purpose
from testfields.core.errors import N_, NotFound
from testfields.events import service as events
from testfields.events.rules import PERSON, PORTAL, Event, Subject

SECRET_BYTES = 32
# In the same words whatever became of it: whoever guesses learns nothing.
OVER = N_("This link opens nothing any more. It may have been used, replaced by a newer one, or be too old.")


@dataclass(frozen=True)
class Invitation:
    """Into which organisation, as what, and by whom."""

    organisation_id: int
    roles: tuple[MemberRole, ...]
    invited_by: int


@dataclass(frozen=True)
class WayIn:
    """A link that opens something: what, and to whom it was sent; of a change of address, whose it is."""

    id: int
    purpose: Purpose
    email: str
    locale: str
    expires_at: datetime
    invitation: Invitation | None = None
    person_id: int | None = None


async def open_way(
    purpose: Purpose,
    email: str,
    locale: str,
    action: str,
    now: datetime,
    invitation: Invitation | None = None,
    person_id: int | None = None,
) -> int:
    """A new link in place of the ones before, to be sent by what follows from the event; its number.

    `person_id` is whose address changes by it; of these none takes another's place. Belongs into a transaction.
    """
    into = invitation.organisation_id if invitation else None
    by = invitation.invited_by if invitation else person_id
    await queries.REPLACE.run(email=email, purpose=purpose, organisation_id=into, now=now)
    way_id: int = await queries.OPEN.value(
        purpose=purpose,
        email=email,
        locale=locale,
        organisation_id=into,
        roles=[role.value for role in invitation.roles] if invitation else [],
        invited_by=invitation.invited_by if invitation else None,
        person_id=person_id,
        now=now,
        expires_at=now + LINK_LIFE[purpose],
    )
    told = Event(Subject.WAY_IN, way_id, action, PERSON if by else PORTAL, tenant_id=into, actor_id=by)
    await events.tell([told], now)
    return way_id


async def new_secret(way_id: int, now: datetime) -> str | None:
    """A secret for the mail that is being handed over; the one before ends. None where the link opens nothing more."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    known = await queries.NEW_SECRET.value(id=way_id, secret_hash=secret_hash(secret), now=now)
    return None if known is None else secret


async def find(secret: str, now: datetime) -> WayIn:
    """What a link opens; raises NotFound, whether it is unknown, used, replaced or too old."""
    row = await queries.FIND.row(secret_hash=secret_hash(secret), now=now)
    if row is None:
        raise NotFound(OVER)
    return _way(row)


async def by_number(way_id: int, now: datetime) -> WayIn | None:
    """The same for the mail that brings it; None where it opens nothing any more."""
    row = await queries.ONE.row(id=way_id, now=now)
    return None if row is None else _way(row)


async def use(secret: str, person_id: int | None, now: datetime) -> None:
    """End a link by using it, in the transaction in which it does its work. Raises NotFound for the second of two."""
    way_id = await queries.USE.value(secret_hash=secret_hash(secret), now=now)
    if way_id is None:
        raise NotFound(OVER)
    await events.tell([Event(Subject.WAY_IN, way_id, "use", PORTAL, actor_id=person_id)], now)


async def forget_over(now: datetime) -> int:
    """Delete links that have been over for long, with the mails that brought them; how many went."""
    return sum([await queries.FORGET.run(purpose=one, before=now - kept) for one, kept in LINK_KEPT.items()])


def _way(row: asyncpg.Record) -> WayIn:
    invitation = None
    if row["organisation_id"] is not None:
        roles = tuple(MemberRole(role) for role in row["roles"])
        invitation = Invitation(row["organisation_id"], roles, row["invited_by"])
    purpose, person_id = Purpose(row["purpose"]), row["person_id"]
    return WayIn(row["id"], purpose, row["email"], row["locale"], row["expires_at"], invitation, person_id)
