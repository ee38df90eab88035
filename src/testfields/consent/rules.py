"""Texts that people agree to, in versions: which is in force, and what may be put in its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from testfields.core.errors import N_, Fault, fault
from testfields.core.texts import text_faults

LONGEST_TEXT = 50_000
# How far ahead a version may be announced: what is published stays, also where a year was mistyped.
FURTHEST = timedelta(days=365)
# What ships with the portal has this number; those that are published are counted from 1.
SAMPLE = 0


class Kind(StrEnum):
    """What people agree to."""

    TERMS = "terms"
    PRIVACY = "privacy"


WORDS: Mapping[Kind, str] = {Kind.TERMS: N_("Terms of use"), Kind.PRIVACY: N_("Privacy notice")}


@dataclass(frozen=True)
class Version:
    """A text in one version; a sample applies where nothing else does."""

    kind: Kind
    version: int
    text_ja: str
    text_en: str
    applies_from: datetime | None = None

    @property
    def sample(self) -> bool:
        """Whether it ships with the portal, and is to be replaced."""
        return self.version == SAMPLE


@dataclass(frozen=True)
class Agreed:
    """What somebody says to agree to, by version, nothing where they do not; and the language in which they read it."""

    versions: Mapping[Kind, int]
    locale: str


@dataclass(frozen=True)
class Block:
    """A heading, or a paragraph of lines."""

    heading: bool
    text: str


def blocks(text: str) -> list[Block]:
    """A text as a page shows it: paragraphs stand apart by an empty line, and a line after “# ” is a heading."""
    found = list[Block]()
    for part in text.split("\n\n"):
        lines = [line.strip() for line in part.strip().split("\n")]
        if lines[0].startswith("# "):
            found.append(Block(True, lines.pop(0)[2:]))
        if any(lines):
            found.append(Block(False, "\n".join(lines)))
    return found


def in_force(versions: Sequence[Version], now: datetime) -> Version:
    """The newest of a kind's versions, the sample first, whose day has come."""
    return [one for one in versions if one.applies_from is None or one.applies_from <= now][-1]


def superseded(one: Version, versions: Sequence[Version]) -> bool:
    """Whether a newer of its kind's versions applies by the day of this one, so that it never comes into force."""
    return one.applies_from is not None and in_force(versions, one.applies_from).version > one.version


def publishing_faults(text_ja: str, text_en: str, day: date, today: date) -> list[Fault]:
    """What keeps a text from being published."""
    faults = [
        *_text_faults("text.ja", text_ja),
        *_text_faults("text.en", text_en),
    ]
    if day < today:
        faults.append(fault("applies_from", N_("Please choose today or a day to come.")))
    elif day > today + FURTHEST:
        faults.append(fault("applies_from", N_("Please choose a day within a year from now.")))
    return faults


def _text_faults(path: str, text: str) -> list[Fault]:
    return text_faults(path, text, LONGEST_TEXT) if text else [fault(path, N_("This field is required."))]
