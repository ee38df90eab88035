"""Finding free time: for the API, for the calendars of a site, and beside a refusal."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
from asyncpg import Range

from testfields.availability import search_queries, site_queries
from testfields.availability.free import (
    AreaMonth,
    AreaTime,
    AreaWeek,
    FreeQuery,
    Periods,
    check_query,
    month_of,
    nearest_shifts,
    week_of,
)
from testfields.availability.service import Asked
from testfields.availability.voxels import in_voxel, unknown_in_voxel
from testfields.core.local_time import local_days
from testfields.core.periods import Period
from testfields.db.values import altitude_range, period_range, to_period

FILTERS = ("sites", "areas", "bbox", "use", "altitude", "footprint", "voxel")
# How far before and after the time asked for another one is looked for.
NEAREST_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class FreePage:
    """One page of free time as JSON; `after` leads to the next page, None on the last.

    Of `unknown` sites, by their slugs, it cannot be told what of them lies in the voxel that was asked for.
    """

    body: bytes
    after: int | None
    unknown: Sequence[str] = ()


async def find_free(query: FreeQuery, now: datetime) -> FreePage:
    """Free and taken time of each area that fits, as the JSON that the API answers with; raises InvalidInput.

    A list of ``{site, area, area_id, mode, timezone, free: [{start, end}], taken: [{kind, start, end}],
    partly: [{start, end}]}``, as `AreaTime` explains them; `kind` is held, reserved or closed.
    """
    check_query(query)
    filters, parameters = _filters(query), _parameters(query, now)
    (row,) = await search_queries.free_as_json(filters).rows(**parameters)
    unknown = await unknown_in_voxel(filters, parameters) if query.voxel else []
    return FreePage(row["body"].encode(), row["last"] if row["areas"] == query.limit else None, unknown)


async def free_times(query: FreeQuery, now: datetime) -> list[AreaTime]:
    """The same as values, in the order of each site's areas; raises InvalidInput."""
    check_query(query)
    rows = await search_queries.free_as_rows(_filters(query)).rows(**_parameters(query, now))
    return [_area_time(row) for row in rows]


async def free_sites(query: FreeQuery, now: datetime) -> list[str]:
    """Slugs of every site with an area in which the volume could be booked within the window; raises InvalidInput.

    All sites at once: `after` and `limit` do not apply.
    """
    check_query(query)
    return sorted(set(await site_queries.free_sites(_filters(query)).value(**_parameters(query, now))))


async def calendar_week(site: str, first: date, timezone: str, now: datetime) -> list[AreaWeek]:
    """The week grid of a published site: seven local days from `first`, a row for each area, in its order.

    `timezone` is the site's own; no rows for a site that is not there.
    """
    areas = await free_times(FreeQuery(local_days(first, 7, timezone), sites=(site,)), now)
    return [week_of(area, first) for area in areas]


async def calendar_month(site: str, year: int, month: int, timezone: str, now: datetime) -> list[AreaMonth]:
    """The month view of a published site: for each area and local day, how much of it can be booked."""
    first, count = date(year, month, 1), calendar.monthrange(year, month)[1]
    areas = await free_times(FreeQuery(local_days(first, count, timezone), sites=(site,)), now)
    return [month_of(area, first, count) for area in areas]


async def nearest_free(
    area_id: int, asked: Sequence[Asked], now: datetime, count: int = 3, besides: int = 0
) -> list[tuple[Period, ...]]:
    """The nearest times at which all of `asked` would fit, moved together: before or after, at most `count`.

    A series keeps its spacing, and each its area. What the reservation `besides` holds itself is not in its way, 0 for
    none.
    """
    places = list({_place_key(one): one for one in asked}.values())
    periods = [one.period for one in asked]
    within = Period(
        min(one.start for one in periods) - NEAREST_WITHIN, max(one.end for one in periods) + NEAREST_WITHIN
    )
    rows = await search_queries.FREE_AT_PLACES.rows(
        area_ids=[one.area_id or area_id for one in places],
        footprints=[one.footprint for one in places],
        altitudes=[one.altitude and altitude_range(one.altitude) for one in places],
        within=period_range(within),
        minutes=0,
        now=now,
        besides=besides,
    )
    by_place = {_place_key(places[row["key"] - 1]): _area_time(row) for row in rows}
    if len(by_place) < len(places):
        return []
    shifts = nearest_shifts(periods, [by_place[_place_key(one)] for one in asked], NEAREST_WITHIN, count)
    return [tuple(Period(one.start + shift, one.end + shift) for one in periods) for shift in shifts]


def _place_key(asked: Asked) -> tuple[object, object, object]:
    return (asked.area_id, asked.footprint and asked.footprint.wkb, asked.altitude)


def _filters(query: FreeQuery) -> search_queries.Filters:
    """The filters that narrow this search; an empty one does not."""
    return frozenset(name for name in FILTERS if getattr(query, name))


def _parameters(query: FreeQuery, now: datetime) -> dict[str, Any]:
    return {
        "within": period_range(query.within),
        "minutes": query.minutes,
        "sites": list(query.sites),
        "areas": list(query.areas),
        "bbox": query.bbox,
        "use": query.use,
        "altitude": query.altitude and altitude_range(query.altitude),
        "footprint": query.footprint,
        **(in_voxel(query.voxel) if query.voxel else {}),
        "after": query.after,
        "limit": query.limit,
        "now": now,
        "besides": 0,
    }


def _area_time(row: asyncpg.Record) -> AreaTime:
    return AreaTime(
        row["area_id"],
        row["area"],
        row["zone"],
        row["slot_minutes"],
        *(_periods(row[name]) for name in ("open", "free", "held", "reserved", "closed", "partly")),
    )


def _periods(ranges: Sequence[Range[datetime]]) -> Periods:
    return Periods(tuple(to_period(one) for one in ranges))
