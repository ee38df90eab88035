"""The permit's own page: one large word, then place, time, what is allowed, conditions. Nobody need log in."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.core.errors import NotFound
from testfields.core.local_time import format_date, format_instant, format_period, format_reiwa, local_date
from testfields.core.pictures import Shape
from testfields.permits import service
from testfields.permits.rules import Permit, Phase, Standing
from testfields.reservations.stays import OPEN, STAYS
from testfields.reservations.words import height_in_words
from testfields.sites.pictures import ground, picture_of_asked
from testfields.sites.vocabulary import USES
from testfields.web import locale
from testfields.web.pages import page, redirect
from testfields.web.parameters import PathId

TEMPLATE = "permits/check.html"


@get("/p/{code:str}", include_in_schema=False, guards=[Only(May.CHECK_PERMIT)])
async def permit_page(request: Request[Any, Any, Any], code: FromPath[str]) -> Template:
    """Whether a permit holds, for whoever stands at the gate."""
    moment = now()
    try:
        permit = await service.check(code, moment)
    except NotFound:
        return page(request, TEMPLATE, status=404, permit=None, verdict="unknown")
    return page(request, TEMPLATE, permit=permit, verdict=verdict_of(permit), **_in_words(permit, moment))


@get("/my/reservations/{reservation_id:int}/permit", include_in_schema=False, guards=[Only(May.SEE_PERMIT)])
async def own_permit(actor: Caller, reservation_id: PathId) -> Response[Any]:
    """From an application to its permit's page."""
    permit = await service.of_reservation(actor, reservation_id, now())
    return redirect(f"/p/{permit.code}")


@get("/p/{code:str}/map.svg", include_in_schema=False, guards=[Only(May.CHECK_PERMIT)])
async def permit_picture(code: FromPath[str]) -> Response[str]:
    """Where a permit holds."""
    slug, shapes = await service.place_of(code)
    return picture_of_asked(await ground(slug), [Shape("asked", one) for one in shapes])


def verdict_of(permit: Permit) -> str:
    """The one word: a permit whose time is over is no leave to use the place, so it is not called valid."""
    if permit.standing is Standing.REVOKED:
        return "revoked"
    return "over" if permit.phase is Phase.OVER else "valid"


def _in_words(permit: Permit, moment: datetime) -> dict[str, Any]:
    language, zone = locale.current(), permit.timezone
    issued = local_date(permit.issued_at, zone)
    bands = dict.fromkeys(one.altitude for one in permit.permitted)
    several = len({one.area_ja for one in permit.permitted}) > 1
    return {
        "use": USES[permit.use],
        "times": [
            {
                "when": format_period(one.period, zone, language),
                "where": locale.named(one, "area") if several else "",
                "over": "" if one.state in OPEN else locale.translate(STAYS[one.state].word),
            }
            for one in permit.permitted
        ],
        "heights": [locale.said(height_in_words(band)) for band in bands],
        "issued": format_reiwa(issued) if language == "ja" else format_date(issued, language),
        "revoked": format_instant(permit.revoked_at, zone, language) if permit.revoked_at else "",
        "checked": format_instant(moment, zone, language),
    }


pages = (permit_page, permit_picture, own_permit)
