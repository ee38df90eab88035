"""The dates that go with an application, and what to beware of because of them."""

from datetime import datetime, timedelta

from testfields.availability.rules import decision_due
from testfields.availability.service import Place
from testfields.core.errors import N_, Message
from testfields.reservations.rules import State
from testfields.reservations.states import STATES


def terms_of(place: Place, state: State, now: datetime) -> dict[str, datetime | None]:
    """The dates that go with a state: a hold's deadline, and when staff ought to have decided, before it begins."""
    submitted = STATES[state].due
    begins = begins_at(place)
    return {
        "deadline": min(now + timedelta(minutes=place.policy.hold_minutes), begins) if state is State.HELD else None,
        "submitted_at": now if submitted else None,
        "due_at": min(decision_due(place.policy, now), begins) if submitted else None,
    }


def begins_at(place: Place) -> datetime:
    """When the first of what is asked for begins."""
    return min(one.volume.period.start for one in place.placed)


def warnings_of(place: Place, due_at: datetime | None, now: datetime) -> tuple[Message, ...]:
    """What a company should know before it files: that its time begins before staff ought to have decided.

    `due_at` is when that is, as `terms_of` says; None where nobody has to decide yet.
    """
    hurried = begins_at(place) <= (due_at or decision_due(place.policy, now))
    return (Message(MAY_LAPSE, {"days": place.policy.processing_days}),) if hurried else ()


ENDS_SOONER = N_("The deadline is earlier than before, as it ends when the time asked for begins.")
MAY_LAPSE = N_(
    "The owner takes up to %(days)s days to decide, and the time begins before that. What has not been decided when its"
    " time begins may lapse."
)
