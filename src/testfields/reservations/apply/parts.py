"""The parts of the form that are exchanged while it is filled in: judged at each change, and saved by itself."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from litestar import Request, post
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, NotFound, Stale, WrongState
from testfields.reservations.apply.forms import local, read_form
from testfields.reservations.apply.pressing import changed, filed
from testfields.reservations.apply.showing import context_of, sites_offered
from testfields.reservations.apply.verdicts import opened
from testfields.reservations.rules import Action
from testfields.web import locale
from testfields.web.forms import posted
from testfields.web.pages import page


@post("/my/apply/check", include_in_schema=False, status_code=200, guards=[Only(May.APPLY)])
async def check_part(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """The panel for what the form says at this moment."""
    return await _part(request, actor, "check")


@post("/my/apply/place", include_in_schema=False, status_code=200, guards=[Only(May.APPLY)])
async def place_part(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """Site and area, and the limits that come with them."""
    return await _part(request, actor, "place_part", sites=await sites_offered())


@post("/my/apply/times", include_in_schema=False, status_code=200, guards=[Only(May.APPLY)])
async def times_part(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """The times, after one more, one less, or a series."""
    return await _part(request, actor, "times")


async def _part(request: Request[Any, Any, Any], actor: Actor, name: str, **more: Any) -> Template:
    sent = await posted(request)
    form, _ = await changed(actor, await opened(read_form(sent)), sent.text("do"), now())
    return page(request, f"reservations/apply/{name}.html", **context_of(form), **more)


@post("/my/apply/coordinates", include_in_schema=False, status_code=200, guards=[Only(May.APPLY)])
async def coordinates_part(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """What was typed as coordinates, with the shape that it makes or with what is wrong."""
    return await _part(request, actor, "coordinates")


@post("/my/apply/draft", include_in_schema=False, status_code=200, guards=[Only(May.APPLY)])
async def draft_part(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """Save the form as a draft by itself; as long as that cannot be done yet, say why."""
    form = await opened(read_form(await posted(request)))
    name = "reservations/apply/saved.html"
    try:
        moved = await filed(actor, form, Action.SAVE, now())
    except (Stale, WrongState) as refusal:
        return page(request, name, entered=form.entered, saved="", refused=locale.said(refusal.message))
    except (InvalidInput, NotFound):
        # Before it has been saved once, the line says what saving waits for.
        why = locale.translate(N_("some entries are missing or cannot be accepted.")) if form.entered.draft else ""
        return page(request, name, entered=form.entered, saved="", refused=why)
    entered = replace(form.entered, draft=str(moved.id), version=str(moved.version))
    saved = local(now(), form.zone)[-len("09:00") :]
    # Tells the page's guard against leaving that nothing is unsaved.
    return page(request, name, headers={"HX-Trigger": "saved"}, entered=entered, saved=saved, refused="")


apply_parts: Sequence[Any] = (check_part, place_part, times_part, coordinates_part, draft_part)
