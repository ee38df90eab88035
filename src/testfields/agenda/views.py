"""The calendar as a page draws it: areas as rows, and a day as bars, a week as lists, a month as numbers."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from testfields.agenda.rules import Span, kind_of
from testfields.agenda.service import Day, Entry, Row
from testfields.core.errors import N_
from testfields.core.local_time import WEEKDAYS_EN, WEEKDAYS_JA, format_clocks, local_date, local_days, local_time
from testfields.core.periods import Period
from testfields.reservations.states import STATES
from testfields.web import locale
from testfields.web.words import when

QUARTERS = 96
SHUT = "■"


def heads(span: Span, today: date, address: Callable[[str], str]) -> list[dict[str, Any]]:
    """The days above the columns, each with the `address` of that day."""
    names = WEEKDAYS_JA if locale.current() == "ja" else WEEKDAYS_EN
    return [
        {
            "href": address(day.isoformat()),
            "day": day.isoformat(),
            "number": day.day,
            "label": f"{day.month}/{day.day}",
            "weekday": names[day.weekday()],
            "weekend": day.weekday() >= 5,
            "today": day == today,
            "past": day < today,
        }
        for day in span.days
    ]


def by_site(rows: Iterable[Row], drawn: Mapping[int, Any]) -> list[dict[str, Any]]:
    """Rows under the name of their site, each with what is `drawn` in it."""
    return [
        {
            "name": locale.named(first, "site_name"),
            "slug": first.site_slug,
            "rows": [
                {
                    "name": locale.named(one, "name"),
                    "slug": one.slug,
                    "drawn": drawn.get(one.id),
                }
                for one in group
            ],
        }
        for group in (list(found) for _, found in groupby(rows, key=lambda row: row.site_slug))
        for first in group[:1]
    ]


def drawn_day(rows: Sequence[Row], entries: Iterable[Entry], day: date) -> dict[int, list[list[dict[str, Any]]]]:
    """Each area's lanes: stretches of the day that do not overlap each other, in quarters of an hour of 96."""
    found: dict[int, list[list[dict[str, Any]]]] = defaultdict(list)
    for row, one in _placed(rows, entries):
        segment = _segment(one, day, row.timezone)
        lanes = found[row.id]
        lane = next((lane for lane in lanes if lane[-1]["to"] <= segment["from"]), None)
        if lane is None:
            lanes.append([segment])
        else:
            lane.append(segment)
    return found


def _placed(rows: Sequence[Row], entries: Iterable[Entry]) -> Iterable[tuple[Row, Entry]]:
    """Each entry with every row that it is told in: a closure of a whole site shuts all its areas."""
    of_area = {row.id: [row] for row in rows}
    of_site: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_site[row.site_slug].append(row)
    for one in entries:
        for row in of_area.get(one.area_id, []) if one.area_id is not None else of_site[one.site_slug]:
            yield row, one


def _segment(one: Entry, day: date, zone: str) -> dict[str, Any]:
    whole = local_days(day, 1, zone)
    first, last = max(one.period.start, whole.start), min(one.period.end, whole.end)
    start, end = local_time(first, zone), local_time(last, zone)
    until = QUARTERS if last == whole.end else -(-(end.hour * 60 + end.minute) // 15)
    since = min((start.hour * 60 + start.minute) // 15, QUARTERS - 1)
    return {"kind": kind_of(one.state), "from": since, "to": max(until, since + 1), **_told(one, one.period, zone)}


def _told(one: Entry, period: Period, zone: str) -> dict[str, Any]:
    name = locale.named(one, "name")
    word = locale.translate(STATES[one.state].word if one.state else N_("Closed"))
    return {
        "href": f"/desk/{one.number}" if one.state else "/desk/closures",
        "clocks": format_clocks(period, zone, locale.current()),
        "text": name,
        "word": word,
        "kind": kind_of(one.state),
    }


def drawn_week(rows: Sequence[Row], entries: Iterable[Entry], span: Span) -> dict[int, list[list[dict[str, Any]]]]:
    """Each area's days, with what takes place on each in the order of time."""
    found: dict[int, list[list[dict[str, Any]]]] = {row.id: [[] for _ in span.days] for row in rows}
    for row, one in _placed(rows, entries):
        whole = local_days(span.first, len(span.days), row.timezone)
        first = local_date(max(one.period.start, whole.start), row.timezone)
        within = min(one.period.end, whole.end)
        told = _told(one, one.period, row.timezone)
        for number, day in enumerate(span.days):
            if first <= day and local_days(day, 1, row.timezone).start < within:
                found[row.id][number].append(told)
    return found


def drawn_month(rows: Sequence[Row], days: Iterable[Day], span: Span) -> dict[int, list[dict[str, Any]]]:
    """Each area's days on which anything takes place, by their place in the month."""
    counted: dict[tuple[int, date], tuple[int, int, int]] = {}
    of_site: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        of_site[row.site_slug].append(row.id)
    for one in days:
        for area_id in [one.area_id] if one.area_id is not None else of_site[one.site_slug]:
            booked, closed, undecided = counted.get((area_id, one.day), (0, 0, 0))
            counted[area_id, one.day] = (booked + one.booked, closed + one.closed, undecided + one.undecided)
    # Most days say the same.
    said = {one: _counted(*one) for one in set(counted.values())}
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for (area_id, day), (booked, closed, undecided) in sorted(counted.items(), key=lambda one: one[0][1]):
        kind = "closed" if closed and not booked else "rival" if undecided else "taken"
        found[area_id].append(
            {
                "at": (day - span.first).days,
                "kind": kind,
                "sign": f"{booked or ''}{SHUT if closed else ''}",
                "said": f"{day.month}/{day.day} {said[booked, closed, undecided]}",
            }
        )
    return found


def _counted(booked: int, closed: int, undecided: int) -> str:
    text = N_("%(booked)s booked, %(undecided)s of them not decided yet")
    said = [locale.translate(text, booked=booked, undecided=undecided)] if booked else []
    return " ".join(said + ([locale.translate(N_("Closed"))] if closed else []))


def sheet_rows(rows: Sequence[Row], entries: Iterable[Entry]) -> list[list[str]]:
    """The calendar as lines of a table, with a line of names above."""
    names = [
        N_("Test field"), N_("Area"), N_("When"), N_("Start"), N_("End"), N_("State"), N_("Number"), N_("Whose"),
        N_("Project"),
    ]  # fmt: skip
    lines = [[locale.translate(name) for name in names]]
    for row, one in _placed(rows, entries):
        word = locale.translate(STATES[one.state].word if one.state else N_("Closed"))
        lines.append(
            [
                locale.named(row, "site_name"),
                locale.named(row, "name"),
                when(one.period, row.timezone),
                local_time(one.period.start, row.timezone).isoformat(),
                local_time(one.period.end, row.timezone).isoformat(),
                word,
                str(one.number),
                locale.named(one, "name"),
                locale.named(one, "title"),
            ]
        )
    return lines
