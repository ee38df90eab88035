"""How the desk sorts, marks and explains. Values in, verdicts out."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from testfields.core.errors import N_, Fault
from testfields.core.local_time import local_date, local_time
from testfields.core.periods import Period
from testfields.reservations.actions import DECISIONS
from testfields.reservations.rules import Action, Role, State, actions_for
from testfields.reservations.states import Stage, those

QUARTERS_A_DAY = 96


class Shown(StrEnum):
    """Which part of the queue is shown."""

    # What stands at one stage, or all of it; drafts are the company's own and never shown.
    OPEN = Stage.OPEN
    RETURNED = Stage.RETURNED
    WAITING = Stage.WAITING
    HELD = Stage.HELD
    DECIDED = Stage.DECIDED
    OVER = Stage.OVER
    ALL = "all"


PARTS: Mapping[Shown, str] = {
    Shown.OPEN: N_("To decide"),
    Shown.WAITING: N_("Waiting list"),
    Shown.RETURNED: N_("Returned"),
    Shown.HELD: N_("On hold"),
    Shown.DECIDED: N_("Approved"),
    Shown.OVER: N_("Over"),
    Shown.ALL: N_("All"),
}


def _shown(part: Shown) -> frozenset[State]:
    if part is Shown.ALL:
        return those(lambda row: row.stage is not Stage.DRAFT)
    return those(lambda row: row.stage.value == part.value)


STATES_SHOWN: Mapping[Shown, frozenset[State]] = {part: _shown(part) for part in Shown}
# These are worked through from what is due first; the others are looked up, newest first.
SORTED_BY_DUE = frozenset({Shown.OPEN, Shown.WAITING})


class Order(StrEnum):
    """What stands first."""

    DUE = "due"
    NEWEST = "newest"
    START = "start"


# What is long is told newest first alone.
SHORT = frozenset({Shown.OPEN, Shown.WAITING, Shown.RETURNED, Shown.HELD})


def order_of(shown: Shown, wanted: Order | None) -> Order:
    """The order in which a part of the queue stands, by what somebody asked for."""
    if wanted is None or shown not in SHORT:
        return Order.DUE if shown in SORTED_BY_DUE else Order.NEWEST
    return wanted


class Whose(StrEnum):
    """Which applications, by who has taken them on."""

    MINE = "mine"
    NOBODYS = "nobodys"


class Due(StrEnum):
    """By when a decision is due."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"


# Counted in local days of the site, today included; overdue is anything before this instant.
DAYS_OF: dict[Due, int | None] = {Due.OVERDUE: None, Due.TODAY: 1, Due.WEEK: 7}


def days_left(due: datetime, now: datetime, zone: str) -> int:
    """Local days from today to the day on which a decision is due; negative when it is late."""
    return (local_date(due, zone) - local_date(now, zone)).days


def decisions_for(state: State, roles: Set[Role], undoable: bool = False) -> list[Action]:
    """Which decisions somebody with `roles` may take now; the last one can be taken back where it is `undoable`."""
    possible = actions_for(state, roles)
    return [action for action in DECISIONS if action in possible and (undoable or action is not Action.TAKE_BACK)]


def days_of(periods: Sequence[Period], zone: str) -> list[date]:
    """The local days that `periods` touch, in order; midnight at the end is still the day before."""
    days: set[date] = set()
    for period in periods:
        first = local_date(period.start, zone)
        last = local_date(period.end - timedelta(microseconds=1), zone)
        days.update(first + timedelta(days=number) for number in range((last - first).days + 1))
    return sorted(days)


@dataclass(frozen=True)
class Check:
    """One thing that the portal has looked at, and the faults it found there; none is no proof that all is well."""

    subject: str
    faults: tuple[Fault, ...]


# What `availability.rules` and `sites.stays` name in their faults → what that was about.
CHECKED: tuple[tuple[str, str], ...] = (
    ("area_id", N_("The area is offered, and allows what the project tries")),
    (".footprint", N_("The shape lies inside the area")),
    (".period", N_("The times keep the opening hours, the notice and the site's rules for booking")),
    (".altitude", N_("The heights lie inside the area's")),
)


def checks_of(faults: Sequence[Fault]) -> list[Check]:
    """The faults of an application, sorted by what was checked."""
    return [Check(subject, tuple(one for one in faults if mark in one.path)) for mark, subject in CHECKED]


@dataclass(frozen=True)
class Segment:
    """A stretch of one local day, in quarter hours after midnight, half-open."""

    first: int
    end: int


def segment_of(period: Period, day: date, zone: str) -> Segment | None:
    """The quarters of `day` that `period` touches by the wall clock; None when it touches none."""
    first = _quarters(local_time(period.start, zone), day)
    end = -(-_minutes(local_time(period.end, zone), day) // 15)
    first, end = max(0, first), min(QUARTERS_A_DAY, end)
    return Segment(first, end) if first < end else None


def _minutes(local: datetime, day: date) -> int:
    return (local.date() - day).days * 1440 + local.hour * 60 + local.minute


def _quarters(local: datetime, day: date) -> int:
    return _minutes(local, day) // 15


def in_lanes(segments: Sequence[Segment]) -> list[list[int]]:
    """Indexes of `segments` put into as few lanes as needed so that none overlaps another in its lane."""
    lanes: list[list[int]] = []
    for index in sorted(range(len(segments)), key=lambda one: (segments[one].first, segments[one].end)):
        for lane in lanes:
            if segments[lane[-1]].end <= segments[index].first:
                lane.append(index)
                break
        else:
            lanes.append([index])
    return lanes
