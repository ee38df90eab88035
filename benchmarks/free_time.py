"""Free time: 10,000 sites with their claims, and a month of one busy area against its bare SQL."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

import asyncpg
from tests.server import serving

from benchmarks.http import connected
from testfields import schema
from testfields.availability import search
from testfields.availability.free import FreeQuery
from testfields.core.periods import Period
from testfields.db import cluster
from testfields.db.engine import DB, teach_geometry
from testfields.db.statements import Statement

T = TypeVar("T")

SITES = 10_000
DAYS = 100
CLIENTS = 8
SECONDS = 6
MONTH_BOOKINGS = 500

SEED = f"""
INSERT INTO organisation (kind, slug, name_ja, name_en, contact_email)
VALUES ('owner', 'owner', '所有者', 'Owner', 'o@example.test');
ALTER TABLE site DISABLE TRIGGER site_guard;
INSERT INTO site (slug, owner_id, published, name_ja, name_en, description_ja, description_en, address_ja, address_en,
                  contact, geometry, property_class, uses, horizon_days, turnaround_minutes)
SELECT 'site-' || n, 1, true, '実証', 'Site', '', '', '', '', '',
       ST_Multi(ST_MakeEnvelope(130 + (n % 100) * 0.02, 31 + (n / 100) * 0.02,
                                130.015 + (n % 100) * 0.02, 31.015 + (n / 100) * 0.02, 4326)),
       'ordinary', '{{vehicle}}', 3650, 15
FROM generate_series(0, {SITES - 1}) n;
ALTER TABLE site ENABLE TRIGGER site_guard;
INSERT INTO area (site_id, slug, name_ja, name_en, geometry, altitude, mode, uses)
SELECT id, 'area', '区画', 'Area', geometry, '[0,150)', 'exclusive', '{{vehicle}}' FROM site ORDER BY id;
INSERT INTO opening_hours (site_id, weekday, opens_minute, closes_minute)
SELECT site.id, weekday, 360, 1320 FROM site, generate_series(1, 7) weekday
"""

# A claim a day for each site, day after day, so that windows are as busy with many claims as with few. The guard is off
# while they are copied in.
FILL = """
INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
SELECT site.id, 'allotment', site.id * 1000 + day, site.geometry, '(,)',
       tstzrange(begins, begins + interval '75 minutes')
FROM generate_series($1::int, $2::int - 1) day
CROSS JOIN site
CROSS JOIN LATERAL (
    SELECT $3::timestamptz + make_interval(days => day,
                                           hours => 6 + (site.id::int * 7 + day * 11) % 15) AS begins
) slot
"""


@dataclass(frozen=True)
class Month:
    """Answers per second for a month of one area with 500 bookings."""

    sql: float
    http: float

    @property
    def ratio(self) -> float:
        """What the API reaches of its own SQL's rate."""
        return self.http / self.sql


async def seed() -> None:
    """10,000 open sites with an area each."""
    await schema.upgrade()
    connection = await DB.get_new_connection()
    await connection.execute(SEED)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def first_day() -> datetime:
    """Midnight in Japan, ten days from today."""
    return datetime.now(UTC).replace(hour=15, minute=0, second=0, microsecond=0) + timedelta(days=10)


async def fill(done: int, wanted: int) -> None:
    """Bring the number of claims from `done` to `wanted`, both whole numbers of claims a site."""
    connection = await DB.get_new_connection()
    await connection.execute("ALTER TABLE claim DISABLE TRIGGER claim_guard_insert")
    await connection.execute(FILL, done // SITES, wanted // SITES, first_day())
    await connection.execute("ALTER TABLE claim ENABLE TRIGGER claim_guard_insert")
    await connection.execute("VACUUM ANALYZE claim")
    await connection.close()


async def book_a_month(area_id: int) -> FreeQuery:
    """500 claims of an hour in one area, and the question for that month."""
    start = first_day() + timedelta(days=2 * DAYS)
    connection = await DB.get_new_connection()
    await connection.execute(
        """
        INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
        SELECT area.site_id, 'allotment', n, area.geometry, '(,)',
               tstzrange($2::timestamptz + n * interval '85 minutes',
                         $2::timestamptz + n * interval '85 minutes' + interval '1 hour')
        FROM area, generate_series(1, $3::int) n WHERE area.id = $1
        """,
        area_id,
        start,
        MONTH_BOOKINGS,
    )
    await connection.close()
    return FreeQuery(Period(start, start + timedelta(days=30)), areas=(area_id,))


class _Recorder:
    """Notes the statement and arguments of one use case, to run them bare."""

    def __init__(self) -> None:
        self.sql = ""
        self.arguments: list[object] = []

    async def record(self, work: Callable[[], Awaitable[object]]) -> None:
        asked = Statement.rows

        async def rows(statement: Statement, **parameters: object) -> list[asyncpg.Record]:
            self.sql, self.arguments = statement.sql, statement.arguments(parameters)
            return await asked(statement, **parameters)

        Statement.rows = rows  # type: ignore[method-assign]
        try:
            await work()
        finally:
            Statement.rows = asked  # type: ignore[method-assign]


async def measure_month(url: str, base_url: str) -> Month:
    """The API and its bare SQL in turn, each with eight connections; the better of two turns."""
    query = await book_a_month(1)
    recorder = _Recorder()
    await recorder.record(lambda: search.find_free(query, datetime.now(UTC)))
    words = urlencode({"area": 1, "from": query.within.start.isoformat(), "to": query.within.end.isoformat()})
    request = f"GET /api/v1/availability?{words} HTTP/1.1\r\nHost: portal\r\n\r\n".encode()
    sql, http = 0.0, 0.0
    async with AsyncExitStack() as stack:
        plain = [await asyncpg.connect(url) for _ in range(CLIENTS)]
        for connection in plain:
            stack.push_async_callback(connection.close)
            # The codec is how the arguments are sent, not what is measured.
            await teach_geometry(connection)
        clients = [await stack.enter_async_context(connected(base_url)) for _ in range(CLIENTS)]

        async def bare(number: int) -> None:
            await plain[number].fetch(recorder.sql, *recorder.arguments)

        async def served(number: int) -> None:
            await clients[number].ask(request, 200)

        for _ in range(2):
            sql = max(sql, await rate(bare))
            http = max(http, await rate(served))
    return Month(sql, http)


async def rate(work: Callable[[int], Awaitable[None]]) -> float:
    """Calls per second over `SECONDS`, by `CLIENTS` at once."""
    until = time.perf_counter() + SECONDS
    began = time.perf_counter()

    async def client(number: int) -> int:
        count = 0
        while time.perf_counter() < until:
            await work(number)
            count += 1
        return count

    done = await asyncio.gather(*(client(number) for number in range(CLIENTS)))
    return sum(done) / (time.perf_counter() - began)


def measure(running: cluster.Cluster, database: str) -> Month:
    """The month, in a new database with 10,000 sites."""
    cluster.ensure_database(running, database)
    url = running.url(database)
    DB.use(url)
    asyncio.run(seed())
    with tempfile.TemporaryDirectory() as folder, serving(url, Path(folder)) as server:
        return asyncio.run(with_pool(lambda: measure_month(url, server.base_url)))


async def with_pool(work: Callable[[], Awaitable[T]]) -> T:
    """Do `work` with a pool of connections."""
    async with DB.open(CLIENTS):
        return await work()
