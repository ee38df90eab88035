"""The words of every mail about an application: what happened, and what to do next. On a few pages, for proof-reading.

All texts are gettext ids; the Japanese stands in ``locales/ja``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from testfields.core.errors import N_
from testfields.core.periods import Period
from testfields.reservations.actions import ACTIONS, Settles
from testfields.reservations.rules import Action, State
from testfields.reservations.stays import Stay
from testfields.reservations.words import LeftOutTold, MovedTold, VolumeTold


class Audience(StrEnum):
    """Whom a letter is for; all about each stands in `audiences`."""

    COMPANY = "company"
    STAFF = "staff"


class By(StrEnum):
    """Which date goes with "what to do next"."""

    DEADLINE = "deadline"
    DUE = "due"


@dataclass(frozen=True)
class Wording:
    """`what` is the subject; `date` is told below `next`."""

    what: str
    opening: str
    next: str
    date: By | None = None


@dataclass(frozen=True)
class Facts:
    """All that a letter about one event may say; heights in metres above ground.

    `stays` are those that the event was about, `over` those that by then were no more, of all that had been asked for,
    `left_out` those that did not fit when it was filed, `moved` those that the event moved.
    """

    event_id: int
    reservation_id: int
    action: Action
    from_state: State | None
    reason: str
    conditions: str
    deadline: datetime | None
    due_at: datetime | None
    title_ja: str
    title_en: str
    company_ja: str
    company_en: str
    site_ja: str
    site_en: str
    area_ja: str
    area_en: str
    timezone: str
    contact: str
    permit_code: str | None
    volumes: tuple[VolumeTold, ...]
    stays: tuple[Stay, ...] = ()
    over: tuple[Stay, ...] = ()
    left_out: tuple[LeftOutTold, ...] = ()
    moved: tuple[MovedTold, ...] = ()

    @property
    def hurried(self) -> bool:
        """Whether what is asked for begins before staff would otherwise have to decide."""
        return self.due_at is not None and self.due_at >= min(one.period.start for one in self.volumes)

    @property
    def times(self) -> list[Period]:
        """Those of the stays that the step was about, else all that is asked for and not over."""
        if ACTIONS[self.action].settles is Settles.BY_STAY and self.stays:
            return [one.period for one in self.stays]
        asked, over = dict.fromkeys(one.period for one in self.volumes), {one.period for one in self.over}
        return [one for one in asked if one not in over] or list(asked)


A, S = Action, State

NOTHING_MORE = N_("There is nothing more you need to do.")
NOTHING_NOW = N_("There is nothing you need to do now. We plan to tell you the decision by the date below.")
WAIT_FOR_PERMIT = N_("Please do not begin until a new permit has been issued. Any permit issued before is void.")

# By action, or by action and the state before it.
Words = Mapping[Action | tuple[State, Action], Wording]

COMPANY: Words = {
    A.HOLD: Wording(
        N_("Your hold is registered"),
        N_("We have registered your hold. The place and time are kept for you until the deadline."),
        N_("Please submit the application by the deadline. After that the hold lapses and others may book the time."),
        By.DEADLINE,
    ),
    A.SUBMIT: Wording(
        N_("We have received your application"),
        N_("We have received your application. The place and time are kept for you while it is reviewed."),
        NOTHING_NOW,
        By.DUE,
    ),
    A.FILE_FOR: Wording(
        N_("We have filed an application for you"),
        N_("As you asked us to, we have filed an application for you. The place and time are kept for you meanwhile."),
        N_(
            "Please see whether everything is as you asked for; you can change or withdraw it on its page. We plan to"
            " tell you the decision by the date below."
        ),
        By.DUE,
    ),
    A.WAIT: Wording(
        N_("You are on the waiting list"),
        N_("The time you asked for is taken at present. Your application has been put on the waiting list."),
        N_(
            "When the time becomes free, we will offer it to you by mail, in the order of applications."
            " If it has not become free when it begins, the application lapses."
        ),
    ),
    A.OFFER: Wording(
        N_("The time you were waiting for is free"),
        N_("The time you were waiting for has become free and is now kept for you until the deadline."),
        N_("Please submit the application by the deadline. After that the time is offered to the next in line."),
        By.DEADLINE,
    ),
    (S.SUBMITTED, A.CHANGE): Wording(
        N_("We have received your change"),
        N_("We have received the change of your application. It is reviewed as it now stands."),
        NOTHING_NOW,
        By.DUE,
    ),
    (S.SUBMITTED, A.MOVE): Wording(
        N_("We have received your change"),
        N_("We have received the change of your application. It is reviewed as it now stands."),
        NOTHING_NOW,
        By.DUE,
    ),
    (S.SUBMITTED, A.ADD): Wording(
        N_("We have received your change"),
        N_("We have received the change of your application. It is reviewed as it now stands."),
        NOTHING_NOW,
        By.DUE,
    ),
    A.MOVE: Wording(
        N_("Times are moved into an application of their own"),
        N_("You have moved times that were permitted. The old ones are given back; the new ones are reviewed."),
        N_(
            "The page of your application shows which times the permit still holds for. Please do not begin at the new"
            " ones until they are permitted."
        ),
    ),
    A.CHANGE: Wording(
        N_("Your changed application is reviewed again"),
        N_("We have received the change of your application. As it had been approved before, it is reviewed again."),
        WAIT_FOR_PERMIT,
        By.DUE,
    ),
    A.RETURN: Wording(
        N_("Please revise your application"),
        N_("Staff ask you to revise your application. The place and time stay kept for you until the deadline."),
        N_("Please read the reason, revise the application and submit it again by the deadline. After that it lapses."),
        By.DEADLINE,
    ),
    A.APPROVE: Wording(
        N_("Your application is approved"),
        N_("Your application has been approved."),
        N_("There is nothing you need to do now. The permit follows in a mail of its own."),
    ),
    A.CONFIRM: Wording(
        N_("Your permit has been issued"),
        N_("You are permitted to use the place at the time below. Your permit has been issued."),
        N_("Please keep to the conditions, and show the permit's page when you are asked for it on the day."),
    ),
    (S.HELD, A.REJECT): Wording(
        N_("Your hold has been ended"),
        N_("Staff have ended your hold of the place and time. The reason is given below."),
        N_("You may apply for another place or time. If anything is unclear, please ask the contact named below."),
    ),
    A.REJECT: Wording(
        N_("Your application was not approved"),
        N_("We are sorry to tell you that your application was not approved. The reason is given below."),
        N_("You may apply for another place or time. If anything is unclear, please ask the contact named below."),
    ),
    A.WITHDRAW: Wording(
        N_("Your application is withdrawn"), N_("Your application has been withdrawn, as you asked."), NOTHING_MORE
    ),
    A.CANCEL: Wording(
        N_("Your use is cancelled"),
        N_("Your use has been cancelled, as you asked. Any permit issued for it is void."),
        NOTHING_MORE,
    ),
    A.REVOKE: Wording(
        N_("Your permit has been revoked"),
        N_("The permission to use the place has been revoked. The reason is given below."),
        N_(
            "Please do not use the place. If a trial is under way, stop it now and leave safely."
            " If anything is unclear, please ask the contact named below."
        ),
    ),
    (S.HELD, A.EXPIRE): Wording(
        N_("Your hold has lapsed"),
        N_("The deadline has passed without an application, so the hold has lapsed."),
        N_("If you still need the time, please look whether it is free and apply again."),
    ),
    (S.RETURNED, A.EXPIRE): Wording(
        N_("Your application has lapsed"),
        N_("The deadline has passed without a revised application, so the application has lapsed."),
        N_("If you still need the time, please look whether it is free and apply again."),
    ),
    (S.WAITING, A.EXPIRE): Wording(
        N_("Your place on the waiting list has ended"),
        N_("The time you were waiting for has begun without becoming free, so the application has lapsed."),
        N_("We are sorry that we could not offer it to you. Please consider another place or time."),
    ),
    (S.SUBMITTED, A.EXPIRE): Wording(
        N_("Your application has lapsed"),
        N_("The time you asked for has passed without a decision, so the application has lapsed. We apologise."),
        N_("If you still need the place, please apply for another time, or ask the contact named below."),
    ),
    A.GIVE_BACK: Wording(
        N_("Times are given back"),
        N_("Times of your booking have been given back, as you asked. Others may book them."),
        N_("The page of your application shows which times the permit still holds for."),
    ),
    A.NO_SHOW: Wording(
        N_("A booked time is closed as not used"),
        N_("Nobody checked in at the booked time, so it has been closed. The permit does not hold for it any more."),
        N_("If this is a mistake, please tell the contact named below."),
    ),
    A.CHECK_OUT: Wording(
        N_("You have checked out"),
        N_("You have checked out, and the place has been handed back. Thank you."),
        N_("When the last of your times is over, please file the report of the results."),
    ),
}

STAFF: Words = {
    A.SUBMIT: Wording(
        N_("A new application awaits review"),
        N_("A company has submitted an application for a place of yours."),
        N_("Please review it by the date below."),
        By.DUE,
    ),
    A.FILE_FOR: Wording(
        N_("An application filed for a company awaits review"),
        N_("A colleague has filed an application for a company that asked for it."),
        N_("Please review it by the date below."),
        By.DUE,
    ),
    (S.RETURNED, A.SUBMIT): Wording(
        N_("A revised application awaits review"),
        N_("The company has revised the application that was returned to it."),
        N_("Please review it by the date below."),
        By.DUE,
    ),
    A.CHANGE: Wording(
        N_("A changed application awaits review"),
        N_("The company has changed its application. If it had been approved, that approval no longer holds."),
        N_("Please review it by the date below."),
        By.DUE,
    ),
    A.MOVE: Wording(
        N_("A changed application awaits review"),
        N_("The company has changed its application. If it had been approved, that approval no longer holds."),
        N_("Please review it by the date below."),
        By.DUE,
    ),
    A.ADD: Wording(
        N_("A changed application awaits review"),
        N_("The company has changed its application. If it had been approved, that approval no longer holds."),
        N_("Please review it by the date below."),
        By.DUE,
    ),
    A.WITHDRAW: Wording(
        N_("An application was withdrawn"), N_("The company has withdrawn its application."), NOTHING_MORE
    ),
    A.CANCEL: Wording(
        N_("A permitted use was cancelled"), N_("The company has cancelled a use that was approved."), NOTHING_MORE
    ),
    A.GIVE_BACK: Wording(
        N_("Permitted times were given back"), N_("The company has given back times that were permitted."), NOTHING_MORE
    ),
    (S.SUBMITTED, A.EXPIRE): Wording(
        N_("An application has lapsed without a decision"),
        N_("The time asked for has passed without a decision, so the application has lapsed."),
        NOTHING_MORE,
    ),
    A.EXPIRE: Wording(
        N_("A returned application has lapsed"),
        N_("The company has not revised the application in time, so it has lapsed."),
        NOTHING_MORE,
    ),
    A.REPORT: Wording(
        N_("A report of results was filed"),
        N_("The company has filed the report of its trial."),
        N_("Please read the report."),
    ),
}


def wording_for(words: Words, action: Action, from_state: State | None) -> Wording:
    """The words for one step; raises KeyError for a step that nobody is written to about."""
    if from_state is not None and (from_state, action) in words:
        return words[(from_state, action)]
    return words[action]
