"""What a delivery is: one letter to one receiver by one channel, tried until it succeeds or never can."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# RFC 5321, 4.1.2: a dot stands between atoms.
DOT_STRING = re.compile(r"[^.]+(\.[^.]+)*")


class Channel(StrEnum):
    """A way by which a letter reaches its receiver."""

    MAIL = "mail"


class DeliveryState(StrEnum):
    """How far a delivery has come."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


# 2, 4, 8 … seconds between attempts: the last of them 9 hours after the one before, 18 hours after the first.
MOST_ATTEMPTS = 16
# One attempt ends within this time, and for a little longer nobody else makes another.
ATTEMPT = timedelta(minutes=2)
LEASE = timedelta(minutes=3)
# What is due for this long has no job any more, or a worker that is behind.
OVERDUE = timedelta(minutes=10)
LONGEST_REASON = 500


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When to try again after `attempts` have failed; None when it is time to give up."""
    return None if attempts >= MOST_ATTEMPTS else now + timedelta(seconds=2**attempts)


@dataclass(frozen=True)
class Receiver:
    """A person, an organisation whose address for contact is written to, or the address that a link is sent to."""

    person_id: int | None
    organisation_id: int | None
    name: str
    locale: str
    way_in_id: int | None = None


@dataclass(frozen=True)
class Letter:
    """What is told, in the language of its receiver."""

    locale: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Leased:
    """A delivery that is ours to carry out; `attempt` counts from 1."""

    id: int
    attempt: int
    name: str
    email: str
    locale: str
    subject: str
    text: str
    html: str
    created_at: datetime
    way_in_id: int | None


@dataclass(eq=False)
class Refused(Exception):
    """A delivery did not succeed, in the words of whoever refused it; `final` when it never will."""

    final: bool
    reason: str


@dataclass(frozen=True)
class Listed:
    """A delivery in the list."""

    id: int
    channel: Channel
    email: str
    subject: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    next_attempt_at: datetime | None
    last_error: str


@dataclass(frozen=True)
class Shown(Listed):
    """One delivery with its letter."""

    locale: str
    text: str


@dataclass(frozen=True)
class Backlog:
    """Since when the oldest delivery is overdue, None for none; how many are, and how many have failed for good."""

    since: datetime | None
    overdue: int
    failed: int


def quoted(address: str) -> str:
    """An address as mail servers take it, its local part in quotes where dots stand in a row or at an end.

    Japanese carriers gave out such addresses until 2009, and people still have them. `address` is one that
    `accounts.entries.is_email` lets pass, so there is nothing in it to be escaped.
    """
    local, _, domain = address.rpartition("@")
    return address if DOT_STRING.fullmatch(local) else f'"{local}"@{domain}'
