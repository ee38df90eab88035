"""Writing mails down, sending them, and showing the administrator what went out."""

from datetime import datetime
from pathlib import Path

from testfields.core.errors import N_, NotFound
from testfields.db.engine import DB
from testfields.db.jobs import Job, defer
from testfields.notifications import posting, queries
from testfields.notifications.rules import Listed, Shown, Unsent, one_line

SEND = "send_mail"
NEWEST = 2**63 - 1


async def post(person_id: int, event_id: int, locale: str, subject: str, text: str, html: str, now: datetime) -> None:
    """Write a mail down and have it sent, once for each event and person; belongs into a transaction."""
    mail_id = await queries.POST.value(
        person_id=person_id, event_id=event_id, locale=locale, subject=one_line(subject), text=text, html=html, now=now
    )
    if mail_id is not None:
        await defer([Job(SEND, {"mail_id": mail_id})])


async def send(mail_id: int, smtp_url: str | None, sender: str, folder: Path, now: datetime) -> None:
    """Send a mail that has not gone out yet.

    Not retried as a transaction: what has been handed to a mail server cannot be rolled back. Raises what
    `posting.hand_over` raises; the mail stays unsent then.
    """
    async with DB.transaction():
        mail = await queries.TAKE_UNSENT.one(Unsent, mail_id=mail_id)
        if mail is not None:
            await posting.hand_over(mail, smtp_url, sender, folder)
            await queries.MARK_SENT.run(mail_id=mail_id, now=now)


async def latest(before: int | None, limit: int) -> list[Listed]:
    """Mails, newest first, older than the mail `before`."""
    return await queries.LATEST.all(Listed, before=before or NEWEST, limit=limit)


async def read(mail_id: int) -> Shown:
    """One mail; raises NotFound."""
    mail = await queries.ONE.one(Shown, mail_id=mail_id)
    if mail is None:
        raise NotFound(N_("There is no such mail."))
    return mail
