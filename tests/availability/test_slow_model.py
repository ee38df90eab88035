"""Hours, grids, horizons and free time, against a calendar that is worked out minute by minute."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise

import pytest
from asyncpg import Range
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from testfields.availability import search, service
from testfields.availability.free import AreaTime, FreeQuery, Periods, nearest_shifts, slots_of
from testfields.availability.rules import decision_due
from testfields.availability.service import Asked
from testfields.core.errors import InvalidInput
from testfields.core.local_time import LEAPT_OVER, SHOWN_TWICE, instant_of, instant_typed, local_days
from testfields.core.periods import Period
from testfields.db.engine import DB
from testfields.reservations.rules import State
from testfields.reservations.stays import OPEN, Stay, StayState, ends_by_itself
from testfields.reservations.terms import terms_of
from testfields.sites.fields import POLICY as FIELDS
from testfields.sites.stays import TOO_SHORT_OR_LONG, TOO_SOON, Policy, stay_faults
from testfields.sites.tables import Site
from tests import factories
from tests.availability.fields import claim, open_at
from tests.availability.slow_model import MINUTE, Calendar, Opening, Rules, Walk, every, stretches

# The clock is set forward, back, or not; at two or three in the morning, at midnight, or by half an hour.
DAYS = [
    ("Asia/Tokyo", date(2031, 6, 4)),
    ("Asia/Tokyo", date(2032, 2, 29)),
    ("Asia/Tokyo", date(2031, 12, 31)),
    ("America/New_York", date(2031, 3, 9)),
    ("America/New_York", date(2031, 11, 2)),
    ("America/New_York", date(2031, 12, 31)),
    ("Australia/Lord_Howe", date(2031, 4, 6)),
    ("Australia/Lord_Howe", date(2031, 10, 5)),
    ("America/Havana", date(2031, 3, 9)),
    ("America/Havana", date(2031, 11, 2)),
    ("Africa/Cairo", date(2031, 4, 25)),
    ("Africa/Cairo", date(2031, 10, 30)),
    ("Asia/Kathmandu", date(2031, 6, 4)),
]
SLOTS = [1, 5, 15, 30, 45, 60, 90, 120, 180, 360, 720, 1440]
# The model's word for each rule, by what it says when it is broken.
RULES = {
    **dict.fromkeys(TOO_SOON.values(), "notice"),
    **dict.fromkeys(TOO_SHORT_OR_LONG.values(), "length"),
    "The start lies in the past.": "past",
    "This site can be booked at most %(days)s days ahead.": "horizon",
    "Times must lie on the site's grid of %(slot)s minutes.": "grid",
    "The site is not open during the whole of this time.": "closed",
}

POLICY = Policy(timezone="Asia/Tokyo", **dict.fromkeys(FIELDS, 0))

walk = cache(Walk)
days = st.sampled_from(DAYS).map(lambda one: walk(*one))


def test_the_days_are_those_on_which_clocks_change() -> None:
    lengths = {one.begins(one.day + timedelta(days=1)) - one.begins(one.day) for one in (walk(*day) for day in DAYS)}
    assert lengths == {23 * 60, 23.5 * 60, 24 * 60, 24.5 * 60, 25 * 60}
    (leapt,) = [day for day in DAYS if walk(*day).shown[walk(*day).begins(day[1])].hour == 1 and "Cairo" in day[0]]
    assert leapt[1] == date(2031, 4, 25)


# --- Days, clocks and slots


@pytest.mark.parametrize("place", DAYS)
def test_days_begin_when_the_wall_clock_first_shows_them(place: tuple[str, date]) -> None:
    one = walk(*place)
    for ahead in (0, 1, 2):
        day = one.day + timedelta(days=ahead)
        assert local_days(day, 1, one.zone) == Period(
            one.at(one.begins(day)), one.at(one.begins(day + timedelta(days=1)))
        )


@given(one=days, minute=st.integers(0, 1439))
def test_a_time_on_the_wall_clock_is_the_instant_at_which_it_shows_it(one: Walk, minute: int) -> None:
    clock = datetime.combine(one.day, time()) + minute * MINUTE
    shown = one.when(clock)
    if shown:
        assert instant_of(clock, one.zone) == one.at(shown[0])
        assert instant_of(clock, one.zone, fold=1) == one.at(shown[-1])
    else:
        assert instant_of(clock, one.zone) == one.at(one.last_when(clock))


@given(one=days, minute=st.integers(0, 1439))
def test_what_is_typed_without_an_offset_is_taken_where_the_clock_shows_it_just_once(one: Walk, minute: int) -> None:
    clock = datetime.combine(one.day, time()) + minute * MINUTE
    shown = one.when(clock)
    if len(shown) == 1:
        assert instant_typed(clock, one.zone, "start") == one.at(shown[0])
        return
    with pytest.raises(InvalidInput) as refusal:
        instant_typed(clock, one.zone, "start")
    assert [fault.message.id for fault in refusal.value.faults] == [SHOWN_TWICE if shown else LEAPT_OVER]


@given(one=days, slot=st.sampled_from(SLOTS))
def test_the_slots_of_a_day_lie_between_the_points_of_its_grid(one: Walk, slot: int) -> None:
    first, last = (one.begins(one.day + timedelta(days=ahead)) for ahead in (0, 1))
    points = [one.at(number) for number in range(first, last + 1) if one.on_grid(number, slot)]
    assert slots_of(one.day, one.zone, slot) == [Period(*pair) for pair in pairwise(points)]


# --- A site


@dataclass(frozen=True)
class Situation:
    """A site, what stands there, who asks when, and for which minutes after the day begins."""

    walk: Walk
    hours: tuple[Opening, ...]
    rules: Rules
    asked_at: int
    seconds: int
    standing: tuple[tuple[int, int], ...]
    asked: tuple[tuple[int, int], ...]
    minutes: int

    @property
    def begins(self) -> int:
        """The minute at which the day begins."""
        return self.walk.begins(self.walk.day)

    @property
    def calendar(self) -> Calendar:
        """The site by hand."""
        asked_at = self.walk.at(self.begins + self.asked_at) + timedelta(seconds=self.seconds)
        standing = tuple((self.begins + start, self.begins + start + minutes) for start, minutes in self.standing)
        return Calendar(self.walk, self.hours, self.rules, asked_at, standing)


@st.composite
def openings(draw: st.DrawFn, day: date) -> tuple[Opening, ...]:
    """Hours around a day, of which none begins before the one before has closed."""
    found: list[Opening] = []
    free_from = 0
    for ahead in range(-1, 2):
        for _ in range(draw(st.integers(0, 2))):
            opens = draw(st.sampled_from([0, 30, 90, 100, 120, 150, 185, 540, 1320, 1410]))
            closes = opens + draw(st.sampled_from([30, 61, 90, 240, 480, 1440]))
            if ahead * 1440 + opens >= free_from:
                found.append(Opening((day + timedelta(days=ahead)).isoweekday(), opens, closes))
                free_from = ahead * 1440 + closes
    return tuple(found)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    one, slot = draw(days), draw(st.sampled_from(SLOTS))
    least = slot * draw(st.integers(1, 3))
    rules = Rules(
        slot=slot,
        least=least,
        most=max(least, draw(st.sampled_from([120, 720, 2880])) // slot * slot),
        notice=draw(st.sampled_from([0, 100, 2000])),
        horizon=draw(st.sampled_from([1, 2, 30])),
        turnaround=draw(st.sampled_from([0, 20])),
    )
    starts = st.one_of(st.integers(-1440, 2880), st.integers(-16, 32).map(lambda many: many * 90))
    lengths = st.one_of(st.integers(1, 1500), st.integers(1, 6).map(lambda many: min(many * slot, 2880)))
    return Situation(
        walk=one,
        hours=draw(openings(one.day)),
        rules=rules,
        asked_at=draw(st.sampled_from([-2000, -1000, 59, 200])),
        seconds=draw(st.sampled_from([0, 17])),
        standing=tuple(draw(st.lists(st.tuples(st.integers(0, 1500), st.integers(1, 300)), max_size=1))),
        asked=tuple(draw(st.lists(st.tuples(starts, lengths), min_size=8, max_size=8))),
        minutes=draw(st.sampled_from([0, slot, 2 * slot])),
    )


ALWAYS = tuple(Opening(weekday, 0, 1440) for weekday in range(1, 8))
A_DAY = Rules(slot=60, least=60, most=1440, notice=0, horizon=1)
# A point of the grid lies between the opening and the change of the clock, or between that and the closing.
THREE_HOURS, NINETY_MINUTES = (Rules(slot=slot, least=slot, most=1440, notice=0, horizon=30) for slot in (180, 90))
FROM_HALF_PAST_ONE = (Opening(7, 90, 420),)
UNTIL_A_QUARTER_PAST_ONE = (Opening(6, 1200, 1440 + 75),)


def around(place: tuple[str, date], rules: Rules, hours: tuple[Opening, ...] = ALWAYS) -> Situation:
    """Asked on the evening before, for hours around midnight and the change of the clock."""
    asked = tuple((start, 60) for start in range(-60, 240, 30))
    return Situation(walk(*place), hours, rules, -1000, 0, (), asked, 0)


@pytest.fixture
async def site_and_area(db: None) -> tuple[int, int]:
    """One field that each example makes over."""
    field = await factories.field()
    return field.site_id, field.area_id


async def make_over(site_id: int, situation: Situation) -> None:
    """The field as the example wants it."""
    rules, calendar = situation.rules, situation.calendar
    await Site.update(
        {
            Site.timezone: situation.walk.zone,
            Site.slot_minutes: rules.slot,
            Site.minimum_minutes: rules.least,
            Site.maximum_minutes: rules.most,
            Site.notice_minutes: rules.notice,
            Site.horizon_days: rules.horizon,
            Site.turnaround_minutes: rules.turnaround,
            Site.hold_minutes: 60,
            Site.processing_days: 2,
        }
    ).where(Site.id == site_id)
    await open_at(site_id, [(one.weekday, one.opens, one.closes) for one in situation.hours])
    row = await Site.select(Site.geometry).where(Site.id == site_id).first()
    for start, end in calendar.standing:
        await claim(site_id, row["geometry"], Period(situation.walk.at(start), situation.walk.at(end)))


class Done(Exception):
    """Ends an example, and with it what it made."""


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(situation=situations())
@example(around(("America/New_York", date(2031, 3, 9)), A_DAY))
@example(around(("America/New_York", date(2031, 11, 2)), A_DAY))
@example(around(("Australia/Lord_Howe", date(2031, 4, 6)), A_DAY))
@example(around(("Australia/Lord_Howe", date(2031, 10, 5)), A_DAY))
@example(around(("America/Havana", date(2031, 11, 1)), A_DAY))
@example(around(("America/New_York", date(2031, 3, 9)), THREE_HOURS, FROM_HALF_PAST_ONE))
@example(around(("America/New_York", date(2031, 11, 2)), NINETY_MINUTES, UNTIL_A_QUARTER_PAST_ONE))
async def test_a_site_is_as_open_and_as_free_as_worked_out_by_hand(
    site_and_area: tuple[int, int], situation: Situation
) -> None:
    try:
        async with DB.transaction():
            await make_over(site_and_area[0], situation)
            await compare(*site_and_area, situation)
            raise Done
    except Done:
        pass


async def compare(site_id: int, area_id: int, situation: Situation) -> None:
    """What the portal says of the two days and of each stay, and what the model says."""
    one, calendar = situation.walk, situation.calendar
    first, last = situation.begins, one.begins(one.day + timedelta(days=2))
    within = Period(one.at(first), one.at(last))

    opened = calendar.open & set(range(first, last))
    async with DB.connection() as connection:
        rows = await connection.fetch(OPENED, site_id, Range(within.start, within.end))
    assert every(_numbers(one, [row["period"] for row in rows])) & set(range(first, last)) == opened

    query = FreeQuery(within, situation.minutes, areas=(area_id,))
    free = calendar.free(first, last, situation.minutes)
    if situation.minutes <= situation.rules.most:
        (area,) = await search.free_times(query, calendar.asked_at)
        assert _numbers(one, area.open) == stretches(opened)
        assert _numbers(one, area.free) == free
    assert bool(await search.free_sites(query, calendar.asked_at)) == bool(free)

    asked = [(first + start, first + start + minutes) for start, minutes in situation.asked]
    place = await service.place(area_id, [Asked(Period(one.at(start), one.at(end))) for start, end in asked])
    for (start, end), placed in zip(asked, place.placed, strict=True):
        assert placed.open == calendar.open.issuperset(range(start, end)), (start, end)
        faults = stay_faults(place.policy, placed.volume.period, placed.open, calendar.asked_at, "period")
        assert {RULES[fault.message.id] for fault in faults} == set(calendar.refusal(start, end))

    earliest = one.at(min(start for start, _ in asked))
    assert terms_of(place, State.HELD, calendar.asked_at)["deadline"] == min(earliest, calendar.asked_at + 60 * MINUTE)
    due = one.at(one.begins(one.shown[one.number(calendar.asked_at, down=True)].date() + timedelta(days=3)))
    assert terms_of(place, State.SUBMITTED, calendar.asked_at)["due_at"] == min(
        earliest, due - timedelta(microseconds=1)
    )


OPENED = "SELECT period FROM opening($2) WHERE site_id = $1 AND NOT isempty(period)"


def _numbers(one: Walk, periods: Iterable[Period | Range[datetime]]) -> list[tuple[int, int]]:
    """Periods as minutes of a walk."""
    ends = [(each.start, each.end) if isinstance(each, Period) else (each.lower, each.upper) for each in periods]
    return [(one.number(start), one.number(end)) for start, end in ends]


# --- Dates


@given(one=days, minute=st.integers(0, 1439), processing=st.integers(0, 3))
def test_a_decision_is_due_when_its_day_ends(one: Walk, minute: int, processing: int) -> None:
    policy = replace(POLICY, timezone=one.zone, processing_days=processing)
    submitted = one.begins(one.day) - 600 + minute
    due = one.begins(one.shown[submitted].date() + timedelta(days=processing + 1))
    assert decision_due(policy, one.at(submitted)) == one.at(due) - timedelta(microseconds=1)


@given(
    start=st.integers(0, 600),
    minutes=st.integers(1, 300),
    state=st.sampled_from(sorted(OPEN)),
    no_show=st.sampled_from([0, 1, 15, 400]),
)
def test_a_stay_ends_by_itself_at_the_very_minute(start: int, minutes: int, state: StayState, no_show: int) -> None:
    """Nobody came within so many minutes, or before the end; or it was used, and nobody said so for an hour."""
    midnight = datetime(2031, 6, 4, tzinfo=UTC)
    stay = Stay(1, Period(midnight + start * MINUTE, midnight + (start + minutes) * MINUTE), state)
    ends = [ends_by_itself(stay, no_show, midnight + number * MINUTE) for number in range(1200)]
    waited = 0
    for number, becomes in enumerate(ends):
        if state is StayState.ACTIVE:
            expected = StayState.COMPLETED if number >= start + minutes + 60 else None
        elif no_show:
            waited = waited + 1 if start < number <= start + minutes else waited
            expected = StayState.MISSED if number > start and waited >= min(no_show, minutes) else None
        else:
            expected = StayState.COMPLETED if number >= start + minutes else None
        assert becomes is expected, number


# --- Other times


@st.composite
def gaps(draw: st.DrawFn) -> tuple[Walk, int, list[tuple[int, int]], list[tuple[int, int]]]:
    """A day, a grid, stays on it, and the free stretches around them, by minutes after the day begins."""
    one, slot = draw(days), draw(st.sampled_from([30, 60, 90, 120]))
    first = one.begins(one.day)
    points = [number - first for number in range(first - 720, first + 2160) if one.on_grid(number, slot)]
    asked = sorted(draw(st.lists(st.sampled_from(points[:-3]), min_size=1, max_size=2, unique=True)))
    cuts = sorted(draw(st.lists(st.sampled_from(points), min_size=2, max_size=6, unique=True)))
    free = list(zip(cuts[::2], cuts[1::2], strict=False))
    return one, slot, [(start, points[points.index(start) + 1]) for start in asked], free


@settings(max_examples=100, deadline=None, derandomize=True)
@given(situation=gaps())
@example((walk("Australia/Lord_Howe", date(2031, 4, 6)), 60, [(-60, 0)], [(210, 690)]))
def test_the_nearest_other_time_is_the_nearest_there_is(
    situation: tuple[Walk, int, list[tuple[int, int]], list[tuple[int, int]]],
) -> None:
    one, slot, asked, free = situation
    first = one.begins(one.day)

    def fits(shift: int) -> bool:
        moved = [(start + shift, end + shift) for start, end in asked]
        return all(
            any(since <= start and end <= until for since, until in free)
            and one.on_grid(first + start, slot)
            and one.on_grid(first + end, slot)
            for start, end in moved
        )

    shifts = [shift for shift in range(-1440, 1441) if fits(shift)]
    periods = Periods(tuple(Period(one.at(first + since), one.at(first + until)) for since, until in free))
    area = AreaTime(1, "area", one.zone, slot, free=periods)
    wanted = [Period(one.at(first + start), one.at(first + end)) for start, end in asked]
    found = nearest_shifts(wanted, [area] * len(wanted), timedelta(days=1), 3)
    assert {shift // MINUTE for shift in found} <= set(shifts)
    assert [abs(shift) // MINUTE for shift in found[:1]] == [min(map(abs, shifts))] if shifts else found == []
