"""The calendars of a site as a page draws them: days as bars, a month of days, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from urllib.parse import urlencode

from testfields.availability.free import DAY_MINUTES, AreaMonth, AreaWeek, DayShare, Slot, SlotState
from testfields.core.errors import N_
from testfields.core.local_time import (
    WEEKDAYS_EN,
    WEEKDAYS_JA,
    format_clocks,
    format_date,
    format_month,
    format_period,
    local_date,
    local_time,
)
from testfields.core.periods import Period
from testfields.sites.holidays import YEAR_END, is_year_end, public_holidays
from testfields.sites.schemas import WholeSiteView
from testfields.sites.stays import last_day
from testfields.sites.vocabulary import DaysOff
from testfields.web import locale

QUARTER = 15
# A closure says more than a booking, a booking more than a hold; the other kinds say why nothing can be booked.
KINDS = ("free", "partly", "held", "taken", "closed", "holiday", "outside", "over", "notice", "horizon", "short")


@dataclass(frozen=True)
class Segment:
    """A stretch of one kind on a day, drawn from one quarter of an hour since midnight to another, of 96.

    Where something is free `href` starts an application there, between `first` and `last` minutes after midnight.
    """

    kind: str
    start: int
    end: int
    clocks: str
    when: str
    href: str = ""
    first: int = 0
    last: int = 0


@dataclass(frozen=True)
class Lane:
    """One bar: a day of an area. `apply` is the form of an application with all but its times; `now` a quarter of an
    hour since midnight, None on another day."""

    label: str
    segments: list[Segment]
    apply: str
    day: str
    now: int | None
    href: str = ""
    # A public holiday's name, or that of a day off that the site keeps.
    note: str = ""


@dataclass(frozen=True)
class Bars:
    """Free time as bars, one below the other, and the kinds that there are on them. Minutes of the site's policy say
    what can be picked."""

    caption: str
    lanes: list[Lane]
    kinds: list[str]
    step: int
    least: int
    most: int

    @property
    def free(self) -> bool:
        """Whether anything can be booked."""
        return any(one.href for lane in self.lanes for one in lane.segments)


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


# --- Days as bars


def week_bars(site: WholeSiteView, area: AreaWeek, first: date, now: datetime) -> Bars:
    """Seven days of one area from `first`, each leading to all areas on that day."""
    several = len(site.areas) > 1
    lanes = [
        replace(
            _lane(site, area, day, now, _short_day(day)),
            href=calendar_address(site.slug, {"view": "day", "from": day.isoformat()}) if several else "",
            note=day_off_in_words(site, day),
        )
        for day in (first + timedelta(days=ahead) for ahead in range(7))
    ]
    names = {one.id: locale.in_words(one.name) for one in site.areas}
    caption = locale.translate(
        N_("Free time of “%(area)s” from %(first)s to %(last)s"),
        None,
        area=names[area.area_id],
        first=format_date(first, locale.current()),
        last=format_date(first + timedelta(days=6), locale.current()),
    )
    return _bars(site, caption, lanes)


def day_bars(site: WholeSiteView, areas: Sequence[AreaWeek], day: date, now: datetime) -> Bars:
    """All areas on one day, each leading to its own week."""
    names = {one.id: locale.in_words(one.name) for one in site.areas}
    lanes = [
        replace(
            _lane(site, area, day, now, names[area.area_id]),
            href=calendar_address(site.slug, {"area": area.area, "from": day.isoformat()}),
        )
        for area in areas
    ]
    words = N_("Free time of all areas on %(day)s")
    return _bars(site, locale.translate(words, None, day=_with_day_off(site, day)), lanes)


def day_off_in_words(site: WholeSiteView, day: date) -> str:
    """What is kept on a day: a public holiday, or the turn of the year where the site is closed then."""
    found = public_holidays().get(day)
    if found is None and is_year_end(day) and site.year_end is DaysOff.CLOSED:
        found = YEAR_END
    return locale.in_words(found) if found else ""


def _with_day_off(site: WholeSiteView, day: date) -> str:
    words, kept = format_date(day, locale.current()), day_off_in_words(site, day)
    return f"{words} {kept}" if kept else words


def _is_kept(site: WholeSiteView, day: date) -> bool:
    """Whether the site is closed that day as it is a day off."""
    closed = (site.public_holidays is DaysOff.CLOSED and day in public_holidays()) or (
        site.year_end is DaysOff.CLOSED and is_year_end(day)
    )
    return closed and all(one.day != day for one in site.exceptions)


def _bars(site: WholeSiteView, caption: str, lanes: list[Lane]) -> Bars:
    there = {one.kind for lane in lanes for one in lane.segments}
    policy = site.policy
    kinds = [kind for kind in KINDS if kind in there]
    return Bars(caption, lanes, kinds, policy.slot_minutes, policy.minimum_minutes, policy.maximum_minutes)


def _lane(site: WholeSiteView, area: AreaWeek, day: date, now: datetime, label: str) -> Lane:
    slots = area.days[day]
    kinds = groupby(slots, lambda slot: _kind(site, slot, now))
    segments = [_segment(site, area, day, kind, list(run)) for kind, run in kinds]
    today = day == local_date(now, site.timezone)
    quarter = _minutes(now, day, site.timezone) // QUARTER if today else None
    return Lane(label, segments, _application(site, area, None), day.isoformat(), quarter)


def _segment(site: WholeSiteView, area: AreaWeek, day: date, kind: str, run: Sequence[Slot]) -> Segment:
    period = Period(run[0].period.start, run[-1].period.end)
    first, last = (_minutes(one, day, site.timezone) for one in (period.start, period.end))
    bookable = kind in {SlotState.FREE, SlotState.PARTLY}
    return Segment(
        kind=kind,
        start=first // QUARTER,
        end=max(-(-last // QUARTER), first // QUARTER + 1),
        clocks=format_clocks(period, site.timezone, locale.current()),
        when=format_period(period, site.timezone, locale.current()),
        href=_application(site, area, period.start) if bookable else "",
        first=first,
        last=last,
    )


def minutes_of(clock: str) -> int:
    """Minutes after midnight of ``09:00``; ``26:00`` is two in the morning of the next day."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _minutes(instant: datetime, day: date, zone: str) -> int:
    """Minutes after midnight by the clock of `day`; its end is 1440."""
    local = local_time(instant, zone)
    return DAY_MINUTES if local.date() > day else local.hour * 60 + local.minute


def _kind(site: WholeSiteView, slot: Slot, now: datetime) -> str:
    """The one word for a slot: what stands there, or why it cannot be booked."""
    if slot.state is SlotState.OUTSIDE and _is_kept(site, local_date(slot.period.start, site.timezone)):
        return "holiday"
    if slot.state not in {SlotState.BARRED, SlotState.PARTLY}:
        return slot.state
    last = last_day(site.policy.horizon_days, site.timezone, now)
    if slot.period.start < now:
        return "over"
    if slot.period.start < now + timedelta(minutes=site.policy.notice_minutes):
        return "notice"
    if local_date(slot.period.start, site.timezone) > last:
        return "horizon"
    return slot.state if slot.state is SlotState.PARTLY else "short"


def _application(site: WholeSiteView, area: AreaWeek, start: datetime | None) -> str:
    """The form of an application, filled in with the area and, where one is given, with the local time."""
    query = {"site": site.slug, "area": area.area}
    if start is not None:
        query["start"] = f"{local_time(start, site.timezone):%Y-%m-%dT%H:%M}"
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
    return MonthDay(day.day, _with_day_off(site, day), percent, href, day == today, day < today)


def calendar_address(slug: str, query: Mapping[str, str]) -> str:
    """A calendar of the site, scrolled to."""
    asked = {name: value for name, value in query.items() if value}
    return f"/sites/{slug}{'?' if asked else ''}{urlencode(asked)}#week"
