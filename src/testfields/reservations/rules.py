"""The whole life of a reservation, on one page: which action leads from which state to which, and who may take it.

What a state means is told by its row in `states`, what an action does by its row in `actions`.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from testfields.accounts.authority import Kind, May
from testfields.accounts.rules import COMPANY_ROLES, MemberRole
from testfields.core.errors import N_, InvalidInput, Message, NotAllowed, WrongState, fault
from testfields.core.texts import text_faults, tidy
from testfields.reservations.actions import ACTIONS, Action
from testfields.reservations.states import STATES, State

# The words of the life are asked for here, wherever they are told.
__all__ = [
    "TRANSITIONS",
    "Action",
    "Party",
    "Role",
    "State",
    "Transition",
    "acting_role",
    "actions_for",
    "check_words",
    "checked_texts",
    "next_state",
    "role_of",
]

# Of a note, a reason, a report, or conditions; in characters.
LONGEST_TEXT = 4000


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
    # Where the application stands afterwards follows from its stays; `to` is where it does when none is left.
    by_stays: bool = False

    @cached_property
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
    (None, A.FILE_FOR): Transition(S.SUBMITTED, M.FILE_FOR),
    (S.DRAFT, A.CHANGE): Transition(S.DRAFT, M.APPLY),
    (S.DRAFT, A.MOVE): Transition(S.DRAFT, M.APPLY),
    (S.DRAFT, A.ADD): Transition(S.DRAFT, M.APPLY),
    (S.DRAFT, A.HOLD): Transition(S.HELD, M.APPLY),
    (S.DRAFT, A.SUBMIT): Transition(S.SUBMITTED, M.APPLY),
    (S.DRAFT, A.WAIT): Transition(S.WAITING, M.APPLY),
    (S.DRAFT, A.WITHDRAW): Transition(S.WITHDRAWN, M.APPLY),
    (S.HELD, A.CHANGE): Transition(S.HELD, M.APPLY),
    (S.HELD, A.MOVE): Transition(S.HELD, M.APPLY),
    (S.HELD, A.ADD): Transition(S.HELD, M.APPLY),
    (S.HELD, A.SUBMIT): Transition(S.SUBMITTED, M.APPLY),
    (S.HELD, A.WITHDRAW): Transition(S.WITHDRAWN, M.APPLY),
    (S.HELD, A.REJECT): Transition(S.REJECTED, M.DECIDE),
    (S.HELD, A.EXPIRE): Transition(S.EXPIRED, M.CARRY_ON),
    (S.HELD, A.DISPLACE): Transition(S.REJECTED, M.CLOSE, by_stays=True),
    (S.SUBMITTED, A.CHANGE): Transition(S.SUBMITTED, M.APPLY),
    (S.SUBMITTED, A.MOVE): Transition(S.SUBMITTED, M.APPLY),
    (S.SUBMITTED, A.ADD): Transition(S.SUBMITTED, M.APPLY),
    (S.SUBMITTED, A.RETURN): Transition(S.RETURNED, M.REVIEW),
    (S.SUBMITTED, A.APPROVE): Transition(S.APPROVED, M.DECIDE),
    (S.SUBMITTED, A.REJECT): Transition(S.REJECTED, M.DECIDE),
    (S.SUBMITTED, A.WITHDRAW): Transition(S.WITHDRAWN, M.APPLY),
    (S.SUBMITTED, A.EXPIRE): Transition(S.EXPIRED, M.CARRY_ON),
    (S.SUBMITTED, A.DISPLACE): Transition(S.REJECTED, M.CLOSE, by_stays=True),
    (S.RETURNED, A.CHANGE): Transition(S.RETURNED, M.APPLY),
    (S.RETURNED, A.MOVE): Transition(S.RETURNED, M.APPLY),
    (S.RETURNED, A.ADD): Transition(S.RETURNED, M.APPLY),
    (S.RETURNED, A.SUBMIT): Transition(S.SUBMITTED, M.APPLY),
    (S.RETURNED, A.WITHDRAW): Transition(S.WITHDRAWN, M.APPLY),
    (S.RETURNED, A.TAKE_BACK): Transition(S.SUBMITTED, M.REVIEW),
    (S.RETURNED, A.REJECT): Transition(S.REJECTED, M.DECIDE),
    (S.RETURNED, A.EXPIRE): Transition(S.EXPIRED, M.CARRY_ON),
    (S.RETURNED, A.DISPLACE): Transition(S.REJECTED, M.CLOSE, by_stays=True),
    # Changing volumes after approval reopens the review.
    (S.APPROVED, A.CHANGE): Transition(S.SUBMITTED, M.APPLY),
    (S.APPROVED, A.TAKE_BACK): Transition(S.SUBMITTED, M.DECIDE),
    (S.APPROVED, A.CONFIRM): Transition(S.CONFIRMED, M.CARRY_ON),
    (S.APPROVED, A.CANCEL): Transition(S.CANCELLED, M.APPLY),
    (S.APPROVED, A.REVOKE): Transition(S.REVOKED, M.DECIDE),
    (S.APPROVED, A.DISPLACE): Transition(S.REVOKED, M.CLOSE, by_stays=True),
    (S.CONFIRMED, A.CHANGE): Transition(S.SUBMITTED, M.APPLY),
    # Of what is permitted the new times become an application of their own, so that the rest stays permitted.
    (S.CONFIRMED, A.MOVE): Transition(S.CANCELLED, M.APPLY, by_stays=True),
    (S.CONFIRMED, A.ADD): Transition(S.CONFIRMED, M.APPLY),
    (S.CONFIRMED, A.CHECK_IN): Transition(S.ACTIVE, M.BE_ON_SITE, by_stays=True),
    (S.CONFIRMED, A.GIVE_BACK): Transition(S.CANCELLED, M.APPLY, by_stays=True),
    (S.CONFIRMED, A.CANCEL): Transition(S.CANCELLED, M.APPLY, by_stays=True),
    (S.CONFIRMED, A.TAKE_BACK): Transition(S.SUBMITTED, M.DECIDE),
    (S.CONFIRMED, A.REVOKE): Transition(S.REVOKED, M.DECIDE),
    (S.CONFIRMED, A.NO_SHOW): Transition(S.NO_SHOW, M.NOTE_NO_SHOW, by_stays=True),
    (S.CONFIRMED, A.FINISH): Transition(S.COMPLETED, M.CARRY_ON, by_stays=True),
    (S.CONFIRMED, A.DISPLACE): Transition(S.REVOKED, M.CLOSE, by_stays=True),
    (S.ACTIVE, A.MOVE): Transition(S.COMPLETED, M.APPLY, by_stays=True),
    (S.ACTIVE, A.ADD): Transition(S.ACTIVE, M.APPLY),
    (S.ACTIVE, A.CHECK_IN): Transition(S.ACTIVE, M.BE_ON_SITE, by_stays=True),
    (S.ACTIVE, A.CHECK_OUT): Transition(S.COMPLETED, M.BE_ON_SITE, by_stays=True),
    (S.ACTIVE, A.GIVE_BACK): Transition(S.COMPLETED, M.APPLY, by_stays=True),
    (S.ACTIVE, A.REVOKE): Transition(S.REVOKED, M.DECIDE),
    (S.ACTIVE, A.NO_SHOW): Transition(S.ACTIVE, M.NOTE_NO_SHOW, by_stays=True),
    (S.ACTIVE, A.FINISH): Transition(S.COMPLETED, M.CARRY_ON, by_stays=True),
    (S.ACTIVE, A.DISPLACE): Transition(S.COMPLETED, M.CLOSE, by_stays=True),
    (S.COMPLETED, A.REPORT): Transition(S.REPORTED, M.APPLY),
    (S.REJECTED, A.TAKE_BACK): Transition(S.SUBMITTED, M.DECIDE),
    (S.WAITING, A.MOVE): Transition(S.WAITING, M.APPLY),
    (S.WAITING, A.ADD): Transition(S.WAITING, M.APPLY),
    (S.WAITING, A.OFFER): Transition(S.HELD, M.CARRY_ON),
    (S.WAITING, A.WITHDRAW): Transition(S.WITHDRAWN, M.APPLY),
    (S.WAITING, A.EXPIRE): Transition(S.EXPIRED, M.CARRY_ON),
    (S.WAITING, A.DISPLACE): Transition(S.REJECTED, M.CLOSE, by_stays=True),
}

# What can be taken back while nobody has been written to: the letters about it wait as long.
TAKEN_BACK_WITHIN = timedelta(minutes=3)
CAN_BE_TAKEN_BACK: frozenset[tuple[State | None, Action]] = frozenset(
    {(S.SUBMITTED, A.RETURN), (S.SUBMITTED, A.APPROVE), (S.SUBMITTED, A.REJECT), (S.APPROVED, A.CONFIRM)}
)


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
            action=Message(ACTIONS[action].word),
            state=Message(STATES[state].word if state else N_("New")),
        )
    if not roles & transition.roles:
        message = N_("Your role does not allow “%(action)s” on this application.")
        raise NotAllowed(message, action=Message(ACTIONS[action].word))
    return transition.to


def actions_for(state: State, roles: Set[Role]) -> list[Action]:
    """What somebody with `roles` may do now, in the table's order; what a closure brings with it is no choice."""
    return [
        action
        for (from_state, action), transition in TRANSITIONS.items()
        if from_state == state and roles & transition.roles and not ACTIONS[action].by_closing
    ]


def acting_role(state: State | None, action: Action, roles: Set[Role]) -> Role:
    """The role in which the action is taken, for its event; the first of the table's that fits."""
    allowed = TRANSITIONS[(state, action)].roles & roles
    return min(allowed, key=[*Party, *MemberRole].index)


def check_words(action: Action, reason: str, conditions: str) -> None:
    """Raise InvalidInput where a step lacks the words it needs, or carries words that are not its own to give."""
    if ACTIONS[action].reason and not reason:
        raise InvalidInput([fault("reason", ACTIONS[action].reason)])
    if conditions and action is not Action.APPROVE:
        raise InvalidInput([fault("conditions", N_("Conditions can be set by an approval only."))])
