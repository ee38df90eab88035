"""The calendars of a site as a page draws them: hours of a week, days of a month, in the reader's language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from urllib.parse import urlencode

from testfields.availability.free import DAY_MINUTES, AreaMonth, AreaWeek, DayShare, Slot, SlotState
from testfields.core.errors import N_
from testfields.core.local_time import (
    WEEKDAYS_EN,
    WEEKDAYS_JA,
    format_date,
    format_month,
    format_period,
    local_date,
    local_time,
)
from testfields.core.periods import Period
from testfields.sites.schemas import OpeningView, WholeSiteView
from testfields.web import locale

COLUMN_MINUTES = 60
# Where an hour is not free, the one word for it: a closure says more than a booking, a booking more than a hold.
STANDING = (SlotState.CLOSED, SlotState.TAKEN, SlotState.HELD)


@dataclass(frozen=True)
class Cell:
    """One hour of an area; `href` starts an application at the first time that is free in it."""

    kind: str
    when: str
    href: str = ""


@dataclass(frozen=True)
class Hour:
    """The head of a column."""

    label: str
    now: bool


@dataclass(frozen=True)
class WeekDay:
    """A day of the week grid, with the hours shown of it."""

    label: str
    today: bool
    hours: list[Hour]


@dataclass(frozen=True)
class WeekRow:
    """An area's hours, through all the days."""

    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class Week:
    """The week grid; empty where nothing can be booked at the site at all."""

    caption: str
    days: list[WeekDay]
    rows: list[WeekRow]
    free: bool


@dataclass(frozen=True)
class MonthDay:
    """A day of the month; `percent` of its open hours can be booked, None where it is not open or `over`."""

    number: int
    label: str
    percent: int | None
    href: str
    today: bool
    over: bool


@dataclass(frozen=True)
class Month:
    """The month as weeks from Monday; None are days of other months."""

    caption: str
    weekdays: list[str]
    weeks: list[list[MonthDay | None]]


# --- The week


def week_words(site: WholeSiteView, areas: Sequence[AreaWeek], first: date, now: datetime) -> Week:
    """Seven days from `first`, each from its first open hour to its last."""
    rows: list[list[Cell]] = [[] for _ in areas]
    days = []
    for day in (first + timedelta(days=ahead) for ahead in range(7)):
        columns = _open_columns(site, day)
        hours: list[Hour] = []
        for area, cells in zip(areas, rows, strict=True):
            shown = [slots for clock, slots in _columns(site, area.days[day]) if clock in columns]
            cells += [_cell(site, area, slots, now) for slots in shown]
            hours = [_hour(slots, site.timezone, now) for slots in shown]
        days.append(WeekDay(_short_day(day), day == local_date(now, site.timezone), hours))
    names = {one.id: one.name for one in site.areas}
    named = [WeekRow(locale.in_words(names[area.area_id]), cells) for area, cells in zip(areas, rows, strict=True)]
    last = first + timedelta(days=6)
    caption = locale.translate(
        N_("Free time from %(first)s to %(last)s"),
        None,
        first=format_date(first, locale.current()),
        last=format_date(last, locale.current()),
    )
    return Week(caption, days, named, any(cell.href for cells in rows for cell in cells))


def _column_minutes(slot_minutes: int) -> int:
    """An hour, in whole slots; longer slots stand alone."""
    return slot_minutes * max(1, COLUMN_MINUTES // slot_minutes)


def _columns(site: WholeSiteView, slots: Sequence[Slot]) -> Iterator[tuple[int, list[Slot]]]:
    """The slots of a day by column, with the column's place in the day; an hour that comes twice is two columns."""
    minutes = _column_minutes(site.policy.slot_minutes)

    def column(slot: Slot) -> tuple[int, timedelta | None]:
        local = local_time(slot.period.start, site.timezone)
        return (local.hour * 60 + local.minute) // minutes, local.utcoffset()

    for (place, _), several in groupby(slots, column):
        yield place, list(several)


def _open_columns(site: WholeSiteView, day: date) -> range:
    """From the first column of the day that is open to the last; one column on a day that is not open."""
    minutes = _column_minutes(site.policy.slot_minutes)
    spans = [span for one in site.hours for span in _spans_on(one, day.isoweekday())]
    if not spans:
        return range(9 * 60 // minutes, 9 * 60 // minutes + 1)
    return range(min(start for start, _ in spans) // minutes, -(-max(end for _, end in spans) // minutes))


def _spans_on(opening: OpeningView, weekday: int) -> Iterator[tuple[int, int]]:
    """Minutes after midnight that an opening keeps open of `weekday`; a late one runs into the next day."""
    opens, closes = minutes_of(opening.opens), minutes_of(opening.closes)
    if opening.weekday == weekday:
        yield opens, min(closes, DAY_MINUTES)
    if opening.weekday % 7 + 1 == weekday and closes > DAY_MINUTES:
        yield 0, closes - DAY_MINUTES


def minutes_of(clock: str) -> int:
    """Minutes after midnight of ``09:00``; ``26:00`` is two in the morning of the next day."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _hour(slots: Sequence[Slot], zone: str, now: datetime) -> Hour:
    start = local_time(slots[0].period.start, zone)
    return Hour(f"{start:%-H:%M}", slots[0].period.start <= now < slots[-1].period.end)


def _cell(site: WholeSiteView, area: AreaWeek, slots: Sequence[Slot], now: datetime) -> Cell:
    """One hour: free, free in part, or what stands there; the words name the time that the link starts at."""
    states = [one.state for one in slots]
    whole = Period(slots[0].period.start, slots[-1].period.end)
    earliest = now + timedelta(minutes=site.policy.notice_minutes)
    for state in (SlotState.FREE, SlotState.PARTLY):
        found = [one.period for one in slots if one.state is state and one.period.start >= earliest]
        if found:
            kind = state if len(found) == len(slots) else SlotState.PARTLY
            free = Period(found[0].start, found[-1].end)
            return Cell(kind, _when(free, site), _application(site, area, free.start))
    kind = next((state for state in STANDING if state in states), SlotState.OUTSIDE)
    return Cell(kind, _when(whole, site))


def _when(period: Period, site: WholeSiteView) -> str:
    return format_period(period, site.timezone, locale.current())


def _application(site: WholeSiteView, area: AreaWeek, start: datetime) -> str:
    """The form of an application, filled in with the area and with the local time."""
    local = local_time(start, site.timezone)
    query = {"site": site.slug, "area": area.area, "start": f"{local:%Y-%m-%dT%H:%M}"}
    return f"/my/apply?{urlencode(query, safe=':')}"


def _short_day(day: date) -> str:
    if locale.current() == "ja":
        return f"{day.month}/{day.day}({WEEKDAYS_JA[day.weekday()]})"
    return f"{format_date(day, 'en').rsplit(' ', 1)[0]}"


# --- The month


def month_words(site: WholeSiteView, areas: Sequence[AreaMonth], first: date, now: datetime) -> Month:
    """All days of the month that begins on `first`; of several areas, the share of all their open hours."""
    today = local_date(now, site.timezone)
    shares: dict[date, list[DayShare]] = {}
    for area in areas:
        for day, share in area.days.items():
            shares.setdefault(day, []).append(share)
    days = [_month_day(site, day, several, today) for day, several in sorted(shares.items())]
    padded: list[MonthDay | None] = [None] * first.weekday() + days
    padded += [None] * (-len(padded) % 7)
    weekdays = list(WEEKDAYS_JA) if locale.current() == "ja" else list(WEEKDAYS_EN)
    caption = locale.translate(
        N_("Share of free hours in %(month)s"), None, month=format_month(first, locale.current())
    )
    return Month(caption, weekdays, [padded[place : place + 7] for place in range(0, len(padded), 7)])


def _month_day(site: WholeSiteView, day: date, shares: Sequence[DayShare], today: date) -> MonthDay:
    opened = sum(share.open_minutes for share in shares)
    free = sum(share.free_minutes for share in shares)
    percent = free * 100 // opened if opened and day >= today else None
    href = calendar_address(site.slug, {"from": day.isoformat()}) if free else ""
    return MonthDay(day.day, format_date(day, locale.current()), percent, href, day == today, day < today)


def calendar_address(slug: str, query: Mapping[str, str]) -> str:
    """A calendar of the site, scrolled to."""
    asked = {name: value for name, value in query.items() if value}
    return f"/sites/{slug}{'?' if asked else ''}{urlencode(asked)}#week"
