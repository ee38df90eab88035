"""When a zone holds on a day: its season, its days of the week and its hours, sunrise and sunset among them.

    08:00-17:00                     every day
    Mon-Fri 07:30-08:30             of the week
    03-01/07-31 sunrise-sunset      from 1 March to 31 July
    sunset-sunrise                  by night
    22:00-06:00                     up to the next morning

Several such rules stand after one another, parted by semicolons.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from astral import Observer
from astral import sun as sky

from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.local_time import WEEKDAYS_EN, clocks_of, instant_of, local_date, midnight
from testfields.core.periods import Period

DAYS = WEEKDAYS_EN
WEEK = frozenset(range(7))
YEAR = ((1, 1), (12, 31))
SUNRISE, SUNSET = "sunrise", "sunset"
NOON, MIDNIGHT_TO_COME = "12:00", "24:00"


@dataclass(frozen=True)
class Place:
    """Where the sun is looked at, in degrees, and whose clocks count."""

    longitude: float
    latitude: float
    zone: str


@dataclass(frozen=True)
class Rule:
    """Stretches of a kind of day; an edge is ``HH:MM``, `SUNRISE` or `SUNSET`, an end before its begin the next day's.

    `weekdays` count from Monday, 0; `season` is from a month and day to another, both included.
    """

    begin: str
    end: str
    weekdays: frozenset[int] = WEEK
    season: tuple[tuple[int, int], tuple[int, int]] = YEAR

    def on(self, day: date) -> bool:
        """Whether a stretch begins on a local day."""
        first, last = self.season
        today = (day.month, day.day)
        within = first <= today <= last if first <= last else today >= first or today <= last
        return within and day.weekday() in self.weekdays

    @property
    def over_midnight(self) -> bool:
        """Whether it ends on the day after it began; of the sun and a clock, by which half of the day that tells."""
        if self.begin == SUNRISE or self.end == SUNSET:
            return False
        if self.begin == SUNSET:
            return self.end == SUNRISE or self.end <= NOON
        return self.begin >= NOON if self.end == SUNRISE else self.end <= self.begin

    def stretch(self, day: date, place: Place) -> Period | None:
        """From its begin on a local day; None on a day on which the sun is later, or earlier, than the clock."""
        start = instant(self.begin, day, place)
        end = instant(self.end, day + timedelta(days=1) if self.over_midnight else day, place)
        return Period(start, end) if start < end else None


def instant(edge: str, day: date, place: Place) -> datetime:
    """When on a local day an edge comes."""
    if edge in {SUNRISE, SUNSET}:
        observer = Observer(place.latitude, place.longitude)
        # Of the local day: in UTC the sun of Osaka rises on the day before.
        return (sky.sunrise if edge == SUNRISE else sky.sunset)(observer, day, tzinfo=clocks_of(place.zone))
    if edge == MIDNIGHT_TO_COME:
        return midnight(day + timedelta(days=1), place.zone)
    return instant_of(datetime.combine(day, time.fromisoformat(edge)), place.zone)


def within(
    rules: Sequence[Rule], period: Period, place: Place, first: date | None = None, last: date | None = None
) -> tuple[Period, ...]:
    """The parts of a period in which one of the rules holds, in their order: stretches that begin on a day from `first`
    to `last`.
    """
    days = (first or date.min, last or date.max)
    found = sorted(one for rule in rules for one in _stretches(rule, period, place, days))
    joined: list[Period] = []
    for one in found:
        if joined and one.start <= joined[-1].end:
            joined[-1] = Period(joined[-1].start, max(joined[-1].end, one.end))
        else:
            joined.append(one)
    return tuple(joined)


NIGHT = (Rule(SUNSET, SUNRISE),)


def _stretches(rule: Rule, period: Period, place: Place, days: tuple[date, date]) -> Iterator[Period]:
    # One that began the day before may last until the next.
    day, last = local_date(period.start, place.zone) - timedelta(days=1), local_date(period.end, place.zone)
    while day <= last:
        if rule.on(day) and days[0] <= day <= days[1]:
            stretch = rule.stretch(day, place)
            if stretch is not None and stretch.overlaps(period):
                yield Period(max(stretch.start, period.start), min(stretch.end, period.end))
        day += timedelta(days=1)


_EDGE = r"(?:[01]\d|2[0-3]):[0-5]\d|24:00|sunrise|sunset"
_RULE = re.compile(
    rf"(?:(?P<first>\d\d-\d\d)/(?P<last>\d\d-\d\d) )?(?:(?P<from>[A-Z][a-z]{{2}})(?:-(?P<to>[A-Z][a-z]{{2}}))? )?"
    rf"(?P<begin>{_EDGE})-(?P<end>{_EDGE})"
)


def parse(text: str, path: str) -> tuple[Rule, ...]:
    """Rules as files write them; raises InvalidInput with the one that cannot be read."""
    return tuple(_parsed(one.strip(), path) for one in text.split(";") if one.strip())


def _parsed(text: str, path: str) -> Rule:
    found = _RULE.fullmatch(text)
    if found is not None:
        weekdays = _weekdays(found["from"], found["to"])
        season = _season(found["first"], found["last"])
        begin, end = found["begin"], found["end"]
        if weekdays and season and begin not in {end, MIDNIGHT_TO_COME}:
            return Rule(begin, end, weekdays, season)
    message = N_("“%(text)s” cannot be read. Please write for example “03-01/07-31 Mon-Fri 08:00-sunset”.")
    raise InvalidInput([fault(path, message, text=text)])


def _weekdays(first: str | None, last: str | None) -> frozenset[int]:
    """The days from one to another, also over a Sunday; none where a name is wrong."""
    if first is None:
        return WEEK
    if first not in DAYS or (last or first) not in DAYS:
        return frozenset()
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return frozenset((begin + step) % 7 for step in range((end - begin) % 7 + 1))


def _season(first: str | None, last: str | None) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The days of a year from one to another; None where one does not exist."""
    if first is None or last is None:
        return YEAR
    try:
        # A leap year has them all.
        days = [date.fromisoformat(f"2028-{one}") for one in (first, last)]
    except ValueError:
        return None
    (begin, end) = ((one.month, one.day) for one in days)
    return begin, end
