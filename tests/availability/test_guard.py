"""The claim guard: no two claims at a site intersect, whoever writes them, and nothing that does not is refused."""

import asyncio
import json
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest
from shapely.geometry import MultiPolygon, Polygon, box

from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand
from testfields.db.engine import DB, teach_geometry
from testfields.db.values import altitude_range, period_range
from tests import factories
from tests.availability.fields import INSERT, OVERLAPS, claim, part

SQUARE = factories.square()
GROUND = MultiPolygon([box(134.9, 33.9, 135.2, 34.2)])
EVERYWHERE = altitude_range(AltitudeBand(None, None))


async def field() -> factories.Field:
    """A site with all of the ground that these tests claim; not published, as it is one of several there."""
    return await factories.field(geometry=GROUND, published=False)


def band(lower: int, upper: int) -> AltitudeBand:
    return AltitudeBand(Decimal(lower), Decimal(upper))


async def count(sql: str = "SELECT count(*) FROM claim") -> int:
    async with DB.connection() as connection:
        return int(await connection.fetchval(sql))


async def test_neighbours_that_share_an_edge_do_not_conflict(db: None) -> None:
    site = (await field()).site_id
    await claim(site, part(SQUARE, 0, 0.5), factories.period(9))

    await claim(site, part(SQUARE, 0.5, 1), factories.period(9))

    assert await count() == 2


async def test_an_overlap_as_wide_as_a_hair_conflicts(db: None) -> None:
    site = (await field()).site_id
    await claim(site, part(SQUARE, 0, 0.5), factories.period(9))

    with pytest.raises(asyncpg.ExclusionViolationError):
        await claim(site, part(SQUARE, 0.4999999, 1), factories.period(9))


async def test_boxes_that_overlap_around_shapes_that_do_not_do_not_conflict(db: None) -> None:
    site = (await field()).site_id
    lower = MultiPolygon([Polygon([(135, 34), (135.01, 34), (135, 34.01)])])
    upper = MultiPolygon([Polygon([(135.01, 34.01), (135.01, 34.001), (135.001, 34.01)])])
    await claim(site, lower, factories.period(9))

    await claim(site, upper, factories.period(9))

    assert await count() == 2


async def test_bands_of_heights_that_touch_do_not_conflict(db: None) -> None:
    site = (await field()).site_id
    await claim(site, SQUARE, factories.period(9), band(0, 50))

    await claim(site, SQUARE, factories.period(9), band(50, 100))
    with pytest.raises(asyncpg.ExclusionViolationError):
        async with DB.transaction():
            await claim(site, SQUARE, factories.period(9), band(49, 51))

    assert await count() == 2


async def test_periods_that_touch_do_not_conflict(db: None) -> None:
    site = (await field()).site_id
    nine = factories.period(9)
    await claim(site, SQUARE, nine)

    await claim(site, SQUARE, Period(nine.end, nine.end + timedelta(hours=1)))
    with pytest.raises(asyncpg.ExclusionViolationError):
        await claim(site, SQUARE, Period(nine.end - timedelta(microseconds=1), nine.end))


async def test_the_same_volume_at_another_site_does_not_conflict(db: None) -> None:
    one, other = await field(), await field()
    await claim(one.site_id, SQUARE, factories.period(9))

    await claim(other.site_id, SQUARE, factories.period(9))

    assert await count() == 2


async def test_a_hand_typed_insert_is_refused_with_what_is_in_the_way(db: None) -> None:
    site = (await field()).site_id
    nine = factories.period(9)
    await claim(site, SQUARE, nine, kind="closure")

    with pytest.raises(asyncpg.ExclusionViolationError) as refusal:
        await claim(site, SQUARE, nine)

    assert (refusal.value.sqlstate, refusal.value.constraint_name) == ("23P01", "claim_no_overlap")
    (standing,) = json.loads(refusal.value.detail or "")
    assert standing["kind"] == "closure"
    assert standing["start"] == nine.start.isoformat()
    assert standing["footprint"]["type"] == "MultiPolygon"


async def test_two_volumes_of_one_statement_conflict_with_each_other(db: None) -> None:
    site = (await field()).site_id
    row = (site, "allotment", 1, SQUARE, EVERYWHERE, period_range(factories.period(9)))

    with pytest.raises(asyncpg.ExclusionViolationError):
        async with DB.connection() as connection:
            await connection.execute(
                """
                INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
                SELECT $1, $2, $3, $4, $5, $6 FROM generate_series(1, 2)
                """,
                *row,
            )


async def test_moving_a_claim_onto_another_is_refused(db: None) -> None:
    site = (await field()).site_id
    await claim(site, SQUARE, factories.period(9))
    await claim(site, SQUARE, factories.period(10))

    with pytest.raises(asyncpg.ExclusionViolationError):
        async with DB.connection() as connection:
            await connection.execute(
                "UPDATE claim SET period = $1 WHERE lower(period) = $2",
                period_range(factories.period(9)),
                factories.period(10).start,
            )


async def test_moving_a_claim_within_itself_is_no_conflict(db: None) -> None:
    site = (await field()).site_id
    await claim(site, SQUARE, factories.period(9, hours=2))

    async with DB.connection() as connection:
        await connection.execute("UPDATE claim SET period = $1", period_range(factories.period(10, hours=2)))

    assert await count() == 1


async def test_copy_is_guarded_too(db: None) -> None:
    site = (await field()).site_id
    start, end = factories.period(9).start.isoformat(), factories.period(9).end.isoformat()
    line = f'{site}\tallotment\t1\tSRID=4326;{SQUARE.wkt}\t(,)\t["{start}","{end}")\n'
    columns = ["site_id", "source_kind", "source_id", "footprint", "altitude", "period"]
    await claim(site, SQUARE, factories.period(9))

    with pytest.raises(asyncpg.ExclusionViolationError):
        async with DB.connection() as connection:
            await connection.copy_to_table("claim", source=_bytes(line), columns=columns)


def _bytes(text: str) -> object:
    async def chunks():  # type: ignore[no-untyped-def]
        yield text.encode()

    return chunks()


@pytest.mark.parametrize(
    ("value", "constraint"),
    [
        ("tstzrange(NULL, '2030-01-01')", "claim_period_finite_1"),
        ("tstzrange('2030-01-01', NULL)", "claim_period_finite_1"),
        ("tstzrange('-infinity', '2030-01-01')", "claim_period_finite_1"),
        ("tstzrange('2030-01-01', 'infinity')", "claim_period_finite_1"),
        ("'empty'::tstzrange", "claim_period_finite_1"),
        ("tstzrange('2030-01-01', '2030-01-02', '[]')", "claim_period_finite_1"),
    ],
)
async def test_a_period_without_end_or_content_is_refused(db: None, value: str, constraint: str) -> None:
    site = (await field()).site_id
    async with DB.connection() as connection:
        with pytest.raises(asyncpg.CheckViolationError) as refusal:
            await connection.execute(
                f"""
                INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
                VALUES ($1, 'allotment', 1, $2, '(,)', {value})
                """,
                site,
                SQUARE,
            )
    assert refusal.value.constraint_name == constraint


@pytest.mark.parametrize(
    ("footprint", "constraint"),
    [
        (MultiPolygon(), "claim_footprint_1"),
        (MultiPolygon([Polygon([(135, 34), (135.01, 34.01), (135.01, 34), (135, 34.01)])]), "claim_footprint_1"),
    ],
)
async def test_a_footprint_without_meaning_is_refused(db: None, footprint: MultiPolygon, constraint: str) -> None:
    site = (await field()).site_id
    with pytest.raises(asyncpg.CheckViolationError) as refusal:
        await claim(site, footprint, factories.period(9))
    assert refusal.value.constraint_name == constraint


async def _connect(address: str) -> asyncpg.Connection:
    connection = await asyncpg.connect(address)
    await teach_geometry(connection)
    return connection


@pytest.mark.parametrize("isolation", ["repeatable_read", "serializable"])
async def test_an_older_snapshot_fails_instead_of_overlooking_a_claim(own_db: str, isolation: str) -> None:
    site = (await field()).site_id
    early = await _connect(own_db)

    async def take_late() -> None:
        async with early.transaction(isolation=isolation):
            assert await early.fetchval("SELECT count(*) FROM claim") == 0
            await claim(site, SQUARE, factories.period(9))
            await early.execute(INSERT, site, "allotment", 2, SQUARE, EVERYWHERE, period_range(factories.period(9)))

    try:
        with pytest.raises(asyncpg.SerializationError):
            await take_late()
    finally:
        await early.close()
    assert await count() == 1


async def test_several_sites_are_locked_in_one_order_whatever_the_statement_says(own_db: str) -> None:
    first, second = (await field()).site_id, (await field()).site_id
    rounds, takers = 15, 8

    async def take(taker: int) -> None:
        connection = await _connect(own_db)
        sites = [first, second] if taker % 2 else [second, first]
        try:
            for turn in range(rounds):
                hour = factories.period(0, days=1 + taker * rounds + turn)
                await connection.execute(
                    """
                    INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
                    SELECT site_id, 'allotment', 1, $2, '(,)', $3 FROM unnest($1::bigint[]) AS site_id
                    """,
                    sites,
                    SQUARE,
                    period_range(hour),
                )
        finally:
            await connection.close()

    await asyncio.gather(*(take(taker) for taker in range(takers)))

    assert await count() == 2 * rounds * takers


async def _stampede(site: int, clients: int = 32) -> list[object]:
    """Every client takes the same volume at the same moment, each in a transaction that it keeps open for a while."""
    ready = asyncio.Barrier(clients)

    async def take() -> None:
        async with DB.pool.acquire() as connection:
            await ready.wait()
            async with connection.transaction():
                await connection.execute(
                    INSERT, site, "allotment", 1, SQUARE, EVERYWHERE, period_range(factories.period(9))
                )
                await connection.execute("SELECT pg_sleep(0.01)")

    return await asyncio.gather(*(take() for _ in range(clients)), return_exceptions=True)


async def test_of_many_at_once_exactly_one_wins(own_db: str) -> None:
    outcomes = await _stampede((await field()).site_id)

    assert sum(outcome is None for outcome in outcomes) == 1
    assert all(isinstance(outcome, asyncpg.ExclusionViolationError) for outcome in outcomes if outcome is not None)
    assert await count(OVERLAPS) == 0


async def test_without_the_trigger_they_do_overlap(own_db: str) -> None:
    """The control: what the test above sees is the trigger's doing, and its count would see an overlap."""
    site = (await field()).site_id
    async with DB.connection() as connection:
        await connection.execute("ALTER TABLE claim DISABLE TRIGGER USER")

    outcomes = await _stampede(site)

    assert outcomes == [None] * 32
    assert await count(OVERLAPS) == 32 * 31 // 2


async def test_whether_a_claim_lies_inside_is_asked_in_the_guards_own_query(db: None) -> None:
    """A function that PostgreSQL cannot merge is parsed and planned anew for each claim: a sixth of what one costs."""
    async with DB.connection() as connection:
        plan = await connection.fetch("EXPLAIN (VERBOSE) SELECT is_inside(ground, geometry) FROM site")

    told = "\n".join(one[0] for one in plan)
    assert "st_coveredby" in told
    assert "is_inside" not in told
