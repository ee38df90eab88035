"""Closures on the desk: the list, the form with whom it would displace, and lifting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import asyncpg
from litestar import Request, Response, get, post
from litestar.params import FromQuery
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor
from testfields.closures import service as closures
from testfields.closures.forms import BLANK, FIELD_OF, LABELS, Typed, closing_of, key_of, typed_in
from testfields.closures.rules import KIND_WORDS, USUAL_REASONS, ClosureKind
from testfields.closures.service import Closing, Entered, Preview
from testfields.closures.views import entered_together, place_name, preview_shown
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, PortalError, Stale, Taken, WrongState
from testfields.web import locale
from testfields.web.forms import Posted, faults_of, posted
from testfields.web.pages import page, redirect
from testfields.web.parameters import LARGEST_ID, Before, PathId, whole_number

# In closings, each of which may be of many places.
PAGE = 20
REASONS = ("reason_ja", "reason_en")


@get("/desk/closures", include_in_schema=False, guards=[Only(May.SEE_DESK)])
async def closures_page(
    request: Request[Any, Any, Any],
    actor: Caller,
    site: FromQuery[str | None] = None,
    place: FromQuery[str] = "",
    start: FromQuery[str] = "",
    end: FromQuery[str] = "",
    before: Before = LARGEST_ID,
) -> Template:
    """Closures of the actor's land, newest first, and the form for a new one, filled in as far as the link says."""
    asked = {"place": place, "period_start": start, "period_end": end}
    return await _page(request, actor, Shown(Typed({**BLANK.text, **asked})), site=site, before=before)


@dataclass(frozen=True)
class Shown:
    """The form as it is to be shown: what was typed, what is wrong with it, and what it would meet."""

    typed: Typed = BLANK
    status: int = 200
    refused: InvalidInput | None = None
    preview: Preview | None = None
    notice: str = ""


@post("/desk/closures", include_in_schema=False, status_code=200, guards=[Only(May.CLOSE)])
async def close(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """Close places. Where somebody would be displaced, the page again with who that is, to be confirmed or not."""
    form = await posted(request)
    typed = typed_in(form)
    try:
        closing = closing_of(typed, await closures.places(actor), now(), _seen(form))
        if form.text("do") == "preview":
            return await _page(request, actor, Shown(typed, preview=await _looked(actor, closing)))
        entered = await closures.close(actor, closing, now())
    except InvalidInput as error:
        return await _page(request, actor, Shown(typed, 422, error))
    except Taken:
        return await _page(request, actor, Shown(typed, 409, preview=await _looked(actor, closing)))
    except (Stale, WrongState) as error:
        return await _page(request, actor, await _overtaken(actor, typed, closing, error))
    return _entered(entered)


def _seen(form: Posted) -> frozenset[int] | None:
    """The applications that the page has shown, where somebody has agreed that they go."""
    if form.text("do") != "displace":
        return None
    numbers = (whole_number(one) for one in form.text("seen").split())
    return frozenset(one for one in numbers if one is not None)


async def _looked(actor: Actor, closing: Closing) -> Preview:
    return await closures.preview(actor, closing.scope, closing.period, now())


async def _overtaken(actor: Actor, typed: Typed, closing: Closing, error: PortalError) -> Shown:
    preview = await _looked(actor, closing)
    return Shown(typed, 409, preview=preview, notice=locale.said(error.message))


def _entered(entered: Entered) -> Response[Any]:
    if not entered.displaced:
        text = N_("The closure is entered. Nobody can book into it.")
        return redirect("/desk/closures", "success", text)
    text = N_("The closure is entered. %(count)s applications lose times by it; whoever is concerned is told by mail.")
    return redirect("/desk/closures", "success", text, count=len(entered.displaced))


@get("/desk/closures/reasons", include_in_schema=False, guards=[Only(May.CLOSE)])
async def usual_reasons(
    request: Request[Any, Any, Any],
    actor: Caller,  # noqa: ARG001 (whoever may close)
    kind: FromQuery[str] = "",
    reason_ja: FromQuery[str] = "",
    reason_en: FromQuery[str] = "",
) -> Template:
    """The two fields of the reason, filled in with what is usually said of that kind; what was typed stays."""
    usual = USUAL_REASONS.get(ClosureKind(kind)) if kind in list(ClosureKind) else None
    offered = {"", *(text for one in USUAL_REASONS.values() for text in (one.ja, one.en))}
    typed = {"reason_ja": reason_ja, "reason_en": reason_en}
    if usual is not None:
        texts = dict(zip(REASONS, (usual.ja, usual.en), strict=True))
        typed = {name: texts[name] if typed[name].strip() in offered else typed[name] for name in REASONS}
    return page(request, "closures/reasons.html", typed=typed, faults={})


@post("/desk/closures/{closure_id:int}/lift", include_in_schema=False, status_code=200, guards=[Only(May.CLOSE)])
async def lift(request: Request[Any, Any, Any], actor: Caller, closure_id: PathId) -> Response[Any]:
    """Lift a closure, or all that were entered together, at the version that was seen."""
    form = await posted(request)
    try:
        await closures.lift(actor, closure_id, form.whole("version") or 0, now(), together=form.ticked("together"))
    except (Stale, WrongState) as error:
        return redirect("/desk/closures", "warning", error.message.id)
    text = N_("The closure is lifted. Whoever waits for the time is offered it.")
    return redirect("/desk/closures", "success", text)


async def _page(
    request: Request[Any, Any, Any],
    actor: Actor,
    shown: Shown,
    site: str | None = None,
    before: int = LARGEST_ID,
) -> Template:
    closings = await closures.closings(actor, site, before, PAGE)
    places = await closures.places(actor)
    owners = {row["owner_slug"]: row for row in places}
    return page(
        request,
        "closures/closures.html",
        status=shown.status,
        closings=entered_together(actor, closings, now()),
        next_href=_next_href(closings, site),
        places=[{"value": key_of(row), "label": place_name(row)} for row in places],
        owners=[{"value": slug, "label": locale.named(row, "owner_name")} for slug, row in owners.items()],
        kinds=[{"value": kind, "label": locale.translate(word)} for kind, word in KIND_WORDS.items()],
        typed=shown.typed.text,
        choice=shown.typed.choice.value,
        ticked=shown.typed.places,
        **faults_of(shown.refused, LABELS, FIELD_OF),
        preview=preview_shown(shown.preview) if shown.preview else None,
        notice_text=shown.notice,
    )


def _next_href(closings: Sequence[Sequence[asyncpg.Record]], site: str | None) -> str:
    if len(closings) < PAGE:
        return ""
    query = {"before": closings[-1][0]["closing_id"], **({"site": site} if site else {})}
    return f"/desk/closures?{urlencode(query)}"


pages: Sequence[Any] = (closures_page, close, usual_reasons, lift)
