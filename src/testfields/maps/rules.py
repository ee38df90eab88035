"""What maps there are, and what the public may ask the public one for: days, kinds, owners."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from testfields.core.errors import N_, InvalidInput, fault

# Far beyond every site's horizon, and well inside what a calendar can hold.
LAST_YEAR = 2199

# From this zoom level on, each test field and each trial is drawn by itself.
CLOSE = 12
# How wide a cell is on the screen in px, and what a px is at zoom level 0 of a map in metres of EPSG:3857.
CELL_PX = 32
METRES_A_PX = 156_543.034


class Kind(StrEnum):
    """What a map is for."""

    PUBLIC = "public"
    SITE = "site"
    APPLY = "apply"
    # The plan of a field's ground, which has lines and points too.
    PLAN = "plan"
    REVIEW = "review"


@dataclass(frozen=True)
class Beneath:
    """What may lie under a map's data beside the portal's own coast: tiles of 国土地理院, and those of a file."""

    gsi_tiles: bool = False
    detailed: bool = False


# Those with tools to draw.
DRAWN = frozenset({Kind.APPLY, Kind.PLAN})


class Span(StrEnum):
    """A stretch of days as people name it."""

    TODAY = "today"
    WEEK = "week"
    PAST = "past"


@dataclass(frozen=True)
class Days:
    """Days in Japan, the last one included. All of the `past` are before today, and may have no first."""

    first: date | None
    last: date | None = None
    past: bool = False


@dataclass(frozen=True)
class Sought:
    """What is asked for; None is anything. The `box` is a part of the map: west, south, east and north in degrees."""

    days: Days
    use: str | None = None
    theme: str | None = None
    owner: str | None = None
    site: str | None = None
    box: tuple[float, float, float, float] | None = None

    @property
    def at_few_sites(self) -> bool:
        """Whether it is quicker to ask each site for its trials than each trial for its site."""
        return self.site is not None or self.box is not None


def cell_metres(zoom: int) -> float | None:
    """How wide the cells are in which a map of that level counts, in metres of EPSG:3857; None where it is close."""
    return CELL_PX * METRES_A_PX / 2**zoom if zoom < CLOSE else None


def days_of(span: Span | None, day: date | None, today: date) -> Days:
    """A day, else today and the rest of the day or of the week (to Sunday), else what is past, else all to come.

    Raises InvalidInput for a day that is too far away.
    """
    if day is not None:
        _check_year("day", day)
        return Days(day, day, day < today)
    match span:
        case Span.TODAY:
            return Days(today, today)
        case Span.WEEK:
            return Days(today, today + timedelta(days=6 - today.weekday()))
        case Span.PAST:
            return Days(None, today - timedelta(days=1), past=True)
        case None:
            return Days(today)


def check_days(first: date | None, last: date | None, past: bool, today: date) -> Days:
    """The days asked for: of today and to come or, of the `past`, before today.

    Raises InvalidInput when they are in the wrong order or too far away.
    """
    for name, day in (("from", first), ("to", last)):
        if day is not None:
            _check_year(name, day)
    if first is not None and last is not None and last < first:
        raise InvalidInput([fault("to", N_("The last day must not lie before the first."))])
    if past:
        yesterday = today - timedelta(days=1)
        return Days(first, min(last or yesterday, yesterday), past=True)
    return Days(max(first or today, today), last)


def _check_year(path: str, day: date) -> None:
    if day.year > LAST_YEAR:
        raise InvalidInput([fault(path, N_("The day must lie before the year 2200."))])
