"""What is counted of a month. Values in, verdicts out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from testfields.core.errors import N_, InvalidInput, fault

# Told beside the month that is asked for.
MONTHS_BEFORE = 12
TYPED = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
# Months with so many others around them lie within all calendars.
FIRST, LAST = date(1970, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True)
class Figures:
    """What happened in a month, by the clock of each site.

    `filed` counts applications that came before staff for the first time. A decision that was taken back is none.
    Days run from the local day on which an application came before staff, new or changed, to that on which it was
    approved or rejected; None where none was. Of `promised` decisions the company was told by when to expect one, and
    `in_time` came by then.
    """

    filed: int = 0
    approved: int = 0
    rejected: int = 0
    returned: int = 0
    median_days: float | None = None
    longest_days: int | None = None
    promised: int = 0
    in_time: int = 0

    @property
    def decided(self) -> int:
        """Decisions of any kind."""
        return self.approved + self.rejected + self.returned

    @property
    def share_in_time(self) -> int | None:
        """Whole percent of the promised ones, never rounded up to all; None where there are none."""
        return self.in_time * 100 // self.promised if self.promised else None


@dataclass(frozen=True)
class OfSite:
    """A site's figures, and how many applications stood before staff when the month ended, or stand there now."""

    slug: str
    name_ja: str
    name_en: str
    figures: Figures
    open: int


@dataclass(frozen=True)
class OfMonth:
    """All sites' figures of the month that begins on `month`."""

    month: date
    figures: Figures


@dataclass(frozen=True)
class Numbers:
    """What is told of a month: each site, and the months before with the month itself last."""

    sites: Sequence[OfSite]
    months: Sequence[OfMonth]

    @property
    def total(self) -> Figures:
        """Of all sites together."""
        return self.months[-1].figures

    @property
    def open(self) -> int:
        """Of all sites together."""
        return sum(one.open for one in self.sites)


def month_typed(text: str) -> date:
    """The first day of a month such as ``2026-11``; raises InvalidInput for what is none, or beyond all calendars."""
    found = TYPED.fullmatch(text)
    if found is None:
        raise InvalidInput([fault("month", N_("Please give a month such as 2026-11."))])
    year, month = int(found[1]), int(found[2])
    if not FIRST.year <= year < LAST.year:
        raise InvalidInput([fault("month", N_("Please give a month such as 2026-11."))])
    return date(year, month, 1)


def shifted(month: date, by: int) -> date:
    """The first day of the month that is so many after `month`."""
    months = month.year * 12 + month.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)
