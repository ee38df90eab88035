"""Before somebody is locked out, the page that says what is left behind."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.last_ones import LastOne
from testfields.accounts.rules import OrganisationKind
from testfields.core.clock import now
from testfields.core.errors import N_, Message
from testfields.core.local_time import JAPANS_ZONE, format_instant
from testfields.leaving import service
from testfields.leaving.rules import Left
from testfields.leaving.words import pending, remains, warnings
from testfields.web import locale
from testfields.web.forms import posted
from testfields.web.pages import page, redirect
from testfields.web.parameters import PathId


@get("/admin/people/{person_id:int}/deactivate", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def leaving_page(request: Request[Any, Any, Any], person_id: PathId) -> Template:
    """What is open and who is left, and the button that locks the person out."""
    return await _leaving(request, person_id)


@post("/admin/people/{person_id:int}/deactivate", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def deactivate(request: Request[Any, Any, Any], actor: Caller, person_id: PathId) -> Template | Response[Any]:
    """Lock a person out; where the consequence has to be confirmed and is not, the page again."""
    even_last = (await posted(request)).ticked("even_last")
    try:
        await service.lock_out(actor, person_id, now(), even_last)
    except LastOne as error:
        return await _leaving(request, person_id, error)
    message = N_("The person is locked out. Browsers are logged out and API tokens revoked.")
    return redirect("/admin/people", "success", message)


async def _leaving(request: Request[Any, Any, Any], person_id: int, unconfirmed: LastOne | None = None) -> Template:
    leaver = await service.leaver(person_id, now())
    return page(
        request,
        "leaving/leaving.html",
        status=409 if unconfirmed else 200,
        leaver=leaver,
        left=[_shown(one) for one in leaver.left],
        stands_still=any(one.undecided and one.kind is OrganisationKind.OWNER for one in leaver.left),
        last_admin=any(one.undecided and one.kind is OrganisationKind.OPERATOR for one in leaver.left),
        unconfirmed=locale.said(unconfirmed.message) if unconfirmed else "",
    )


def _shown(left: Left) -> dict[str, Any]:
    due = left.due_at
    first = format_instant(due, JAPANS_ZONE, locale.current()) if due else ""
    dated = [Message(N_("The first decision is due by %(when)s."), {"when": first})] if due else []
    return {
        "name": locale.named(left, "name"),
        "warnings": [locale.said(one) for one in warnings(left)],
        "lines": [locale.said(one) for one in (*pending(left), *dated, *remains(left))],
    }


pages = (leaving_page, deactivate)
