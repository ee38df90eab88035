"""The table of what follows leaves nothing out."""

import pytest

from testfields.events.rules import Subject
from testfields.letters.audiences import AUDIENCES
from testfields.letters.rules import Audience, wording_for
from testfields.permits.rules import ENTITLED
from testfields.reservations.rules import TRANSITIONS, Action, State
from testfields.reservations.states import CLAIMING, STATES, Ends
from testfields.workflow import OF_OTHERS, WHAT_FOLLOWS, Follows

ROWS = list(TRANSITIONS)
RUNS_OUT = {State.HELD, State.RETURNED, State.WAITING, State.SUBMITTED}


def test_it_has_the_rows_of_the_state_table() -> None:
    assert set(WHAT_FOLLOWS) == set(TRANSITIONS)


@pytest.mark.parametrize(("state", "action"), ROWS)
def test_whatever_gives_back_a_claim_or_begins_to_wait_has_the_waiting_asked(
    state: State | None, action: Action
) -> None:
    about = TRANSITIONS[(state, action)]
    # What a closure displaces is offered with the closure.
    by_stays = about.by_stays and action is not Action.CHECK_IN
    if action is Action.DISPLACE:
        assert Follows.OFFER_WAITING not in WHAT_FOLLOWS[(state, action)]
        assert Follows.OFFER_WAITING in OF_OTHERS[(Subject.CLOSURE, "close")]
        return
    replaces = action in {Action.CHANGE, Action.MOVE}
    releases = state in CLAIMING and (about.to not in CLAIMING or replaces or by_stays)
    # Who waits for other times waits anew.
    waits = action is Action.WAIT or (about.to is State.WAITING and action in {Action.MOVE, Action.ADD})
    assert (Follows.OFFER_WAITING in WHAT_FOLLOWS[(state, action)]) == (releases or waits)


@pytest.mark.parametrize(("state", "action"), ROWS)
def test_whatever_begins_to_run_out_is_ended_in_time(state: State | None, action: Action) -> None:
    to = TRANSITIONS[(state, action)].to
    # A change moves the times, and so the end: no deadline lies beyond them.
    begins = to in RUNS_OUT and (state is not to or action in {Action.CHANGE, Action.MOVE, Action.ADD})
    # What is left of an application whose end is that of its times has another end by then.
    begins |= action is Action.DISPLACE and state is not None and STATES[state].ends in {Ends.AT_START, Ends.AT_END}
    assert (Follows.EXPIRE_IN_TIME in WHAT_FOLLOWS[(state, action)]) == begins


@pytest.mark.parametrize(("state", "action"), ROWS)
def test_a_permit_stands_exactly_while_its_reservation_is_entitled_to_it(state: State | None, action: Action) -> None:
    about = TRANSITIONS[(state, action)]
    before, after = state in ENTITLED, about.to in ENTITLED
    assert (Follows.ISSUE_PERMIT in WHAT_FOLLOWS[(state, action)]) == (after and not before)
    # Where it depends on what stays are left the permit is looked at: none may be.
    by_stay = {Action.GIVE_BACK, Action.MOVE, Action.FINISH, Action.NO_SHOW, Action.DISPLACE}
    falls = before and (not after or action in by_stay)
    assert (Follows.REVOKE_PERMIT in WHAT_FOLLOWS[(state, action)]) == falls


@pytest.mark.parametrize(("state", "action"), ROWS)
def test_every_letter_has_its_words(state: State | None, action: Action) -> None:
    for audience in set(WHAT_FOLLOWS[(state, action)]) & set(Audience):
        assert wording_for(AUDIENCES[audience].words, action, state).what


def test_every_audience_has_its_row() -> None:
    assert set(AUDIENCES) == set(Audience)
