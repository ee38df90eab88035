"""What went out, for the administrator, over HTTP."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, Router, get

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.notifications import service
from testfields.web.paging import next_link
from testfields.web.parameters import LARGEST_ID, Before, Limit, PathId


class MailView(msgspec.Struct, frozen=True):
    """A mail in the list; `sent_at` is null until it has gone out."""

    id: int
    email: str
    subject: str
    created_at: datetime
    sent_at: datetime | None


class WholeMailView(MailView, frozen=True, kw_only=True):
    """A mail with its text, in the language of its receiver."""

    locale: str
    text: str


@get("/", guards=[Only(May.READ_MAILS)])
async def list_mails(
    request: Request[Any, Any, Any], before: Before = LARGEST_ID, limit: Limit = 50
) -> Response[list[MailView]]:
    """Mails that the portal has written, newest first; the next page stands in `Link`."""
    views = [msgspec.convert(one, MailView, from_attributes=True) for one in await service.latest(before, limit)]
    return Response(views, headers=next_link(request, "before", views[-1].id if len(views) == limit else None))


@get("/{mail_id:int}", guards=[Only(May.READ_MAILS)])
async def show_mail(mail_id: PathId) -> WholeMailView:
    """One mail, as its receiver reads it in plain text."""
    return msgspec.convert(await service.read(mail_id), WholeMailView, from_attributes=True)


router = Router("/mails", tags=["administration"], route_handlers=[list_mails, show_mail])
