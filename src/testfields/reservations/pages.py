"""The page of one reservation: where it stands, what is asked for, what may be done, and its story."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import asyncpg
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput
from testfields.core.local_time import format_instant, format_period
from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand
from testfields.notifications.service import mails_are_late
from testfields.reservations import reading, steps, waiting
from testfields.reservations.actions import ACTIONS
from testfields.reservations.buttons import button_for
from testfields.reservations.choosing import CHOSEN, StepRefused, meant, stays_of
from testfields.reservations.deadlines import timely, times_of
from testfields.reservations.moving import Step
from testfields.reservations.reading import own
from testfields.reservations.rules import Action, Party, State, actions_for
from testfields.reservations.schemas import StayView, VolumeView
from testfields.reservations.states import STATES, Stage
from testfields.reservations.stays import OPEN, StayState
from testfields.reservations.steps import REFUSALS
from testfields.reservations.views import (
    VolumeOfStay,
    day_of,
    left_out_in_words,
    names_of_several,
    other_told,
    shapes_of,
    times_told,
    volumes_of,
)
from testfields.reservations.waiting import CHANCE_WORDS
from testfields.reservations.words import height_in_words, time_left
from testfields.sites.vocabulary import USES
from testfields.web import locale
from testfields.web.forms import posted
from testfields.web.pages import page, redirect
from testfields.web.parameters import PathId
from testfields.web.schemas import GEOJSON


@get("/my/reservations/{reservation_id:int}", include_in_schema=False, guards=[Only(May.SEE_OWN_PAGES)])
async def reservation_page(
    request: Request[Any, Any, Any], actor: Caller, reservation_id: PathId
) -> Template | Response[Any]:
    """Where it stands, what is asked for, what may be done, and its story."""
    return await show(request, actor, reservation_id)


@post(
    "/my/reservations/{reservation_id:int}/{action:str}",
    include_in_schema=False,
    status_code=200,
    guards=[Only(May.APPLY)],
)
async def take_step(
    request: Request[Any, Any, Any], actor: Caller, reservation_id: PathId, action: FromPath[Action]
) -> Template | Response[Any]:
    """Press one of its buttons; what hinders it is said on the page."""
    form = await posted(request)
    reason = form.text(f"reason_{action}").strip()
    row = await own(actor, reservation_id)
    offered = button_for(State(row["state"]), action)
    try:
        stays = meant(form, row) if action is Action.GIVE_BACK else ()
        await steps.act(actor, reservation_id, Step(action, form.whole("version") or 0, reason, stays=stays), now())
    except REFUSALS as refusal:
        return await show(request, actor, reservation_id, StepRefused(refusal, action, reason, form))
    return redirect(f"/my/reservations/{reservation_id}", "success", offered.done if offered else N_("Done"))


async def show(
    request: Request[Any, Any, Any], actor: Actor, reservation_id: int, refused: StepRefused | None = None
) -> Template | Response[Any]:
    """The page; where a step was refused, with why, and with what was chosen for it."""
    row = await own(actor, reservation_id)
    events = await reading.events(actor, reservation_id)
    at, zone, language = now(), row["timezone"], locale.current()
    if row["state"] == State.DRAFT and refused is None:
        return redirect(f"/my/apply?draft={reservation_id}")
    actions = _actions(actor, row, at)
    return page(
        request,
        "reservations/reservation.html",
        mails_late=await mails_are_late(now()),
        status=200 if refused is None else 422 if isinstance(refused.refusal, InvalidInput) else 409,
        alert=refused.hindrance if refused else "",
        errors=refused.errors if refused else [],
        error=" ".join(one.text for one in refused.errors) if refused else "",
        pressed=refused.action if refused else "",
        typed=refused.reason if refused else "",
        chosen={name: refused.form.text(name) if refused else "" for name in CHOSEN},
        nearest=refused.nearest(zone) if refused else [],
        row=row,
        title=locale.named(row, "project_title"),
        site=locale.named(row, "site_name"),
        area=locale.named(row, "area_name"),
        use=locale.in_words(USES[row["use"]]),
        volumes=[_volume(one, zone, _states(row), names_of_several(row)) for one in volumes_of(row)],
        shapes=shapes_of(row),
        left_out=[line for event in events for line in left_out_in_words(event, zone)],
        left_open=[{"value": one.id, "label": _when(one, zone)} for one in stays_of(row) if one.state in OPEN],
        left=locale.said(time_left(row["deadline"], at)) if row["deadline"] else "",
        deadline=format_instant(row["deadline"], zone, language) if row["deadline"] else "",
        due=day_of(row["due_at"], zone) if row["due_at"] else "",
        submitted=format_instant(row["submitted_at"], zone, language) if row["submitted_at"] else "",
        why=events[-1]["reason"] if STATES[State(row["state"])].why else "",
        actions=actions,
        may_change=Action.CHANGE in actions_for(State(row["state"]), COMPANY),
        permitted=STATES[State(row["state"])].public,
        story=_story(events, zone),
        sources=_sources(row),
        queue=await _queue(actor, row),
    )


async def _queue(actor: Actor, row: asyncpg.Record) -> dict[str, Any] | None:
    """Where one who waits stands, and what would have to become free."""
    if row["state"] != State.WAITING:
        return None
    queue = await waiting.queue_of(actor, row["id"])
    standing = [{"count": many, "what": locale.translate(CHANCE_WORDS[one])} for one, many in queue.standing.items()]
    return {"ahead": queue.ahead, "standing": standing}


def _sources(row: asyncpg.Record) -> list[dict[str, Any]]:
    areas = f"/api/v1/sites/{row['site_slug']}/areas.geojson"
    asked = f"/my/reservations/{row['id']}/volumes.geojson"
    return [
        {"url": areas, "prefix": "area-", "class": "area", "names": True, "fit": False},
        {"url": asked, "prefix": "volume-", "class": "asked"},
    ]


COMPANY = frozenset({Party.COMPANY})


def _actions(actor: Actor, row: asyncpg.Record, at: datetime) -> list[dict[str, Any]]:
    """The buttons of the page; checking in is offered when it is time for it."""
    state = State(row["state"])
    stays = [one for one in stays_of(row) if one.state in OPEN] or stays_of(row)
    times = times_of(row["deadline"], (Period(one.period.start, one.period.end) for one in stays))
    return [
        {"name": action, "words": words}
        for action in actions_for(state, reading.roles_of(actor, row["company_id"], row["owner_id"]) & COMPANY)
        if (words := button_for(state, action)) and timely(state, action, times, at)
    ]


def _when(one: StayView | VolumeView, zone: str) -> str:
    return format_period(Period(one.period.start, one.period.end), zone, locale.current())


def _states(row: asyncpg.Record) -> dict[int, StayState]:
    """What has become of each stay, once it is permitted; nothing is planned of what is over."""
    stage = STATES[State(row["state"])].stage
    told = {Stage.DECIDED: frozenset(StayState), Stage.OVER: frozenset(StayState) - OPEN}.get(stage, frozenset())
    return {one.id: one.state for one in stays_of(row) if one.state in told}


def _volume(
    one: VolumeOfStay, zone: str, states: Mapping[int, StayState], areas: Mapping[int | None, str]
) -> dict[str, str]:
    band = AltitudeBand(Decimal(str(one.altitude.lower)), Decimal(str(one.altitude.upper)))
    return {
        "when": _when(one, zone),
        "area": areas.get(one.area_id, ""),
        "heights": locale.said(height_in_words(band)),
        "stay": states.get(one.stay_id, ""),
    }


def _story(events: Sequence[asyncpg.Record], zone: str) -> list[dict[str, Any]]:
    """The timeline, newest first."""
    return [
        {
            "what": locale.translate(ACTIONS[Action(event["action"])].told),
            "who": _who(event),
            "when": format_instant(event["at"], zone, locale.current()),
            "iso": event["at"].isoformat(),
            "times": times_told(event, zone),
            "other": other_told(event, "/my/reservations"),
            "why": "\n".join(text for text in (event["reason"], event["conditions"]) if text),
            "icon": ACTIONS[Action(event["action"])].icon,
        }
        for event in reversed(events)
    ]


def _who(event: asyncpg.Record) -> str:
    """People of the company by name; staff as staff, and the portal's own steps as its own."""
    if event["actor_role"] == Party.PORTAL:
        return locale.translate(N_("The portal"))
    return event["actor_name"] or locale.translate(N_("The owner's staff"))


@get(
    "/my/reservations/{reservation_id:int}/volumes.geojson",
    include_in_schema=False,
    media_type=GEOJSON,
    guards=[Only(May.SEE_OWN_PAGES)],
)
async def volumes_geojson(actor: Caller, reservation_id: PathId) -> dict[str, Any]:
    """What the reservation asks for, for its map: each shape once, times are their names."""
    row = await own(actor, reservation_id)
    by_shape: dict[int, list[VolumeView]] = {}
    for place, one in zip(shapes_of(row), volumes_of(row), strict=True):
        by_shape.setdefault(place, []).append(one)
    features = [_feature(place, there, row["timezone"]) for place, there in by_shape.items()]
    return {"type": "FeatureCollection", "features": features}


def _feature(place: int, there: Sequence[VolumeView], zone: str) -> dict[str, Any]:
    first, *more = (Period(one.period.start, one.period.end) for one in there)

    def name(language: str) -> str:
        when = format_period(first, zone, language)
        many = N_("%(when)s and %(count)s more")
        return locale.translate(many, language, when=when, count=len(more)) if more else when

    return {
        "type": "Feature",
        "id": place,
        "geometry": there[0].footprint,
        "properties": {
            "name": {language: name(language) for language in locale.LOCALES},
            "period": {"start": first.start.isoformat(), "end": first.end.isoformat()},
        },
    }


pages: Sequence[Any] = (
    reservation_page,
    take_step,
    volumes_geojson,
)
