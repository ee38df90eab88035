"""Local time: between instants and the clocks at a site, and times as people read them.

Nobody else asks a zone for anything. Days are counted as dates and turned into instants last, since a day on which the
clock changes has not 24 hours. People read the site's own time, in Japanese or English, whatever their own zone.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import available_timezones

import pendulum
from pendulum import FixedTimezone, Timezone

from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.periods import Period, within_calendar

# 標準時ニ関スル件 (明治28年勅令167号): one time for all of the country, and so for what belongs to no site.
JAPANS_ZONE = "Asia/Tokyo"
WEEKDAYS_JA = "月火水木金土日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# 元号を改める政令 (平成31年政令143号): 令和 began on this day.
REIWA_BEGAN = date(2019, 5, 1)
# Between these everything is that has a date.
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def format_date(day: date, locale: str) -> str:
    """``2026年12月3日(木)`` or ``Thu 3 Dec 2026``."""
    if locale == "ja":
        return f"{day.year}年{day.month}月{day.day}日({WEEKDAYS_JA[day.weekday()]})"
    return f"{WEEKDAYS_EN[day.weekday()]} {day.day} {MONTHS_EN[day.month - 1]} {day.year}"


def format_month(first: date, locale: str) -> str:
    """``2026年12月`` or ``Dec 2026``."""
    return f"{first.year}年{first.month}月" if locale == "ja" else f"{MONTHS_EN[first.month - 1]} {first.year}"


@cache
def zones() -> frozenset[str]:
    """The IANA names of the zones that there are, by places such as Asia/Tokyo or by offsets such as Etc/GMT-9."""
    return frozenset(name for name in available_timezones() if "/" in name)


@cache
def _zone(name: str) -> Timezone | FixedTimezone:
    """Read from disk once; pendulum would do so at each conversion."""
    return pendulum.timezone(name)


def clocks_of(zone: str) -> tzinfo:
    """A zone for a library that reckons with it itself."""
    return _zone(zone)


def local_time(instant: datetime, zone: str) -> datetime:
    """An instant as clocks in `zone`, an IANA name, show it."""
    return instant.astimezone(_zone(zone))


def local_date(instant: datetime, zone: str) -> date:
    """The day on which `instant` falls in `zone`."""
    return local_time(instant, zone).date()


def instant_of(clock: datetime, zone: str, fold: int = 0) -> datetime:
    """The instant, in UTC, at which clocks in `zone` show `clock`, which has no offset.

    Of an hour that comes twice it is the first, with `fold` 1 the second; a time that the clock leaps over lies as far
    after the leap. Where it lies before the year 1 or after 9999 it is the first or the last that there is.
    """
    try:
        return clock.replace(tzinfo=_zone(zone), fold=fold).astimezone(UTC)
    except OverflowError:
        return FIRST if clock.year == 1 else LAST


def instant_typed(clock: datetime, zone: str, path: str) -> datetime:
    """The one instant, in UTC, at which clocks in `zone` show what somebody typed without an offset.

    Raises InvalidInput, at `path`, where they show it never or twice. A year that is absurd is left to others.
    """
    first, second = (instant_of(clock, zone, fold) for fold in (0, 1))
    if first != second and within_calendar(clock):
        leapt = local_time(first, zone).replace(tzinfo=None) != clock
        raise InvalidInput([fault(path, LEAPT_OVER if leapt else SHOWN_TWICE)])
    return first


LEAPT_OVER = N_("The clock leaps over this time; it does not exist.")
SHOWN_TWICE = N_(
    "The clock is set back and shows this time twice. Please choose another, or send the time by API, with its offset."
)


def midnight(day: date, zone: str) -> datetime:
    """The instant, in UTC, at which a local day begins."""
    return instant_of(datetime.combine(day, time()), zone)


def local_days(first: date, count: int, zone: str) -> Period:
    """`count` local days from `first`, as one period."""
    return Period(midnight(first, zone), midnight(first + timedelta(days=count), zone))


def format_instant(instant: datetime, zone: str, locale: str) -> str:
    """``2026年12月3日(木) 9:00`` or ``Thu 3 Dec 2026, 09:00 JST``; `zone` is an IANA name."""
    local = local_time(instant, zone)
    if locale == "ja":
        return f"{format_date(local, locale)} {_clock(local, locale)}"
    return f"{format_date(local, locale)}, {_clock(local, locale)} {local.tzname()}"


def format_period(period: Period, zone: str, locale: str) -> str:
    """``2026年12月3日(木) 9:00–11:00`` or ``Thu 3 Dec 2026, 09:00–11:00 JST``.

    A period up to midnight ends at 24:00 of the same day; one that runs over midnight names both days, and one over
    a change of summer time both zones.
    """
    start, end = (local_time(one, zone) for one in (period.start, period.end))
    comma = "" if locale == "ja" else ","
    first = f"{format_date(start, locale)}{comma} {_clock(start, locale)}"
    zones = "" if locale == "ja" else f" {end.tzname()}"
    if locale != "ja" and start.tzname() != end.tzname():
        first = f"{first} {start.tzname()}"
    if start.date() == end.date():
        return f"{first}–{_clock(end, locale)}{zones}"
    if end.date() == start.date() + timedelta(days=1) and (end.hour, end.minute) == (0, 0):
        return f"{first}–24:00{zones}"
    return f"{first}–{format_date(end, locale)}{comma} {_clock(end, locale)}{zones}"


def format_clocks(period: Period, zone: str, locale: str) -> str:
    """``9:00–11:00`` or ``09:00–11:00 JST`` beside a heading that names the day on which `period` begins.

    An end on the next day is ``翌1:00`` or ``01:00 JST (next day)``; whatever lasts longer is told with its days.
    """
    start, end = (local_time(one, zone) for one in (period.start, period.end))
    later = (end.date() - start.date()).days
    if later > 1 or start.tzname() != end.tzname():
        return format_period(period, zone, locale)
    at_midnight = later == 1 and (end.hour, end.minute) == (0, 0)
    ends = "24:00" if at_midnight else _clock(end, locale)
    next_day = later == 1 and not at_midnight
    if locale == "ja":
        return f"{_clock(start, locale)}–{'翌' if next_day else ''}{ends}"
    return f"{_clock(start, locale)}–{ends} {end.tzname()}{' (next day)' if next_day else ''}"


def format_reiwa(day: date) -> str:
    """``令和8年12月3日`` for official documents; raises ValueError for a day before 令和."""
    if day < REIWA_BEGAN:
        raise ValueError(f"{day} lies before 令和")
    year = day.year - 2018
    return f"令和{'元' if year == 1 else year}年{day.month}月{day.day}日"


def _clock(local: datetime, locale: str) -> str:
    return f"{local.hour}:{local.minute:02}" if locale == "ja" else f"{local.hour:02}:{local.minute:02}"
