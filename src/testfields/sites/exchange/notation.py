"""How hours, facilities and uses are written as one line of text that people can read and type.

    hours       Mon-Fri 09:00-17:00; Sat 10:00-12:00, 13:00-15:00; Sun 22:00-26:00
    facilities  5g; power_kw=30; surface=asphalt; fence
    uses        drone; vehicle
    exceptions  2026-08-13 closed; 2026-11-03 10:00-12:00, 13:00-15:00

Hours past 24:00 belong to the next day; day and night is ``Mon-Sun 00:00-24:00``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby, pairwise

from testfields.core.errors import N_, Fault, InvalidInput, fault
from testfields.core.local_time import WEEKDAYS_EN
from testfields.sites.bookable import WEEK_MINUTES
from testfields.sites.drafts import DAY_MINUTES, ExceptionDraft, OpeningDraft
from testfields.sites.rules import NO_OPENING
from testfields.sites.vocabulary import FACILITIES, SURFACES, USES, FacilityValue, Measure, Use

DAYS = WEEKDAYS_EN
LARGEST_NUMBER = 1_000_000
CLOSED = "closed"
MOST_EXCEPTIONS = 400

# A wave dash is how Japanese writes "from … to".
_SPAN = re.compile(r"(\d{1,2}):([0-5]\d)\s*[-~〜–]\s*(\d{1,2}):([0-5]\d)")
_DAYS = re.compile(r"([A-Za-z]{3})(?:\s*-\s*([A-Za-z]{3}))?")


def parse_hours(text: str, path: str) -> tuple[OpeningDraft, ...]:
    """Weekly openings, sorted; raises InvalidInput with every part that cannot be read or overlaps another."""
    faults: list[Fault] = []
    openings: list[OpeningDraft] = []
    for part in _parts(text, ";"):
        days, spans = _days_and_spans(part)
        if not days or not spans:
            message = N_("“%(part)s” is not readable. Please write hours as in: Mon-Fri 09:00-17:00; Sat 10:00-26:00")
            faults.append(fault(path, message, part=part))
        openings += [OpeningDraft(day, *span) for day in days for span in spans]
    if not openings and not faults:
        faults.append(fault(path, NO_OPENING))
    faults += [fault(path, N_("Two openings overlap on %(day)s."), day=day) for day in _overlapping_days(openings)]
    if faults:
        raise InvalidInput(faults)
    return tuple(sorted(openings))


def _parts(text: str, separator: str) -> list[str]:
    return [part.strip() for part in text.split(separator) if part.strip()]


def _days_and_spans(part: str) -> tuple[list[int], list[tuple[int, int]]]:
    """ISO weekdays and minutes of one part; nothing where it makes no sense."""
    first_digit = next((place for place, sign in enumerate(part) if sign.isdigit()), len(part))
    days = [_weekdays(one) for one in _parts(part[:first_digit], ",")]
    spans = [_span(one) for one in _parts(part[first_digit:], ",")]
    if not all(days) or any(one is None for one in spans):
        return [], []
    return [day for several in days for day in several], [one for one in spans if one is not None]


def _weekdays(text: str) -> list[int]:
    match = _DAYS.fullmatch(text)
    named = [day.title() for day in match.groups() if day] if match else []
    if not named or not set(named) <= set(DAYS):
        return []
    first, last = DAYS.index(named[0]), DAYS.index(named[-1])
    return [(first + step) % 7 + 1 for step in range((last - first) % 7 + 1)]


def _span(text: str) -> tuple[int, int] | None:
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    hour, minute, until_hour, until_minute = map(int, match.groups())
    opens, closes = hour * 60 + minute, until_hour * 60 + until_minute
    return (opens, closes) if opens < DAY_MINUTES and opens < closes <= opens + DAY_MINUTES else None


def _overlapping_days(openings: Sequence[OpeningDraft]) -> list[str]:
    """Days on which an opening begins before the one before it has closed; Sunday night runs into Monday."""
    spans = sorted(((one.weekday - 1) * DAY_MINUTES + one.opens_minute, one) for one in openings)
    if not spans:
        return []
    around = [*spans, (spans[0][0] + WEEK_MINUTES, spans[0][1])]
    clashes = {
        later.weekday
        for (start, earlier), (next_start, later) in pairwise(around)
        if next_start < start + earlier.closes_minute - earlier.opens_minute
    }
    return [DAYS[day - 1] for day in sorted(clashes)]


def format_hours(openings: Iterable[OpeningDraft]) -> str:
    """Weekly openings as text; neighbouring days with the same hours share a part."""
    by_day = {
        day: ", ".join(f"{_clock(one.opens_minute)}-{_clock(one.closes_minute)}" for one in sorted(several))
        for day, several in groupby(sorted(openings), key=lambda one: one.weekday)
    }
    parts = []
    for times, days in groupby(range(1, 8), key=by_day.get):
        names = [DAYS[day - 1] for day in days]
        if times:
            parts.append(f"{names[0]}-{names[-1]} {times}" if len(names) > 1 else f"{names[0]} {times}")
    return "; ".join(parts)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def parse_exceptions(text: str, path: str) -> tuple[ExceptionDraft, ...]:
    """Days with hours of their own, in their order; raises InvalidInput with every part that makes no sense."""
    faults: list[Fault] = []
    days: dict[date, list[ExceptionDraft]] = {}
    parts = _parts(text, ";")
    if len(parts) > MOST_EXCEPTIONS:
        message = N_("There are %(count)s days with other hours; at most %(most)s are accepted.")
        raise InvalidInput([fault(path, message, count=len(parts), most=MOST_EXCEPTIONS)])
    for part in parts:
        spans = _exception(part)
        if not spans:
            faults.append(fault(path, UNREADABLE_DAY, part=part))
        elif spans[0].day in days:
            faults.append(fault(path, N_("The day %(day)s is given twice."), day=spans[0].day.isoformat()))
        else:
            days[spans[0].day] = spans
    if faults:
        raise InvalidInput(faults)
    return tuple(one for day in sorted(days) for one in days[day])


UNREADABLE_DAY = N_(
    "“%(part)s” is not readable. Please write a day as in: 2026-08-13 closed, or 2026-11-03 10:00-15:00"
)


def _exception(part: str) -> list[ExceptionDraft]:
    """The spans of one day, sorted and apart from each other; nothing where they make no sense."""
    told, _, times = part.partition(" ")
    try:
        day = date.fromisoformat(told) if len(told) == len("2026-01-01") else None
    except ValueError:
        day = None
    if day is None:
        return []
    if times.strip().lower() == CLOSED:
        return [ExceptionDraft(day)]
    spans = sorted(one for one in (_span(time) for time in _parts(times, ",")) if one is not None)
    apart = all(one[1] <= other[0] for one, other in pairwise(spans))
    whole = len(spans) == len(_parts(times, ","))
    return [ExceptionDraft(day, *span) for span in spans] if apart and whole else []


def format_exceptions(exceptions: Iterable[ExceptionDraft]) -> str:
    """Days with hours of their own as text."""
    parts = []
    for day, several in groupby(exceptions, key=lambda one: one.day):
        spans = [
            f"{_clock(one.opens_minute)}-{_clock(one.closes_minute)}"
            for one in several
            if one.opens_minute is not None and one.closes_minute is not None
        ]
        parts.append(f"{day} {', '.join(spans) or CLOSED}")
    return "; ".join(parts)


def parse_uses(text: str, path: str) -> tuple[Use, ...]:
    """Uses in the portal's own order; raises InvalidInput for unknown ones."""
    words = {part.lower() for part in _parts(text, ";")}
    unknown = sorted(words - set(USES))
    if unknown:
        message = N_("“%(part)s” is not a use. Known are: %(known)s")
        raise InvalidInput([fault(path, message, part=one, known=", ".join(USES)) for one in unknown])
    return tuple(use for use in Use if use in words)


def parse_facilities(text: str, path: str) -> dict[str, FacilityValue]:
    """Facilities by key; raises InvalidInput with every part that is unknown, doubled or lacks its value."""
    faults: list[Fault] = []
    facilities: dict[str, FacilityValue] = {}
    for part in _parts(text, ";"):
        key, _, told = (piece.strip() for piece in part.partition("="))
        if key not in FACILITIES:
            faults.append(fault(path, UNKNOWN_FACILITY, part=key, known=", ".join(FACILITIES)))
        elif key in facilities:
            faults.append(fault(path, N_("The facility “%(part)s” is given twice."), part=key))
        elif (value := facility_value(key, told)) is None:
            faults.append(fault(path, EXPECTED_OF_FACILITY[FACILITIES[key].measure], part=key))
        else:
            facilities[key] = value
    if faults:
        raise InvalidInput(faults)
    return dict(sorted(facilities.items()))


UNKNOWN_FACILITY = N_("“%(part)s” is not a facility. Known are: %(known)s")
EXPECTED_OF_FACILITY = {
    Measure.PRESENCE: N_("The facility “%(part)s” stands alone, without a value."),
    Measure.NUMBER: N_("The facility “%(part)s” needs a positive number, as in power_kw=30."),
    Measure.SURFACE: N_("The facility “%(part)s” needs a known surface, as in surface=asphalt."),
}


def facility_value(key: str, told: str) -> FacilityValue | None:
    """What stands after the equals sign, as the facility wants it; None where it does not fit."""
    measure = FACILITIES[key].measure
    if measure is Measure.PRESENCE:
        return None if told else True
    if measure is Measure.SURFACE:
        return told if told in SURFACES else None
    try:
        number = float(told)
    except ValueError:
        return None
    if not 0 < number <= LARGEST_NUMBER:
        return None
    return int(number) if number.is_integer() else number


def parse_wanted(parts: Iterable[str], path: str) -> dict[str, FacilityValue]:
    """Facilities asked for, as ``fence``, ``power_kw=30`` (at least) or ``surface=asphalt``; raises InvalidInput."""
    wanted: dict[str, FacilityValue] = {}
    for part in parts:
        key, equals, told = part.strip().partition("=")
        value = (facility_value(key, told) if equals else True) if key in FACILITIES else None
        if value is None:
            raise InvalidInput([fault(path, UNKNOWN_FACILITY, part=part, known=", ".join(FACILITIES))])
        wanted[key] = value
    return wanted


def format_facilities(facilities: Mapping[str, FacilityValue]) -> str:
    """Facilities as text, in the order of their keys."""
    return "; ".join(key if value is True else f"{key}={_plain(value)}" for key, value in sorted(facilities.items()))


def _plain(value: FacilityValue) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
