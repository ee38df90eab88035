"""Looking at the demo through somebody else's eyes, without a password."""

from typing import Any

from litestar import Request, Response, post

from testfields.accounts import service
from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import browser_secret
from testfields.accounts.pages import enter
from testfields.accounts.ways import home_of
from testfields.core.clock import now
from testfields.core.errors import N_, NotFound
from testfields.demo.cast import ACCOUNTS


@post("/demo", include_in_schema=False, guards=[Only(May.COME_AND_GO)])
async def look_as(request: Request[Any, Any, Any]) -> Response[Any]:
    """Log in as one of the demo's accounts; this address is there in the demo only."""
    form = await request.form()
    account = next((one for one in ACCOUNTS if one.key == form.get("key")), None)
    actor = await service.actor_by_email(account.email) if account else None
    if actor is None:
        raise NotFound(N_("There is no such person."))
    session = await service.open_session(actor.person_id, now(), browser_secret(request))
    return await enter(request, session, home_of(actor))
