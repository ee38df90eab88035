"""Searching free time: what narrows it, what it tells of others, and the calendars that rest on it."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from testfields.availability import search, site_queries
from testfields.availability.free import FreeQuery, SlotState, local_days
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand
from testfields.db.engine import DB
from testfields.sites.tables import Area, Site
from tests import factories
from tests.availability.fields import claim, local, metres, open_at, part, refusal

SQUARE = factories.square()
# The day that is searched, from midnight to midnight in Japan, and the moment at which somebody asks.
DAY = local_days(date(2031, 6, 4), 1, "Asia/Tokyo")
NOW = DAY.start - timedelta(days=3)


def hours(start: float, end: float) -> Period:
    """Of the day that is searched."""
    return Period(DAY.start + timedelta(hours=start), DAY.start + timedelta(hours=end))


async def field(**changes: Any) -> factories.Field:
    """A field that is open from 9 to 17 each day."""
    made = await factories.field(**changes)
    await open_at(made.site_id, [(weekday, 540, 1020) for weekday in range(1, 8)])
    return made


async def shared(site_id: int, **changes: Any) -> int:
    """A shared area on the square."""
    return await factories.area(site_id, SQUARE, mode="shared", **changes)


async def found(**query: Any) -> list[dict[str, Any]]:
    """The API's answer."""
    page = await search.find_free(FreeQuery(**{"within": DAY, **query}), NOW)
    return list(json.loads(page.body))


def spans(stretches: list[dict[str, str]]) -> list[tuple[float, float]]:
    """Hours of the day."""
    return [
        tuple((datetime.fromisoformat(one[end]) - DAY.start) / timedelta(hours=1) for end in ("start", "end"))  # type: ignore[misc]
        for one in stretches
    ]


async def whole(area_id: int) -> Any:
    """An area's polygon."""
    row = await Area.select(Area.geometry).where(Area.id == area_id).first()
    assert row is not None
    return row["geometry"]


async def slug(site_id: int) -> str:
    """A site's name in addresses."""
    row = await Site.select(Site.slug).where(Site.id == site_id).first()
    assert row is not None
    return str(row["slug"])


async def test_free_is_what_is_open_minus_what_stands_there(db: None) -> None:
    place = await field(turnaround_minutes=30)
    await claim(place.site_id, await whole(place.area_id), hours(11, 12.5), kind="hold")

    (area,) = await found(areas=(place.area_id,))

    assert spans(area["free"]) == [(9, 10.5), (12.5, 17)]
    assert [(one["kind"], *spans([one])) for one in area["taken"]] == [("held", (10.5, 12.5))]
    assert area["partly"] == []


async def test_nothing_is_told_of_whose_it_is(db: None) -> None:
    place = await field()
    for hour, kind in ((9, "reservation"), (10, "allotment"), (12, "hold"), (14, "closure")):
        await claim(place.site_id, await whole(place.area_id), hours(hour, hour + 1), kind=kind)

    (area,) = await found(areas=(place.area_id,))

    assert [(one["kind"], *spans([one])) for one in area["taken"]] == [
        ("reserved", (9, 11)),
        ("held", (12, 13)),
        ("closed", (14, 15)),
    ]
    assert set(area["taken"][0]) == {"kind", "start", "end"}
    assert set(area) == {"site", "area", "area_id", "mode", "timezone", "free", "taken", "partly"}


async def test_a_gap_shorter_than_the_duration_is_not_free(db: None) -> None:
    place = await field(minimum_minutes=60)
    await claim(place.site_id, await whole(place.area_id), hours(9.5, 10))
    await claim(place.site_id, await whole(place.area_id), hours(11, 15))

    (shortest,) = await found(areas=(place.area_id,))
    (longer,) = await found(areas=(place.area_id,), minutes=90)

    assert spans(shortest["free"]) == [(10, 11), (15, 17)]
    assert spans(longer["free"]) == [(15, 17)]


async def test_a_site_that_allows_no_stay_so_long_is_left_out(db: None) -> None:
    place = await field(maximum_minutes=120)
    assert await found(areas=(place.area_id,), minutes=121) == []
    assert len(await found(areas=(place.area_id,), minutes=120)) == 1


async def test_a_claim_beside_or_above_the_volume_leaves_it_free(db: None) -> None:
    place = await field(geometry=SQUARE)
    area_id = await shared(place.site_id)
    ground = AltitudeBand(Decimal(0), Decimal(50))
    await claim(place.site_id, part(SQUARE, 0, 0.5), hours(9, 17), ground)

    async def free(**query: Any) -> list[tuple[float, float]]:
        return spans((await found(areas=(area_id,), **query))[0]["free"])

    assert await free() == []
    assert await free(footprint=part(SQUARE, 0.5, 1)) == [(9, 17)]
    assert await free(footprint=part(SQUARE, 0.4, 1)) == []
    assert await free(altitude=AltitudeBand(Decimal(50), Decimal(80))) == [(9, 17)]
    assert await free(altitude=AltitudeBand(Decimal(49), Decimal(80))) == []


async def test_separations_widen_what_is_asked_for(db: None) -> None:
    place = await field(geometry=SQUARE, lateral_separation_m=Decimal(100), vertical_separation_m=Decimal(20))
    area_id = await shared(place.site_id)
    await claim(place.site_id, part(SQUARE, 0, 0.5), hours(9, 17), AltitudeBand(Decimal(0), Decimal(50)))

    async def is_free(**query: Any) -> bool:
        return bool((await found(areas=(area_id,), **query))[0]["free"])

    # The square is some 920 m wide; half of 100 m is about 0.054 of it.
    assert not await is_free(footprint=part(SQUARE, 0.52, 1))
    assert await is_free(footprint=part(SQUARE, 0.58, 1))
    assert not await is_free(altitude=AltitudeBand(Decimal(59), Decimal(80)))
    assert await is_free(altitude=AltitudeBand(Decimal(60), Decimal(80)))


async def test_a_shared_area_tells_when_only_a_part_is_taken(db: None) -> None:
    place = await field(geometry=SQUARE)
    area_id = await shared(place.site_id)
    await claim(place.site_id, part(SQUARE, 0, 0.5), hours(9, 10), AltitudeBand(Decimal(0), Decimal(50)), kind="hold")
    await claim(place.site_id, SQUARE, hours(12, 13), kind="closure")

    (area,) = await found(areas=(area_id,))

    assert spans(area["partly"]) == [(9, 10)]
    assert [(one["kind"], *spans([one])) for one in area["taken"]] == [("held", (9, 10)), ("closed", (12, 13))]


async def test_a_nested_area_is_taken_with_the_field_around_it(db: None) -> None:
    place = await field(geometry=SQUARE)
    outer = await factories.area(place.site_id, SQUARE)
    inner = await factories.area(place.site_id, part(SQUARE, 0, 0.5))
    beside = await factories.area(place.site_id, part(SQUARE, 0.5, 1))
    await claim(place.site_id, part(SQUARE, 0, 0.5), hours(9, 12))

    free = {area["area_id"]: spans(area["free"]) for area in await found(areas=(outer, inner, beside))}

    assert free == {outer: [(12, 17)], inner: [(12, 17)], beside: [(9, 17)]}


async def test_notice_and_horizon_bound_what_is_free(db: None) -> None:
    place = await field(notice_minutes=3 * 1440 + 10 * 60, horizon_days=4)
    two_days = Period(DAY.start, DAY.start + timedelta(days=3))

    (area,) = await found(areas=(place.area_id,), within=two_days)

    # Asked at midnight three days before: from 10 o'clock on, and up to the end of the day after.
    assert spans(area["free"]) == [(10, 17), (33, 41)]


async def test_hours_past_midnight_run_on_into_the_next_day(db: None) -> None:
    place = await field()
    # The 4th is a Wednesday: open on Tuesday from 22:00 to 2:00 and on Wednesday from 2:00 to 3:00.
    await open_at(place.site_id, [(2, 22 * 60, 26 * 60), (3, 120, 180)])

    (area,) = await found(areas=(place.area_id,))

    assert spans(area["free"]) == [(0, 3)]


async def test_opening_hours_keep_to_the_clock_when_it_changes(db: None) -> None:
    place = await factories.field(timezone="America/New_York", horizon_days=400)
    await open_at(place.site_id, [(weekday, 0, 240) for weekday in range(1, 8)])
    spring, autumn = date(2031, 3, 9), date(2031, 11, 2)

    for day, length in ((spring, 3), (autumn, 5), (autumn + timedelta(days=1), 4)):
        within = local_days(day, 1, "America/New_York")
        (area,) = await search.free_times(FreeQuery(within, areas=(place.area_id,)), within.start)
        (free,) = area.free
        assert free.start == local("America/New_York", day.year, day.month, day.day)
        assert free.duration == timedelta(hours=length)


async def test_a_whole_leap_year_is_searched_at_once(db: None) -> None:
    place = await field(horizon_days=400, maximum_minutes=480)
    year = local_days(date(2032, 1, 1), 366, "Asia/Tokyo")

    (area,) = await search.free_times(FreeQuery(year, areas=(place.area_id,)), year.start)

    assert len(list(area.free)) == 366
    assert area.free.covers(Period(local("Asia/Tokyo", 2032, 2, 29, 9), local("Asia/Tokyo", 2032, 2, 29, 17)))


async def test_filters_narrow_the_search(db: None) -> None:
    place = await field(uses=["drone", "robot"])
    by_car = await factories.area(place.site_id, SQUARE, uses=["vehicle"])
    low = await factories.area(place.site_id, part(SQUARE, 0, 0.5), altitude=metres(0, 30))
    site = await slug(place.site_id)

    async def ids(**query: Any) -> set[int]:
        return {area["area_id"] for area in await found(sites=(site,), **query)}

    low_by_car = {by_car, low}
    assert await ids() == {place.area_id, *low_by_car}
    await Area.update({Area.uses: []}).where(Area.id == low)
    assert await ids(use="vehicle") == {place.area_id, by_car}
    assert await ids(use="robot") == {place.area_id, low}
    assert await ids(altitude=AltitudeBand(Decimal(20), Decimal(40))) == {place.area_id, by_car}
    assert await ids(bbox=part(SQUARE, 0.6, 1)) == {by_car}
    assert await ids(footprint=part(SQUARE, 0, 0.3)) == {by_car, low}
    assert await ids(footprint=part(SQUARE, 0.3, 0.6)) == {by_car}


async def test_an_unpublished_site_is_not_found(db: None) -> None:
    place = await field(published=False)
    assert await found(areas=(place.area_id,)) == []
    assert await search.free_sites(FreeQuery(DAY, sites=(await slug(place.site_id),)), NOW) == []


async def test_pages_follow_each_other_without_gap_or_repetition(db: None) -> None:
    place = await field()
    areas = {place.area_id, *[await factories.area(place.site_id, SQUARE) for _ in range(4)]}
    query, seen = FreeQuery(DAY, sites=(await slug(place.site_id),), limit=2), []

    after: int | None = 0
    while after is not None:
        page = await search.find_free(FreeQuery(**{**vars(query), "after": after}), NOW)
        seen += [area["area_id"] for area in json.loads(page.body)]
        after = page.after

    assert seen == sorted(areas)


async def test_sites_are_free_where_one_of_their_areas_is(db: None) -> None:
    first, second = await field(), await field()
    both = (await slug(first.site_id), await slug(second.site_id))
    beside = await factories.area(second.site_id, SQUARE)
    for place in (first, second):
        await claim(place.site_id, await whole(place.area_id), hours(9, 16))

    async def free(minutes: int, **query: Any) -> set[str]:
        return set(await search.free_sites(FreeQuery(DAY, minutes, sites=both, **query), NOW))

    assert await free(60) == set(both)
    assert await free(90) == {both[1]}
    assert await free(90, areas=(second.area_id,)) == set()
    assert await free(90, areas=(beside,)) == {both[1]}
    assert await free(9 * 60) == set()


async def test_a_claim_is_looked_at_once_however_many_days_are_asked_for(db: None) -> None:
    place = await field(horizon_days=60)
    polygon = await whole(place.area_id)
    for day in range(14):
        await claim(place.site_id, polygon, hours(24 * day + 9, 24 * day + 12))
    query = FreeQuery(hours(0, 24 * 14), sites=(await slug(place.site_id),))
    statement = site_queries.free_sites(frozenset({"sites"}))

    async with DB.connection() as connection:
        explained = await connection.fetchval(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.sql}", *statement.arguments(search._parameters(query, NOW))
        )

    chapters = {one.get("Subplan Name"): one["Actual Rows"] for one in json.loads(explained)[0]["Plan"]["Plans"]}
    assert (chapters["CTE claimed"], chapters["CTE standing"], chapters["CTE opened"]) == (14, 14, 1)


async def test_hours_that_meet_at_midnight_are_one_time_in_the_question_to_all_sites(db: None) -> None:
    place = await field(horizon_days=60, maximum_minutes=3 * 1440)
    await open_at(place.site_id, [(weekday, 0, 1440) for weekday in range(1, 8)])
    await claim(place.site_id, await whole(place.area_id), hours(9, 12))

    async def free(end: float) -> bool:
        query = FreeQuery(hours(0, end), minutes=36 * 60, sites=(await slug(place.site_id),))
        return bool(await search.free_sites(query, NOW))

    assert await free(12 + 36)
    assert not await free(12 + 35)


async def test_the_week_grid_has_a_row_for_each_area_in_its_order(db: None) -> None:
    place = await field(geometry=SQUARE, slot_minutes=60, minimum_minutes=60)
    await Area.update({Area.position: 2}).where(Area.id == place.area_id)
    first = await factories.area(place.site_id, SQUARE, position=1)
    await claim(place.site_id, SQUARE, hours(9, 11), kind="reservation")

    rows = await search.calendar_week(await slug(place.site_id), date(2031, 6, 2), "Asia/Tokyo", NOW)

    assert [row.area_id for row in rows] == [first, place.area_id]
    wednesday = rows[0].days[date(2031, 6, 4)]
    assert [slot.state for slot in wednesday[8:12]] == [
        SlotState.OUTSIDE,
        SlotState.TAKEN,
        SlotState.TAKEN,
        SlotState.FREE,
    ]
    assert len(rows[0].days) == 7


async def test_the_month_view_has_every_day_of_it(db: None) -> None:
    place = await field()
    await claim(place.site_id, await whole(place.area_id), hours(9, 13))

    (row,) = await search.calendar_month(await slug(place.site_id), 2031, 6, "Asia/Tokyo", NOW)

    assert list(row.days) == [date(2031, 6, day) for day in range(1, 31)]
    assert row.days[date(2031, 6, 4)].free_share == 0.5
    assert row.days[date(2031, 6, 5)].free_share == 1


async def test_the_nearest_free_times_lie_before_and_after(db: None) -> None:
    place = await field()
    await claim(place.site_id, await whole(place.area_id), hours(11, 14))
    asked = [Asked(hours(11, 13))]

    nearest = await search.nearest_free(place.area_id, asked, NOW)

    assert nearest == [(hours(9, 11),), (hours(14, 16),), (hours(-9, -7),)]
    for times in nearest:
        assert await refusal(place.area_id, [Asked(one) for one in times], NOW) == []


async def test_a_series_is_moved_as_one(db: None) -> None:
    place = await field(horizon_days=30)
    polygon = await whole(place.area_id)
    series = [hours(10 + 24 * day, 12 + 24 * day) for day in (0, 1, 7)]
    await claim(place.site_id, polygon, hours(24 + 9, 24 + 12))
    await claim(place.site_id, polygon, hours(7 * 24 + 13, 7 * 24 + 17))

    nearest = await search.nearest_free(place.area_id, [Asked(one) for one in series], NOW, count=2)

    # The second would have to begin two hours later, the third at most one: not on these days. A day earlier they all
    # fit, at the latest from 15 o'clock; a day later from 12 o'clock on.
    assert nearest == [
        tuple(Period(one.start + shift, one.end + shift) for one in series)
        for shift in (timedelta(hours=-19), timedelta(hours=26))
    ]
    for times in nearest:
        assert await refusal(place.area_id, [Asked(one) for one in times], NOW) == []


async def test_ones_own_reservation_is_not_in_the_way_of_moving_it(db: None) -> None:
    place = await field()
    await claim(place.site_id, await whole(place.area_id), hours(11, 14), kind="reservation")
    asked = [Asked(hours(12, 14))]

    assert (await search.nearest_free(place.area_id, asked, NOW))[0] != (hours(12, 14),)
    assert (await search.nearest_free(place.area_id, asked, NOW, besides=1))[0] == (hours(12, 14),)


async def test_where_nothing_is_open_nothing_is_near(db: None) -> None:
    place = await factories.field()
    await open_at(place.site_id, [])
    assert await search.nearest_free(place.area_id, [Asked(hours(9, 10))], NOW) == []
    assert await search.nearest_free(2**40, [Asked(hours(9, 10))], NOW) == []


async def test_the_present_is_asked_for_not_the_database_s_clock(db: None) -> None:
    place = await field()
    past = Period(now() - timedelta(days=2), now() - timedelta(days=1))
    (area,) = await search.free_times(FreeQuery(past, areas=(place.area_id,)), now())
    assert list(area.free) == []
    assert list(area.open) != []


@pytest.mark.parametrize("session_zone", ["UTC", "Asia/Tokyo", "America/St_Johns"])
async def test_the_database_s_own_zone_makes_no_difference(db: None, session_zone: str) -> None:
    place = await field()
    async with DB.connection() as connection:
        await connection.execute(f"SET LOCAL TIME ZONE '{session_zone}'")

    (area,) = await found(areas=(place.area_id,))

    assert spans(area["free"]) == [(9, 17)]
    assert datetime.fromisoformat(area["free"][0]["start"]).astimezone(UTC) == hours(9, 17).start
