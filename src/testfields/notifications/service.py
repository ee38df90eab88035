"""Writing mails down, sending them, and showing the administrator what went out."""

from datetime import datetime
from pathlib import Path

from testfields.accounts.rules import Actor
from testfields.core.errors import N_, NotAllowed, NotFound
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


async def latest(actor: Actor, before: int | None, limit: int) -> list[Listed]:
    """Mails for the administrator, newest first, older than the mail `before`; raises NotAllowed."""
    _require_admin(actor)
    return await queries.LATEST.all(Listed, before=before or NEWEST, limit=limit)


async def read(actor: Actor, mail_id: int) -> Shown:
    """One mail for the administrator; raises NotAllowed or NotFound."""
    _require_admin(actor)
    mail = await queries.ONE.one(Shown, mail_id=mail_id)
    if mail is None:
        raise NotFound(N_("There is no such mail."))
    return mail


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise NotAllowed(N_("Only the administrator may read the mails."))
