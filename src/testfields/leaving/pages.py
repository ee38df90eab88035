"""Before somebody is locked out, or an organisation deactivated, the page that says what is left behind."""

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
from testfields.leaving.rules import Closing, Left
from testfields.leaving.words import pending, remains, stays_open, warnings
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
    return {
        "name": locale.named(left, "name"),
        "warnings": [locale.said(one) for one in warnings(left)],
        "lines": [locale.said(one) for one in (*pending(left), *_dated(left), *remains(left))],
    }


def _dated(left: Left | Closing) -> list[Message]:
    first = format_instant(left.due_at, JAPANS_ZONE, locale.current()) if left.due_at else ""
    return [Message(N_("The first decision is due by %(when)s."), {"when": first})] if first else []


@get("/admin/organisations/{organisation_id:int}/deactivate", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def closing_page(request: Request[Any, Any, Any], organisation_id: PathId) -> Template:
    """What stays open, and the button that deactivates the organisation."""
    found = await service.closing(organisation_id, now())
    one = {"id": found.id, "name": locale.named(found, "name"), "active": found.active}
    lines = [locale.said(told) for told in (*stays_open(found), *_dated(found))]
    return page(request, "leaving/organisation.html", one=one, lines=lines)


@post("/admin/organisations/{organisation_id:int}/deactivate", include_in_schema=False, guards=[Only(May.ADMINISTER)])
async def deactivate_organisation(actor: Caller, organisation_id: PathId) -> Response[Any]:
    """Deactivate an organisation."""
    await service.deactivate(actor, organisation_id, now())
    message = N_("The organisation is deactivated. Its people can neither log in nor act for it.")
    return redirect(f"/admin/organisations/{organisation_id}", "success", message)


pages = (leaving_page, deactivate, closing_page, deactivate_organisation)
