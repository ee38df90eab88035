"""Which of 10,000 sites are free: in process as claims grow, and over HTTP as people and programs ask.

In process is the service with its statement, without server, page or client. Over HTTP is the whole way: one client,
one question after the other.
"""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from tests.server import serving

from benchmarks.free_time import DAYS, SITES, fill, first_day, with_pool
from benchmarks.http import connected
from testfields.availability import search
from testfields.availability.free import FreeQuery
from testfields.core.periods import Period
from testfields.db import cluster
from testfields.db.engine import DB

STEPS = (10_000, 100_000, 1_000_000)
QUESTIONS = 60
WARMING = 8
JAPAN = timedelta(hours=9)


@dataclass(frozen=True)
class Window:
    """A length of time that is asked about; `minutes` have to be free in one piece, 0 is each site's least."""

    days: int
    hours: int
    minutes: int
    questions: int = QUESTIONS

    def on(self, day: int, chance: random.Random) -> FreeQuery:
        """Whole days from midnight in Japan; hours at any time that sites are open."""
        start = first_day() + timedelta(days=day, hours=0 if self.days else chance.randrange(7, 18))
        return FreeQuery(Period(start, start + timedelta(days=self.days, hours=self.hours)), minutes=self.minutes)


WINDOWS: Mapping[str, Window] = {
    "3 hours": Window(0, 3, 180),
    "1 day": Window(1, 0, 0),
    "14 days": Window(14, 0, 0, QUESTIONS // 4),
}


@dataclass(frozen=True)
class Answers:
    """Milliseconds that answers took."""

    p50_ms: float
    p95_ms: float


@dataclass(frozen=True)
class InProcess:
    """“Which sites are free in this window” with so many claims, asked of the service.

    `busy` asks about days on which every site has a claim, so that a third of them has one in three hours; `quiet`
    about days without any.
    """

    claims: int
    window: str
    busy: Answers
    quiet: Answers


@dataclass(frozen=True)
class OverHttp:
    """An address asked about a day on which every site has a claim."""

    address: str
    claims: int
    busy: Answers


async def timed(ask: Callable[[], Awaitable[object]], questions: int) -> Answers:
    """Ask so often; the first answers warm the connection up."""
    took = []
    for _ in range(WARMING + questions):
        began = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - began) * 1000)
    took = took[WARMING:]
    return Answers(statistics.median(took), statistics.quantiles(took, n=20)[18])


async def ask_service(window: Window, days: range) -> Answers:
    """Ask about days of chance."""
    chance = random.Random(len(days))
    starts = days[: max(1, len(days) - window.days)]

    async def ask() -> None:
        await search.free_sites(window.on(chance.choice(starts), chance), datetime.now(UTC))

    return await timed(ask, window.questions)


async def measure_in_process() -> list[InProcess]:
    """Every window at each number of claims."""
    found, done = [], 0
    for claims in STEPS:
        await fill(done, claims)
        done = claims
        for name, window in WINDOWS.items():
            busy = await ask_service(window, range(claims // SITES))
            found.append(InProcess(claims, name, busy, await ask_service(window, range(DAYS + 1, 2 * DAYS - 1))))
    return found


def addresses(day: datetime) -> dict[str, str]:
    """What people and programs ask about a whole day of all sites, by the name of the row."""
    local = {"on": (day + JAPAN).date().isoformat()}
    within = {"from": day.isoformat(), "to": (day + timedelta(days=1)).isoformat()}
    return {
        "GET /sites": f"/sites?{urlencode(local)}",
        "GET /sites.geojson": f"/sites.geojson?{urlencode(local)}",
        "GET /api/v1/availability": f"/api/v1/availability?{urlencode(within)}",
    }


async def measure_over_http(base_url: str) -> list[OverHttp]:
    """Each address with the most claims, on days of chance."""
    found = []
    async with connected(base_url) as client:
        for name in addresses(first_day()):
            chance = random.Random(DAYS)

            async def ask(name: str = name, chance: random.Random = chance) -> None:
                address = addresses(first_day() + timedelta(days=chance.randrange(DAYS)))[name]
                await client.ask(f"GET {address} HTTP/1.1\r\nHost: portal\r\n\r\n".encode(), 200)

            found.append(OverHttp(name, STEPS[-1], await timed(ask, QUESTIONS)))
    return found


def measure(running: cluster.Cluster, database: str) -> tuple[list[InProcess], list[OverHttp]]:
    """In the database that `free_time` has seeded: in process while it is filled with claims, then over HTTP."""
    url = running.url(database)
    DB.use(url)
    in_process = asyncio.run(with_pool(measure_in_process))
    with tempfile.TemporaryDirectory() as folder, serving(url, Path(folder)) as server:
        return in_process, asyncio.run(measure_over_http(server.base_url))
