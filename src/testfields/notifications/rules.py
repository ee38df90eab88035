"""What a mail is before it goes out."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Unsent:
    """A mail that has been written and waits to be sent."""

    id: int
    name: str
    email: str
    locale: str
    subject: str
    text: str
    html: str
    created_at: datetime


@dataclass(frozen=True)
class Listed:
    """A mail in the administrator's list."""

    id: int
    email: str
    subject: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class Shown:
    """One mail as the administrator reads it."""

    id: int
    email: str
    locale: str
    subject: str
    text: str
    created_at: datetime
    sent_at: datetime | None


def one_line(text: str) -> str:
    """`text` fit for a header: line breaks and other control characters become single spaces (RFC 5322, 2.2)."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
