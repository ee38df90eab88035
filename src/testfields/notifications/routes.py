"""What went out and what did not arrive, over HTTP."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import QueryParameter

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.notifications import service
from testfields.notifications.rules import DeliveryState
from testfields.notifications.schemas import MailView, WholeMailView
from testfields.web.paging import next_link
from testfields.web.parameters import LARGEST_ID, Before, Limit, PathId


@get("/", guards=[Only(May.READ_MAILS)])
async def list_mails(
    request: Request[Any, Any, Any],
    actor: Caller,
    in_state: Annotated[DeliveryState | None, QueryParameter(name="state")] = None,
    before: Before = LARGEST_ID,
    limit: Limit = 50,
) -> Response[list[MailView]]:
    """Mails that the portal has written, newest first, `failed` those that never arrived; the next page in `Link`.

    Administrators see all, staff those about their own land.
    """
    rows = await service.latest(actor, in_state, before, limit)
    views = [msgspec.convert(one, MailView, from_attributes=True) for one in rows]
    return Response(views, headers=next_link(request, "before", views[-1].id if len(views) == limit else None))


@get("/{mail_id:int}", guards=[Only(May.READ_MAILS)])
async def show_mail(actor: Caller, mail_id: PathId) -> WholeMailView:
    """One mail, as its receiver reads it in plain text."""
    return msgspec.convert(await service.read(actor, mail_id), WholeMailView, from_attributes=True)


@post("/{mail_id:int}/resend", status_code=200, guards=[Only(May.RESEND_MAIL)])
async def resend_mail(actor: Caller, mail_id: PathId) -> WholeMailView:
    """Send a mail again, now; nothing where it is on its way already."""
    return msgspec.convert(await service.resend(actor, mail_id, None, now()), WholeMailView, from_attributes=True)


router = Router("/mails", tags=["administration"], route_handlers=[list_mails, show_mail, resend_mail])
