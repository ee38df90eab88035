"""What a company has before it: what needs it first, what is coming, what is past."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from testfields.core.errors import N_, Message
from testfields.reservations.rules import OVER, Action, State
from testfields.reservations.timing import Times, may_check_in


class Need(IntEnum):
    """Why an application waits for its company; the most pressing kind first."""

    RETURNED = 1
    OFFER = 2
    HOLD = 3
    CHECK_OUT = 4
    CHECK_IN = 5
    REPORT = 6
    DRAFT = 7


WHAT_TO_DO = {
    Need.RETURNED: N_("Please change what staff asked for, and submit it again."),
    Need.OFFER: N_("A place has become free and is held for you. Please submit the application in time."),
    Need.HOLD: N_("The place is held for you. Please submit the application in time."),
    Need.CHECK_OUT: N_("The trial is under way. Please check out when the site is restored."),
    Need.CHECK_IN: N_("It is about to begin. Please check in when you are on site."),
    Need.REPORT: N_("Please report the results."),
    Need.DRAFT: N_("This is a draft; nobody else sees it. Please complete it and submit it."),
}
NEEDS = {
    State.RETURNED: Need.RETURNED,
    State.HELD: Need.HOLD,
    State.ACTIVE: Need.CHECK_OUT,
    State.COMPLETED: Need.REPORT,
    State.DRAFT: Need.DRAFT,
}


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
    if one.state is State.CONFIRMED and may_check_in(one.times, now):
        return Need.CHECK_IN
    return NEEDS.get(one.state)


def is_past(one: Standing, now: datetime) -> bool:
    """Whether it is over, or its time has gone by without anything left for the company to do."""
    return one.state in OVER or (one.times.ends_at <= now and need_of(one, now) is None)


def time_left(until: datetime, now: datetime) -> Message:
    """How long there is until a deadline, in words."""
    left = until - now
    if left <= timedelta(0):
        return Message(N_("The deadline has passed"))
    if left >= timedelta(days=2):
        return Message(N_("%(days)s days left"), {"days": left.days})
    if left >= timedelta(hours=1):
        return Message(N_("%(hours)s h left"), {"hours": int(left / timedelta(hours=1))})
    return Message(N_("%(minutes)s min left"), {"minutes": int(left / timedelta(minutes=1))})
