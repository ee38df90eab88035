"""The whole life of a reservation, on one page: states, actions, who may, what each state means."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from testfields.accounts.authority import Kind, May
from testfields.accounts.rules import COMPANY_ROLES, MemberRole
from testfields.core.errors import N_, InvalidInput, Message, NotAllowed, WrongState, fault
from testfields.core.texts import text_faults, tidy

# Of a note, a reason, a report, or conditions; in characters.
LONGEST_TEXT = 4000


class State(StrEnum):
    """Where a reservation stands."""

    DRAFT = "draft"
    HELD = "held"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    CONFIRMED = "confirmed"
    ACTIVE = "active"
    COMPLETED = "completed"
    REPORTED = "reported"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NO_SHOW = "no_show"
    WAITING = "waiting"


class Action(StrEnum):
    """What somebody, or the portal itself, does to a reservation."""

    SAVE = "save"
    HOLD = "hold"
    SUBMIT = "submit"
    WAIT = "wait"
    OFFER = "offer"
    CHANGE = "change"
    RETURN = "return"
    APPROVE = "approve"
    REJECT = "reject"
    CONFIRM = "confirm"
    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"
    REPORT = "report"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"
    REVOKE = "revoke"
    EXPIRE = "expire"
    NO_SHOW = "no_show"


# What people read for a state, and for a step that cannot be taken; the API's words are the keys.
STATE_WORDS: Mapping[State, str] = {
    State.DRAFT: N_("Draft"),
    State.HELD: N_("Held"),
    State.SUBMITTED: N_("Submitted"),
    State.RETURNED: N_("Returned"),
    State.APPROVED: N_("Approved (not yet confirmed)"),
    State.CONFIRMED: N_("Permitted"),
    State.ACTIVE: N_("Under way"),
    State.COMPLETED: N_("Completed"),
    State.REPORTED: N_("Reported"),
    State.REJECTED: N_("Rejected"),
    State.WITHDRAWN: N_("Withdrawn"),
    State.CANCELLED: N_("Cancelled"),
    State.REVOKED: N_("Permit revoked"),
    State.EXPIRED: N_("Expired"),
    State.NO_SHOW: N_("No show"),
    State.WAITING: N_("Waiting list"),
}
ACTION_WORDS: Mapping[Action, str] = {
    Action.SAVE: N_("Saving a draft"),
    Action.HOLD: N_("Holding the place"),
    Action.SUBMIT: N_("Submission"),
    Action.WAIT: N_("Waiting for the place"),
    Action.OFFER: N_("Offer of a free place"),
    Action.CHANGE: N_("Change"),
    Action.RETURN: N_("Return"),
    Action.APPROVE: N_("Approval"),
    Action.REJECT: N_("Rejection"),
    Action.CONFIRM: N_("Confirmation"),
    Action.CHECK_IN: N_("Check-in"),
    Action.CHECK_OUT: N_("Check-out"),
    Action.REPORT: N_("Report of the results"),
    Action.WITHDRAW: N_("Withdrawal"),
    Action.CANCEL: N_("Cancellation"),
    Action.REVOKE: N_("Revocation"),
    Action.EXPIRE: N_("Expiry"),
    Action.NO_SHOW: N_("No show"),
}


class Party(StrEnum):
    """Who acts on a reservation and is no member of staff."""

    COMPANY = "company"
    PORTAL = "portal"


# What somebody is to one reservation: its company, the portal itself, or staff of the land in one of their roles.
Role: TypeAlias = Party | MemberRole


def role_of(role: MemberRole) -> Role:
    """What a person with that role is to a reservation of theirs: of a company's people all may do the same."""
    return Party.COMPANY if role in COMPANY_ROLES else role


@dataclass(frozen=True)
class Transition:
    """Where an action leads, and the row of the table of authority that says who may take it."""

    to: State
    may: May

    @property
    def roles(self) -> frozenset[Role]:
        """Those who may."""
        people = frozenset(role_of(role) for role in self.may.value.roles)
        return people | {Party.PORTAL} if Kind.PORTAL in self.may.value.who else people


S, A, M = State, Action, May

# The one table: nothing else changes a state.
TRANSITIONS: dict[tuple[State | None, Action], Transition] = {
    (None, A.SAVE): Transition(S.DRAFT, M.APPLY),
    (None, A.HOLD): Transition(S.HELD, M.APPLY),
    (None, A.SUBMIT): Transition(S.SUBMITTED, M.APPLY),
    (None, A.WAIT): Transition(S.WAITING, M.APPLY),
    (S.DRAFT, A.CHANGE): Transition(S.DRAFT, M.APPLY),
    (S.DRAFT, A.HOLD): Transition(S.HELD, M.APPLY),
    (S.DRAFT, A.SUBMIT): Transition(S.SUBMITTED, M.APPLY),
    (S.DRAFT, A.WAIT): Transition(S.WAITING, M.APPLY),
    (S.DRAFT, A.WITHDRAW): Transition(S.WITHDRAWN, M.APPLY),
    (S.HELD, A.CHANGE): Transition(S.HELD, M.APPLY),
    (S.HELD, A.SUBMIT): Transition(S.SUBMITTED, M.APPLY),
    (S.HELD, A.WITHDRAW): Transition(S.WITHDRAWN, M.APPLY),
    (S.HELD, A.EXPIRE): Transition(S.EXPIRED, M.CARRY_ON),
    (S.SUBMITTED, A.CHANGE): Transition(S.SUBMITTED, M.APPLY),
    (S.SUBMITTED, A.RETURN): Transition(S.RETURNED, M.REVIEW),
    (S.SUBMITTED, A.APPROVE): Transition(S.APPROVED, M.DECIDE),
    (S.SUBMITTED, A.REJECT): Transition(S.REJECTED, M.DECIDE),
    (S.SUBMITTED, A.WITHDRAW): Transition(S.WITHDRAWN, M.APPLY),
    (S.SUBMITTED, A.EXPIRE): Transition(S.EXPIRED, M.CARRY_ON),
    (S.RETURNED, A.CHANGE): Transition(S.RETURNED, M.APPLY),
    (S.RETURNED, A.SUBMIT): Transition(S.SUBMITTED, M.APPLY),
    (S.RETURNED, A.WITHDRAW): Transition(S.WITHDRAWN, M.APPLY),
    (S.RETURNED, A.EXPIRE): Transition(S.EXPIRED, M.CARRY_ON),
    # Changing volumes after approval reopens the review.
    (S.APPROVED, A.CHANGE): Transition(S.SUBMITTED, M.APPLY),
    (S.APPROVED, A.CONFIRM): Transition(S.CONFIRMED, M.CARRY_ON),
    (S.APPROVED, A.CANCEL): Transition(S.CANCELLED, M.APPLY),
    (S.APPROVED, A.REVOKE): Transition(S.REVOKED, M.DECIDE),
    (S.CONFIRMED, A.CHANGE): Transition(S.SUBMITTED, M.APPLY),
    (S.CONFIRMED, A.CHECK_IN): Transition(S.ACTIVE, M.BE_ON_SITE),
    (S.CONFIRMED, A.CANCEL): Transition(S.CANCELLED, M.APPLY),
    (S.CONFIRMED, A.REVOKE): Transition(S.REVOKED, M.DECIDE),
    (S.CONFIRMED, A.NO_SHOW): Transition(S.NO_SHOW, M.NOTE_NO_SHOW),
    (S.ACTIVE, A.CHECK_OUT): Transition(S.COMPLETED, M.BE_ON_SITE),
    (S.ACTIVE, A.REVOKE): Transition(S.REVOKED, M.DECIDE),
    (S.COMPLETED, A.REPORT): Transition(S.REPORTED, M.APPLY),
    (S.WAITING, A.OFFER): Transition(S.HELD, M.CARRY_ON),
    (S.WAITING, A.WITHDRAW): Transition(S.WITHDRAWN, M.APPLY),
    (S.WAITING, A.EXPIRE): Transition(S.EXPIRED, M.CARRY_ON),
}

# A reservation in one of these has a claim; in every other it has none.
CLAIMING = frozenset({S.HELD, S.SUBMITTED, S.RETURNED, S.APPROVED, S.CONFIRMED, S.ACTIVE, S.COMPLETED, S.REPORTED})
# What the public map may show: decided, and not undone.
PUBLIC = frozenset({S.CONFIRMED, S.ACTIVE, S.COMPLETED, S.REPORTED})
OPEN_TO_REVIEW = frozenset({S.SUBMITTED})
OVER = frozenset({S.REPORTED, S.REJECTED, S.WITHDRAWN, S.CANCELLED, S.REVOKED, S.EXPIRED, S.NO_SHOW})
# A company is owed the reason for these (行政手続法 8条: refusals and conditions state reasons).
NEED_REASON = frozenset({A.RETURN, A.REJECT, A.REVOKE})


def checked_texts(**texts: str) -> tuple[str, ...]:
    """The texts as they are kept, in their order; raises InvalidInput where one, by its field's name, cannot be."""
    tidied = {name: tidy(text) for name, text in texts.items()}
    faults = [found for name, text in tidied.items() for found in text_faults(name, text, LONGEST_TEXT)]
    if faults:
        raise InvalidInput(faults)
    return tuple(tidied.values())


def next_state(state: State | None, action: Action, roles: Set[Role]) -> State:
    """Where `action` leads from `state` for somebody with `roles`.

    Raises WrongState when the table has no such row, NotAllowed when none of the roles may take it.
    """
    transition = TRANSITIONS.get((state, action))
    if transition is None:
        raise WrongState(
            N_("“%(action)s” cannot be done while the application is “%(state)s”."),
            action=Message(ACTION_WORDS[action]),
            state=Message(STATE_WORDS[state] if state else N_("New")),
        )
    if not roles & transition.roles:
        message = N_("Your role does not allow “%(action)s” on this application.")
        raise NotAllowed(message, action=Message(ACTION_WORDS[action]))
    return transition.to


def actions_for(state: State, roles: Set[Role]) -> list[Action]:
    """What somebody with `roles` may do now, in the table's order."""
    return [
        action
        for (from_state, action), transition in TRANSITIONS.items()
        if from_state == state and roles & transition.roles
    ]


def acting_role(state: State | None, action: Action, roles: Set[Role]) -> Role:
    """The role in which the action is taken, for its event; the first of the table's that fits."""
    allowed = TRANSITIONS[(state, action)].roles & roles
    return min(allowed, key=[*Party, *MemberRole].index)


def check_words(action: Action, reason: str, conditions: str) -> None:
    """Raise InvalidInput where a step lacks the words it needs, or carries words that are not its own to give."""
    if action in NEED_REASON and not reason:
        raise InvalidInput([fault("reason", N_("Please state the reason; the company is owed it."))])
    if action is Action.REPORT and not reason:
        raise InvalidInput([fault("reason", N_("Please write the report."))])
    if conditions and action is not Action.APPROVE:
        raise InvalidInput([fault("conditions", N_("Conditions can be set by an approval only."))])
