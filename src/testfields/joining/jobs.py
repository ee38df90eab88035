"""Writing the mails that bring a link."""

from testfields.accounts import service as accounts
from testfields.accounts import ways_in
from testfields.accounts.authority import May
from testfields.accounts.guards import OnlyPortal
from testfields.core.clock import now
from testfields.db.engine import transactional
from testfields.events import service as events
from testfields.joining.rendering import render
from testfields.notifications import service as notifications
from testfields.notifications.rules import Channel, Receiver
from testfields.web.features import Settings, Task

# The task that writes the mail of a link.
SEND_LINK = "send_link"


@transactional
async def write(event_id: int, base_url: str) -> None:
    """Write the mail that brings a link, to whoever has its address; nothing to a stranger's, or where it is over."""
    happened = await events.happened(event_id)
    way = await ways_in.by_number(happened.subject_id, now())
    known = await accounts.actor_by_email(way.email) if way else None
    if way is None or known is None:
        return
    to = Receiver(None, None, "", known.locale, way.id)
    await notifications.post(event_id, Channel.MAIL, to, render(way, known.locale, base_url), now())


async def send_link(settings: Settings, event_id: int) -> None:
    """Write the mail that brings a link."""
    await write(event_id, settings.base_url)


TASKS = (Task(SEND_LINK, send_link, OnlyPortal(May.WRITE_LETTER)),)
