"""Writing the letters about an event."""

from testfields.accounts.authority import May
from testfields.accounts.guards import OnlyPortal
from testfields.core.clock import now
from testfields.db.engine import transactional
from testfields.letters.audiences import AUDIENCES
from testfields.letters.rendering import render
from testfields.letters.rules import Audience
from testfields.letters.service import facts_of, receivers
from testfields.notifications import service as notifications
from testfields.web.features import Settings, Task

# The task that tells an audience of an event.
TELL = "tell"


@transactional
async def write(event_id: int, audience: Audience, base_url: str) -> None:
    """Write to everybody of `audience` about one event, each once and in their language, and have it sent."""
    facts = await facts_of(event_id)
    for one in await receivers(audience, facts.reservation_id):
        letter = render(facts, audience, one.name, one.locale, base_url)
        for channel in AUDIENCES[audience].channels:
            await notifications.post(event_id, channel, one, letter, now())


async def tell(settings: Settings, event_id: int, audience: str) -> None:
    """Write to everybody of an audience about an event."""
    await write(event_id, Audience(audience), settings.base_url)


TASKS = (Task(TELL, tell, OnlyPortal(May.WRITE_LETTER)),)
