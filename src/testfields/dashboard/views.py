"""The numbers as a page shows them: rows of tables, bars of a chart, lines for spreadsheets."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from testfields.core.errors import N_
from testfields.core.local_time import MONTHS_EN, format_month
from testfields.dashboard.rules import Figures, Numbers, OfMonth
from testfields.web import locale

NONE = "–"
# The chart, in px: of each month one bar for what was filed and one for what was decided, under a little air.
HEIGHT, FOOT, AIR, LEFT = 160, 28, 18, 36
STEP, BAR = 64, 22


def figures(one: Figures) -> dict[str, str]:
    """A row's numbers as texts."""
    return {
        "filed": str(one.filed),
        "approved": str(one.approved),
        "rejected": str(one.rejected),
        "returned": str(one.returned),
        "median_days": NONE if one.median_days is None else f"{one.median_days:g}",
        "longest_days": NONE if one.longest_days is None else str(one.longest_days),
        "in_time": NONE if one.share_in_time is None else f"{one.share_in_time}%",
        "of": "" if one.share_in_time is None else f"{one.in_time}/{one.promised}",
    }


def site_rows(found: Numbers) -> list[dict[str, Any]]:
    """One row a site."""
    return [
        {"slug": one.slug, "name": locale.named(one, "name"), "open": str(one.open), **figures(one.figures)}
        for one in found.sites
    ]


def month_rows(found: Numbers, address: Callable[[date], str]) -> list[dict[str, Any]]:
    """One row a month, newest first; each leads to its numbers."""
    return [
        {"name": format_month(one.month, locale.current()), "href": address(one.month), **figures(one.figures)}
        for one in reversed(found.months)
    ]


def chart(months: Sequence[OfMonth]) -> dict[str, Any]:
    """Where the bars of each month stand, and the lines behind them; the table beside it says the same."""
    top = _round(max(max(one.figures.filed, one.figures.decided) for one in months))
    return {
        "width": LEFT + STEP * len(months),
        "height": HEIGHT + FOOT,
        "left": LEFT,
        "base": HEIGHT,
        "bar": BAR,
        "lines": [{"y": _y(value, top), "text": str(value)} for value in (0, top // 2, top)],
        "months": [
            {
                "middle": LEFT + STEP * number + STEP / 2,
                "label": f"{one.month.month}月" if locale.current() == "ja" else MONTHS_EN[one.month.month - 1],
                "year": str(one.month.year) if number == 0 or one.month.month == 1 else "",
                "bars": [
                    _bar("filed", one.figures.filed, LEFT + STEP * number + STEP / 2 - BAR - 1, top),
                    _bar("decided", one.figures.decided, LEFT + STEP * number + STEP / 2 + 1, top),
                ],
            }
            for number, one in enumerate(months)
        ],
    }


def _bar(kind: str, value: int, x: float, top: int) -> dict[str, Any]:
    y = _y(value, top)
    return {"kind": kind, "x": x, "y": y, "height": round(HEIGHT - y, 1), "value": value or ""}


def _y(value: int, top: int) -> float:
    return round(HEIGHT - (HEIGHT - AIR) * value / top, 1)


def _round(most: int) -> int:
    """The next of 2, 4, 10, 20, 40, 100 and so on, so that the lines stand at whole numbers."""
    step = 1
    while True:
        for top in (2 * step, 4 * step, 10 * step):
            if most <= top:
                return top
        step *= 10


def sheet_rows(found: Numbers) -> list[list[str]]:
    """The sites as lines of a table, with a line of names above and one of all below."""
    names = [
        N_("Month"), N_("Test field"), N_("Filed"), N_("Approved"), N_("Rejected"), N_("Returned"),
        N_("Days to decision (median)"), N_("Days to decision (longest)"), N_("Still open"), N_("With a promised date"),
        N_("Decided by then"),
    ]  # fmt: skip
    month = f"{found.months[-1].month:%Y-%m}"
    lines = [_line(month, locale.named(one, "name"), one.figures, one.open) for one in found.sites]
    total = _line(month, locale.translate(N_("All test fields")), found.total, found.open)
    return [[locale.translate(name) for name in names], *lines, total]


def _line(month: str, name: str, one: Figures, still_open: int) -> list[str]:
    days = ["" if value is None else f"{value:g}" for value in (one.median_days, one.longest_days)]
    counts = [one.filed, one.approved, one.rejected, one.returned]
    return [month, name, *map(str, counts), *days, *map(str, (still_open, one.promised, one.in_time))]
