"""Telling what happened, in the transaction in which it happens."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from testfields.events import queries
from testfields.events.rules import Broken, Event, Happened, Subject


async def tell(events: Sequence[Event], now: datetime) -> None:
    """Write down what happened, and with it that what follows is to be done. Belongs into a transaction."""
    if events:
        await queries.TELL.run(events=msgspec.json.encode(events).decode(), now=now)


async def happened(event_id: int) -> Happened:
    """One event; raises LookupError for one that is not there."""
    row = await queries.HAPPENED.row(event_id=event_id)
    if row is None:
        raise LookupError(f"event {event_id}")
    return Happened(**dict(row.items()) | {"subject": Subject(row["subject"])})


async def broken_chains() -> list[Broken]:
    """Every event whose seal does not fit; none when every story is whole."""
    return await queries.BROKEN_CHAINS.all(Broken)
