"""The words of the company's buttons, where the state of an application makes them others than the action's own."""

from collections.abc import Mapping

from testfields.core.errors import N_
from testfields.reservations.actions import ACTIONS, Action, Button
from testfields.reservations.states import State

A, S = Action, State

_PARTED = N_(
    "The new time becomes an application of its own, which the owner reviews. The other times stay permitted, and"
    " what you have stays yours until the new place is sure."
)
_ANEW = N_("What you ask for anew goes to the end of the waiting list, and so does the rest of the application.")
_MOVED_APART = Button(N_("Move times"), _PARTED, N_("The times are moved into an application of their own: this one."))
_ADDED_APART = Button(N_("Add a time"), _PARTED, N_("The time is asked for by an application of its own: this one."))

BUTTONS: Mapping[tuple[State, Action], Button] = {
    (S.DRAFT, A.WITHDRAW): Button(
        N_("Delete the draft"),
        N_("The draft is put away; nobody else has seen it."),
        N_("The draft is deleted."),
        "danger",
    ),
    (S.WAITING, A.WITHDRAW): Button(
        N_("Leave the waiting list"),
        N_("You give up your place in the queue. This cannot be undone."),
        N_("You have left the waiting list."),
        "danger",
    ),
    (S.WAITING, A.MOVE): Button(N_("Move times"), _ANEW, N_("The times are moved.")),
    (S.WAITING, A.ADD): Button(N_("Add a time"), _ANEW, N_("The time is added.")),
    (S.CONFIRMED, A.MOVE): _MOVED_APART,
    (S.CONFIRMED, A.ADD): _ADDED_APART,
    (S.ACTIVE, A.MOVE): _MOVED_APART,
    (S.ACTIVE, A.ADD): _ADDED_APART,
    (S.RETURNED, A.SUBMIT): Button(
        N_("Submit again"),
        N_("The application goes back to the owner of the land for review."),
        N_("The application is submitted again."),
        "primary",
    ),
}


def button_for(state: State, action: Action) -> Button | None:
    """The words of a button; None for steps that a company takes elsewhere or not at all."""
    return BUTTONS.get((state, action)) or ACTIONS[action].button
