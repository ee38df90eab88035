"""Half-open stretches of time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from testfields.core.errors import N_, Fault, InvalidInput, fault

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
NEEDS_OFFSET = N_("A time needs its offset, for example 2026-12-03T09:00:00+09:00.")
OUTSIDE = N_("The time must lie between the years 2000 and 2200.")


@dataclass(frozen=True, order=True)
class Period:
    """From `start` up to, and without, `end`; both aware, kept in UTC."""

    start: datetime
    end: datetime

    @property
    def duration(self) -> timedelta:
        """Elapsed time, also across a change of summer time."""
        return self.end - self.start

    def overlaps(self, other: "Period") -> bool:
        """Whether an instant lies in both; neighbours that touch do not overlap."""
        return self.start < other.end and other.start < self.end


def parse_period(start: datetime, end: datetime, start_path: str, end_path: str) -> Period:
    """Check a period as it came in; the paths name its ends in the faults.

    Raises InvalidInput when an end lacks its offset, the order is reversed or a year is absurd.
    """
    faults: list[Fault] = []
    for path, value in ((start_path, start), (end_path, end)):
        if value.tzinfo is None:
            faults.append(fault(path, NEEDS_OFFSET))
        elif not within_calendar(value):
            faults.append(fault(path, OUTSIDE))
    if not faults and start >= end:
        faults.append(fault(end_path, N_("The end must be later than the start.")))
    if faults:
        raise InvalidInput(faults)
    return Period(start.astimezone(UTC), end.astimezone(UTC))


def parse_instant(value: datetime, path: str) -> datetime:
    """A moment as it came in, in UTC; raises InvalidInput where it lacks its offset or its year is absurd."""
    message = NEEDS_OFFSET if value.tzinfo is None else None if within_calendar(value) else OUTSIDE
    if message:
        raise InvalidInput([fault(path, message)])
    return value.astimezone(UTC)


def within_calendar(value: datetime) -> bool:
    """Whether a time may be reckoned with; asked before it is, as year 1 cannot be turned into UTC, nor 9999 grow."""
    return EARLIEST.year <= value.year < LATEST.year
