"""What the API answers about numbers."""

import msgspec

from testfields.dashboard.rules import Figures, Numbers
from testfields.web.schemas import NamedText


class FiguresView(msgspec.Struct, frozen=True):
    """What happened in a month.

    `filed` applications came before staff for the first time. Days run from the local day on which an application came
    before staff, new or changed, to that on which it was approved or rejected. Of `promised` decisions the company was
    told by when to expect one; `in_time` came by then.
    """

    filed: int
    approved: int
    rejected: int
    returned: int
    median_days: float | None
    longest_days: int | None
    promised: int
    in_time: int


class SiteNumbers(msgspec.Struct, frozen=True):
    """A test field's; `open` applications stood before staff when the month ended, or stand there now."""

    site: str
    name: NamedText
    open: int
    figures: FiguresView


class MonthNumbers(msgspec.Struct, frozen=True):
    """Those of all own test fields in a month such as 2026-11."""

    month: str
    figures: FiguresView


class NumbersView(msgspec.Struct, frozen=True):
    """A month, each test field in it, all of them together, and the twelve months before with the month itself last."""

    month: str
    sites: list[SiteNumbers]
    open: int
    total: FiguresView
    months: list[MonthNumbers]


def figures_view(one: Figures) -> FiguresView:
    """Figures as the API tells them."""
    return msgspec.convert(one, FiguresView, from_attributes=True)


def numbers_view(found: Numbers) -> NumbersView:
    """The numbers of a month as the API tells them."""
    months = [MonthNumbers(f"{one.month:%Y-%m}", figures_view(one.figures)) for one in found.months]
    return NumbersView(
        months[-1].month,
        [
            SiteNumbers(one.slug, NamedText(one.name_ja, one.name_en), one.open, figures_view(one.figures))
            for one in found.sites
        ],
        found.open,
        figures_view(found.total),
        months,
    )
