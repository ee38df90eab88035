"""The list of test fields beside their map, and the page of one field with its calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Template
from litestar.types import ControllerRouterHandler
from shapely.geometry import shape

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Visitor
from testfields.availability.free import FreeQuery
from testfields.availability.search import calendar_month, calendar_week, free_sites, free_times
from testfields.catalogue.calendar_views import (
    Bars,
    Month,
    calendar_address,
    day_bars,
    month_words,
    week_bars,
)
from testfields.catalogue.forms import Typed, Wanted, application_address, parse_day, read, wanted_of
from testfields.catalogue.views import (
    SiteRow,
    area_rows,
    constraints_of,
    facility_in_words,
    facts_of,
    photos_of,
    places_of,
    site_row,
    technical_facts_of,
    use_words,
)
from testfields.catalogue.zone_views import Place, unknown_kinds, zone_rows, zone_source
from testfields.core.clock import now
from testfields.core.errors import N_, Fault, InvalidInput, NotFound
from testfields.core.local_time import JAPANS_ZONE, local_date, local_time
from testfields.core.periods import Period
from testfields.sites import planning
from testfields.sites import service as sites
from testfields.sites.exchange.notation import parse_wanted
from testfields.sites.plan_routes import Plan
from testfields.sites.rules import SLUG
from testfields.sites.schemas import SiteView, WholeSiteView
from testfields.sites.vocabulary import FACILITIES, SURFACES, USES, Measure
from testfields.web import locale
from testfields.web.forms import FieldError, by_field, field_errors
from testfields.web.pages import page
from testfields.web.schemas import GEOJSON
from testfields.web.shared import SHARED
from testfields.zones.service import around as zones_around

SITES_A_PAGE = 20
# How far ahead the list looks for the next free time.
IN_SIGHT = timedelta(days=14)
# More than the areas of one page of sites.
MOST_AREAS = 5000
# Entries of the form that an error can lead to; the rest stands in the address alone.
FIELDS = frozenset({"words", "on", "start", "end", "ha", "owner", "surface", "facility"})

_SITES = msgspec.json.Decoder(list[SiteView])
_SITE = msgspec.json.Decoder(WholeSiteView)
_PLAN = msgspec.json.Decoder(Plan)


# --- The list


@get("/sites", include_in_schema=False, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def site_list(request: Request[Any, Any, Any], visitor: Visitor) -> Template:
    """Test fields that fit what is asked for; a form that cannot be understood is shown again with its faults."""
    at, typed = now(), _typed(request)
    try:
        wanted = wanted_of(typed, local_date(at, JAPANS_ZONE))
    except InvalidInput as error:
        return await _list_page(request, typed, error.faults)
    found = await _among(wanted, at)
    listed = await sites.search(visitor, found, typed.after, SITES_A_PAGE)
    views = _SITES.decode(listed.body)
    return await _list_page(
        request,
        typed,
        rows=await _rows(views, typed, wanted, at),
        sources=[
            {"url": typed.address("/sites.geojson"), "class": "site", "prefix": "site-", "names": True, "dots": True}
        ],
        following=typed.address("/sites", after=listed.last) if listed.last else "",
    )


@get("/sites.geojson", include_in_schema=False, media_type=GEOJSON, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def found_geojson(request: Request[Any, Any, Any], visitor: Visitor) -> Response[bytes]:
    """The same test fields for the map beside the list; raises InvalidInput."""
    at = now()
    wanted = await _among(wanted_of(_typed(request), local_date(at, JAPANS_ZONE)), at)
    return Response(await sites.sites_geojson(visitor, wanted), media_type=GEOJSON)


def _typed(request: Request[Any, Any, Any]) -> Typed:
    return read(request.query_params, request.query_params.getall("facility", []))


async def _among(wanted: Wanted, at: datetime) -> sites.Search:
    """The search in the catalogue, kept to what is free where a day is asked for."""
    if wanted.free is None:
        return wanted.search
    return replace(wanted.search, among=await free_sites(wanted.free, at))


async def _rows(views: Sequence[SiteView], typed: Typed, wanted: Wanted, at: datetime) -> list[SiteRow]:
    """Each site with its heights and its next free time, within what was asked for or else soon."""
    slugs = tuple(one.slug for one in views)
    soon = FreeQuery(Period(at, at + IN_SIGHT), use=typed.use or None)
    times = await free_times(replace(wanted.free or soon, sites=slugs, limit=MOST_AREAS), at) if slugs else []
    starts = {one.area_id: first.start for one in times if (first := next(iter(one.free), None))}
    bands: dict[str, list[sites.AreaBand]] = {slug: [] for slug in slugs}
    for band in await sites.bands(slugs):
        bands[band.site].append(band)
    asked = _application(typed, wanted)
    return [site_row(one, bands[one.slug], starts, typed.on, asked) for one in views]


def _application(typed: Typed, wanted: Wanted) -> dict[str, str]:
    """What an application is filled in with where a whole time was looked for: its two ends, and the use."""
    if wanted.free is None or not (typed.start and typed.end):
        return {}
    ends = (local_time(one, JAPANS_ZONE) for one in (wanted.free.within.start, wanted.free.within.end))
    start, end = (f"{one:%Y-%m-%dT%H:%M}" for one in ends)
    return {"start": start, "end": end, **({"use": typed.use} if typed.use else {})}


async def _list_page(
    request: Request[Any, Any, Any], typed: Typed, faults: Sequence[Fault] = (), **found: Any
) -> Template:
    errors = [FieldError(one.field if one.field in FIELDS else "", one.text) for one in field_errors(faults)]
    shown = {"rows": [], "sources": [], "following": "", **found}
    return page(
        request,
        "catalogue/list.html",
        status=422 if faults else 200,
        typed=typed,
        errors=errors,
        error_of=by_field(errors),
        uses=_use_chips(typed),
        owners=[{"value": one.slug, "label": locale.named(one, "name")} for one in await sites.owners()],
        facilities=_facility_options(typed),
        surfaces=[{"value": surface, "label": locale.in_words(label)} for surface, label in SURFACES.items()],
        first=typed.address("/sites") if typed.after else "",
        **shown,
    )


def _use_chips(typed: Typed) -> list[dict[str, Any]]:
    every = {
        "href": typed.address("/sites", use=""),
        "current": not typed.use,
        "label": locale.translate(N_("All kinds")),
    }
    chips = [
        {
            "href": typed.address("/sites", use=use.key),
            "current": typed.use == use.key,
            "label": use.label,
            "icon": use.key,
        }
        for use in use_words(list(USES))
    ]
    return [every, *chips]


def _facility_options(typed: Typed) -> list[dict[str, str]]:
    """Every facility, and what the address asks for beyond that, such as power_kw=30."""
    plain = [key for key in FACILITIES if key not in {"surface", "width_m"}]
    own = [one for one in typed.facility if one not in plain]
    return [{"value": one, "label": _facility(one)} for one in (*plain, *own)]


def _facility(asked: str) -> str:
    """What is asked for in words; as it was typed where that says nothing."""
    try:
        ((key, value),) = parse_wanted([asked], "facility").items()
    except InvalidInput:
        return asked
    words = facility_in_words(key, value)
    number = FACILITIES[key].measure is Measure.NUMBER and value is not True
    return locale.translate(N_("%(facility)s or more"), None, facility=words) if number else words


# --- One field


@get("/sites/{slug:str}", include_in_schema=False, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def site_page(request: Request[Any, Any, Any], visitor: Visitor, slug: FromPath[str]) -> Template:
    """A test field: where it is, what it offers, how it may be used, and when it is free; raises NotFound."""
    if not SLUG.fullmatch(slug):
        raise NotFound(sites.NO_SUCH_SITE)
    site = _SITE.decode(await sites.find(visitor, slug))
    at, errors = now(), []
    today = local_date(at, site.timezone)
    typed = request.query_params.get("from", "").strip()
    try:
        first = parse_day(typed, "from") if typed else today
    except InvalidInput as error:
        first, errors = today, field_errors(error.faults)
    place = Place(shape(msgspec.to_builtins(site.geometry)), site.ground_elevation, today)
    around = await zones_around(place.shape, place.elevation_m, site.timezone, at)
    view = next((one for one in VIEWS if one == request.query_params.get("view")), "week")
    calendar = await VIEWS[view](site, first, at, request.query_params.get("area", ""))
    return page(
        request,
        "catalogue/site.html",
        status=422 if errors else 200,
        site=site,
        apply=application_address(slug, request.query_params),
        title=locale.in_words(site.name),
        description=locale.in_words(site.description),
        base_url=request.app.state.settings.base_url,
        uses=use_words(site.uses),
        areas=area_rows(site),
        photos=photos_of(site),
        places=places_of(_PLAN.decode((await planning.plan_of(visitor, slug)).body)),
        facts=facts_of(site, today),
        technical=technical_facts_of(site),
        constraints=constraints_of(site),
        zones=zone_rows(around, place),
        zones_unknown=unknown_kinds(around),
        zone_source=zone_source(place.shape),
        errors=errors,
        typed=typed if errors else first.isoformat(),
        view=view,
        views=_views(site, first, view),
        calendar=calendar,
        sources=[
            {"url": f"/api/v1/sites/{slug}/areas.geojson", "class": "area", "prefix": "area-", "names": True},
        ],
    )


@dataclass(frozen=True)
class Calendar:
    """What stands under the heading of the calendar, and the ways to the time before, after and now."""

    bars: Bars | None
    month: Month | None
    before: str
    this: str
    after: str
    areas: list[dict[str, Any]]


def _views(site: WholeSiteView, first: date, chosen: str) -> list[dict[str, Any]]:
    words = {"week": N_("Seven days"), "day": N_("All areas on one day"), "month": N_("Month")}
    if len(site.areas) < 2:
        del words["day"]
    return [
        {
            "label": locale.translate(label),
            "href": calendar_address(site.slug, {"view": "" if view == "week" else view, "from": first.isoformat()}),
            "current": view == chosen,
        }
        for view, label in words.items()
    ]


async def _week(site: WholeSiteView, first: date, at: datetime, area: str) -> Calendar:
    """Seven days from `first`; of the area with that slug, else of the first."""
    areas = await calendar_week(site.slug, first, site.timezone, at)
    shown = next((one for one in areas if one.area == area), areas[0] if areas else None)
    asked = {"area": area if shown and shown.area == area else ""}
    week = timedelta(days=7)
    before, after = ({**asked, "from": day.isoformat()} for day in (first - week, first + week))
    chips = {"from": first.isoformat()}
    return Calendar(
        bars=week_bars(site, shown, first, at) if shown else None,
        month=None,
        before=calendar_address(site.slug, before),
        this=calendar_address(site.slug, asked),
        after=calendar_address(site.slug, after),
        areas=_area_chips(site, chips, shown.area, all_of_them=False) if shown and len(areas) > 1 else [],
    )


async def _day(site: WholeSiteView, day: date, at: datetime, _area: str) -> Calendar:
    """All areas on one day."""
    areas = await calendar_week(site.slug, day, site.timezone, at)
    asked = {"view": "day"}
    ways = ({**asked, "from": (day + timedelta(days=ahead)).isoformat()} for ahead in (-1, 1))
    before, after = (calendar_address(site.slug, one) for one in ways)
    this = calendar_address(site.slug, asked)
    return Calendar(day_bars(site, areas, day, at) if areas else None, None, before, this, after, [])


async def _month(site: WholeSiteView, day: date, at: datetime, area: str) -> Calendar:
    """The month of `day`; of the area with that slug, else of all."""
    first = day.replace(day=1)
    areas = await calendar_month(site.slug, first.year, first.month, site.timezone, at)
    chosen = [one for one in areas if one.area == area]
    asked = {"view": "month", "area": area if chosen else ""}
    before, after = (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=31)).replace(day=1)
    return Calendar(
        bars=None,
        month=month_words(site, chosen or areas, first, at) if areas else None,
        before=calendar_address(site.slug, {**asked, "from": before.isoformat()}),
        this=calendar_address(site.slug, asked),
        after=calendar_address(site.slug, {**asked, "from": after.isoformat()}),
        areas=_area_chips(site, {"view": "month", "from": day.isoformat()}, area if chosen else "")
        if len(areas) > 1
        else [],
    )


VIEWS = {"week": _week, "day": _day, "month": _month}


def _area_chips(
    site: WholeSiteView, asked: Mapping[str, str], chosen: str, *, all_of_them: bool = True
) -> list[dict[str, Any]]:
    every = [("", locale.translate(N_("All areas")))] if all_of_them else []
    return [
        {"href": calendar_address(site.slug, {**asked, "area": slug}), "label": label, "current": slug == chosen}
        for slug, label in (*every, *((one.slug, locale.in_words(one.name)) for one in site.areas))
    ]


pages: Sequence[ControllerRouterHandler] = (site_list, found_geojson, site_page)
