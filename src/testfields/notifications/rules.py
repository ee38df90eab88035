"""What a mail is before it goes out."""

import re
from dataclasses import dataclass
from datetime import datetime

# RFC 5321, 4.1.2: a dot stands between atoms.
DOT_STRING = re.compile(r"[^.]+(\.[^.]+)*")


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
    """`text` fit for a header: line breaks and other control characters become single spaces (RFC 5322, 2.2).

    What looks like an encoded word (RFC 2047) would be decoded, line breaks in it and all; so it is taken apart.
    """
    plain = "".join(letter if letter.isprintable() else " " for letter in text).replace("=?", "= ?")
    return " ".join(plain.split())


def quoted(address: str) -> str:
    """An address as mail servers take it, its local part in quotes where dots stand in a row or at an end.

    Japanese carriers gave out such addresses until 2009, and people still have them. `address` is one that
    `accounts.entries.is_email` lets pass, so there is nothing in it to be escaped.
    """
    local, _, domain = address.rpartition("@")
    return address if DOT_STRING.fullmatch(local) else f'"{local}"@{domain}'
