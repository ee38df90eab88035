"""Where administrators begin: how the portal stands, and the ways to what they keep."""

from typing import Any

from litestar import Request, get
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.core.clock import now
from testfields.core.local_time import JAPANS_ZONE
from testfields.watch import service
from testfields.watch.views import rows_of
from testfields.web.pages import page
from testfields.web.words import instant


@get("/admin", include_in_schema=False, guards=[Only(May.SEE_STATUS)])
async def admin_page(request: Request[Any, Any, Any]) -> Template:
    """How the portal stands at this moment."""
    found = await service.status(request.app.state.settings.data, now())
    versions = {
        "portal": found.portal,
        "Python": found.python,
        "PostgreSQL": found.stored.postgresql,
        "PostGIS": found.stored.postgis,
    }
    return page(
        request,
        "watch/admin.html",
        rows=rows_of(found),
        at=instant(found.at, JAPANS_ZONE),
        versions=versions,
        migrations=found.stored.migrations,
        last_migration=found.stored.last_migration,
    )


pages = (admin_page,)
