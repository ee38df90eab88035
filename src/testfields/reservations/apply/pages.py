"""The page on which a company applies: judged at each change, saved as a draft by itself, and filed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from litestar import Request, Response, get, post
from litestar.params import FromQuery
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor
from testfields.core.clock import now
from testfields.core.errors import N_, Fault, InvalidInput, Message, NotFound, PortalError, Stale, Taken, WrongState
from testfields.core.local_time import format_instant, local_time
from testfields.notifications.service import mails_are_late
from testfields.projects import service as projects
from testfields.reservations import filing, fitting, reading, steps
from testfields.reservations.apply.editing import PRESETS, edited
from testfields.reservations.apply.forms import Entered, fields_of, local, read_form, rows_of_volumes, time_from_address
from testfields.reservations.apply.reading import AreaChoice, site_names
from testfields.reservations.apply.series import horizon_of, moved_on
from testfields.reservations.apply.verdicts import Form, complete, judged, opened, stored
from testfields.reservations.apply.views import panel_of
from testfields.reservations.filing import Moved
from testfields.reservations.refusals import ONLY_OWN
from testfields.reservations.rules import TRANSITIONS, Action, State
from testfields.reservations.states import STATES
from testfields.reservations.steps import REFUSALS
from testfields.reservations.views import day_of
from testfields.sites.vocabulary import MODES, USES
from testfields.web import locale
from testfields.web.forms import by_field, field_errors, posted
from testfields.web.pages import page, redirect
from testfields.web.parameters import QueryId, whole_number
from testfields.web.words import stay_in_words

# What the form can be sent for, by the value of its button.
FILING = {action.value: action for state, action in TRANSITIONS if state is None}
# Of a text that cannot be kept the summary says which one; other faults name their field themselves.
LABELS = {"note": N_("Note to the owner")}
SOME_LEFT_OUT = N_("%(filed)s The times that do not fit are left out; they are listed below.")


# --- The page, and the parts of it that change while it is filled in.


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
        return await show_form(request, actor, await judged(actor, await _again(actor, like, now()), now()))
    project = project or await _project_for(actor, use)
    form = await opened(Entered(project_id=project, site=site, area=area))
    if form.site:
        stay = timedelta(minutes=form.site.policy.minimum_minutes)
        time = time_from_address(start, end, form.zone, stay)
        form = replace(form, entered=replace(form.entered, times=(time,)))
    return await show_form(request, actor, await judged(actor, form, now()))


async def _project_for(actor: Actor, use: str) -> str:
    """The newest of the company's projects that is of a use which was looked for, if any."""
    found = [row["id"] for row in await projects.own(actor) if row["use"] == use] if use else []
    return str(max(found, default=""))


async def _again(actor: Actor, number: int, at: datetime) -> Form:
    """The form as an earlier application of the company's fills it in, whole weeks later; raises NotFound."""
    row = await reading.own(actor, number)
    form = await opened(replace(await stored(row, over_too=True), version=""))
    notice = timedelta(minutes=form.site.policy.notice_minutes if form.site else 0)
    earliest = local_time(at + notice, row["timezone"]).replace(tzinfo=None)
    return replace(form, entered=replace(form.entered, times=moved_on(form.entered.times, earliest)))


async def _draft_page(request: Request[Any, Any, Any], actor: Actor, draft_id: int) -> Template | Response[Any]:
    row = await reading.find(actor, draft_id)
    if row["state"] != State.DRAFT:
        return redirect(f"/my/reservations/{draft_id}", "info", N_("This is no longer a draft."))
    entered = replace(await stored(row), draft=str(draft_id), version=str(row["version"]))
    return await show_form(request, actor, await judged(actor, await opened(entered), now()))


@post("/my/apply", include_in_schema=False, status_code=200, guards=[Only(May.APPLY)])
async def apply(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """One of the form's buttons: change the form, or file what it asks for."""
    sent = await posted(request)
    wish, at = sent.text("do"), now()
    form = await opened(read_form(sent))
    if wish not in FILING:
        form, status = await changed(actor, form, wish, at)
        return await show_form(request, actor, form, status=status)
    try:
        moved = await _file(actor, form, FILING[wish], at)
    except REFUSALS as refusal:
        return await show_refusal(request, actor, form, refusal, at)
    return await _after(actor, moved)


async def _file(actor: Actor, form: Form, action: Action, at: datetime) -> Moved:
    application = complete(form, action)
    draft_id = whole_number(form.entered.draft)
    if draft_id is None:
        return await fitting.file(actor, application, at)
    return await steps.revise_draft(actor, draft_id, whole_number(form.entered.version), application, at)


async def changed(actor: Actor, form: Form, wish: str, at: datetime) -> tuple[Form, int]:
    """The form after one of its own buttons, judged again, and the status to answer with."""
    try:
        ahead = horizon_of(form.site.policy.horizon_days, form.zone, at) if form.site else None
        form = replace(form, entered=edited(form.entered, wish, ahead))
    except InvalidInput as error:
        return replace(await judged(actor, form, at), errors=error.faults), 422
    return await judged(actor, form, at), 200


async def _after(actor: Actor, moved: Moved) -> Response[Any]:
    """What was filed, and what comes next."""
    if moved.state is State.DRAFT:
        return redirect(f"/my/apply?draft={moved.id}", "success", STATES[moved.state].filed)
    row = await reading.find(actor, moved.id)
    zone = row["timezone"]
    held = moved.state is State.HELD
    words = format_instant(row["deadline"], zone, locale.current()) if held else day_of(row["due_at"], zone)
    address, filed = f"/my/reservations/{moved.id}", STATES[moved.state].filed
    if moved.left_out:
        return redirect(address, "warning", SOME_LEFT_OUT, filed=locale.translate(filed, None, until=words))
    return redirect(address, "success", filed, until=words)


@post("/my/apply/check", include_in_schema=False, status_code=200, guards=[Only(May.APPLY)])
async def check_part(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """The panel for what the form says at this moment."""
    return await _part(request, actor, "check")


@post("/my/apply/place", include_in_schema=False, status_code=200, guards=[Only(May.APPLY)])
async def place_part(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """Site and area, and the limits that come with them."""
    return await _part(request, actor, "place_part", sites=await _sites())


@post("/my/apply/times", include_in_schema=False, status_code=200, guards=[Only(May.APPLY)])
async def times_part(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """The times, after one more, one less, or a series."""
    return await _part(request, actor, "times")


async def _part(request: Request[Any, Any, Any], actor: Actor, name: str, **more: Any) -> Template:
    sent = await posted(request)
    form, _ = await changed(actor, await opened(read_form(sent)), sent.text("do"), now())
    return page(request, f"reservations/apply/{name}.html", **_context(form), **more)


@post("/my/apply/draft", include_in_schema=False, status_code=200, guards=[Only(May.APPLY)])
async def draft_part(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """Save the form as a draft by itself; as long as that cannot be done yet, say why."""
    form = await opened(read_form(await posted(request)))
    name = "reservations/apply/saved.html"
    try:
        moved = await _file(actor, form, Action.SAVE, now())
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


async def show_refusal(
    request: Request[Any, Any, Any],
    actor: Actor,
    form: Form,
    refusal: PortalError,
    at: datetime,
    change: asyncpg.Record | None = None,
) -> Template:
    """The form again, with what was entered and why it was not taken."""
    if isinstance(refusal, InvalidInput | NotFound):
        faults = refusal.faults if isinstance(refusal, InvalidInput) else (Fault("area", refusal.message),)
        form = replace(form, errors=tuple(fields_of(faults, rows_of_volumes(form.entered))))
        return await show_form(request, actor, form, status=422, summary=True, change=change)
    form = await judged(actor, form, at)
    if isinstance(refusal, Taken):
        verdict = replace(form.verdict or filing.Verdict(), in_the_way=refusal.in_the_way)
        form = replace(form, verdict=verdict)
        if all(one.reservation_id for one in refusal.in_the_way):
            refusal = WrongState(ONLY_OWN)
    return await show_form(request, actor, form, status=409, alert=refusal.message, change=change)


async def show_form(
    request: Request[Any, Any, Any],
    actor: Actor,
    form: Form,
    *,
    status: int = 200,
    alert: Message | None = None,
    summary: bool = False,
    change: asyncpg.Record | None = None,
) -> Template:
    """The whole page; `summary` puts the errors at its top, `alert` says what hindered the filing.

    With `change`, a reservation, the form asks for other times and another volume for it, in the same area.
    """
    context = _context(form)
    return page(
        request,
        "reservations/apply/page.html",
        mails_late=await mails_are_late(now()),
        status=status,
        summary=context["errors"] if summary else [],
        alert=locale.said(alert) if alert else "",
        change=change,
        here=str(request.url.path) + (f"?{request.url.query}" if request.url.query else ""),
        sites=await _sites(),
        projects=await _projects(actor),
        saved="",
        refused="",
        **context,
    )


def _context(form: Form) -> dict[str, Any]:
    """What the page and its parts show of the form."""
    area = form.area
    return {
        "entered": form.entered,
        "site": form.site,
        "area": area,
        "areas": _choices(form.site.areas if form.site else []),
        "others": _choices([one for one in (form.site.areas if form.site and area else []) if one is not area]),
        "mode": locale.in_words(MODES[area.mode]) if area else "",
        "uses": [locale.in_words(USES[use]) for use in area.uses] if area else [],
        "errors": field_errors(form.errors, LABELS),
        "error": by_field(field_errors(form.errors)),
        "panel": panel_of(form.entered, form.site, area, form.verdict, form.errors),
        "sources": _sources(form),
        "presets": _presets(form),
        "hold": stay_in_words(form.site.policy.hold_minutes) if form.site else "",
    }


def _presets(form: Form) -> list[dict[str, Any]]:
    """The lengths that the form offers at a press, as far as the site allows them."""
    if form.site is None:
        return []
    policy, slot = form.site.policy, form.site.policy.slot_minutes
    fits = [minutes for minutes in PRESETS if policy.minimum_minutes <= minutes <= policy.maximum_minutes]
    return [{"value": f"last {minutes}", "label": stay_in_words(minutes)} for minutes in fits if minutes % slot == 0]


def _choices(areas: Sequence[AreaChoice]) -> list[dict[str, Any]]:
    return [
        {"value": one.slug, "label": locale.in_words(one.name), "hint": locale.in_words(MODES[one.mode]), "id": one.id}
        for one in areas
    ]


def _sources(form: Form) -> list[dict[str, Any]]:
    """What the map shows: the areas of the site, or every site while none is chosen."""
    if form.site is None:
        return [{"url": "/api/v1/sites.geojson", "prefix": "site-", "class": "site", "names": True, "dots": True}]
    address = f"/api/v1/sites/{form.site.slug}/areas.geojson"
    return [{"url": address, "prefix": "area-", "class": "area", "names": True}]


async def _sites() -> list[dict[str, str]]:
    return [{"value": one.slug, "label": locale.named(one, "name")} for one in await site_names()]


async def _projects(actor: Actor) -> list[dict[str, Any]]:
    return [{"value": row["id"], "label": locale.named(row, "title")} for row in await projects.own(actor)]


apply_pages: Sequence[Any] = (apply_page, apply, check_part, place_part, times_part, draft_part)
