"""The one letter of a closing: all that it takes away from somebody, in their language."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from testfields.core.errors import N_
from testfields.core.local_time import format_instant, format_period
from testfields.db.values import to_period
from testfields.letters import queries
from testfields.notifications.rendering import environment, speaker
from testfields.notifications.rules import Letter, Receiver
from testfields.reservations.rules import State
from testfields.reservations.states import STATES
from testfields.reservations.stays import STAYS, Stay, StayState
from testfields.reservations.words import stays_told
from testfields.web.locale import named

T = StayState


@dataclass(frozen=True)
class Loss:
    """What a closing did to one application: some of its stays, and where it stands by that."""

    row: asyncpg.Record
    stays: tuple[Stay, ...]
    to: State


@dataclass(frozen=True)
class Told:
    """A closing, what it did to each application, by number, and whom to tell of which."""

    row: asyncpg.Record
    losses: Mapping[int, Loss]
    receivers: tuple[tuple[Receiver, tuple[int, ...]], ...]


async def told_of(event_id: int) -> Told | None:
    """What is to be told of a closing, by the event of its first closure; None where it displaced nobody."""
    row = await queries.CLOSING.row(event_id=event_id)
    if row is None:
        raise LookupError(f"event {event_id}")
    numbers = json.loads(row["displaced"])
    if not numbers:
        return None
    losses = {
        one["reservation_id"]: Loss(one, tuple(stays_told(one["stays"])), State(one["to_state"]))
        for one in await queries.DISPLACED.rows(event_id=event_id, ids=numbers)
    }
    receivers = tuple(
        (
            Receiver(one["person_id"], one["organisation_id"], one["name"], one["locale"]),
            tuple(one["numbers"]),
        )
        for one in await queries.CONCERNED.rows(ids=numbers)
    )
    return Told(row, losses, receivers)


def render(closing: asyncpg.Record, losses: Sequence[Loss], receiver: Receiver, base_url: str) -> Letter:
    """The letter to one receiver about all of theirs; `base_url` is the portal's address without a slash at its end."""
    locale = receiver.locale
    say = speaker(locale)
    # In the zone of the first place; those of one owner rarely lie in several.
    when = format_period(to_period(closing["period"]), losses[0].row["timezone"], locale)
    subject = say(
        N_("A closure cancels times of yours (%(count)s applications, closed %(when)s)"), count=len(losses), when=when
    )
    context = {
        "_": say,
        "locale": locale,
        "receiver": receiver.name,
        "subject": subject,
        "when": when,
        "reason": named(closing, "reason", locale),
        "losses": [_loss(one, locale) for one in losses],
        "page": f"{base_url}/my",
        "contacts": list(dict.fromkeys(one.row["contact"] for one in losses)),
    }
    text, html = (environment().get_template(f"closing.{kind}").render(context) for kind in ("txt", "html"))
    return Letter(locale, subject, text, html)


def _loss(one: Loss, locale: str) -> dict[str, Any]:
    row, say = one.row, speaker(locale)
    return {
        "number": row["reservation_id"],
        "title": named(row, "title", locale),
        "place": f"{named(row, 'site', locale)} {named(row, 'area', locale)}",
        "stays": [_becomes(stay, row["timezone"], locale) for stay in one.stays],
        "state": say(STATES[one.to].word),
    }


def _becomes(stay: Stay, zone: str, locale: str) -> str:
    say = speaker(locale)
    when = format_period(stay.period, zone, locale)
    if stay.state is T.DISPLACED:
        return say(N_("%(when)s – %(what)s"), when=when, what=say(STAYS[stay.state].word))
    until = format_instant(stay.period.end, zone, locale)
    return say(N_("%(when)s – ends early, at %(until)s"), when=when, until=until)
