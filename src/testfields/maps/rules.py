"""What maps there are, and what the public may ask the public one for: days, kinds, owners."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from testfields.core.errors import N_, InvalidInput, fault

# Far beyond every site's horizon, and well inside what a calendar can hold.
LAST_YEAR = 2199


class Kind(StrEnum):
    """What a map is for."""

    PUBLIC = "public"
    SITE = "site"
    APPLY = "apply"
    REVIEW = "review"


class Span(StrEnum):
    """A stretch of days as people name it."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Sought:
    """What is asked for: days in Japan, the last one included; None is anything."""

    first: date
    last: date | None = None
    use: str | None = None
    owner: str | None = None
    site: str | None = None


def days_of(span: Span | None, today: date) -> tuple[date, date | None]:
    """Today and the rest of the day, week (to Sunday) or month; without a span, everything to come."""
    match span:
        case Span.TODAY:
            return today, today
        case Span.WEEK:
            return today, today + timedelta(days=6 - today.weekday())
        case Span.MONTH:
            return today, today.replace(day=monthrange(today.year, today.month)[1])
        case None:
            return today, None


def check_days(first: date | None, last: date | None, today: date) -> tuple[date, date | None]:
    """The days asked for, none of them before today: the map shows no past.

    Raises InvalidInput when they are in the wrong order or too far away.
    """
    for name, day in (("from", first), ("to", last)):
        if day is not None and day.year > LAST_YEAR:
            raise InvalidInput([fault(name, N_("The day must lie before the year 2200."))])
    if first is not None and last is not None and last < first:
        raise InvalidInput([fault("to", N_("The last day must not lie before the first."))])
    return max(first or today, today), last
