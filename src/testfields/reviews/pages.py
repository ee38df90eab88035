"""One application as a page: beside its map, with the decisions below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from testfields.accounts.access import allowed, stands_in_for
from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, NotFound, PortalError, Stale, WrongState, fault
from testfields.events.rules import Subject
from testfields.notifications.service import failed_about, mails_are_late
from testfields.projects.fields import Section
from testfields.projects.views import facts_of
from testfields.reservations import reading
from testfields.reservations import steps as reservations
from testfields.reservations.actions import ACTIONS, DECISIONS
from testfields.reservations.deadlines import return_deadline, times_of
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from testfields.reservations.states import OVER, STATES, State
from testfields.reservations.taking_back import standing_decision
from testfields.reservations.views import areas_of, names_of_several, other_told, times_told
from testfields.reservations.words import WHO, height_in_words
from testfields.reviews import service, work
from testfields.reviews.replaying import replay
from testfields.reviews.routes import day_shown
from testfields.reviews.service import Case
from testfields.reviews.views import (
    change_row,
    day_bounds,
    day_lanes,
    day_links,
    desk,
    due_in_days,
    kept_filters,
    note_row,
    replay_row,
    standing_row,
)
from testfields.sites.vocabulary import Use
from testfields.web import locale
from testfields.web.forms import FieldError, Posted, field_errors, posted
from testfields.web.pages import page, redirect
from testfields.web.parameters import PathId
from testfields.web.words import instant, when
from testfields.zones.rules import come_gravely
from testfields.zones.views import shown


@get("/desk/{reservation_id:int}", include_in_schema=False, guards=[Only(May.SEE_DESK)])
async def review_page(
    request: Request[Any, Any, Any], actor: Caller, reservation_id: PathId, day: FromQuery[date | None] = None
) -> Template:
    """One application with all that a decision rests on; opening it is what "read" means."""
    case = await service.case(actor, reservation_id, now())
    return await _review(request, actor, case, day_shown(case, day), kept_filters(request.url.query))


@dataclass(frozen=True)
class DecisionRefused:
    """Why a decision was not taken, and what had been typed, so that it is there again."""

    status: int
    action: str
    errors: Sequence[FieldError] = ()
    notice: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)


async def _review(
    request: Request[Any, Any, Any],
    actor: Actor,
    case: Case,
    day: date,
    filters: str,
    refused: DecisionRefused | None = None,
) -> Template:
    row, zone = case.row, case.row["timezone"]
    await service.mark_read(actor, row["id"], row["version"])
    scene = await service.scene(actor, row["id"], day)
    address = f"/desk/{row['id']}" + (f"?{filters}" if filters else "")
    return page(
        request,
        "reviews/review.html",
        mails_late=await mails_are_late(now()),
        undelivered=await failed_about(Subject.RESERVATION, row["id"]),
        status=refused.status if refused else 200,
        case=row,
        state=case.state.value,
        said=lambda name: locale.named(row, name),
        tried=facts_of(row, Section.WHAT),
        papers=facts_of(row, Section.HOW),
        flight=facts_of(row, Section.FLIGHT) if row["use"] == Use.DRONE else [],
        areas=[{"name": locale.in_words(one.name), "mode": one.mode} for one in areas_of(row)],
        volumes=_volumes(case, zone),
        instant=lambda value: instant(value, zone),
        days_left=due_in_days(case.state, row["due_at"], zone),
        events=[_event(one, zone) for one in reversed(await reading.events(actor, row["id"]))],
        decisions=[action.value for action in case.decisions],
        **await _checked(actor, case, zone),
        **await _shared(actor, case, zone),
        standing=[standing_row(one, zone) for one in scene],
        lanes=day_lanes(scene, day, zone),
        day=_day(day, zone),
        days=day_links(case.days, day, address),
        filters=filters,
        queue_href=desk(filters),
        deputy_for=stands_in_for(actor, row["company_id"], row["owner_id"]),
        undo_until=instant(case.decided.until, zone) if case.decided else "",
        return_by=instant(return_deadline(times_of(None, (one.period for one in case.asked)), now()), zone),
        refused=refused or DecisionRefused(200, ""),
        unsent=_unsent(refused, case),
        permitted=STATES[case.state].public,
    )


async def _checked(actor: Actor, case: Case, zone: str) -> dict[str, Any]:
    """What the field's rules, law and place say of an application, and what they said when it was decided."""
    replayed = await replay(actor, case.row["id"], now())
    return {
        "checks": [
            {"subject": locale.translate(one.subject), "faults": [locale.said(found.message) for found in one.faults]}
            for one in case.checks
        ],
        "findings": shown(case.findings, zone),
        "replayed": [replay_row(one) for one in replayed],
        "zones_changed": case.state not in OVER and bool(replayed and come_gravely(replayed[-1].found)),
    }


async def _shared(actor: Actor, case: Case, zone: str) -> dict[str, Any]:
    """What staff share about an application, and what it asks for now beside what it had asked for."""
    done = await work.work_on(case.row["id"])
    owner_id = case.row["owner_id"]
    may_work = allowed(actor, May.WORK_ON_APPLICATION, owner_id)
    people = await work.colleagues(owner_id) if may_work else []
    return {
        "work": done,
        "may_work": may_work,
        "colleagues": [{"value": one.id, "label": one.name} for one in people],
        "may_recommend": case.state is State.SUBMITTED and allowed(actor, May.REVIEW, owner_id),
        "notes": [note_row(one, zone) for one in done.notes],
        "changes": [change_row(one, zone) for one in await work.changes(case.row["id"])],
    }


def _unsent(refused: DecisionRefused | None, case: Case) -> list[str]:
    """What had been typed into a panel that is offered no more; where it still is, it stands there again."""
    if refused is None or ("approve" if refused.action == "conditions" else refused.action) in case.decisions:
        return []
    return [text for text in refused.typed.values() if text.strip()]


def _volumes(case: Case, zone: str) -> list[dict[str, str]]:
    areas = names_of_several(case.row)
    return [
        {
            "when": when(one.period, zone),
            "area": areas.get(one.area_id, ""),
            "heights": locale.said(height_in_words(one.altitude)),
        }
        for one in case.asked
        if one.altitude is not None
    ]


def _day(day: date, zone: str) -> dict[str, str]:
    start, end = day_bounds(day, zone)
    return {"iso": day.isoformat(), "start": start.isoformat(), "end": end.isoformat(), "zone": zone}


def _named(row: Any) -> str | None:
    """Who acted, and of a deputy for whom."""
    name: str | None = row["actor_name"]
    return name if row["deputy_for"] is None else locale.translate(FOR, name=name, approver=row["deputy_for"])


FOR = N_("%(name)s, for %(approver)s")


def _event(row: Any, zone: str) -> dict[str, Any]:
    return {
        "about": ACTIONS[Action(row["action"])],
        "who": WHO[row["actor_role"]],
        "name": _named(row),
        "when": instant(row["at"], zone),
        "iso": row["at"].isoformat(),
        "times": times_told(row, zone),
        "other": other_told(row, "/desk"),
        "reason": row["reason"],
        "conditions": row["conditions"],
        "state": row["to_state"],
    }


@post(
    "/desk/{reservation_id:int}/{action:str}", include_in_schema=False, status_code=200, guards=[Only(May.STEP_AT_DESK)]
)
async def decide(
    request: Request[Any, Any, Any], actor: Caller, reservation_id: PathId, action: FromPath[Action]
) -> Template | Response[Any]:
    """Take a decision at the version that was read; refused, the page as it stands now, with what was typed."""
    if action not in DECISIONS:
        raise NotFound(N_("There is nothing at this address."))
    form = await posted(request)
    filters = kept_filters(form.text("filters"))
    try:
        await reservations.act(actor, reservation_id, _step(action, form), now())
    except InvalidInput as error:
        errors = field_errors(error.faults, fields={"reason": f"reason_{action}"})
        return await again(request, actor, reservation_id, filters, DecisionRefused(422, _panel(action, form), errors))
    except (Stale, WrongState) as error:
        return await again(request, actor, reservation_id, filters, _overtaken(action, form, error))
    undoable = await standing_decision(reservation_id, now())
    link = (TAKE_BACK, f"/desk/{reservation_id}#take_back") if undoable else None
    return redirect(desk(filters), "success", ACTIONS[action].decided, link, number=reservation_id)


TAKE_BACK = N_("Take it back")
TYPED = frozenset({"conditions", "note", "recommendation"})


def _step(action: Action, form: Posted) -> Step:
    """Raises InvalidInput where conditions were to be added and none were written."""
    version = form.whole("version")
    conditions = form.text("conditions").strip()
    if "conditions" in form and not conditions:
        raise InvalidInput([fault("conditions", N_("Please write the conditions, or approve without any."))])
    reason = form.text(f"reason_{action}")
    # What an earlier approval had asked for does not come back by itself.
    return Step(action, version or 0, reason, conditions if action is Action.APPROVE else "")


def _panel(action: Action, form: Posted) -> str:
    return "conditions" if "conditions" in form else action.value


def _overtaken(action: Action, form: Posted, error: PortalError) -> DecisionRefused:
    text = N_(
        "This application has changed since you opened it. Nothing was decided. Below it is shown as it stands now;"
        " please look at it again."
    )
    return DecisionRefused(
        412 if isinstance(error, Stale) else 409,
        _panel(action, form),
        notice=locale.translate(text) if isinstance(error, Stale) else locale.said(error.message),
    )


async def again(
    request: Request[Any, Any, Any], actor: Actor, reservation_id: int, filters: str, refused: DecisionRefused
) -> Template:
    """The page as it stands now, with what was typed into the form that was refused."""
    case = await service.case(actor, reservation_id, now())
    form = await posted(request)
    typed = {name: form.text(name) for name in form.values if name in TYPED or name.startswith("reason_")}
    notice = f"{refused.notice} {await _last_step(actor, case)}" if refused.notice else ""
    shown = DecisionRefused(refused.status, refused.action, refused.errors, notice, typed)
    return await _review(request, actor, case, case.days[0], filters, shown)


async def _last_step(actor: Actor, case: Case) -> str:
    """Who was quicker, and what they did."""
    last = (await reading.events(actor, case.row["id"]))[-1]
    return locale.translate(
        N_("The last step was “%(what)s”, by %(who)s, %(when)s."),
        what=locale.translate(ACTIONS[Action(last["action"])].told),
        who=_named(last) or locale.translate(WHO[last["actor_role"]]),
        when=instant(last["at"], case.row["timezone"]),
    )


pages: Sequence[Any] = (review_page, decide)
