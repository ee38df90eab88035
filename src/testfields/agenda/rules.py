"""Which days the calendar shows. Values in, verdicts out."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from testfields.core.errors import N_, InvalidInput, fault
from testfields.reservations.states import OPEN_TO_REVIEW, PUBLIC, STATES, Stage, State, those

# The longest span that is told at once, in days.
MOST_DAYS = 62


class View(StrEnum):
    """How much of the calendar is in sight."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class What(StrEnum):
    """What of all that takes place."""

    ALL = "all"
    UNDECIDED = "undecided"
    PERMITTED = "permitted"
    CLOSED = "closed"


# What has a place and a time, decided or not; what waits for somebody else's has none.
_PLACED = those(lambda row: row.claims)
STATES_OF: dict[What, frozenset[State]] = {
    What.ALL: _PLACED,
    What.UNDECIDED: OPEN_TO_REVIEW | those(lambda row: row.stage is Stage.RETURNED),
    What.PERMITTED: PUBLIC,
    What.CLOSED: frozenset(),
}


@dataclass(frozen=True)
class Span:
    """Local days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """Each of them."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


def span_of(view: View, day: date) -> Span:
    """The days in sight with `day`; weeks begin on Monday."""
    match view:
        case View.DAY:
            return Span(day, day)
        case View.WEEK:
            monday = day - timedelta(days=day.weekday())
            return Span(monday, monday + timedelta(days=6))
        case View.MONTH:
            first = day.replace(day=1)
            return Span(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def neighbours(view: View, day: date) -> tuple[date, date]:
    """A day of the span before and one of the span after."""
    span = span_of(view, day)
    return span.first - timedelta(days=1), span.last + timedelta(days=1)


def checked_span(first: date, last: date) -> Span:
    """A span that somebody typed; raises InvalidInput."""
    if last < first:
        raise InvalidInput([fault("to", N_("The last day lies before the first one."))])
    if (last - first).days >= MOST_DAYS:
        raise InvalidInput([fault("to", N_("Please ask for no more than %(most)s days at once."), most=MOST_DAYS)])
    return Span(first, last)


def kind_of(state: State | None) -> str:
    """How a time is drawn, in the words of the day's bar; None is a closure."""
    if state is None:
        return "closed"
    if state is State.HELD:
        return "held"
    return "rival" if STATES[state].stage in {Stage.OPEN, Stage.RETURNED} else "taken"
