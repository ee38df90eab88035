"""The forms by which staff share the work on an application; each leads back to its page."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, post
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, Stale, WrongState
from testfields.reviews import work
from testfields.reviews.pages import DecisionRefused, again
from testfields.reviews.views import kept_filters
from testfields.web import locale
from testfields.web.forms import Posted, field_errors, posted
from testfields.web.pages import redirect
from testfields.web.parameters import PathId

Answer = Template | Response[Any]


def _back(reservation_id: int, form: Posted, text: str) -> Response[Any]:
    filters = kept_filters(form.text("filters"))
    return redirect(f"/desk/{reservation_id}" + (f"?{filters}" if filters else ""), "success", text)


@post(
    "/desk/{reservation_id:int}/assignee",
    include_in_schema=False,
    status_code=200,
    guards=[Only(May.WORK_ON_APPLICATION)],
)
async def assign(request: Request[Any, Any, Any], actor: Caller, reservation_id: PathId) -> Answer:
    """Give it to somebody, or to nobody."""
    form = await posted(request)
    try:
        await work.assign(actor, reservation_id, form.whole("person_id"))
    except InvalidInput as error:
        return await _refused(request, actor, reservation_id, form, "assignee", error)
    return _back(reservation_id, form, N_("The application is given to whom you chose."))


@post(
    "/desk/{reservation_id:int}/notes", include_in_schema=False, status_code=200, guards=[Only(May.WORK_ON_APPLICATION)]
)
async def add_note(request: Request[Any, Any, Any], actor: Caller, reservation_id: PathId) -> Answer:
    """Note something for staff alone."""
    form = await posted(request)
    try:
        await work.add_note(actor, reservation_id, form.text("note"), now())
    except InvalidInput as error:
        return await _refused(request, actor, reservation_id, form, "note", error)
    return _back(reservation_id, form, N_("The note is kept. Staff of the owner alone can read it."))


@post("/desk/{reservation_id:int}/recommendation", include_in_schema=False, status_code=200, guards=[Only(May.REVIEW)])
async def recommend(request: Request[Any, Any, Any], actor: Caller, reservation_id: PathId) -> Answer:
    """Recommend it as it was read."""
    form = await posted(request)
    try:
        await work.recommend(actor, reservation_id, form.whole("version") or 0, form.text("recommendation"), now())
    except InvalidInput as error:
        return await _refused(request, actor, reservation_id, form, "recommendation", error)
    except (Stale, WrongState) as error:
        refused = DecisionRefused(409, "recommendation", notice=locale.said(error.message))
        return await again(request, actor, reservation_id, kept_filters(form.text("filters")), refused)
    return _back(reservation_id, form, N_("Your recommendation is kept. Whoever decides sees it."))


async def _refused(
    request: Request[Any, Any, Any], actor: Caller, reservation_id: int, form: Posted, name: str, error: InvalidInput
) -> Template:
    errors = field_errors(error.faults, fields={"text": name})
    refused = DecisionRefused(422, name, errors)
    return await again(request, actor, reservation_id, kept_filters(form.text("filters")), refused)


pages: Sequence[Any] = (assign, add_note, recommend)
