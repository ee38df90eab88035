"""The form of an application as its page shows it, whole or after a refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import asyncpg
from litestar import Request
from litestar.response import Template

from testfields.accounts.rules import Actor
from testfields.core.clock import now
from testfields.core.errors import N_, Fault, InvalidInput, Message, NotFound, PortalError, Taken, WrongState
from testfields.notifications.service import mails_are_late
from testfields.projects import service as projects
from testfields.reservations.apply.editing import PRESETS
from testfields.reservations.apply.forms import fields_of, rows_of_volumes
from testfields.reservations.apply.reading import AreaChoice, site_names
from testfields.reservations.apply.verdicts import Form, judged
from testfields.reservations.apply.views import panel_of
from testfields.reservations.checking import Verdict
from testfields.reservations.refusals import ONLY_OWN
from testfields.sites.vocabulary import MODES, USES
from testfields.web import locale
from testfields.web.forms import by_field, field_errors
from testfields.web.pages import page
from testfields.web.words import stay_in_words

# Whence the parts come that are exchanged while the form is filled in, by a company and by staff.
PARTS, PARTS_OF_STAFF = "/my/apply", "/desk/book"
# Of a text that cannot be kept the summary says which one; other faults name their field themselves.
LABELS = {"note": N_("Note to the owner"), "reason": N_("Who asked for it, and how")}


@dataclass(frozen=True)
class Door:
    """By which page the form is filled in, where that sends it, and what it shows besides."""

    template: str
    action: str
    more: Mapping[str, Any] = field(default_factory=dict)


async def own_door(actor: Actor) -> Door:
    """A company's own application."""
    projects_offered = [{"value": row["id"], "label": locale.named(row, "title")} for row in await projects.own(actor)]
    return Door("page", PARTS, {"projects": projects_offered})


def change_door(row: asyncpg.Record) -> Door:
    """Other times and another volume for a reservation, in the same area."""
    return Door("change", f"/my/reservations/{row['id']}/change", {"change": row})


async def show_refusal(
    request: Request[Any, Any, Any],
    actor: Actor,
    form: Form,
    refusal: PortalError,
    at: datetime,
    door: Door,
) -> Template:
    """The form again, with what was entered and why it was not taken."""
    if isinstance(refusal, InvalidInput | NotFound):
        faults = refusal.faults if isinstance(refusal, InvalidInput) else (Fault("area", refusal.message),)
        form = replace(form, errors=tuple(fields_of(faults, rows_of_volumes(form.entered))))
        return await show_form(request, form, door, status=422, summary=True)
    form = await judged(actor, form, at)
    if isinstance(refusal, Taken):
        verdict = replace(form.verdict or Verdict(), in_the_way=refusal.in_the_way)
        form = replace(form, verdict=verdict)
        if all(one.reservation_id for one in refusal.in_the_way):
            refusal = WrongState(ONLY_OWN)
    return await show_form(request, form, door, status=409, alert=refusal.message)


async def show_form(
    request: Request[Any, Any, Any],
    form: Form,
    door: Door,
    *,
    status: int = 200,
    alert: Message | None = None,
    summary: bool = False,
) -> Template:
    """The whole page; `summary` puts the errors at its top, `alert` says what hindered the filing."""
    context = {"sites": await sites_offered(), **context_of(form), **door.more}
    return page(
        request,
        f"reservations/apply/{door.template}.html",
        action=door.action,
        mails_late=await mails_are_late(now()),
        status=status,
        summary=context["errors"] if summary else [],
        alert=locale.said(alert) if alert else "",
        here=str(request.url.path) + (f"?{request.url.query}" if request.url.query else ""),
        saved="",
        refused="",
        **context,
    )


def context_of(form: Form) -> dict[str, Any]:
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
        "panel": panel_of(form),
        "sources": _sources(form),
        "presets": _presets(form),
        "parts": PARTS if form.behalf_of is None else PARTS_OF_STAFF,
        "free_to_choose": form.free_to_choose,
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


async def sites_offered() -> list[dict[str, str]]:
    """Every published site, for the list of the form."""
    return [{"value": one.slug, "label": locale.named(one, "name")} for one in await site_names()]
