"""A person's times for calendar programs: the page of its secret address, and what is read there."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from testfields.accounts import feeds
from testfields.accounts.access import allowed
from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller, address_of
from testfields.accounts.rules import Actor
from testfields.core.clock import now
from testfields.core.errors import N_, NotFound
from testfields.core.local_time import JAPANS_ZONE
from testfields.core.periods import Period
from testfields.db.values import to_period
from testfields.reservations import reading
from testfields.reservations.ical import MEDIA_TYPE, calendar
from testfields.reservations.my_views import entry_of
from testfields.web import locale
from testfields.web.pages import page, redirect
from testfields.web.words import instant

ENDING = ".ics"
# How far back and ahead a calendar program is told of times.
BACK, AHEAD = timedelta(days=92), timedelta(days=400)


@get("/my/calendar/feed", include_in_schema=False, guards=[Only(May.KEEP_FEED)])
async def feed_page(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """Whether there is an address, and the buttons that make one or end it."""
    return await _shown(request, actor)


@post("/my/calendar/feed", include_in_schema=False, status_code=200, guards=[Only(May.KEEP_FEED)])
async def renew_feed(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """Make an address, in place of the one before; it stands on the page that answers, and nowhere else."""
    secret = await feeds.renew(actor, now())
    return await _shown(request, actor, f"{_base_url(request)}/feeds/{secret}{ENDING}")


@post("/my/calendar/feed/end", include_in_schema=False, guards=[Only(May.KEEP_FEED)])
async def end_feed(actor: Caller) -> Response[Any]:
    """End the address."""
    await feeds.end(actor)
    return redirect("/my/calendar/feed", "success", N_("The address is ended. It opens nothing from now on."))


async def _shown(request: Request[Any, Any, Any], actor: Actor, address: str = "") -> Template:
    made = await feeds.since(actor)
    since = instant(made, JAPANS_ZONE) if made else ""
    return page(request, "reservations/feed.html", address=address, since=since)


@get("/feeds/{name:str}", include_in_schema=False, guards=[Only(May.READ_FEED)])
async def read_feed(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """The times of whoever has that secret address, in their language; 304 where the program has them already."""
    at = now()
    actor = await feeds.reader(name.removesuffix(ENDING), address_of(request), at)
    if not name.endswith(ENDING) or not allowed(actor, May.SEE_OWN_PAGES):
        raise NotFound(feeds.NO_SUCH)
    locale.use(actor.locale)
    body, tag = await _calendar(actor, _base_url(request), at)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, media_type=MEDIA_TYPE, headers=headers)
    return Response(body, media_type=MEDIA_TYPE, headers=headers)


async def _calendar(actor: Actor, base_url: str, at: datetime) -> tuple[bytes, str]:
    """The file, and a tag that changes with what is told but not with when it is asked for."""
    rows = await reading.own_stays(actor, Period(at - BACK, at + AHEAD))
    entries = [entry_of(row, row["stay_id"], to_period(row["period"]), base_url) for row in rows]
    name = locale.translate(N_("Own times at test fields"))
    never = datetime.min.replace(tzinfo=UTC)
    tag = hashlib.sha256(calendar(name, entries, never)).hexdigest()[:32]
    return calendar(name, entries, at), f'"{tag}"'


def _base_url(request: Request[Any, Any, Any]) -> str:
    base_url: str = request.app.state.settings.base_url
    return base_url.rstrip("/")


feed_pages: Sequence[Any] = (feed_page, renew_feed, end_feed, read_feed)
