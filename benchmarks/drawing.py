"""The check while drawing, over HTTP, in a region with thousands of zones against one with none."""

import asyncio
import json
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests import factories
from tests.server import serving

from benchmarks.at_size import create
from benchmarks.http import connected
from testfields import schema
from testfields.db import cluster
from testfields.db.engine import DB
from testfields.db.statements import Statement

ZONES = 5000
KINDS = ("dense", "protected", "school", "noise", "nature")
TURNS = 60

LAYERS = Statement("""
    INSERT INTO zone_layer (slug, kind, name_ja, name_en, source, licence, as_of, confidence, coverage, published_at)
    SELECT kind, kind, '層', 'Layer', '試験', '', '2026-04-01', 'A',
           ST_Multi(ST_MakeEnvelope(129, 30, 132, 33, 4326)), now() - interval '1 hour'
    FROM unnest(CAST(:kinds AS text[])) kind
""")
# Circles of 300 m, strewn evenly over 50 by 40 km around the test field as large as a prefecture; each with hours.
ZONES_AROUND = Statement("""
    INSERT INTO zone (layer_id, position, identifier, name_ja, name_en, geometry, reference, hours, says_ja, says_en)
    SELECT layer.id, n, 'Z' || n, '区域', 'Zone',
           ST_Multi(ST_Buffer(ST_MakePoint(
               ST_X(middle.at) + ((n * 0.7548776662) % 1 - 0.5) * 0.52,
               ST_Y(middle.at) + ((n * 0.5698402910) % 1 - 0.5) * 0.36)::geography, 300)::geometry),
           'AGL', 'Mon-Fri 08:00-sunset', '', ''
    FROM generate_series(1, CAST(:zones AS int)) n
    JOIN zone_layer layer ON layer.kind = (CAST(:kinds AS text[]))[n % cardinality(CAST(:kinds AS text[])) + 1]
    CROSS JOIN LATERAL (SELECT ST_Centroid(geometry) AS at FROM site WHERE id = :site_id) middle
""")
MET = Statement("""
    SELECT count(DISTINCT part.zone_id) FROM zone_part part JOIN site ON ST_Intersects(part.geometry, site.geometry)
    WHERE site.id = :site_id
""")


@dataclass(frozen=True)
class Drawing:
    """Medians of the check in ms, and how many of the zones concern what is drawn."""

    zones: int
    concern: int
    none_ms: float
    many_ms: float

    @property
    def ratio(self) -> float:
        """How much dearer the zones make it."""
        return self.many_ms / self.none_ms


@dataclass(frozen=True)
class Asked:
    """A whole request for a check, and how many zones concern it."""

    request: bytes
    concern: int


async def seed(url: str, zones: int) -> Asked:
    """A test field of 1 km² with so many zones around it, and the check of a flight over all of it."""
    DB.use(url)
    await schema.upgrade()
    async with DB.open(2):
        field, company = await factories.field(), await factories.company()
        await LAYERS.run(kinds=KINDS)
        await ZONES_AROUND.run(zones=zones, kinds=KINDS, site_id=field.site_id)
        project, token = await factories.project(company), await factories.token(company)
        concern = await MET.value(site_id=field.site_id)
        async with DB.connection() as connection:
            await connection.execute("ANALYZE")
    period = factories.period(10)
    times = {"start": period.start.isoformat(), "end": period.end.isoformat()}
    body = json.dumps({"project_id": project, "area_id": field.area_id, "volumes": [{"period": times}]}).encode()
    head = (
        "POST /api/v1/reservations/check HTTP/1.1\r\nHost: portal\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return Asked(head.encode() + body, concern)


async def medians(asked: list[tuple[str, Asked]]) -> list[float]:
    """The median of each portal, asked in turns so that a busy moment hits all alike; in ms."""
    found: list[list[float]] = [[] for _ in asked]
    for turn in range(-5, TURNS):
        for place, (base_url, one) in enumerate(asked):
            async with connected(base_url) as client:
                began = time.perf_counter()
                await client.ask(one.request, 200)
                if turn >= 0:
                    found[place].append((time.perf_counter() - began) * 1000)
    return [statistics.median(one) for one in found]


def measure(running: cluster.Cluster) -> Drawing:
    """Two portals side by side on two databases of one cluster."""
    asked = []
    for size in (0, ZONES):
        asyncio.run(create(running, f"zones_{size}"))
        asked.append(asyncio.run(seed(running.url(f"zones_{size}"), size)))
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(running.url("zones_0"), Path(folder), TESTFIELDS_WORKERS="1") as none,
        serving(running.url(f"zones_{ZONES}"), Path(folder), TESTFIELDS_WORKERS="1") as many,
    ):
        both = [(none.base_url, asked[0]), (many.base_url, asked[1])]
        none_ms, many_ms = asyncio.run(medians(both))
    return Drawing(ZONES, asked[1].concern, none_ms, many_ms)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="tfbench") as root, cluster.running(Path(root)) as running:
        one = measure(running)
        print(f"{one.zones:,} zones, {one.concern} here: {one.none_ms:.1f} ms, {one.many_ms:.1f} ms, × {one.ratio:.2f}")
