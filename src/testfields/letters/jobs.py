"""Writing the letters about an event."""

from testfields.accounts.authority import May
from testfields.accounts.guards import OnlyPortal
from testfields.core.clock import now
from testfields.db.engine import transactional
from testfields.letters.rendering import render
from testfields.letters.rules import Audience
from testfields.letters.service import facts_of, receivers
from testfields.notifications import service as notifications
from testfields.web.features import Settings, Task


@transactional
async def write(event_id: int, audience: Audience, base_url: str) -> None:
    """Write to everybody of `audience` about one event, each once and in their language, and have it sent."""
    facts = await facts_of(event_id)
    for one in await receivers(audience, facts.reservation_id):
        letter = render(facts, audience, one.name, one.locale, base_url)
        await notifications.post(one.person_id, event_id, one.locale, letter.subject, letter.text, letter.html, now())


async def mail_company(settings: Settings, event_id: int) -> None:
    """Write to the company about an event."""
    await write(event_id, Audience.COMPANY, settings.base_url)


async def mail_staff(settings: Settings, event_id: int) -> None:
    """Write to the land's staff about an event."""
    await write(event_id, Audience.STAFF, settings.base_url)


TASKS = (
    Task("mail_company", mail_company, OnlyPortal(May.WRITE_LETTER)),
    Task("mail_staff", mail_staff, OnlyPortal(May.WRITE_LETTER)),
)
