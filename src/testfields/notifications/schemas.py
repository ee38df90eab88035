"""What the API tells of deliveries."""

from datetime import datetime

import msgspec

from testfields.notifications.rules import Channel, DeliveryState


class MailView(msgspec.Struct, frozen=True):
    """A mail in the list.

    `waiting` is tried again at `next_attempt_at`, `failed` is not; `last_error` says why, in the words of the mail
    server. `sent_at` is null until it has gone out.
    """

    id: int
    channel: Channel
    email: str
    subject: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    next_attempt_at: datetime | None
    last_error: str


class WholeMailView(MailView, frozen=True, kw_only=True):
    """A mail with its text, in the language of its receiver."""

    locale: str
    text: str
