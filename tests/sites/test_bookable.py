"""A policy is accepted where somebody can book, and no other: an independent slow model tries every stay of a week."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from testfields.availability.rules import BookableArea, Placed, check_volumes
from testfields.core.errors import InvalidInput
from testfields.core.local_time import midnight
from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand, Volume
from testfields.sites.bookable import never_kept
from testfields.sites.drafts import OpeningDraft
from testfields.sites.exchange.features import read_catalogue
from testfields.sites.exchange.notation import parse_hours
from testfields.sites.fields import POLICY as FIELDS
from testfields.sites.stays import Policy
from tests import factories
from tests.sites.catalogue import harbour

ZONE = "Asia/Tokyo"
MONDAY = date(2031, 6, 2)
BAND = AltitudeBand(Decimal(0), Decimal(100))
GROUND = factories.square()
AREA = BookableArea(1, 1, GROUND, BAND)
NUMBERS = {"slot_minutes": 30, "minimum_minutes": 30, "maximum_minutes": 525_600, "horizon_days": 7}
POLICY = Policy(timezone=ZONE, **{**dict.fromkeys(FIELDS, 0), **NUMBERS})


def open_minutes(hours: Sequence[OpeningDraft]) -> frozenset[int]:
    """The minutes of a week, from Monday's midnight, in which the site is open."""
    return frozenset(
        ((one.weekday - 1) * 1440 + minute) % 10_080
        for one in hours
        for minute in range(one.opens_minute, one.closes_minute)
    )


def stays(hours: Sequence[OpeningDraft], policy: Policy) -> Iterator[tuple[datetime, Period]]:
    """Every shortest stay on the grid that is open throughout, with the midnight at which it is asked for."""
    minutes = open_minutes(hours)
    for today in range(7):
        asked_at = midnight(MONDAY + timedelta(days=today), ZONE)
        for ahead in range(0, (policy.horizon_days + 2) * 1440, policy.slot_minutes):
            first = today * 1440 + ahead
            if all(one % 10_080 in minutes for one in range(first, first + policy.minimum_minutes)):
                start = asked_at + timedelta(minutes=ahead)
                yield asked_at, Period(start, start + timedelta(minutes=policy.minimum_minutes))


def can_be_booked(hours: Sequence[OpeningDraft], policy: Policy) -> bool:
    """Whether the rules of booking let one of these stays pass."""
    for asked_at, period in stays(hours, policy):
        volume = Volume(GROUND, BAND, period)
        try:
            check_volumes(policy, [Placed(AREA, volume, inside_area=True, open=True, taken=volume)], asked_at)
        except InvalidInput:
            continue
        return True
    return False


@st.composite
def timetables(draw: st.DrawFn) -> tuple[OpeningDraft, ...]:
    """Openings that do not overlap; some meet, some over midnight."""
    marks = draw(st.lists(st.integers(0, 7 * 24 * 6 - 1), min_size=2, max_size=10, unique=True).map(sorted))
    openings = []
    for first, last in pairwise(marks):
        length = draw(st.sampled_from([0, min(last - first, 144), min(last - first, 7)]))
        if length:
            day, opens = divmod(first * 10, 1440)
            openings.append(OpeningDraft(day + 1, opens, opens + length * 10))
    return tuple(openings) or (OpeningDraft(1, 540, 1020),)


ALWAYS = tuple(OpeningDraft(day, 0, 1440) for day in range(1, 8))
TIMETABLES = st.one_of(
    timetables(),
    st.sampled_from(
        [
            ALWAYS,
            ALWAYS[:5],
            tuple(OpeningDraft(day, 540, 1020) for day in range(1, 6)),
            (OpeningDraft(7, 1320, 2760), OpeningDraft(1, 1320, 1440)),
        ]
    ),
)
SLOTS = st.sampled_from([20, 30, 45, 60, 240, 720, 1440])


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    slot, horizon = draw(SLOTS), draw(st.sampled_from([1, 2, 3, 8]))
    near = draw(st.sampled_from([0, 1439, horizon * 1440, (horizon + 1) * 1440]))
    return replace(
        POLICY,
        slot_minutes=slot,
        minimum_minutes=slot * draw(st.integers(1, 1 + 2880 // slot)),
        notice_minutes=max(0, near - draw(st.integers(-30, 900))) if near else 0,
        horizon_days=horizon,
    )


# All that is open, and a notice after which one step of the grid is left at midnight; a minute more, and none is.
LAST_STEP = replace(POLICY, notice_minutes=8 * 1440 - 30)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(hours=TIMETABLES, policy=policies())
@example(hours=ALWAYS, policy=LAST_STEP)
@example(hours=ALWAYS, policy=replace(LAST_STEP, notice_minutes=LAST_STEP.notice_minutes + 1))
@example(hours=ALWAYS[:2], policy=replace(POLICY, minimum_minutes=2880, maximum_minutes=2880))
@example(hours=(ALWAYS[6], ALWAYS[0]), policy=replace(POLICY, minimum_minutes=2880, horizon_days=1))
@example(hours=(ALWAYS[6], ALWAYS[0]), policy=replace(POLICY, minimum_minutes=2880, horizon_days=1, notice_minutes=1))
def test_what_is_accepted_can_be_booked_and_what_is_refused_cannot(
    hours: tuple[OpeningDraft, ...], policy: Policy
) -> None:
    found = never_kept(hours, policy)
    event(found[0] if found else "kept")
    assert (found is None) == can_be_booked(hours, policy), found


@pytest.mark.parametrize(
    ("field", "number", "changes"),
    [
        ("notice_minutes", 90 * 1440, {"notice_minutes": 90 * 1440, "horizon_days": 60}),
        ("notice_minutes", 86_400, {"hours": "Mon-Fri 09:00-17:00", "notice_minutes": 86_400, "horizon_days": 58}),
        ("minimum_minutes", 600, {"minimum_minutes": 600, "maximum_minutes": 1200, "hours": "Mon-Fri 09:00-17:00"}),
        ("minimum_minutes", 480, {"minimum_minutes": 540, "maximum_minutes": 900, "hours": "Mon-Fri 08:50-17:20"}),
        ("slot_minutes", 60, {"slot_minutes": 60, "hours": "Mon-Fri 09:30-10:20"}),
        ("slot_minutes", 60, {"slot_minutes": 60, "hours": "Mon-Fri 09:30-10:50; Sat 10:10-11:50"}),
        ("slot_minutes", 1440, {"slot_minutes": 1440, "minimum_minutes": 1440, "maximum_minutes": 1440}),
        ("horizon_days", 2, {"hours": "Mon-Sun 00:00-24:00", "minimum_minutes": 4320 + 30, "maximum_minutes": 8640,
                             "horizon_days": 2}),
    ],
)  # fmt: skip
def test_a_policy_that_can_never_be_kept_is_told_at_its_field_with_the_number(
    field: str, number: int, changes: dict[str, object]
) -> None:
    (found,) = read_catalogue(harbour(**changes), None, MONDAY)[1]

    assert found.field == field
    assert number in found.message.values.values()
    assert f"%({next(name for name, value in found.message.values.items() if value == number)})s" in found.message.id


def test_openings_that_meet_at_midnight_are_one() -> None:
    policy = replace(POLICY, minimum_minutes=240)
    apart = parse_hours("Sun 22:00-24:00; Mon 01:00-02:00", "hours")
    assert never_kept(apart, policy) is not None
    assert never_kept(parse_hours("Sun 22:00-24:00; Mon 00:00-02:00", "hours"), policy) is None
