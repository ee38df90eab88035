"""When a test field is open, in words: its week, the days off that it keeps, and days with other hours."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from testfields.catalogue.calendar_views import minutes_of
from testfields.core.errors import N_
from testfields.core.local_time import WEEKDAYS_EN, WEEKDAYS_JA, format_date
from testfields.sites.schemas import ExceptionView, OpeningView, WholeSiteView
from testfields.sites.vocabulary import DaysOff
from testfields.web import locale

# More would push what else there is to know off the page.
EXCEPTIONS_TOLD = 10


def opening_in_words(site: WholeSiteView) -> str:
    """The weekly hours, and the days off that the site keeps."""
    kept = {N_("Closed on public holidays"): site.public_holidays, N_("Closed from 29 Dec to 3 Jan"): site.year_end}
    off = [_said(words) for words, how in kept.items() if how is DaysOff.CLOSED]
    return ("、" if locale.current() == "ja" else "; ").join([hours_in_words(site.hours), *off])


def other_days_in_words(site: WholeSiteView, today: date) -> str:
    """The next dates on which other hours hold, or none; empty where there are none to come."""
    days = groupby((one for one in site.exceptions if one.day >= today), key=lambda one: one.day)
    told = [_exception(day, list(spans)) for day, spans in days]
    return listed(told[:EXCEPTIONS_TOLD])


def _exception(day: date, spans: Sequence[ExceptionView]) -> str:
    words = format_date(day, locale.current())
    times = [(one.opens, one.closes) for one in spans if one.opens is not None and one.closes is not None]
    return f"{words} {_spans(times)}" if times else _said(N_("%(day)s closed"), day=words)


def hours_in_words(hours: Sequence[OpeningView]) -> str:
    """Weekly hours; neighbouring days with the same hours stand together, and days without any are named last."""
    by_day = {day: [(one.opens, one.closes) for one in hours if one.weekday == day] for day in range(1, 8)}
    open_days = [(times, list(days)) for times, days in groupby(by_day, key=lambda day: by_day[day])]
    parts = [f"{days_in_words(days)} {_spans(times)}" for times, days in open_days if times]
    closed = [day for day in by_day if not by_day[day]]
    if closed:
        parts.append(_said(N_("Closed on %(days)s"), days=listed([_day(day) for day in closed])))
    return ("、" if locale.current() == "ja" else "; ").join(parts)


def days_in_words(days: Sequence[int]) -> str:
    """Days of the week that follow each other, Monday 1."""
    if len(days) == 7:
        return _said(N_("Every day"))
    return _day(days[0]) if len(days) == 1 else f"{_day(days[0])}–{_day(days[-1])}"


def _day(weekday: int) -> str:
    return WEEKDAYS_JA[weekday - 1] if locale.current() == "ja" else WEEKDAYS_EN[weekday - 1]


def _spans(times: Sequence[tuple[str, str]]) -> str:
    if list(times) == [("00:00", "24:00")]:
        return _said(N_("day and night"))
    return listed([f"{_clock(opens)}–{_clock(closes)}" for opens, closes in times])


def _clock(clock: str) -> str:
    """After midnight the time is that of the next day."""
    minutes = minutes_of(clock)
    if minutes > 24 * 60:
        minutes -= 24 * 60
        return _said(N_("%(clock)s of the next day"), clock=f"{minutes // 60}:{minutes % 60:02}")
    return f"{minutes // 60}:{minutes % 60:02}"


def listed(texts: Sequence[str]) -> str:
    """Several texts as one, without the empty ones."""
    return ("、" if locale.current() == "ja" else ", ").join(text for text in texts if text)


def _said(text: str, **values: object) -> str:
    return locale.translate(text, None, **values)
