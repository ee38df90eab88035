"""Writing the letters about an event."""

from testfields.accounts.authority import May
from testfields.accounts.guards import OnlyPortal
from testfields.core.clock import now
from testfields.db.engine import transactional
from testfields.letters import closings
from testfields.letters.audiences import AUDIENCES
from testfields.letters.rendering import render
from testfields.letters.rules import Audience
from testfields.letters.service import facts_of, receivers, was_taken_back
from testfields.notifications import service as notifications
from testfields.notifications.rules import Channel
from testfields.web.features import Settings, Task

# The task that tells an audience of an event.
TELL = "tell"
# And the one that tells all whom a closing displaced.
TELL_DISPLACED = "tell_displaced"


@transactional
async def write(event_id: int, audience: Audience, base_url: str) -> None:
    """Write to everybody of `audience` about one event, each once and in their language, and have it sent.

    Nothing where it has been taken back; from here on it can be no more.
    """
    facts = await facts_of(event_id)
    if await was_taken_back(facts.reservation_id, event_id):
        return
    for one in await receivers(audience, facts.reservation_id):
        letter = render(facts, audience, one.name, one.locale, base_url)
        for channel in AUDIENCES[audience].channels:
            await notifications.post(event_id, channel, one, letter, now())


@transactional
async def write_of_closing(event_id: int, base_url: str) -> None:
    """Write to everybody whom a closing concerns, each once about all that is theirs, and have it sent."""
    told = await closings.told_of(event_id)
    if told is None:
        return
    for receiver, numbers in told.receivers:
        losses = [told.losses[number] for number in numbers]
        letter = closings.render(told.row, losses, receiver, base_url)
        await notifications.post(event_id, Channel.MAIL, receiver, letter, now())


async def tell_displaced(settings: Settings, event_id: int) -> None:
    """Write to everybody whom a closing concerns."""
    await write_of_closing(event_id, settings.base_url)


async def tell(settings: Settings, event_id: int, audience: str) -> None:
    """Write to everybody of an audience about an event."""
    await write(event_id, Audience(audience), settings.base_url)


TASKS = (
    Task(TELL, tell, OnlyPortal(May.WRITE_LETTER)),
    Task(TELL_DISPLACED, tell_displaced, OnlyPortal(May.WRITE_LETTER)),
)
