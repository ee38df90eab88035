"""What is said of each step of an application: in its story, and on the button that takes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from testfields.core.errors import N_
from testfields.reservations.rules import Action, State

A, S = Action, State


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
