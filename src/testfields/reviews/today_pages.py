"""The day at the own fields as a page that works on a phone."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, NotFound
from testfields.core.local_time import JAPANS_ZONE, format_clocks, format_date, local_date, midnight
from testfields.core.periods import within_calendar
from testfields.reservations.actions import ACTIONS
from testfields.reservations.deadlines import CHECK_IN_AHEAD
from testfields.reservations.rules import Action
from testfields.reservations.stays import OPEN
from testfields.reservations.steps import REFUSALS
from testfields.reviews import service, today
from testfields.reviews.today import DayStay
from testfields.web import locale
from testfields.web.forms import posted
from testfields.web.pages import page, redirect
from testfields.web.parameters import PathId
from testfields.web.words import when

# Three parts of a day: what wants looking after, what is to come, what is over.
PARTS = {
    "now": N_("Now"),
    "later": N_("Later"),
    "over": N_("Over"),
}


@get("/desk/today", include_in_schema=False, guards=[Only(May.SEE_DESK)])
async def today_page(
    request: Request[Any, Any, Any], actor: Caller, site: FromQuery[str] = "", day: FromQuery[str] = ""
) -> Template:
    """Who comes when to the own fields, today or on another day."""
    return await _today(request, actor, site, _day(day))


@post(
    "/desk/today/{stay_id:int}/{action:str}",
    include_in_schema=False,
    status_code=200,
    guards=[Only(May.MIND_SITES)],
)
async def note(
    request: Request[Any, Any, Any], actor: Caller, stay_id: PathId, action: FromPath[Action]
) -> Template | Response[Any]:
    """Note what happened; what hinders it is said on the page as it stands now."""
    form = await posted(request)
    site, day = form.text("site"), _day(form.text("day"))
    try:
        row = await today.note(actor, stay_id, action, form.whole("version") or 0, now())
    except NotFound:
        raise
    except REFUSALS as refusal:
        faults = refusal.faults if isinstance(refusal, InvalidInput) else ()
        why = " ".join(locale.said(one.message) for one in faults) or locale.said(refusal.message)
        return await _today(request, actor, site, day, why)
    return redirect(_address(site, day), "success", ACTIONS[action].noted, company=locale.named(row, "name"))


def _day(text: str) -> date | None:
    """The day of an address; None for today, as for what is no day of the calendar."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if within_calendar(datetime(day.year, day.month, day.day)) else None  # noqa: DTZ001 (the day alone)


def _address(site: str, day: date | None) -> str:
    kept = [("site", site)] if site else []
    return "/desk/today?" + urlencode([*kept, *([("day", day.isoformat())] if day else [])])


async def _today(
    request: Request[Any, Any, Any], actor: Actor, site: str, day: date | None, refused: str = ""
) -> Template:
    at = now()
    stays = await today.of_day(actor, day, site or None, at)
    shown = day or local_date(at, stays[0].row["timezone"] if stays else JAPANS_ZONE)
    parts = {name: [_shown(one, shown) for one in stays if _part(one, at) == name] for name in PARTS}
    return page(
        request,
        "reviews/today.html",
        status=409 if refused else 200,
        refused=refused,
        parts=[{"name": name, "title": locale.translate(PARTS[name]), "stays": some} for name, some in parts.items()],
        many=len(stays),
        late=sum(one.late is not None for one in stays),
        sites=[{"value": row["slug"], "label": locale.named(row, "name")} for row in await service.sites(actor)],
        site=site,
        day=day.isoformat() if day else "",
        date=format_date(shown, locale.current()),
        is_today=day is None or midnight(day, JAPANS_ZONE) <= at < midnight(day + timedelta(days=1), JAPANS_ZONE),
        before=_address(site, shown - timedelta(days=1)),
        after=_address(site, shown + timedelta(days=1)),
        now_href=_address(site, None),
    )


def _part(one: DayStay, at: datetime) -> str:
    if one.stay.state not in OPEN:
        return "over"
    return "now" if one.stay.period.start <= at + CHECK_IN_AHEAD else "later"


def _shown(one: DayStay, day: date) -> dict[str, Any]:
    row, zone, period = one.row, one.row["timezone"], one.stay.period
    clocks = local_date(period.start, zone) == day
    return {
        "stay": one.stay.id,
        "number": row["id"],
        "version": row["version"],
        "state": one.stay.state.value,
        "late": one.late.value if one.late else "",
        "when": format_clocks(period, zone, locale.current()) if clocks else when(period, zone),
        "company": locale.named(row, "company_name"),
        "contact": row["contact_email"],
        "title": locale.named(row, "project_title"),
        "site": locale.named(row, "site_name"),
        "area": locale.named(row, "area_name"),
        "actions": [action.value for action in one.actions],
    }


pages: Sequence[Any] = (today_page, note)
