"""A series: a time of the form every few weeks, so many times in all or until a day; all by the site's own clock.

The time that is repeated is the first of them: "weekly, 4 times" makes four.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from testfields.availability.rules import MOST_VOLUMES, too_many
from testfields.core.errors import N_, Fault, InvalidInput, fault, tried
from testfields.core.local_time import format_date
from testfields.core.periods import OUTSIDE, within_calendar
from testfields.reservations.apply.forms import DATE_TIME, Entered, Time, clock
from testfields.sites.stays import last_day
from testfields.web.schemas import NamedText

MOST_WEEKS = 52


@dataclass(frozen=True)
class Horizon:
    """The last local day that can be booked, so many days from today."""

    last: date
    days: int


def horizon_of(days: int, zone: str, now: datetime) -> Horizon:
    """How far ahead a site can be booked now that can be so by `days`."""
    return Horizon(last_day(days, zone, now), days)


def further_times(entered: Entered, ahead: Horizon | None) -> list[Time]:
    """The last time that was entered again, as the fields of the series say; `ahead` is None while no site is chosen.

    Raises InvalidInput with each fault at its field, also for more times than one application can have: of a series
    all is added or nothing.
    """
    first = _first(entered)
    faults: list[Fault] = []
    weeks = tried(faults, _number, entered.every or "1", "every", MOST_WEEKS, EVERY)
    further = tried(
        faults, _FURTHER[(bool(entered.count), bool(entered.until))], entered, first.start, weeks or 1, ahead
    )
    if faults or weeks is None or further is None:
        raise InvalidInput(faults)
    if further + sum(not one.blank for one in entered.times) > MOST_VOLUMES:
        raise InvalidInput([too_many("until" if entered.until else "count")])
    return [first.later(weeks * place) for place in range(1, further + 1)]


def moved_on(times: Sequence[Time], earliest: datetime) -> tuple[Time, ...]:
    """Times of a form whole weeks later, all by as many, so that the first begins at `earliest`, by the local clock
    and without an offset, or later; unchanged where they do already."""
    starts = [read for one in times if (read := clock(one.start)) is not None]
    weeks = max(0, -((min(starts) - earliest) // timedelta(weeks=1))) if starts else 0
    pairs = [(one, clock(one.start), clock(one.end)) for one in times]
    return tuple(_First(start, end).later(weeks) if start and end else one for one, start, end in pairs)


@dataclass(frozen=True)
class _First:
    """What is repeated, by the local clock."""

    start: datetime
    end: datetime

    def later(self, weeks: int) -> Time:
        """The same time of the day, so many weeks on."""
        moved = (one + timedelta(weeks=weeks) for one in (self.start, self.end))
        return Time(*(one.strftime(DATE_TIME) for one in moved))


def _first(entered: Entered) -> _First:
    last = next((one for one in reversed(entered.times) if not one.blank), None)
    if last is None:
        raise InvalidInput([fault("count", N_("Please enter the time first that is to be repeated."))])
    start, end = clock(last.start), clock(last.end)
    if start is None or end is None:
        raise InvalidInput([fault("count", N_("Please complete the last time before you repeat it."))])
    if not (within_calendar(start) and within_calendar(end)):
        raise InvalidInput([fault("count", OUTSIDE)])
    return _First(start, end)


EVERY = N_("Please enter every how many weeks, as a whole number from 1 to %(most)s.")
IN_ALL = N_("Please enter how many times in all, as a whole number from 2 to %(most)s.")


def _number(typed: str, field: str, most: int, message: str, least: int = 1) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", typed) or not least <= int(typed) <= most:
        raise InvalidInput([fault(field, message, most=most)])
    return int(typed)


def _so_many(entered: Entered, _start: datetime, _weeks: int, _ahead: Horizon | None) -> int:
    """How many are left of them beside the first."""
    if re.fullmatch(r"[0-9]{2,4}", entered.count) and int(entered.count) > MOST_VOLUMES:
        raise InvalidInput([too_many("count")])
    return _number(entered.count, "count", MOST_VOLUMES, IN_ALL, least=2) - 1


def _until(entered: Entered, start: datetime, weeks: int, ahead: Horizon | None) -> int:
    """How many more begin by the end of that day."""
    try:
        last = date.fromisoformat(entered.until)
    except ValueError:
        raise InvalidInput([fault("until", N_("Please enter the last day as a date, like 2026-12-24."))]) from None
    if ahead is not None and last > ahead.last:
        message = N_("This site can be booked until %(date)s at present, %(days)s days ahead.")
        raise InvalidInput([fault("until", message, date=_in_words(ahead.last), days=ahead.days)])
    further = (last - start.date()) // timedelta(weeks=weeks)
    if further < 1:
        message = N_("The first of the further times would be on %(date)s. Please choose that day or a later one.")
        raise InvalidInput([fault("until", message, date=_in_words(start.date() + timedelta(weeks=weeks)))])
    return further


def _neither(_entered: Entered, _start: datetime, _weeks: int, _ahead: Horizon | None) -> int:
    message = N_("Please enter how many times in all, from 2 to %(most)s, or the last day.")
    raise InvalidInput([fault("count", message, most=MOST_VOLUMES)])


def _both(_entered: Entered, _start: datetime, _weeks: int, _ahead: Horizon | None) -> int:
    raise InvalidInput([fault("until", N_("Please enter either how many times in all, or the last day."))])


# By whether a number was typed, and a day.
_FURTHER: Mapping[tuple[bool, bool], Callable[[Entered, datetime, int, Horizon | None], int]] = {
    (True, False): _so_many,
    (False, True): _until,
    (False, False): _neither,
    (True, True): _both,
}


def _in_words(day: date) -> NamedText:
    return NamedText(format_date(day, "ja"), format_date(day, "en"))
