"""What somebody, or the portal itself, does to a reservation: one row for each action, with everything about it.

Where an action leads and who may take it is in `rules.TRANSITIONS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from testfields.core.errors import N_
from testfields.reservations.states import State


class Action(StrEnum):
    """What somebody, or the portal itself, does to a reservation."""

    SAVE = "save"
    HOLD = "hold"
    SUBMIT = "submit"
    WAIT = "wait"
    FILE_FOR = "file_for"
    OFFER = "offer"
    CHANGE = "change"
    MOVE = "move"
    ADD = "add"
    RETURN = "return"
    APPROVE = "approve"
    REJECT = "reject"
    TAKE_BACK = "take_back"
    CONFIRM = "confirm"
    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"
    REPORT = "report"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"
    REVOKE = "revoke"
    EXPIRE = "expire"
    NO_SHOW = "no_show"
    GIVE_BACK = "give_back"
    FINISH = "finish"
    DISPLACE = "displace"


class Settles(Enum):
    """What becomes of the claim.

    Which kind a state claims is told by its row: a claim that the next state has as well is kept, one of another kind
    turns into that, and one that it has not is given back. A claim that is missing can be taken by `ASKING` alone.
    """

    AS_STATES_SAY = auto()
    # The place is looked at again as it is now, and taken.
    ASKING = auto()
    # What the stays that it is about need no longer is given back.
    BY_STAY = auto()
    # The place is looked at again for other volumes; the old claim is given back when the new one is sure.
    REPLACING = auto()


@dataclass(frozen=True)
class Button:
    """A button of the company's: its words, what pressing it will do, what the company is told afterwards."""

    label: str
    will: str
    done: str
    kind: str = ""
    # What the company may write along with it.
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ActionRow:
    """All that is said of an action.

    `word` names it where it cannot be done, `told` and `icon` tell it in the story. `button` is the company's, None for
    what it does elsewhere or not at all; `decided` is what staff are told: what has it is a decision of theirs; `noted`
    what a site manager is told who notes it. `reason` is said where the reason that it needs is missing. `grants`: its
    letter tells the conditions; in any other they would be read as still to come. `in_time`: what was granted can be so
    no longer than its times last. `on_the_day`: it is said of a stay that would else end by itself. `by_closing`: it
    comes with a closure of the ground, and is offered to nobody by itself. `in_part`: it may be for whatever fits; who
    waits, or only writes down, asks for all. `as_filed`: what it asks for kept the rules when filed, and need not anew.
    """

    word: str
    told: str
    icon: str
    button: Button | None = None
    decided: str = ""
    noted: str = ""
    reason: str = ""
    settles: Settles = Settles.AS_STATES_SAY
    grants: bool = False
    in_time: bool = False
    on_the_day: bool = False
    by_closing: bool = False
    in_part: bool = False
    as_filed: bool = False


# A company is owed the reason for these (行政手続法 8条: refusals and conditions state reasons).
OWED = N_("Please state the reason; the company is owed it.")
OPTIONAL = N_("Why (optional; the owner can read it)")

A, S = Action, State
ACTIONS: Mapping[Action, ActionRow] = {
    A.SAVE: ActionRow(word=N_("Saving a draft"), told=N_("Draft saved"), icon="pencil"),
    A.HOLD: ActionRow(
        word=N_("Holding the place"), told=N_("Place held"), icon="hourglass", settles=Settles.ASKING, in_part=True
    ),
    A.SUBMIT: ActionRow(
        word=N_("Submission"),
        told=N_("Application submitted"),
        icon="send",
        settles=Settles.ASKING,
        in_part=True,
        button=Button(
            N_("Submit the application"),
            N_("The application goes to the owner of the land for review. The place stays yours meanwhile."),
            N_("The application is submitted. The owner now reviews it."),
            "primary",
        ),
    ),
    A.WAIT: ActionRow(
        word=N_("Waiting for the place"), told=N_("Put on the waiting list"), icon="queue", settles=Settles.ASKING
    ),
    A.FILE_FOR: ActionRow(
        word=N_("Filing for a company"),
        told=N_("Filed by staff for the company"),
        icon="phone",
        settles=Settles.ASKING,
        reason=N_("Please say who asked for it, and how."),
    ),
    A.OFFER: ActionRow(
        word=N_("Offer of a free place"),
        told=N_("A place became free and is held"),
        icon="hourglass",
        settles=Settles.ASKING,
        as_filed=True,
    ),
    A.CHANGE: ActionRow(
        word=N_("Change"),
        told=N_("Times or shape changed"),
        icon="pencil",
        settles=Settles.REPLACING,
        in_time=True,
    ),
    A.MOVE: ActionRow(
        word=N_("Moving times"),
        told=N_("Times moved"),
        icon="clock",
        settles=Settles.REPLACING,
        in_time=True,
        button=Button(
            N_("Move times"),
            N_("The new time takes the place of the old one. What you have stays yours until the new one is sure."),
            N_("The times are moved."),
        ),
    ),
    A.ADD: ActionRow(
        word=N_("Adding times"),
        told=N_("Times added"),
        icon="plus",
        settles=Settles.REPLACING,
        in_time=True,
        button=Button(
            N_("Add a time"),
            N_("One more time, in the same place and at the same height as the last one."),
            N_("The time is added."),
        ),
    ),
    A.APPROVE: ActionRow(
        word=N_("Approval"),
        told=N_("Approved"),
        icon="check",
        decided=N_("Application %(number)s is approved. The company is told by mail."),
        grants=True,
    ),
    A.RETURN: ActionRow(
        word=N_("Return"),
        told=N_("Returned for changes"),
        icon="return",
        decided=N_("Application %(number)s is returned. The company is told by mail, with your reason."),
        reason=OWED,
    ),
    A.REJECT: ActionRow(
        word=N_("Rejection"),
        told=N_("Rejected"),
        icon="x-circle",
        decided=N_("Application %(number)s is rejected. The company is told by mail, with your reason."),
        reason=OWED,
    ),
    A.TAKE_BACK: ActionRow(
        word=N_("Taking a decision back"),
        told=N_("Decision taken back"),
        icon="history",
        settles=Settles.ASKING,
        as_filed=True,
        decided=N_("The decision on application %(number)s is taken back. Nobody had been written to about it."),
    ),
    A.CONFIRM: ActionRow(word=N_("Confirmation"), told=N_("Confirmed: permitted"), icon="seal", grants=True),
    A.CHECK_IN: ActionRow(
        word=N_("Check-in"),
        noted=N_("%(company)s is checked in."),
        told=N_("Checked in"),
        icon="play",
        on_the_day=True,
        settles=Settles.BY_STAY,
        button=Button(
            N_("Check in"), N_("The owner sees that the trial has begun."), N_("You are checked in."), "primary"
        ),
    ),
    A.CHECK_OUT: ActionRow(
        word=N_("Check-out"),
        noted=N_("%(company)s is checked out."),
        told=N_("Checked out"),
        icon="flag",
        on_the_day=True,
        settles=Settles.BY_STAY,
        button=Button(
            N_("Check out"),
            N_("You declare that the trial is over and the site is restored."),
            N_("You are checked out. When the last of your times is over, please report the results."),
            "primary",
        ),
    ),
    A.REPORT: ActionRow(
        word=N_("Report of the results"),
        told=N_("Results reported"),
        icon="document",
        reason=N_("Please write the report."),
        button=Button(
            N_("Report the results"),
            N_("The owner receives the report."),
            N_("The report is filed. Thank you."),
            "primary",
            N_("What was tried, what was found, and anything that went wrong"),
        ),
    ),
    A.WITHDRAW: ActionRow(
        word=N_("Withdrawal"),
        told=N_("Withdrawn"),
        icon="leave",
        button=Button(
            N_("Withdraw"),
            N_("The application ends and its place is given back to others. This cannot be undone."),
            N_("The application is withdrawn."),
            "danger",
            OPTIONAL,
        ),
    ),
    A.CANCEL: ActionRow(
        word=N_("Cancellation"),
        told=N_("Cancelled"),
        icon="ban",
        settles=Settles.BY_STAY,
        in_time=True,
        button=Button(
            N_("Cancel the reservation"),
            N_("You give the place back, and the permit becomes void. This cannot be undone."),
            N_("The reservation is cancelled."),
            "danger",
            OPTIONAL,
        ),
    ),
    A.REVOKE: ActionRow(
        word=N_("Revocation"),
        told=N_("Permit revoked"),
        icon="revoke",
        settles=Settles.BY_STAY,
        decided=N_("The permission of application %(number)s is revoked. The company is told by mail."),
        reason=OWED,
    ),
    A.EXPIRE: ActionRow(word=N_("Expiry"), told=N_("Expired"), icon="clock-off"),
    A.NO_SHOW: ActionRow(
        word=N_("No show"),
        noted=N_("It is noted that %(company)s did not come."),
        told=N_("No show"),
        icon="user-off",
        settles=Settles.BY_STAY,
        on_the_day=True,
    ),
    A.GIVE_BACK: ActionRow(
        word=N_("Giving a time back"),
        told=N_("Times given back"),
        icon="leave",
        settles=Settles.BY_STAY,
        in_time=True,
        button=Button(
            N_("Give times back"),
            N_("You give back a time that you do not need. The rest stays permitted. This cannot be undone."),
            N_("The times are given back."),
            "danger",
            OPTIONAL,
        ),
    ),
    A.FINISH: ActionRow(word=N_("End of a time"), told=N_("A time is over"), icon="flag", settles=Settles.BY_STAY),
    A.DISPLACE: ActionRow(
        word=N_("Taking times away by a closure"),
        told=N_("Times taken away by a closure"),
        icon="ban",
        settles=Settles.BY_STAY,
        by_closing=True,
    ),
}

# What staff decide; the desk offers these and no other step.
DECISIONS = tuple(action for action, row in ACTIONS.items() if row.decided)
