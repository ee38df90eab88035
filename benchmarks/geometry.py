"""What outlines of many points cost others: somebody who asks for something else, and who books beside them.

Two questions, on one portal with one server process: how long `/healthz` takes while the worst that one request may ask
for is judged, and how much dearer a booking is beside a neighbour with an outline of 1,900 points than beside one of 5.
"""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import asyncpg
from shapely import to_wkb
from shapely.geometry import MultiPolygon, Polygon
from tests.server import serving

from benchmarks.at_size import create
from benchmarks.booking import TOKEN, first_hour, prepare
from benchmarks.http import connected
from testfields.db import cluster

DATABASE = "geometry"
# All points that one request may have, in crossing combs: five of a dozen shapes that were tried cost most.
COMBS, COMB_POINTS = 5, 1988
OUTLINES = (5, 1_900)
BOOKINGS = 60
# Ways in which an area takes its ground: as a whole, or with half the separation around.
MODES = {"exclusive": 0, "shared": 30}
# Of the fields that the benchmark of bookings lays out, how wide they are.
FIELD_DEGREES = 0.009


@dataclass(frozen=True)
class Judged:
    """The worst geometry that is allowed: how long it took to judge, and the slowest `/healthz` meanwhile; in ms."""

    points: int
    judging_ms: float
    healthz_ms: float


@dataclass(frozen=True)
class Beside:
    """The median booking POST beside a neighbour of few and of many points, in ms."""

    mode: str
    few_ms: float
    many_ms: float

    @property
    def ratio(self) -> float:
        """How much dearer it is beside many points."""
        return self.many_ms / self.few_ms


def measure(running: cluster.Cluster) -> tuple[Judged, list[Beside]]:
    """Both on fields as the benchmark of bookings lays them out, in a database of their own."""
    asyncio.run(create(running, DATABASE))
    url = running.url(DATABASE)
    asyncio.run(prepare(url, site_of(len(MODES), 0)))
    asyncio.run(_lay_out(url))
    with tempfile.TemporaryDirectory() as folder, serving(url, Path(folder), TESTFIELDS_WORKERS="1") as server:
        judged = asyncio.run(_judge(server.base_url))
        beside = [asyncio.run(_book(server.base_url, mode, place)) for place, mode in enumerate(MODES)]
    return judged, beside


def site_of(place: int, outline: int) -> int:
    """The site in which the mode at `place` is tried beside the neighbour with the outline at `outline`."""
    return 2 + 2 * place + outline


async def _lay_out(url: str) -> None:
    """One field for combs; in each other one an area in a corner, and a neighbour in the rest of it."""
    connection = await asyncpg.connect(url)
    await connection.execute("UPDATE area SET mode = 'shared' WHERE id = 1")
    await connection.execute("UPDATE site SET lateral_separation_m = 100, turnaround_minutes = 30 WHERE id = 1")
    for place, (mode, separation) in enumerate(MODES.items()):
        for outline, points in enumerate(OUTLINES):
            site = site_of(place, outline)
            await connection.execute("UPDATE site SET lateral_separation_m = $2 WHERE id = $1", site, separation)
            west, south = await _corner(connection, site)
            shape = to_wkb(_neighbour(west, south, points))
            await connection.execute(
                """
                INSERT INTO area (site_id, slug, name_ja, name_en, geometry, altitude, mode, uses)
                VALUES ($1, 'neighbour', '隣', 'Neighbour', ST_GeomFromWKB($2, 4326), '[0,150)', $3, '{vehicle}')
                """, site, shape, mode,
            )  # fmt: skip
            await connection.execute(
                "UPDATE area SET mode = $2, geometry = ST_Multi(ST_GeomFromWKB($3, 4326)) WHERE id = $1",
                site, mode, to_wkb(_corner_area(west, south)),
            )  # fmt: skip
            await connection.execute(
                """
                INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
                SELECT site_id, 'allotment', 1, ground, '(,)', tstzrange($2::timestamptz, $2::timestamptz + interval '1 year')
                FROM area WHERE site_id = $1 AND slug = 'neighbour'
                """, site, first_hour(1),
            )  # fmt: skip
    await connection.close()


async def _corner(connection: asyncpg.Connection, site: int) -> tuple[float, float]:
    row = await connection.fetchrow("SELECT ST_XMin(geometry) AS west, ST_YMin(geometry) FROM site WHERE id = $1", site)
    assert row is not None
    return row[0], row[1]


def _corner_area(west: float, south: float) -> Polygon:
    """The south and the west of a field, in the shape of an L around its neighbour."""
    corners = [(0, 0), (1, 0), (1, 0.4), (0.1, 0.4), (0.1, 1), (0, 1)]
    return Polygon([(west + FIELD_DEGREES * x, south + FIELD_DEGREES * y) for x, y in corners])


def _neighbour(west: float, south: float, points: int) -> MultiPolygon:
    """The rest; its south side comes down to the other area's edge in as many teeth as it has points for."""
    teeth = (points - 3) // 2
    edge = [(0.1 + 0.9 * turn / (2 * teeth), 0.4 if turn % 2 else 0.5) for turn in range(2 * teeth + 1)]
    corners = [*edge, (1.0, 1.0), (0.1, 1.0)]
    return MultiPolygon([Polygon([(west + FIELD_DEGREES * x, south + FIELD_DEGREES * y) for x, y in corners])])


def comb(points: int, upright: bool, west: float, south: float) -> dict[str, object]:
    """A comb over most of a field, its teeth as thin as they come, as GeoJSON."""
    teeth, ring = points // 4, list[tuple[float, float]]()
    for tooth in range(teeth):
        left, right = tooth / teeth, (tooth + 0.5) / teeth
        ring += [(left, 0.02), (left, 1.0), (right, 1.0), (right, 0.02)]
    ring += [(1.0, 0.0), (0.0, 0.0), ring[0]]
    turned = [(y, x) for x, y in ring] if upright else ring
    size = FIELD_DEGREES * 0.9
    return {
        "type": "Polygon",
        "coordinates": [[(round(west + size * x, 9), round(south + size * y, 9)) for x, y in turned]],
    }


def request(path: str, body: object) -> bytes:
    """A POST of the company's."""
    content = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: portal\r\nContent-Type: application/json\r\nAuthorization: Bearer {TOKEN}\r\n"
    )
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(content) + content


def volume(hour: int, **more: object) -> dict[str, object]:
    """One hour, `hour` hours after the neighbour began."""
    begins = first_hour(2) + timedelta(hours=hour)
    return {"period": {"start": begins.isoformat(), "end": (begins + timedelta(hours=1)).isoformat()}, **more}


async def _judge(base_url: str) -> Judged:
    """Somebody asks whether five combs would fit, while another asks for /healthz again and again."""
    west, south = 135.0105, 34.0005
    volumes = [
        volume(0, altitude={"lower": 0, "upper": 50 + one}, footprint=comb(COMB_POINTS, one % 2 == 1, west, south + one * 1e-6))
        for one in range(COMBS)
    ]  # fmt: skip
    slowest, judged = 0.0, asyncio.Event()

    async def ask() -> float:
        async with connected(base_url) as client:
            began = time.perf_counter()
            body = {"project_id": 1, "area_id": 1, "volumes": volumes}
            await client.ask(request("/api/v1/reservations/check", body), 200)
            judged.set()
            return time.perf_counter() - began

    async def watch() -> None:
        nonlocal slowest
        async with connected(base_url) as client:
            while not judged.is_set():
                began = time.perf_counter()
                await client.ask(b"GET /healthz HTTP/1.1\r\nHost: portal\r\n\r\n", 200)
                slowest = max(slowest, time.perf_counter() - began)
                await asyncio.sleep(0.01)

    judging, _ = await asyncio.gather(ask(), watch())
    return Judged(COMBS * (COMB_POINTS + 3), judging * 1000, slowest * 1000)


async def _book(base_url: str, mode: str, place: int) -> Beside:
    """One booking after the other beside both neighbours, in turns so that a busy moment hits both alike."""
    found: Sequence[list[float]] = ([], [])
    async with connected(base_url) as client:
        for turn in range(-5, BOOKINGS):
            for outline in range(len(OUTLINES)):
                body = {"project_id": 1, "area_id": site_of(place, outline), "volumes": [volume(turn + 5)]}
                began = time.perf_counter()
                await client.ask(request("/api/v1/reservations", body), 201)
                if turn >= 0:
                    found[outline].append((time.perf_counter() - began) * 1000)
    return Beside(mode, statistics.median(found[0]), statistics.median(found[1]))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="tfbench") as root, cluster.running(Path(root)) as running:
        print(*measure(running), sep="\n")
