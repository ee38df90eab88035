"""Closures on the desk: the list, the form, and lifting one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
from litestar import Request, Response, get, post
from litestar.params import FromQuery
from litestar.response import Template

from testfields.accounts.access import allowed
from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor
from testfields.closures import service as closures
from testfields.closures.rules import KIND_WORDS, ClosureKind
from testfields.closures.service import Closing
from testfields.core.clock import now
from testfields.core.errors import N_, Fault, InTheWay, InvalidInput, Stale, Taken, WrongState, fault, tried
from testfields.core.local_time import instant_typed
from testfields.core.periods import Period, parse_period
from testfields.web import locale
from testfields.web.forms import Posted, faults_of, posted
from testfields.web.pages import page, redirect
from testfields.web.parameters import LARGEST_ID, Before, PathId
from testfields.web.words import instant, when

PAGE = 50
FIELDS = ("place", "kind", "reason_ja", "reason_en", "period_start", "period_end")
LABELS = {"reason_ja": N_("Reason in Japanese"), "reason_en": N_("Reason in English")}
# A fault's path → the form's field.
FIELD_OF = {"period": "period-start", "period.start": "period-start", "period.end": "period-end", "area": "place"}


@get("/desk/closures", include_in_schema=False, guards=[Only(May.SEE_DESK)])
async def closures_page(
    request: Request[Any, Any, Any], actor: Caller, site: FromQuery[str | None] = None, before: Before = LARGEST_ID
) -> Template:
    """Closures of the actor's land, newest first, and the form for a new one."""
    return await _page(request, actor, site=site, before=before)


@post("/desk/closures", include_in_schema=False, status_code=200, guards=[Only(May.CLOSE)])
async def close(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """Close a place; refused, the page again with what was typed and what stands in the way."""
    form = await posted(request)
    typed = {name: form.text(name) for name in FIELDS}
    places = await closures.places(actor)
    try:
        closing = _closing(form, places)
        await closures.close(actor, closing, now())
    except InvalidInput as error:
        return await _page(request, actor, status=422, typed=typed, refused=error)
    except Taken as refusal:
        zone = _place(typed["place"], places)["timezone"]
        standing = [_standing(one, zone) for one in refusal.in_the_way]
        return await _page(request, actor, status=409, typed=typed, in_the_way=standing)
    return redirect("/desk/closures", "success", N_("The closure is entered. Nobody can book into it."))


@post("/desk/closures/{closure_id:int}/lift", include_in_schema=False, status_code=200, guards=[Only(May.CLOSE)])
async def lift(request: Request[Any, Any, Any], actor: Caller, closure_id: PathId) -> Response[Any]:
    """Lift a closure at the version that was seen."""
    version = (await posted(request)).whole("version") or 0
    try:
        await closures.lift(actor, closure_id, version, now())
    except (Stale, WrongState) as error:
        return redirect("/desk/closures", "warning", error.message.id)
    text = N_("The closure is lifted. Whoever waits for the time is offered it.")
    return redirect("/desk/closures", "success", text)


async def _page(
    request: Request[Any, Any, Any],
    actor: Actor,
    *,
    status: int = 200,
    site: str | None = None,
    before: int = LARGEST_ID,
    typed: Mapping[str, str] | None = None,
    refused: InvalidInput | None = None,
    in_the_way: Sequence[Mapping[str, Any]] = (),
) -> Template:
    rows = await closures.listed(actor, site, before, PAGE)
    places = await closures.places(actor)
    return page(
        request,
        "closures/closures.html",
        status=status,
        rows=[_row(actor, row) for row in rows],
        next_href=f"/desk/closures?before={rows[-1]['id']}" if len(rows) == PAGE else "",
        places=[{"value": _key(row), "label": _place_name(row)} for row in places],
        kinds=[{"value": kind, "label": locale.translate(word)} for kind, word in KIND_WORDS.items()],
        typed=typed or dict.fromkeys(FIELDS, ""),
        **faults_of(refused, LABELS, FIELD_OF),
        in_the_way=in_the_way,
    )


def _row(actor: Actor, row: asyncpg.Record) -> dict[str, Any]:
    present = now()
    over = row["lifted_at"] is not None or row["ends_at"] <= present
    standing = "lifted" if row["lifted_at"] else "over" if over else "now" if row["starts_at"] <= present else "coming"
    return {
        "id": row["id"],
        "version": row["version"],
        "place": _place_name(row),
        "kind": locale.translate(KIND_WORDS[ClosureKind(row["kind"])]),
        "reason": locale.named(row, "reason"),
        "when": when(Period(row["starts_at"], row["ends_at"]), row["timezone"]),
        "standing": standing,
        "lifted": instant(row["lifted_at"], row["timezone"]),
        "by": row["created_by"],
        "may_lift": not over and allowed(actor, May.CLOSE, row["owner_id"]),
    }


def _key(row: asyncpg.Record) -> str:
    return f"{row['site_slug']}/{row['area_slug'] or ''}"


def _place_name(row: asyncpg.Record) -> str:
    site = locale.named(row, "site_name")
    if row["area_slug"] is None:
        return locale.translate(N_("%(site)s (the whole test field)"), site=site)
    return f"{site} – {locale.named(row, 'area_name')}"


def _place(key: str, places: Sequence[asyncpg.Record]) -> asyncpg.Record:
    """What was chosen; raises InvalidInput for what was not on offer."""
    for row in places:
        if _key(row) == key:
            return row
    raise InvalidInput([fault("place", N_("Please choose what is to be closed."))])


def _closing(form: Posted, places: Sequence[asyncpg.Record]) -> Closing:
    """What the form asks for; raises InvalidInput with every fault of its own."""
    faults: list[Fault] = []
    row, period = None, None
    try:
        row = _place(form.text("place"), places)
        period = _period(form, row["timezone"])
    except InvalidInput as error:
        faults.extend(error.faults)
    kind = form.text("kind")
    if kind not in list(ClosureKind):
        faults.append(fault("kind", N_("Please choose why it is closed.")))
    reasons = {name: form.text(name) for name in ("reason_ja", "reason_en")}
    if faults or row is None or period is None:
        raise InvalidInput(faults)
    return Closing(
        row["site_slug"], row["area_slug"], ClosureKind(kind), reasons["reason_ja"], reasons["reason_en"], period
    )


def _period(form: Posted, zone: str) -> Period:
    """The two local times of the form, in the site's zone."""
    faults: list[Fault] = []
    start, end = (tried(faults, _instant, form.text(f"period_{name}"), zone, f"period.{name}") for name in ENDS)
    if faults or start is None or end is None:
        raise InvalidInput(faults)
    return parse_period(start, end, "period.start", "period.end")


ENDS = ("start", "end")


def _instant(text: str, zone: str, path: str) -> datetime:
    try:
        clock = datetime.fromisoformat(text)
    except ValueError:
        clock = None
    if clock is None or clock.tzinfo is not None:
        raise InvalidInput([fault(path, N_("Please enter a date and a time."))])
    return instant_typed(clock, zone, path)


def _standing(one: InTheWay, zone: str) -> dict[str, Any]:
    return {"number": one.reservation_id, "when": when(Period(one.start, one.end), zone)}


pages: Sequence[Any] = (closures_page, close, lift)
