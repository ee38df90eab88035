"""What answers cost when much has been filed: the public map and lists, and the desk's queue.

Each is asked of two portals: one with a thousand trials to come, a hundred applications to decide and a hundred that
wait, and one with a hundred times as many.
"""

import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from tests.server import serving

from benchmarks.booking import TOKEN, field, one_line
from benchmarks.http import connected
from testfields import schema
from testfields.accounts.service import secret_hash
from testfields.db import cluster
from testfields.db.engine import DB

SITES = 40
SIZES = (1_000, 100_000)
TURNS = 40
PAGES = (
    "/",
    "/?site=site-1",
    "/trials",
    "/trials/1",
    "/api/v1/trials",
    "/api/v1/trials/sites.geojson",
    "/api/v1/trials/sites.geojson?zoom=8",
    "/api/v1/reviews",
    "/api/v1/reviews?state=waiting",
)
# Written past the triggers, which would look at each row; what they would demand holds all the same.
SEED = f"""
SET session_replication_role = replica;
INSERT INTO organisation (kind, slug, name_ja, name_en, contact_email)
VALUES ('owner', 'owner', '所有者', 'Owner', 'o@example.test'), ('company', 'company', '事業者', 'Company', 'c@example.test');
INSERT INTO person (email, name, password_hash) VALUES ('p@example.test', '利用者', '-');
INSERT INTO membership (person_id, organisation_id, role) VALUES (1, 1, 'reviewer');
INSERT INTO api_token (person_id, name, secret_hash, scopes, expires_at)
VALUES (1, 'b', '\\x{secret_hash(TOKEN).hex()}', '{{read,review}}', now() + interval '1 day');
INSERT INTO project (company_id, title_ja, title_en, purpose, theme, use, equipment, safety_plan, created_by)
VALUES (2, '公園での荷物搬送ロボットと歩行者の共存', 'Delivery robots', '', 'mobility', 'vehicle', '', '', 1);
INSERT INTO site (slug, owner_id, published, name_ja, name_en, description_ja, description_en, address_ja, address_en,
                  contact, geometry, ground, property_class, uses, horizon_days, maximum_minutes)
SELECT 'site-' || n, 1, true, '実証フィールド', 'Site', '', '', '', '', '', {field("n")}, inset({field("n")}), 'ordinary', '{{vehicle}}', 3650, 1440
FROM generate_series(1, {SITES}) n;
INSERT INTO site_lock (site_id, claims_taken) SELECT id, 0 FROM site;
INSERT INTO area (site_id, slug, name_ja, name_en, geometry, ground, altitude, mode, uses)
SELECT id, 'area', '区画', 'Area', geometry, ground, '[0,150)', 'exclusive', '{{vehicle}}' FROM site ORDER BY id;
INSERT INTO reservation (project_id, company_id, site_id, area_id, state, created_by)
SELECT 1, 2, n % {SITES} + 1, n % {SITES} + 1, 'confirmed', 1 FROM generate_series(0, :size - 1) n;
INSERT INTO reservation (project_id, company_id, site_id, area_id, state, created_by, submitted_at, due_at)
SELECT 1, 2, n % {SITES} + 1, n % {SITES} + 1, state, 1, now(), now() + n * interval '1 minute'
FROM generate_series(0, :size / 10 - 1) n, unnest('{{submitted,waiting}}'::text[]) state;
INSERT INTO stay (reservation_id, period)
SELECT id, tstzrange(now() + id / {SITES} * interval '1 hour', now() + (id / {SITES} + 1) * interval '1 hour')
FROM reservation;
INSERT INTO volume (reservation_id, stay_id, site_id, area_id, footprint, altitude, period)
SELECT reservation.id, stay.id, reservation.site_id, area.id, area.geometry, area.altitude, stay.period
FROM reservation JOIN area ON area.id = area_id JOIN stay ON stay.reservation_id = reservation.id;
INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
SELECT volume.site_id, 'reservation', volume.reservation_id, volume.footprint, volume.altitude, volume.period
FROM volume JOIN reservation ON reservation.id = reservation_id AND state <> 'waiting';
UPDATE stay SET period = earlier.period
FROM reservation, volume earlier
WHERE reservation.id = stay.reservation_id AND reservation.state = 'waiting'
  AND earlier.reservation_id = (reservation.id - :size) / 2 + 1;
UPDATE volume SET period = earlier.period
FROM reservation, volume earlier
WHERE reservation.id = volume.reservation_id AND reservation.state = 'waiting'
  AND earlier.reservation_id = (reservation.id - :size) / 2 + 1;
VACUUM ANALYZE;
"""


@dataclass(frozen=True)
class Grown:
    """The median answer of one address in ms, where little and where much has been filed."""

    address: str
    few_ms: float
    many_ms: float

    @property
    def ratio(self) -> float:
        """How much dearer it is where much has been."""
        return self.many_ms / self.few_ms


async def seed(url: str, size: int, statements: str = SEED) -> None:
    """`size` trials to come at SITES sites, or what else `statements` write for that size."""
    DB.use(url)
    await schema.upgrade()
    connection = await asyncpg.connect(url)
    for statement in statements.replace(":size", str(size)).split(";\n"):
        if statement.strip():
            await connection.execute(statement)
    await connection.close()


async def medians(base_urls: list[str]) -> dict[str, list[float]]:
    """The median of each page at each portal, asked in turns so that a busy moment hits all alike; in ms."""
    found: dict[str, list[list[float]]] = {page: [[] for _ in base_urls] for page in PAGES}
    for turn in range(-3, TURNS):
        for page in PAGES:
            for place, base_url in enumerate(base_urls):
                async with connected(base_url) as client:
                    began = time.perf_counter()
                    await client.ask(request(page), 200)
                    if turn >= 0:
                        found[page][place].append((time.perf_counter() - began) * 1000)
    return {page: [statistics.median(one) for one in each] for page, each in found.items()}


def request(page: str) -> bytes:
    """What asks for a page; for the desk's with a token of staff."""
    known = f"Authorization: Bearer {TOKEN}\r\n" if "reviews" in page else ""
    return f"{one_line(f'GET {page}')} HTTP/1.1\r\nHost: portal\r\n{known}\r\n".encode()


def measure(running: cluster.Cluster) -> list[Grown]:
    """Two portals side by side on two databases of one cluster."""
    urls = []
    for size in SIZES:
        asyncio.run(create(running, f"size_{size}"))
        urls.append(running.url(f"size_{size}"))
        asyncio.run(seed(urls[-1], size))
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(urls[0], Path(folder), TESTFIELDS_WORKERS="1") as few,
        serving(urls[1], Path(folder), TESTFIELDS_WORKERS="1") as many,
    ):
        answers = asyncio.run(medians([few.base_url, many.base_url]))
    return [Grown(page, *both) for page, both in answers.items()]


async def create(running: cluster.Cluster, name: str) -> None:
    """An empty database."""
    connection = await asyncpg.connect(running.url())
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="tfbench") as root, cluster.running(Path(root)) as running:
        for one in measure(running):
            print(f"{one.address}: {one.few_ms:.1f} ms, {one.many_ms:.1f} ms, × {one.ratio:.2f}")
