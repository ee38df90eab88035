"""What went out, for the administrator."""

from typing import Any

from litestar import Request, get
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.core.local_time import JAPANS_ZONE, format_instant
from testfields.notifications import service
from testfields.web import locale
from testfields.web.pages import page
from testfields.web.parameters import LARGEST_ID, Before, Limit, PathId


@get("/admin/mails", include_in_schema=False, guards=[Only(May.READ_MAILS)])
async def mails_page(request: Request[Any, Any, Any], before: Before = LARGEST_ID, limit: Limit = 50) -> Template:
    """Mails, newest first."""
    mails = await service.latest(before, limit)
    older = f"/admin/mails?before={mails[-1].id}&limit={limit}" if len(mails) == limit else ""
    rows = [
        {
            "id": one.id,
            "email": one.email,
            "subject": one.subject,
            "sent": one.sent_at is not None,
            "when": format_instant(one.created_at, JAPANS_ZONE, locale.current()),
        }
        for one in mails
    ]
    return page(request, "notifications/mails.html", mails=rows, older=older)


@get("/admin/mails/{mail_id:int}", include_in_schema=False, guards=[Only(May.READ_MAILS)])
async def mail_page(request: Request[Any, Any, Any], mail_id: PathId) -> Template:
    """One mail, as its receiver reads it in plain text."""
    mail = await service.read(mail_id)
    sent = format_instant(mail.sent_at, JAPANS_ZONE, locale.current()) if mail.sent_at else ""
    return page(request, "notifications/mail.html", mail=mail, sent=sent)


pages = (mails_page, mail_page)
