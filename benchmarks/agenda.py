"""The calendar of an owner's test fields: a month of 100 areas as its page, against its bare SQL."""

import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from tests.server import serving

from benchmarks.at_size import seed
from benchmarks.booking import field
from benchmarks.free_time import with_pool
from benchmarks.http import connected
from testfields.accounts.service import open_session
from testfields.agenda import queries
from testfields.agenda.rules import STATES_OF, What
from testfields.db import cluster
from testfields.db.engine import DB

AREAS = 100
# In all, and the same for each area.
SIZES = (500, 500 * AREAS)
TURNS = 30
FIRST, LAST = date(2030, 10, 1), date(2030, 10, 31)
# Written past the triggers, which would look at each row; what they would demand holds all the same.
SEED = f"""
SET session_replication_role = replica;
INSERT INTO organisation (kind, slug, name_ja, name_en, contact_email)
VALUES ('owner', 'owner', '所有者', 'Owner', 'o@example.test'), ('company', 'company', '事業者', 'Company', 'c@example.test');
INSERT INTO person (email, name, password_hash) VALUES ('p@example.test', '利用者', '-');
INSERT INTO membership (person_id, organisation_id, role) VALUES (1, 1, 'reviewer');
INSERT INTO project (company_id, title_ja, title_en, purpose, theme, use, equipment, safety_plan, created_by)
VALUES (2, '公園での荷物搬送ロボットと歩行者の共存', 'Delivery robots', '', 'mobility', 'vehicle', '', '', 1);
INSERT INTO site (slug, owner_id, published, name_ja, name_en, description_ja, description_en, address_ja, address_en,
                  contact, geometry, ground, property_class, uses, horizon_days, maximum_minutes)
SELECT 'site-' || n, 1, true, '実証フィールド', 'Site', '', '', '', '', '', {field("n")}, inset({field("n")}), 'ordinary', '{{vehicle}}', 3650, 1440
FROM generate_series(1, 10) n;
INSERT INTO area (site_id, slug, name_ja, name_en, geometry, ground, altitude, mode, uses)
SELECT site.id, 'area-' || n, '区画', 'Area', geometry, ground, '[0,150)', 'shared', '{{vehicle}}'
FROM site CROSS JOIN generate_series(1, {AREAS} / 10) n ORDER BY site.id, n;
INSERT INTO reservation (project_id, company_id, site_id, area_id, state, created_by)
SELECT 1, 2, area.site_id, area.id, 'confirmed', 1 FROM generate_series(0, :size - 1) n JOIN area ON area.id = n % {AREAS} + 1;
INSERT INTO stay (reservation_id, period)
SELECT id, tstzrange(begins, begins + interval '1 hour')
FROM reservation
CROSS JOIN LATERAL (
    SELECT timestamptz '2030-10-01T00:00+09:00' + (id / {AREAS} * 37 % 740) * interval '1 hour' AS begins) one;
INSERT INTO volume (reservation_id, stay_id, site_id, area_id, footprint, altitude, period)
SELECT reservation.id, stay.id, reservation.site_id, area.id, area.geometry, area.altitude, stay.period
FROM reservation JOIN area ON area.id = area_id JOIN stay ON stay.reservation_id = reservation.id;
VACUUM ANALYZE;
"""


@dataclass(frozen=True)
class Calendar:
    """Medians in ms: the page, and the statement that it rests on."""

    bookings: int
    page_ms: float
    sql_ms: float

    @property
    def ratio(self) -> float:
        """How much dearer the page is than its SQL."""
        return self.page_ms / self.sql_ms


async def medians(base_url: str, cookie: str) -> tuple[float, float]:
    """The page and its statement in turns, so that a busy moment hits both."""
    head = f"Host: portal\r\nAccept: text/html\r\nCookie: session={cookie}; lang=ja\r\n\r\n"
    request = f"GET /desk/calendar?view=month&date={FIRST} HTTP/1.1\r\n{head}".encode()
    asked = {
        "owners": [1],
        "site": None,
        "first": FIRST,
        "last": LAST,
        "states": sorted(STATES_OF[What.ALL]),
        "with_closures": True,
        "undecided": sorted(STATES_OF[What.UNDECIDED]),
    }
    pages, statements = [], []
    async with connected(base_url) as client:
        for turn in range(-5, TURNS):
            began = time.perf_counter()
            await client.ask(request, 200)
            between = time.perf_counter()
            await queries.DAYS.rows(**asked)
            if turn >= 0:
                pages.append((between - began) * 1000)
                statements.append((time.perf_counter() - between) * 1000)
    return statistics.median(pages), statistics.median(statements)


async def measured(base_url: str) -> tuple[float, float]:
    """The medians for somebody of the owner's staff."""
    session = await open_session(1, datetime.now(UTC))
    return await medians(base_url, session.secret)


def measure(running: cluster.Cluster) -> list[Calendar]:
    """A database for each size."""
    found = []
    for size in SIZES:
        cluster.ensure_database(running, f"agenda_{size}")
        url = running.url(f"agenda_{size}")
        DB.use(url)
        asyncio.run(seed(url, size, SEED))
        with tempfile.TemporaryDirectory() as folder, serving(url, Path(folder), TESTFIELDS_WORKERS="1") as server:
            page_ms, sql_ms = asyncio.run(with_pool(lambda at=server.base_url: measured(at)))
        found.append(Calendar(size, page_ms, sql_ms))
    return found
