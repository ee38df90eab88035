"""How the portal stands, over HTTP."""

from typing import Any

from litestar import Request, Response, Router, get

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.core.clock import now
from testfields.watch import service
from testfields.watch.schemas import StatusView, status_view


@get("/", guards=[Only(May.SEE_STATUS)])
async def show_status(request: Request[Any, Any, Any]) -> Response[StatusView]:
    """How the portal stands: its worker, mails and jobs, owners without an approver, disk, database and versions."""
    found = await service.status(request.app.state.settings.data, now())
    return Response(status_view(found), headers={"Cache-Control": "no-store"})


router = Router("/status", tags=["administration"], route_handlers=[show_status])
