"""Asking for other times, or another volume, in the same area: the form of an application once more."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import asyncpg
from litestar import Request, Response, get, post
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.core.errors import WrongState
from testfields.reservations import steps
from testfields.reservations.apply.forms import Entered, read_form
from testfields.reservations.apply.pressing import changed
from testfields.reservations.apply.showing import change_door, show_form, show_refusal
from testfields.reservations.apply.verdicts import Form, application_of, judged, opened, stored
from testfields.reservations.reading import own
from testfields.reservations.rules import Action
from testfields.reservations.states import STATES
from testfields.reservations.steps import REFUSALS
from testfields.reservations.views import redirect_told
from testfields.sites.stays import NO_LONGER_OFFERED
from testfields.web.forms import posted
from testfields.web.parameters import PathId, whole_number


@get("/my/reservations/{reservation_id:int}/change", include_in_schema=False, guards=[Only(May.APPLY)])
async def change_page(request: Request[Any, Any, Any], actor: Caller, reservation_id: PathId) -> Template:
    """The form as the reservation fills it in."""
    row = await own(actor, reservation_id)
    form = await judged(actor, await _opened(await stored(row), row), now())
    return await show_form(request, form, change_door(row))


@post(
    "/my/reservations/{reservation_id:int}/change", include_in_schema=False, status_code=200, guards=[Only(May.APPLY)]
)
async def change(request: Request[Any, Any, Any], actor: Caller, reservation_id: PathId) -> Template | Response[Any]:
    """Ask for the new times and volume; the old claim stays until the new one is sure."""
    row, at = await own(actor, reservation_id), now()
    sent = await posted(request)
    form = await _opened(read_form(sent), row)
    if sent.text("do") != "change":
        form, status = await changed(actor, form, sent.text("do"), at)
        return await show_form(request, form, change_door(row), status=status)
    try:
        asked = application_of(form, Action.CHANGE).asked
        version = whole_number(form.entered.version) or 0
        moved = await steps.change_volumes(actor, reservation_id, version, asked, at)
    except REFUSALS as refusal:
        return await show_refusal(request, actor, form, refusal, at, change_door(row))
    return redirect_told(f"/my/reservations/{reservation_id}", STATES[moved.state].changed, moved.warnings)


async def _opened(entered: Entered, row: asyncpg.Record) -> Form:
    """Project and first area stay what they are, whatever a form says; raises WrongState where it has been retired."""
    fixed = replace(
        entered,
        project_id=str(row["project_id"]),
        site=row["site_slug"],
        area=row["area_slug"],
        reservation=str(row["id"]),
        draft="",
    )
    form = await opened(fixed)
    if form.area is None or form.area.slug != row["area_slug"] or len(form.more) < len(entered.more):
        raise WrongState(NO_LONGER_OFFERED)
    return form


change_pages: Sequence[Any] = (change_page, change)
