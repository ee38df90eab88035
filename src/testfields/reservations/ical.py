"""Stays as a calendar file that other programs read (iCalendar, RFC 5545)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from testfields.core.periods import Period

MEDIA_TYPE = "text/calendar"
PRODUCT = "-//Test-field Portal//Stays//EN"
# Octets of a line without its end; what is longer goes on in the next (RFC 5545, 3.1).
LONGEST_LINE = 75


@dataclass(frozen=True)
class Entry:
    """One stay. `uid` is the same in every file; `sequence` grows when it is told anew; `status` is one of
    TENTATIVE, CONFIRMED and CANCELLED."""

    uid: str
    sequence: int
    period: Period
    status: str
    summary: str
    location: str
    description: str
    url: str


def calendar(name: str, entries: Iterable[Entry], now: datetime) -> bytes:
    """A whole file, named `name`; all instants in UTC."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(name)}",
        # How often a program may look again (RFC 7986, 5.7).
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        *(line for one in entries for line in _event(one, now)),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _event(one: Entry, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(one.uid)}"
    yield f"SEQUENCE:{one.sequence}"
    yield f"DTSTAMP:{_instant(now)}"
    yield f"DTSTART:{_instant(one.period.start)}"
    yield f"DTEND:{_instant(one.period.end)}"
    yield f"STATUS:{one.status}"
    yield f"SUMMARY:{_text(one.summary)}"
    yield f"LOCATION:{_text(one.location)}"
    yield f"DESCRIPTION:{_text(one.description)}"
    yield f"URL:{one.url}"
    yield "END:VEVENT"


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    """A value of the type TEXT (RFC 5545, 3.3.11); other control characters have no place in it."""
    for sign in ("\\", ";", ","):
        words = words.replace(sign, f"\\{sign}")
    lines = words.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\\n".join("".join(sign for sign in line if sign >= " " and sign != "\x7f") for line in lines)


def _folded(line: str) -> bytes:
    """A line in UTF-8 with its end, folded between characters."""
    parts, size = [""], 0
    for sign in line:
        width = len(sign.encode())
        if size + width > LONGEST_LINE:
            parts.append(" ")
            size = 1
        parts[-1] += sign
        size += width
    return "".join(f"{part}\r\n" for part in parts).encode()
