"""What a company's own page shows: its applications by what they wait for, and its stays by days."""

from calendar import Calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import asyncpg

from testfields.core.errors import N_
from testfields.core.local_time import (
    JAPANS_ZONE,
    WEEKDAYS_EN,
    WEEKDAYS_JA,
    format_clocks,
    format_date,
    format_instant,
    local_date,
    local_days,
)
from testfields.core.periods import Period
from testfields.db.values import to_period
from testfields.reservations import deadlines
from testfields.reservations.deadlines import Times
from testfields.reservations.ical import Entry
from testfields.reservations.rules import Action, State
from testfields.reservations.states import OVER, STATES, UNDECIDED
from testfields.reservations.views import day_of, periods_in_words, periods_left
from testfields.reservations.words import WHAT_TO_DO, time_left
from testfields.web import locale


class Tab(StrEnum):
    """What of a company's applications is shown."""

    NEEDS = "needs"
    COMING = "coming"
    WAITING = "waiting"
    PAST = "past"


TAB_WORDS: Mapping[Tab, str] = {
    Tab.NEEDS: N_("Needs you now"),
    Tab.COMING: N_("Coming"),
    Tab.WAITING: N_("Waiting for a decision"),
    Tab.PAST: N_("Past"),
}


def tab_of(row: asyncpg.Record, now: datetime) -> Tab:
    """Where an application is found now."""
    one = _standing(row)
    if deadlines.need_of(one, now) is not None:
        return Tab.NEEDS
    if deadlines.is_past(one, now):
        return Tab.PAST
    return Tab.WAITING if one.state in UNDECIDED else Tab.COMING


def by_urgency(rows: Sequence[asyncpg.Record], now: datetime) -> list[asyncpg.Record]:
    """What needs the company, the most pressing kind first, then by its deadline or its start."""
    return sorted(
        rows,
        key=lambda row: (deadlines.need_of(_standing(row), now) or 0, row["deadline"] or row["starts_at"]),
    )


def _standing(row: asyncpg.Record) -> deadlines.Standing:
    times = Times(row["deadline"], row["starts_at"], row["last_starts_at"], row["ends_at"])
    return deadlines.Standing(State(row["state"]), Action(row["last_action"]), times)


SOUGHT = tuple(
    f"{name}_{language}" for name in ("project_title", "site_name", "area_name") for language in ("ja", "en")
)


def has_words(row: asyncpg.Record, words: str) -> bool:
    """Whether `words`, in lower case, stand in its number or its names."""
    return words in str(row["id"]) or words in " ".join(row[name] or "" for name in SOUGHT).lower()


def line(row: asyncpg.Record, at: datetime) -> dict[str, Any]:
    """One application in a list."""
    state, zone = State(row["state"]), row["timezone"]
    need = deadlines.need_of(_standing(row), at)
    draft = state is State.DRAFT
    return {
        "id": row["id"],
        "href": f"/my/apply?draft={row['id']}" if draft else f"/my/reservations/{row['id']}",
        "state": state,
        "title": locale.named(row, "project_title"),
        "place": place_of(row),
        "when": periods_in_words(periods_left(row), zone),
        "until": format_instant(row["deadline"], zone, locale.current()) if row["deadline"] else "",
        "left": locale.said(time_left(row["deadline"], at)) if row["deadline"] else "",
        "due": day_of(row["due_at"], zone) if row["due_at"] else "",
        "todo": locale.translate(WHAT_TO_DO[need]) if need else "",
        "why": row["last_reason"] if state is State.RETURNED else "",
    }


def place_of(row: asyncpg.Record) -> str:
    """The names of its site and its areas."""
    return f"{locale.named(row, 'site_name')} · {locale.named(row, 'area_name')}"


# --- By days


@dataclass(frozen=True)
class Used:
    """A stay on one day of the calendar."""

    href: str
    state: State
    clocks: str
    place: str
    title: str


@dataclass(frozen=True)
class Day:
    """A day of the calendar, and what is used on it."""

    label: str
    number: int
    iso: str
    today: bool
    stays: list[Used]


def month_period(first: date) -> Period:
    """A whole month as the portal counts days; sites elsewhere are at most a day off, so a day is added at each end."""
    last = (first + timedelta(days=31)).replace(day=1)
    return local_days(first - timedelta(days=1), (last - first).days + 2, JAPANS_ZONE)


def month_of(rows: Sequence[asyncpg.Record], first: date, now: datetime) -> list[list[Day | None]]:
    """The weeks of a month from Monday; None are days of other months. A stay stands on each of its local days."""
    used: dict[date, list[Used]] = {}
    for row in rows:
        period, zone = to_period(row["period"]), row["timezone"]
        day, last = local_date(period.start, zone), local_date(period.end - timedelta(microseconds=1), zone)
        told = _used(row, period)
        while day <= last:
            used.setdefault(day, []).append(told)
            day += timedelta(days=1)
    today = local_date(now, JAPANS_ZONE)
    return [
        [
            Day(format_date(day, locale.current()), day.day, day.isoformat(), day == today, used.get(day, []))
            if day.month == first.month
            else None
            for day in week
        ]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]


def _used(row: asyncpg.Record, period: Period) -> Used:
    state = State(row["state"])
    draft = state is State.DRAFT
    return Used(
        href=f"/my/apply?draft={row['id']}" if draft else f"/my/reservations/{row['id']}",
        state=state,
        clocks=format_clocks(period, row["timezone"], locale.current()),
        place=place_of(row),
        title=locale.named(row, "project_title"),
    )


def calendar_tab(current: bool = False) -> dict[str, Any]:
    """The way to the calendar, beside the tabs of the lists."""
    return {"label": locale.translate(N_("Calendar")), "href": "/my/calendar", "current": current}


def weekdays() -> list[str]:
    """The heads of the calendar's columns."""
    return list(WEEKDAYS_JA) if locale.current() == "ja" else list(WEEKDAYS_EN)


# --- For other programs


def entry_of(row: asyncpg.Record, stay_id: int, period: Period, base_url: str) -> Entry:
    """A stay of an application for a calendar file; `base_url` is the portal's address without a slash at its end."""
    state = State(row["state"])
    title = locale.named(row, "project_title")
    word = locale.translate(STATES[state].word)
    number = locale.translate(N_("Application No. %(number)s"), None, number=row["id"])
    status = (
        "CANCELLED"
        if state in OVER and not STATES[state].public
        else "CONFIRMED"
        if STATES[state].public
        else "TENTATIVE"
    )
    return Entry(
        uid=f"stay-{stay_id}@{base_url.partition('://')[2]}",
        sequence=row["version"],
        period=period,
        status=status,
        summary=locale.translate(N_("%(state)s: %(title)s"), None, state=word, title=title),
        location=place_of(row),
        description=number,
        url=f"{base_url}/my/reservations/{row['id']}",
    )
