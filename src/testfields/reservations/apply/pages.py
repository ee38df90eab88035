"""The page on which a company applies: filled in by a link, changed by its buttons, and filed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor
from testfields.core.clock import now
from testfields.core.errors import N_
from testfields.core.local_time import format_instant, local_time
from testfields.projects import service as projects
from testfields.reservations import reading
from testfields.reservations.apply.forms import Entered, clock, read_form
from testfields.reservations.apply.pressing import changed, filed
from testfields.reservations.apply.series import moved_on
from testfields.reservations.apply.showing import own_door, show_form, show_refusal
from testfields.reservations.apply.verdicts import Form, judged, opened, stored, with_time
from testfields.reservations.filing import Moved
from testfields.reservations.rules import TRANSITIONS, State
from testfields.reservations.states import STATES
from testfields.reservations.steps import REFUSALS
from testfields.reservations.views import day_of
from testfields.web import locale
from testfields.web.forms import posted
from testfields.web.pages import redirect
from testfields.web.parameters import QueryId

# What the form can be sent for, by the value of its button.
FILING = {
    action.value: action for (state, action), step in TRANSITIONS.items() if state is None and step.may is May.APPLY
}
SOME_LEFT_OUT = N_("%(filed)s The times that do not fit are left out; they are listed below.")


@get("/my/apply", include_in_schema=False, guards=[Only(May.APPLY)])
async def apply_page(
    request: Request[Any, Any, Any],
    actor: Caller,
    project: FromQuery[str] = "",
    site: FromQuery[str] = "",
    area: FromQuery[str] = "",
    start: FromQuery[str] = "",
    end: FromQuery[str] = "",
    use: FromQuery[str] = "",
    draft: QueryId = None,
    like: QueryId = None,
) -> Template | Response[Any]:
    """The form, filled in as far as the link says, or as the draft was left."""
    if draft is not None:
        return await _draft_page(request, actor, draft)
    if like is not None:
        form = await judged(actor, await _again(actor, like, now()), now())
        return await show_form(request, form, await own_door(actor))
    project = project or await _project_for(actor, use)
    form = with_time(await opened(Entered(project_id=project, site=site, area=area)), start, end)
    return await show_form(request, await judged(actor, form, now()), await own_door(actor))


async def _project_for(actor: Actor, use: str) -> str:
    """The newest of the company's projects that is of a use which was looked for, else the only one, if any."""
    own = await projects.own(actor)
    if use:
        own = [row for row in own if row["use"] == use]
    elif len(own) > 1:
        return ""
    return str(max((row["id"] for row in own), default=""))


async def _again(actor: Actor, number: int, at: datetime) -> Form:
    """The form as an earlier application of the company's fills it in, whole weeks later; raises NotFound."""
    row = await reading.own(actor, number)
    form = await opened(replace(await stored(row, over_too=True), version=""))
    notice = timedelta(minutes=form.site.policy.notice_minutes if form.site else 0)
    earliest = local_time(at + notice, row["timezone"]).replace(tzinfo=None)
    if STATES[State(row["state"])].claims:
        # Its own times are still taken, by itself.
        starts = [start for one in form.entered.times if (start := clock(one.start)) is not None]
        earliest = max([earliest, *(start + timedelta(minutes=1) for start in starts)])
    return replace(form, entered=replace(form.entered, times=moved_on(form.entered.times, earliest)))


async def _draft_page(request: Request[Any, Any, Any], actor: Actor, draft_id: int) -> Template | Response[Any]:
    row = await reading.find(actor, draft_id)
    if row["state"] != State.DRAFT:
        return redirect(f"/my/reservations/{draft_id}", "info", N_("This is no longer a draft."))
    entered = replace(await stored(row), draft=str(draft_id), version=str(row["version"]))
    return await show_form(request, await judged(actor, await opened(entered), now()), await own_door(actor))


@post("/my/apply", include_in_schema=False, status_code=200, guards=[Only(May.APPLY)])
async def apply(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """One of the form's buttons: change the form, or file what it asks for."""
    sent = await posted(request)
    wish, at = sent.text("do"), now()
    form = await opened(read_form(sent))
    if wish not in FILING:
        form, status = await changed(actor, form, wish, at)
        return await show_form(request, form, await own_door(actor), status=status)
    try:
        moved = await filed(actor, form, FILING[wish], at)
    except REFUSALS as refusal:
        return await show_refusal(request, actor, form, refusal, at, await own_door(actor))
    return await _after(actor, moved)


async def _after(actor: Actor, moved: Moved) -> Response[Any]:
    """What was filed, and what comes next."""
    if moved.state is State.DRAFT:
        return redirect(f"/my/apply?draft={moved.id}", "success", STATES[moved.state].filed)
    row = await reading.find(actor, moved.id)
    zone = row["timezone"]
    held = moved.state is State.HELD
    words = format_instant(row["deadline"], zone, locale.current()) if held else day_of(row["due_at"], zone)
    address, told = f"/my/reservations/{moved.id}", STATES[moved.state].filed
    if moved.left_out:
        return redirect(address, "warning", SOME_LEFT_OUT, filed=locale.translate(told, None, until=words))
    return redirect(address, "success", told, until=words)


apply_pages: Sequence[Any] = (apply_page, apply)
