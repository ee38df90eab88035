"""A database with commits, a server on it, and many clients: made once, as each test has a field of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from testfields.core.shapes import TOLERANCE_M
from testfields.db import cluster
from testfields.db.engine import DB
from tests import factories
from tests.conftest import copied, pool_on
from tests.server import Server, serving

CLIENTS = 64
RESERVATIONS = "/api/v1/reservations"
# Pairs of claims, of any two sites, whose common ground is wider than the tolerance at some moment: as wide as the
# largest circle in it, in metres of a plane system, and found by another predicate than the guard's.
OVERLAPS = """
    SELECT count(*) FROM claim one JOIN claim other
        ON other.id > one.id AND other.period && one.period AND other.altitude && one.altitude
       AND other.footprint && one.footprint
    CROSS JOIN LATERAL ST_Transform(ST_Intersection(other.footprint, one.footprint), 6674) common
    WHERE ST_Area(common) > 0
      AND 2 * (ST_MaximumInscribedCircle(ST_CollectionExtract(common, 3))).radius > $1
"""


@pytest.fixture(autouse=True)
def no_deadlock(postgres: cluster.Cluster) -> Iterator[None]:
    """The database saw no deadlock during the test."""
    before = postgres.log.read_text().count("deadlock detected")
    yield
    assert postgres.log.read_text().count("deadlock detected") == before


def times(hour: float, hours: float = 1, days: int = 1) -> dict[str, dict[str, str]]:
    """A volume over the whole area."""
    period = factories.period(hour, hours, days)
    return {"period": {"start": period.start.isoformat(), "end": period.end.isoformat()}}


@dataclass(frozen=True)
class Arena:
    """A server on a database of its own, and 64 companies."""

    url: str
    server: Server
    headers: Sequence[dict[str, str]]
    projects: Sequence[int]


@dataclass(frozen=True)
class Crowd:
    """Companies at the start line; every one has a token and a project."""

    server: Server
    http: httpx.AsyncClient
    field: factories.Field
    headers: Sequence[dict[str, str]]
    projects: Sequence[int]
    staff: dict[str, str]

    async def post(self, client: int, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
        """One client's POST."""
        return await self.http.post(path, json=body, headers=self.headers[client] | headers)

    def application(self, client: int, volumes: Sequence[dict[str, Any]], **more: Any) -> dict[str, Any]:
        """The body of one client's application in the crowd's area."""
        return {
            "project_id": self.projects[client],
            "area_id": self.field.area_id,
            "volumes": list(volumes),
            **more,
        }


async def all_at_once(attempts: Sequence[Callable[[], Awaitable[httpx.Response]]]) -> list[httpx.Response]:
    """Start every attempt at the same moment; none may be answered with a server error."""
    answers = await asyncio.gather(*(attempt() for attempt in attempts))
    assert [answer.text for answer in answers if answer.status_code >= 500] == []
    return list(answers)


async def overlaps() -> int:
    """How many pairs of claims share ground at some moment, over all sites."""
    async with DB.connection() as connection:
        count: int = await connection.fetchval(OVERLAPS, TOLERANCE_M)
    return count


async def claims_out_of_step() -> list[int]:
    """Reservations whose claim does not fit their state; who left ahead of the time has given all of it back."""
    async with DB.connection() as connection:
        rows = await connection.fetch(
            """
            SELECT reservation.id FROM reservation LEFT JOIN claim
                ON claim.source_id = reservation.id AND claim.source_kind IN ('hold', 'reservation')
            GROUP BY reservation.id
            HAVING (count(claim.id) > 0) <> (state IN
                ('held', 'submitted', 'returned', 'approved', 'confirmed', 'active', 'completed', 'reported'))
               AND NOT (count(claim.id) = 0 AND state IN ('completed', 'reported'))
            """
        )
    return [row["id"] for row in rows]


async def when_none_is(state: str, ids: Sequence[int]) -> dict[int, str]:
    """The state of each reservation, once none is in `state` any more."""
    states = dict.fromkeys(ids, state)
    async with DB.connection() as connection:
        while state in states.values():
            await asyncio.sleep(0.1)
            rows = await connection.fetch("SELECT id, state FROM reservation WHERE id = ANY($1)", ids)
            states = {row["id"]: row["state"] for row in rows}
    return states


async def make_crowd(server: Server, http: httpx.AsyncClient, clients: int = CLIENTS) -> Crowd:
    """`clients` companies before one field with one area that one at a time may use."""
    actors = [await factories.company() for _ in range(clients)]
    headers = [{"Authorization": f"Bearer {await factories.token(actor)}"} for actor in actors]
    return await before_a_field(server, http, headers, [await factories.project(actor) for actor in actors])


async def before_a_field(
    server: Server, http: httpx.AsyncClient, headers: Sequence[dict[str, str]], projects: Sequence[int]
) -> Crowd:
    """Companies before a new field."""
    field = await factories.field()
    staff = {"Authorization": f"Bearer {await factories.token(field.approver)}"}
    return Crowd(server, http, field, headers, projects, staff)


def client_for(server: Server) -> httpx.AsyncClient:
    """A client with as many connections as the crowd has members."""
    limits = httpx.Limits(max_connections=CLIENTS, max_keepalive_connections=CLIENTS)
    return httpx.AsyncClient(base_url=server.base_url, limits=limits, timeout=60)


@pytest.fixture(scope="session")
async def arena(
    postgres: cluster.Cluster, template: str, _pool: None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Arena]:
    """A real server for every race."""
    async with copied(postgres, template) as url:
        with serving(url, tmp_path_factory.mktemp("arena")) as server:
            async with pool_on(url, 8), client_for(server) as http:
                crowd = await make_crowd(server, http)
            yield Arena(url, server, crowd.headers, crowd.projects)


@pytest.fixture
async def crowd(arena: Arena) -> AsyncIterator[Crowd]:
    """64 companies before a real server and a field that nobody has used."""
    async with pool_on(arena.url, 32), client_for(arena.server) as http:
        yield await before_a_field(arena.server, http, arena.headers, arena.projects)
