"""Delivering in the background."""

from testfields.accounts.authority import May
from testfields.accounts.guards import OnlyPortal
from testfields.core.clock import now
from testfields.notifications import service
from testfields.web.features import Settings, Task


async def deliver(settings: Settings, delivery_id: int) -> None:
    """Deliver one letter to one receiver."""
    await service.deliver(delivery_id, settings.smtp_url, settings.mail_from, settings.data / "mail", now)


TASKS = (Task(service.DELIVER, deliver, OnlyPortal(May.WRITE_LETTER)),)
