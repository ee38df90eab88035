"""Words that the pages of several features share, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from testfields.core.local_time import format_instant, format_period
from testfields.core.periods import Period
from testfields.web import locale


@dataclass(frozen=True)
class Word:
    """A key and what people read for it."""

    key: str
    label: str


def word(key: str, words: Mapping[str, locale.InBoth]) -> Word:
    """One of the words; raises KeyError for one that is not known."""
    return Word(str(key), locale.in_words(words[key]))


def labels(words: Mapping[str, locale.InBoth]) -> dict[str, str]:
    """The words by their keys."""
    return {str(key): locale.in_words(label) for key, label in words.items()}


def options(words: Mapping[str, locale.InBoth]) -> list[dict[str, str]]:
    """The words as a form offers them."""
    return [{"value": key, "label": label} for key, label in labels(words).items()]


def stay_in_words(minutes: int) -> str:
    """Minutes in the largest unit that needs no fraction."""
    if minutes and minutes % (24 * 60) == 0:
        return locale.plural("%(num)s day", "%(num)s days", minutes // (24 * 60))
    if minutes and minutes % 60 == 0:
        return locale.plural("%(num)s hour", "%(num)s hours", minutes // 60)
    return locale.plural("%(num)s minute", "%(num)s minutes", minutes)


def when(period: Period, zone: str, language: str | None = None) -> str:
    """A period for people."""
    return format_period(period, zone, language or locale.current())


def instant(value: datetime | None, zone: str) -> str:
    """An instant for people; nothing where there is none."""
    return format_instant(value, zone, locale.current()) if value else ""
