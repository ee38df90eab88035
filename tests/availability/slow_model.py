"""A calendar worked out by hand: a clock in UTC and a clock on the wall at the site, read minute by minute.

Written from what the portal says of itself, and from nothing that it is made of. It knows no offset and no rule of
summer time; whatever it says follows from what the wall clock showed at each minute.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
# From so many days before a day until so many after its beginning a walk goes.
BEFORE, AFTER = 3, 6


@dataclass(frozen=True)
class Opening:
    """One weekly opening; 1 is Monday, minutes after midnight by the wall clock, past 1440 is the next day."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True)
class Walk:
    """The minutes around a local day, numbered from 0, with what the wall clock shows at each."""

    zone: str
    day: date

    @cached_property
    def first(self) -> datetime:
        return datetime.combine(self.day, time(), UTC) - timedelta(days=BEFORE)

    @cached_property
    def shown(self) -> list[datetime]:
        zone = ZoneInfo(self.zone)
        minutes = (self.first + number * MINUTE for number in range((BEFORE + AFTER) * 1440))
        return [one.astimezone(zone).replace(tzinfo=None) for one in minutes]

    @cached_property
    def _found(self) -> dict[datetime, list[int]]:
        found: dict[datetime, list[int]] = {}
        for number, clock in enumerate(self.shown):
            found.setdefault(clock.replace(fold=0), []).append(number)
        return found

    def at(self, number: int) -> datetime:
        """The instant of a minute."""
        return self.first + number * MINUTE

    def number(self, instant: datetime, *, down: bool = False) -> int:
        """The minute that begins at an instant; with `down` the one in which it lies."""
        count, rest = divmod(instant - self.first, MINUTE)
        assert down or not rest
        return count

    def when(self, clock: datetime) -> list[int]:
        """The minutes at which the wall clock shows a time: one, two where it is set back, none where it leaps."""
        return self._found.get(clock, [])

    def last_when(self, clock: datetime) -> int:
        """The minute at which it does so for the last time; of a time that it leaps over, as far after the leap."""
        waited = 0
        while not self.when(clock):
            clock, waited = clock - MINUTE, waited + 1
        return self.when(clock)[-1] + waited

    def begins(self, day: date) -> int:
        """The first minute of a local day; of one that lies beyond the walk, its end."""
        return next((number for number, clock in enumerate(self.shown) if clock.date() >= day), len(self.shown))

    def on_grid(self, number: int, slot: int) -> bool:
        """Whether the wall clock shows a whole number of slots after midnight."""
        return (self.shown[number].hour * 60 + self.shown[number].minute) % slot == 0

    def open_minutes(self, hours: Iterable[Opening]) -> set[int]:
        """The minutes during which a site with these hours is open."""
        days = sorted({clock.date() for clock in self.shown})[1:-2]
        found: set[int] = set()
        for day in days:
            midnight = datetime.combine(day, time())
            for one in hours:
                if one.weekday == day.isoweekday():
                    opens, closes = (self.last_when(midnight + each * MINUTE) for each in (one.opens, one.closes))
                    found.update(range(opens, closes))
        return found


@dataclass(frozen=True)
class Rules:
    """What a site says of how it may be booked; minutes, and days of its own calendar."""

    slot: int
    least: int
    most: int
    notice: int
    horizon: int
    turnaround: int = 0


@dataclass(frozen=True)
class Calendar:
    """A site as somebody finds it who asks at an instant. `standing` are stretches of minutes that are taken."""

    walk: Walk
    hours: tuple[Opening, ...]
    rules: Rules
    asked_at: datetime
    standing: tuple[tuple[int, int], ...] = ()

    @cached_property
    def open(self) -> set[int]:
        return self.walk.open_minutes(self.hours)

    @cached_property
    def horizon(self) -> int:
        """The end of the day that lies so many days after today."""
        today = self.asked_at.astimezone(ZoneInfo(self.walk.zone)).date()
        return self.walk.begins(today + timedelta(days=self.rules.horizon + 1))

    def refusal(self, start: int, end: int) -> set[str]:
        """Why the minutes from `start` to `end` cannot be booked, claims aside: field and kind of rule."""
        rules, begins, found = self.rules, self.walk.at(start), set[str]()
        if begins < self.asked_at:
            found.add("past")
        elif begins < self.asked_at + rules.notice * MINUTE:
            found.add("notice")
        if end > self.horizon:
            found.add("horizon")
        if not rules.least <= end - start <= rules.most:
            found.add("length")
        if not (self.walk.on_grid(start, rules.slot) and self.walk.on_grid(end, rules.slot)):
            found.add("grid")
        if not found and not self.open.issuperset(range(start, end)):
            found.add("closed")
        return found

    def taken(self, start: int, end: int) -> bool:
        """Whether something stands there, or would within the turnaround that follows."""
        return any(start < until and since < end + self.rules.turnaround for since, until in self.standing)

    def free(self, first: int, last: int, minutes: int) -> list[tuple[int, int]]:
        """The stretches between two minutes in which `minutes`, or the shortest stay, can be booked anywhere on the
        grid: as long as they can be, from point to point of it."""
        least, found = max(minutes, self.rules.least), list[tuple[int, int]]()
        if least > self.rules.most:
            return found
        start = None
        for number in range(first, last + 1):
            if number < last and self._bookable(number):
                start = number if start is None else start
            elif start is not None:
                points = [one for one in range(start, number + 1) if self.walk.on_grid(one, self.rules.slot)]
                if points and points[-1] - points[0] >= least:
                    found.append((points[0], points[-1]))
                start = None
        return found

    def _bookable(self, number: int) -> bool:
        in_time = self.walk.at(number) >= self.asked_at + self.rules.notice * MINUTE and number < self.horizon
        return in_time and number in self.open and not self.taken(number, number + 1)


def stretches(minutes: Iterable[int]) -> list[tuple[int, int]]:
    """Single minutes as stretches."""
    found: list[tuple[int, int]] = []
    for one in sorted(minutes):
        if found and found[-1][1] == one:
            found[-1] = (found[-1][0], one + 1)
        else:
            found.append((one, one + 1))
    return found


def every(pairs: Sequence[tuple[int, int]]) -> set[int]:
    """Stretches as single minutes."""
    return {one for start, end in pairs for one in range(start, end)}
