"""Moving single times of a reservation, and adding one, from its page."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import asyncpg
from litestar import Request, Response, post
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, WrongState, all_at, fault
from testfields.core.periods import parse_period
from testfields.reservations import rescheduling
from testfields.reservations.actions import ACTIONS, Action
from testfields.reservations.buttons import button_for
from testfields.reservations.choosing import NO_TIME, StepRefused, instant, meant
from testfields.reservations.pages import show
from testfields.reservations.reading import asked_for, own
from testfields.reservations.rescheduling import Rescheduled
from testfields.reservations.states import State
from testfields.reservations.stays import TIMES_OVER
from testfields.reservations.steps import REFUSALS
from testfields.reservations.views import redirect_told
from testfields.web.forms import Posted, posted
from testfields.web.parameters import PathId


@post("/my/reservations/{reservation_id:int}/move", include_in_schema=False, status_code=200, guards=[Only(May.APPLY)])
async def move(request: Request[Any, Any, Any], actor: Caller, reservation_id: PathId) -> Template | Response[Any]:
    """Move the times that were chosen; a free time nearby that was offered goes before what is in the field."""
    return await _pressed(request, actor, reservation_id, Action.MOVE, _move)


@post("/my/reservations/{reservation_id:int}/add", include_in_schema=False, status_code=200, guards=[Only(May.APPLY)])
async def add(request: Request[Any, Any, Any], actor: Caller, reservation_id: PathId) -> Template | Response[Any]:
    """Ask for one more time, for what the last one is."""
    return await _pressed(request, actor, reservation_id, Action.ADD, _add)


async def _pressed(
    request: Request[Any, Any, Any],
    actor: Actor,
    reservation_id: int,
    action: Action,
    do: Callable[[Actor, asyncpg.Record, Posted], Awaitable[Rescheduled]],
) -> Template | Response[Any]:
    form, row = await posted(request), await own(actor, reservation_id)
    try:
        done = await do(actor, row, form)
    except REFUSALS as refusal:
        return await show(request, actor, reservation_id, StepRefused(refusal, action, "", form))
    words = button_for(State(row["state"]), action)
    told = words.done if words else ACTIONS[action].told
    return redirect_told(f"/my/reservations/{done.split_off or reservation_id}", told, done.warnings)


async def _move(actor: Actor, row: asyncpg.Record, form: Posted) -> Rescheduled:
    typed = form.text("take").partition(" ")[0] or form.text("start_move")
    start = instant(typed, row["timezone"], "start")
    version = form.whole("version") or 0
    return await rescheduling.move_stays(actor, row["id"], version, meant(form, row, "_move"), start, now())


async def _add(actor: Actor, row: asyncpg.Record, form: Posted) -> Rescheduled:
    typed = form.text("take").split() or [form.text("time_add_start"), form.text("time_add_end")]
    try:
        if len(typed) != 2:
            raise InvalidInput([fault("time", NO_TIME)])
        start, end = (instant(one, row["timezone"], "time") for one in typed)
        period = parse_period(start, end, "time", "time")
        last = await _last_of(row["id"])
        asked = [replace(one, period=period) for one in last]
        return await rescheduling.add_stays(actor, row["id"], form.whole("version") or 0, asked, now())
    except InvalidInput as error:
        raise InvalidInput(all_at("time", error.faults)) from error


async def _last_of(reservation_id: int) -> Sequence[Asked]:
    """The volumes of the last stay that is to come or under way; raises WrongState where there is none."""
    asked = await asked_for(reservation_id)
    if not asked:
        raise WrongState(TIMES_OVER)
    return [one for one in asked if one.period == asked[-1].period]


stay_pages: Sequence[Any] = (move, add)
