"""What the search calls free can be booked, and nothing else can: every slot is tried, on sites of many kinds."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import asyncpg
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon

from testfields.availability import search
from testfields.availability.free import FreeQuery, local_days, slots_of
from testfields.availability.service import Asked
from testfields.core.periods import Period
from testfields.core.volumes import EVERY_HEIGHT, AltitudeBand
from testfields.db.engine import DB
from tests import factories
from tests.availability.fields import claim, open_at, part, refusal

# A day on which the clock changes, or an ordinary one, with the zone it is seen in.
DAYS = [
    ("Asia/Tokyo", date(2031, 6, 4)),
    ("Asia/Tokyo", date(2032, 2, 29)),
    ("Europe/Berlin", date(2031, 3, 30)),
    ("Europe/Berlin", date(2031, 10, 26)),
    ("America/New_York", date(2031, 3, 9)),
    ("America/New_York", date(2031, 11, 2)),
    ("Australia/Lord_Howe", date(2031, 4, 6)),
]


@dataclass(frozen=True)
class Standing:
    """A claim somewhere in the two days: when it starts, how long it lasts, where and how high it is."""

    start: int
    minutes: int
    west: int
    width: int
    low: int
    height: int
    kind: str


@dataclass(frozen=True)
class Situation:
    """A site, what stands there, and what is asked for."""

    place: tuple[str, date]
    hours: tuple[int, int]
    slot: int
    slots_at_least: int
    turnaround: int
    notice: int
    horizon: int
    # Minutes after midnight of the day.
    asked_at: int
    shared: bool
    separation: int
    standing: tuple[Standing, ...]
    slots_asked: int
    asked_part: tuple[int, int] | None
    asked_band: tuple[int, int] | None


STANDING = st.builds(
    Standing,
    start=st.integers(0, 3 * 1440 - 1),
    minutes=st.sampled_from([7, 30, 60, 180, 600]),
    west=st.integers(0, 7),
    width=st.integers(1, 3),
    low=st.sampled_from([0, 40, 90]),
    height=st.sampled_from([20, 40, 60]),
    kind=st.sampled_from(["hold", "reservation", "closure", "allotment"]),
)
SITUATIONS = st.builds(
    Situation,
    place=st.sampled_from(DAYS),
    hours=st.sampled_from([(0, 1440), (540, 1020), (1320, 1560), (90, 200)]),
    slot=st.sampled_from([30, 45, 60, 120]),
    slots_at_least=st.integers(1, 2),
    turnaround=st.sampled_from([0, 20, 60]),
    notice=st.sampled_from([0, 600]),
    horizon=st.sampled_from([1, 30]),
    asked_at=st.sampled_from([-210, 215]),
    shared=st.booleans(),
    separation=st.sampled_from([0, 30]),
    standing=st.lists(STANDING, max_size=4).map(tuple),
    slots_asked=st.integers(1, 3),
    asked_part=st.sampled_from([None, (0, 4), (3, 6)]),
    asked_band=st.sampled_from([None, (0, 50), (50, 100)]),
)
CHANGE_OF_CLOCK = Situation(
    ("Europe/Berlin", date(2031, 3, 30)), (90, 200), 45, 1, 20, 0, 30, 215, False, 0, (), 1, None, None
)
# Something begins just after the window, and a turnaround would run into it.
BEYOND_THE_WINDOW = Situation(
    ("Asia/Tokyo", date(2031, 6, 4)), (0, 1440), 60, 1, 60, 0, 30, 215, False, 0,
    (Standing(2 * 1440 + 30, 60, 0, 8, 0, 20, "hold"),), 1, None, None,
)  # fmt: skip
# Something ends a little below the heights asked for, beside the shape asked for.
WITHIN_SEPARATION = Situation(
    ("Asia/Tokyo", date(2031, 6, 4)), (0, 1440), 60, 1, 0, 0, 30, 215, True, 30,
    (Standing(1440, 180, 0, 3, 0, 40, "reservation"),), 1, (0, 4), (50, 100),
)  # fmt: skip
# Something stands below the heights asked for.
BELOW = Situation(
    ("Asia/Tokyo", date(2031, 6, 4)), (0, 1440), 60, 1, 0, 0, 30, 215, True, 0,
    (Standing(480, 600, 0, 8, 0, 20, "reservation"),), 1, None, (50, 100),
)  # fmt: skip
# Something stands just beside the shape asked for, with and without a separation to keep.
BESIDE, TOO_NEAR = (
    Situation(
        ("Asia/Tokyo", date(2031, 6, 4)), (0, 1440), 60, 1, 0, 0, 30, 215, True, separation,
        (Standing(480, 600, 0, 3, 0, 60, "reservation"),), 1, (3, 6), (0, 50),
    )
    for separation in (0, 30)
)  # fmt: skip


async def build(situation: Situation) -> tuple[int, MultiPolygon]:
    """The area's id and its footprint."""
    zone, day = situation.place
    footprint = factories.square()
    field = await factories.field(
        # What stands may stand out of the area.
        geometry=factories.square(size=0.0125),
        timezone=zone,
        slot_minutes=situation.slot,
        minimum_minutes=situation.slot * situation.slots_at_least,
        maximum_minutes=situation.slot * 12,
        turnaround_minutes=situation.turnaround,
        notice_minutes=situation.notice,
        horizon_days=situation.horizon,
        lateral_separation_m=Decimal(situation.separation),
        vertical_separation_m=Decimal(situation.separation),
    )
    area_id = await factories.area(field.site_id, footprint, mode="shared" if situation.shared else "exclusive")
    await open_at(field.site_id, [(weekday, *situation.hours) for weekday in range(1, 8)])
    midnight = local_days(day, 1, zone).start
    for one in situation.standing:
        start = midnight + timedelta(minutes=one.start)
        try:
            async with DB.transaction():
                await claim(
                    field.site_id,
                    part(footprint, one.west / 8, (one.west + one.width) / 8),
                    Period(start, start + timedelta(minutes=one.minutes)),
                    AltitudeBand(Decimal(one.low), Decimal(one.low + one.height)) if situation.shared else EVERY_HEIGHT,
                    one.kind,
                )
        except asyncpg.ExclusionViolationError:
            continue
    return area_id, footprint


async def check(situation: Situation) -> None:
    """Compare what is found with what a trial of every slot says."""
    zone, day = situation.place
    within = local_days(day, 2, zone)
    now = within.start + timedelta(minutes=situation.asked_at)
    area_id, whole = await build(situation)
    footprint = part(whole, *(one / 8 for one in situation.asked_part)) if situation.asked_part else None
    band = AltitudeBand(*(Decimal(one) for one in situation.asked_band)) if situation.asked_band else None
    minutes = situation.slot * max(situation.slots_asked, situation.slots_at_least)
    query = FreeQuery(within, minutes, areas=(area_id,), footprint=footprint, altitude=band)

    (area,) = await search.free_times(query, now)
    slots = [one for ahead in range(2) for one in slots_of(day + timedelta(days=ahead), zone, situation.slot)]
    points = {instant for one in slots for instant in (one.start, one.end)}
    tried = [
        Period(one.start, one.start + timedelta(minutes=minutes))
        for one in slots
        if one.start + timedelta(minutes=minutes) in points
    ]

    for number, period in enumerate(tried):
        refused = await refusal(area_id, [Asked(period, footprint, band)], now)
        assert area.free.covers(period) == (not refused), (period, refused, area.free)
        if (len(tried) - number) % 4 == 1:
            assert bool(await search.free_sites(replace(query, within=period), now)) == (not refused)
    for free in area.free:
        assert {free.start, free.end} <= points
        assert free.duration >= timedelta(minutes=minutes)


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(situation=SITUATIONS)
@example(situation=CHANGE_OF_CLOCK)
@example(situation=BEYOND_THE_WINDOW)
@example(situation=WITHIN_SEPARATION)
@example(situation=BELOW)
@example(situation=BESIDE)
@example(situation=TOO_NEAR)
async def test_every_slot_that_is_found_can_be_booked_and_no_other(db: None, situation: Situation) -> None:
    class Done(Exception):
        """Ends the example, and with it what it made."""

    try:
        async with DB.transaction():
            await check(situation)
            raise Done
    except Done:
        pass


def test_the_days_are_those_on_which_clocks_change() -> None:
    lengths = {local_days(day, 1, zone).duration / timedelta(hours=1) for zone, day in DAYS}
    assert lengths == {23, 24, 24.5, 25}
