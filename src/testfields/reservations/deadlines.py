"""When a step may be taken, and what waits for the company: what the deadline and the times asked for allow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from testfields.core.errors import N_, WrongState
from testfields.core.periods import Period
from testfields.reservations.actions import ACTIONS, Action, Settles
from testfields.reservations.states import OVER, STATES, Ends, Need, Stage, State

# A company has this long to change what staff returned, unless its time begins before.
RETURN_DAYS = 14
# From this long before the start one may check in.
CHECK_IN_AHEAD = timedelta(hours=1)


@dataclass(frozen=True)
class Times:
    """What runs for a reservation: its deadline, if it has one, and when its stays begin and end.

    Those that are still to come or under way count; where there are none, all of them.
    """

    deadline: datetime | None
    starts_at: datetime
    last_starts_at: datetime
    ends_at: datetime


def times_of(deadline: datetime | None, periods: Iterable[Period]) -> Times:
    """The times of an application for `periods`, of which there is one at least."""
    asked = tuple(periods)
    starts = [one.start for one in asked]
    return Times(deadline, min(starts), max(starts), max(one.end for one in asked))


def runs_out_at(state: State, times: Times) -> datetime | None:
    """When the portal ends what nobody has taken further; None for what has no end of its own."""
    match STATES[state].ends:
        case Ends.BY_DEADLINE:
            return times.deadline
        case Ends.AT_START:
            return times.starts_at
        case Ends.AT_END:
            return times.ends_at
        case None:
            return None


def return_deadline(times: Times, now: datetime) -> datetime:
    """Until when a company may change what is returned to it now.

    Not beyond the times asked for, as others could use them; where they have begun already, other times are needed,
    and the company has the days to find them.
    """
    late = now + timedelta(days=RETURN_DAYS)
    return min(late, times.starts_at) if times.starts_at > now else late


def may_check_in(starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether it is about to begin, or has begun and is not over."""
    return starts_at - CHECK_IN_AHEAD <= now < ends_at


def refuse_untimely(state: State, action: Action, times: Times, now: datetime) -> None:
    """Raise WrongState where a step comes too late or too soon.

    A deadline counts from its own instant, not from when the job that ends it happens to run.
    """
    begun = times.starts_at <= now
    end = runs_out_at(state, times)
    over = end is not None and end <= now
    has_deadline, about = STATES[state].ends is Ends.BY_DEADLINE, ACTIONS[action]
    match action:
        case _ if has_deadline and over and about.settles is not Settles.AS_STATES_SAY:
            raise WrongState(N_("The deadline has passed. Please apply again."))
        case Action.SUBMIT if has_deadline and begun:
            raise WrongState(N_("The time asked for has begun. Please apply for another time."))
        case Action.APPROVE if times.last_starts_at <= now:
            raise WrongState(
                N_("The time asked for has begun. Please return the application so that its times can be changed.")
            )
        case _ if about.in_time and times.ends_at <= now and STATES[state].stage is Stage.DECIDED:
            raise WrongState(N_("The time is over, so it can no longer be changed or cancelled."))
        case Action.CHECK_IN if not may_check_in(times.starts_at, times.ends_at, now):
            raise WrongState(N_("You can check in from one hour before the start until the end."))
        case Action.NO_SHOW if not begun:
            raise WrongState(N_("The time has not begun yet."))
        case Action.EXPIRE if not over:
            raise WrongState(N_("The deadline has not passed yet."))


def timely(state: State, action: Action, times: Times, now: datetime) -> bool:
    """Whether a step comes neither too late nor too soon."""
    try:
        refuse_untimely(state, action, times, now)
    except WrongState:
        return False
    return True


@dataclass(frozen=True)
class Standing:
    """Where an application stands: its state, the last thing that happened to it, and its times."""

    state: State
    last_action: Action
    times: Times


def need_of(one: Standing, now: datetime) -> Need | None:
    """What an application waits for its company to do; None where it does not."""
    if one.state is State.HELD and one.last_action is Action.OFFER:
        return Need.OFFER
    if one.state is State.CONFIRMED and may_check_in(one.times.starts_at, one.times.ends_at, now):
        return Need.CHECK_IN
    return STATES[one.state].need


def is_past(one: Standing, now: datetime) -> bool:
    """Whether it is over, or its time has gone by without anything left for the company to do."""
    return one.state in OVER or (one.times.ends_at <= now and need_of(one, now) is None)
