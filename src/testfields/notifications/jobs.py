"""Sending mails in the background."""

from testfields.accounts.authority import May
from testfields.accounts.guards import OnlyPortal
from testfields.core.clock import now
from testfields.notifications import service
from testfields.web.features import Settings, Task


async def send_mail(settings: Settings, mail_id: int) -> None:
    """Send one mail."""
    await service.send(mail_id, settings.smtp_url, settings.mail_from, settings.data / "mail", now())


TASKS = (Task(service.SEND, send_mail, OnlyPortal(May.WRITE_LETTER)),)
