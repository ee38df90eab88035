"""What is said of an application: of each step in its story and on the button that takes it, of its volumes, of what
waits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from testfields.accounts.words import ROLE_WORDS
from testfields.core.errors import N_, Message
from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand, in_metres
from testfields.reservations.deadlines import Need
from testfields.reservations.rules import Action, Party, State

A, S = Action, State

# As whom somebody acts, by what an event keeps.
WHO: Mapping[str, str] = {
    **{role.value: word for role, word in ROLE_WORDS.items()},
    Party.COMPANY: N_("Company"),
    Party.PORTAL: N_("The portal itself"),
}


@dataclass(frozen=True)
class Told:
    """A step in the story, with its icon."""

    what: str
    icon: str


STORY: Mapping[Action, Told] = {
    A.SAVE: Told(N_("Draft saved"), "pencil"),
    A.HOLD: Told(N_("Place held"), "hourglass"),
    A.SUBMIT: Told(N_("Application submitted"), "send"),
    A.WAIT: Told(N_("Put on the waiting list"), "queue"),
    A.OFFER: Told(N_("A place became free and is held"), "hourglass"),
    A.CHANGE: Told(N_("Times or shape changed"), "pencil"),
    A.RETURN: Told(N_("Returned for changes"), "return"),
    A.APPROVE: Told(N_("Approved"), "check"),
    A.REJECT: Told(N_("Rejected"), "x-circle"),
    A.CONFIRM: Told(N_("Confirmed: permitted"), "seal"),
    A.CHECK_IN: Told(N_("Checked in"), "play"),
    A.CHECK_OUT: Told(N_("Checked out"), "flag"),
    A.REPORT: Told(N_("Results reported"), "document"),
    A.WITHDRAW: Told(N_("Withdrawn"), "leave"),
    A.CANCEL: Told(N_("Cancelled"), "ban"),
    A.REVOKE: Told(N_("Permit revoked"), "revoke"),
    A.EXPIRE: Told(N_("Expired"), "clock-off"),
    A.NO_SHOW: Told(N_("No show"), "user-off"),
}


@dataclass(frozen=True)
class Offered:
    """A button: its words, what pressing it will do, what the company is told afterwards."""

    label: str
    will: str
    done: str
    kind: str = ""
    # What the company may write along with it.
    reason: str = ""


_WITHDRAW = Offered(
    N_("Withdraw"),
    N_("The application ends and its place is given back to others. This cannot be undone."),
    N_("The application is withdrawn."),
    "danger",
    N_("Why (optional; the owner can read it)"),
)
_SUBMIT = Offered(
    N_("Submit the application"),
    N_("The application goes to the owner of the land for review. The place stays yours meanwhile."),
    N_("The application is submitted. The owner now reviews it."),
    "primary",
)

# By state and action where the state matters, else by action alone.
BUTTONS: Mapping[tuple[State, Action] | Action, Offered] = {
    (S.DRAFT, A.WITHDRAW): Offered(
        N_("Delete the draft"),
        N_("The draft is put away; nobody else has seen it."),
        N_("The draft is deleted."),
        "danger",
    ),
    (S.WAITING, A.WITHDRAW): Offered(
        N_("Leave the waiting list"),
        N_("You give up your place in the queue. This cannot be undone."),
        N_("You have left the waiting list."),
        "danger",
    ),
    (S.RETURNED, A.SUBMIT): Offered(
        N_("Submit again"),
        N_("The application goes back to the owner of the land for review."),
        N_("The application is submitted again."),
        "primary",
    ),
    A.SUBMIT: _SUBMIT,
    A.WITHDRAW: _WITHDRAW,
    A.CANCEL: Offered(
        N_("Cancel the reservation"),
        N_("You give the place back, and the permit becomes void. This cannot be undone."),
        N_("The reservation is cancelled."),
        "danger",
        N_("Why (optional; the owner can read it)"),
    ),
    A.CHECK_IN: Offered(
        N_("Check in"), N_("The owner sees that the trial has begun."), N_("You are checked in."), "primary"
    ),
    A.CHECK_OUT: Offered(
        N_("Check out"),
        N_("You declare that the trial is over and the site is restored."),
        N_("You are checked out. Please report the results next."),
        "primary",
    ),
    A.REPORT: Offered(
        N_("Report the results"),
        N_("The owner receives the report."),
        N_("The report is filed. Thank you."),
        "primary",
        N_("What was tried, what was found, and anything that went wrong"),
    ),
}


def button_for(state: State, action: Action) -> Offered | None:
    """The words of a button; None for steps that a company takes elsewhere or not at all."""
    return BUTTONS.get((state, action)) or BUTTONS.get(action)


WHAT_TO_DO = {
    Need.RETURNED: N_("Please change what staff asked for, and submit it again."),
    Need.OFFER: N_("A place has become free and is held for you. Please submit the application in time."),
    Need.HOLD: N_("The place is held for you. Please submit the application in time."),
    Need.CHECK_OUT: N_("The trial is under way. Please check out when the site is restored."),
    Need.CHECK_IN: N_("It is about to begin. Please check in when you are on site."),
    Need.REPORT: N_("Please report the results."),
    Need.DRAFT: N_("This is a draft; nobody else sees it. Please complete it and submit it."),
}


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


@dataclass(frozen=True)
class VolumeTold:
    """A volume as an event of the story keeps it: when and how high; heights are metres above ground."""

    period: Period
    altitude: AltitudeBand


class _Kept(msgspec.Struct, frozen=True):
    period: tuple[datetime, datetime]
    altitude: tuple[Decimal | None, Decimal | None]


_KEPT = msgspec.json.Decoder(list[_Kept])


def volumes_told(kept: str) -> tuple[VolumeTold, ...]:
    """The other half of `filing.story_of`: the volumes of an event's details, in the order of time."""
    told = [VolumeTold(Period(*one.period), AltitudeBand(*one.altitude)) for one in _KEPT.decode(kept)]
    return tuple(sorted(told, key=lambda one: one.period))


def height_in_words(band: AltitudeBand) -> Message:
    """A band of heights for people to read."""
    if band.lower is None or band.upper is None:
        return Message(N_("Every height"))
    values = {"lower": in_metres(band.lower), "upper": in_metres(band.upper)}
    return Message(N_("%(lower)s–%(upper)s m above ground"), values)
