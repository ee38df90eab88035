"""What the API answers about the calendar."""

import msgspec

from testfields.reservations.rules import State
from testfields.web.schemas import NamedText, TimeRange


class EntryView(msgspec.Struct, frozen=True):
    """An application's time, or a closure, which has no state; `name` is the company's, or the reason.

    Without an `area_id` it is of the whole site.
    """

    site: str
    area_id: int | None
    period: TimeRange
    number: int
    state: State | None
    name: NamedText
