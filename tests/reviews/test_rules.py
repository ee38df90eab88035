"""How the desk sorts, marks and explains, without any database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from testfields.accounts.rules import MemberRole
from testfields.core.errors import fault
from testfields.core.periods import Period
from testfields.reservations.rules import Action, Party, Role, State
from testfields.reviews.rules import (
    STATES_SHOWN,
    Segment,
    Shown,
    checks_of,
    days_left,
    days_of,
    decisions_for,
    in_lanes,
    segment_of,
)

ZONE = "Asia/Tokyo"


def at(day: int, hour: float) -> datetime:
    """`hour` o'clock in Japan on a day of December 2026."""
    return datetime(2026, 12, day, tzinfo=UTC) + timedelta(hours=hour - 9)


@pytest.mark.parametrize(
    ("role", "state", "decisions"),
    [
        (MemberRole.REVIEWER, State.SUBMITTED, [Action.RETURN]),
        (MemberRole.APPROVER, State.SUBMITTED, [Action.APPROVE, Action.RETURN, Action.REJECT]),
        (MemberRole.APPROVER, State.CONFIRMED, [Action.REVOKE]),
        (MemberRole.APPROVER, State.REJECTED, []),
        (MemberRole.APPROVER, State.WAITING, []),
        (MemberRole.SITE_MANAGER, State.SUBMITTED, []),
        (MemberRole.SITE_MANAGER, State.CONFIRMED, []),
        (Party.COMPANY, State.SUBMITTED, []),
    ],
)
def test_who_may_decide_what(role: Role, state: State, decisions: list[Action]) -> None:
    assert decisions_for(state, {role}) == decisions


def test_a_draft_is_in_no_part_of_the_queue_and_every_other_state_is_in_all() -> None:
    assert all(State.DRAFT not in states for states in STATES_SHOWN.values())
    assert STATES_SHOWN[Shown.ALL] == frozenset(State) - {State.DRAFT}


def test_days_left_count_local_days() -> None:
    assert days_left(at(5, 23.9), at(3, 0.1), ZONE) == 2
    assert days_left(at(3, 23.9), at(3, 0.1), ZONE) == 0
    assert days_left(at(2, 23.9), at(3, 0.1), ZONE) == -1


def test_midnight_at_the_end_is_still_the_day_before() -> None:
    assert days_of([Period(at(3, 22), at(4, 0))], ZONE) == [date(2026, 12, 3)]
    assert days_of([Period(at(3, 22), at(4, 1)), Period(at(3, 9), at(3, 10))], ZONE) == [
        date(2026, 12, 3),
        date(2026, 12, 4),
    ]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (at(3, 9), at(3, 11), Segment(36, 44)),
        (at(3, 9.1), at(3, 9.2), Segment(36, 37)),
        (at(2, 20), at(3, 1), Segment(0, 4)),
        (at(3, 23), at(4, 5), Segment(92, 96)),
        (at(4, 0), at(4, 5), None),
    ],
)
def test_a_stretch_of_the_day_in_quarter_hours(start: datetime, end: datetime, expected: Segment | None) -> None:
    assert segment_of(Period(start, end), date(2026, 12, 3), ZONE) == expected


def test_what_overlaps_lies_in_lanes_of_its_own() -> None:
    segments = [Segment(10, 20), Segment(20, 30), Segment(15, 25), Segment(0, 5)]
    assert in_lanes(segments) == [[3, 0, 1], [2]]


def test_each_fault_stands_under_what_was_checked() -> None:
    found = checks_of([fault("volumes[0].period.end", "late"), fault("volumes[1].altitude", "high")])
    assert [[one.path for one in check.faults] for check in found] == [
        [],
        [],
        ["volumes[0].period.end"],
        ["volumes[1].altitude"],
    ]
