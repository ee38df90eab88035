"""When a step may be taken."""

from datetime import UTC, datetime, timedelta

import pytest

from testfields.core.errors import WrongState
from testfields.reservations.deadlines import Times, refuse_untimely, return_deadline, runs_out_at
from testfields.reservations.rules import Action, State

AT = datetime(2026, 12, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DEADLINE, START, END = AT + HOUR, AT + 3 * HOUR, AT + 5 * HOUR
TIMES = Times(DEADLINE, START, START, END)
TICK = timedelta(microseconds=1)


def allowed(state: State, action: Action, at: datetime) -> bool:
    try:
        refuse_untimely(state, action, TIMES, at)
    except WrongState:
        return False
    return True


@pytest.mark.parametrize(
    ("state", "action", "first", "last"),
    [
        # From `first` up to, and without, `last`.
        (State.HELD, Action.SUBMIT, None, DEADLINE),
        (State.HELD, Action.CHANGE, None, DEADLINE),
        (State.RETURNED, Action.SUBMIT, None, DEADLINE),
        (State.SUBMITTED, Action.APPROVE, None, START),
        (State.SUBMITTED, Action.RETURN, None, None),
        (State.SUBMITTED, Action.REJECT, None, None),
        (State.CONFIRMED, Action.CHECK_IN, START - HOUR, END),
        (State.CONFIRMED, Action.NO_SHOW, START, None),
        (State.HELD, Action.EXPIRE, DEADLINE, None),
        (State.RETURNED, Action.EXPIRE, DEADLINE, None),
        (State.WAITING, Action.EXPIRE, START, None),
        (State.SUBMITTED, Action.EXPIRE, END, None),
        (State.APPROVED, Action.CANCEL, None, END),
        (State.CONFIRMED, Action.CHANGE, None, END),
        (State.CONFIRMED, Action.REVOKE, None, None),
    ],
)
def test_a_step_has_its_time(state: State, action: Action, first: datetime | None, last: datetime | None) -> None:
    if first is not None:
        assert not allowed(state, action, first - TICK)
    assert allowed(state, action, first or AT)
    if last is not None:
        assert allowed(state, action, last - TICK)
        assert not allowed(state, action, last)
    else:
        assert allowed(state, action, END + 100 * HOUR)


def test_a_returned_application_whose_time_has_begun_cannot_be_submitted_as_it_is() -> None:
    with pytest.raises(WrongState):
        refuse_untimely(State.RETURNED, Action.SUBMIT, Times(END, START, START, END), START)
    refuse_untimely(State.RETURNED, Action.CHANGE, Times(END, START, START, END), START)


def test_a_return_lasts_two_weeks_and_no_longer_than_until_the_time_begins() -> None:
    assert return_deadline(TIMES, AT) == START
    assert return_deadline(
        Times(None, AT + timedelta(days=30), AT + timedelta(days=30), AT + timedelta(days=31)), AT
    ) == AT + timedelta(days=14)
    assert return_deadline(TIMES, START) == START + timedelta(days=14)


@pytest.mark.parametrize("state", list(State))
def test_only_what_waits_for_somebody_runs_out(state: State) -> None:
    ends = {State.HELD: DEADLINE, State.RETURNED: DEADLINE, State.WAITING: START, State.SUBMITTED: END}
    assert runs_out_at(state, TIMES) == ends.get(state)
