"""A database that is away: told as such, in both languages and on both doors, and the portal comes back with it."""

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from testfields.db import cluster, engine
from testfields.db.engine import DB
from tests import factories

PAGE = {"Accept": "text/html"}


@pytest.fixture
async def stopped(own_cluster: cluster.Cluster, client: httpx.AsyncClient) -> AsyncIterator[cluster.Cluster]:
    """A database that has been used and then stopped."""
    assert (await client.get("/readyz")).status_code == 200
    cluster.stop(own_cluster)
    yield own_cluster
    cluster.start(own_cluster)


@pytest.mark.parametrize(
    ("language", "title", "heading"),
    [
        ("en", "busy or out of service", "The portal is not available right now"),
        ("ja", "一時的にご利用いただけません", "現在、ポータルをご利用いただけません"),
    ],
)
async def test_a_stopped_database_is_told_on_both_doors(
    stopped: cluster.Cluster, client: httpx.AsyncClient, language: str, title: str, heading: str
) -> None:
    told = await client.get("/api/v1/sites", headers={"Accept-Language": language})
    shown = await client.get("/sites", headers={**PAGE, "Accept-Language": language})

    assert (told.status_code, told.headers["content-type"]) == (503, "application/problem+json")
    assert title in told.json()["title"]
    assert told.headers["retry-after"] == shown.headers["retry-after"] == "10"
    assert shown.status_code == 503
    assert heading in shown.text


async def test_whoever_is_logged_in_is_told_so_too(own_cluster: cluster.Cluster, client: httpx.AsyncClient) -> None:
    token = await factories.token(await factories.company())
    headers = {"Authorization": f"Bearer {token}"}
    cluster.stop(own_cluster)

    asked = await client.get("/api/v1/reservations", headers=headers)
    sent = await client.post("/api/v1/reservations", json={}, headers=headers | {"Idempotency-Key": "one"})

    assert [asked.status_code, sent.status_code] == [503, 503]


async def test_it_is_alive_but_not_ready_until_the_database_is_back(
    stopped: cluster.Cluster, client: httpx.AsyncClient
) -> None:
    assert (await client.get("/healthz")).status_code == 200
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "no database")

    cluster.start(stopped)

    assert (await client.get("/readyz")).status_code == 200
    assert (await client.get("/sites", headers=PAGE)).status_code == 200


async def test_a_database_that_lets_nobody_in_is_out_of_reach_too(
    own_db: str, postgres: cluster.Cluster, client: httpx.AsyncClient
) -> None:
    async with DB.connection() as connection:
        name = await connection.fetchval("SELECT current_database()")
    other = await asyncpg.connect(postgres.url("postgres"))
    await other.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    await other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
    try:
        answers = [await client.get(path) for path in ("/readyz", "/api/v1/sites", "/readyz")]
    finally:
        await other.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await other.close()
    assert [answer.status_code for answer in answers] == [503, 503, 503]


async def test_whoever_gets_no_connection_in_time_is_told_to_come_back(
    own_db: str, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert DB.pool is not None
    monkeypatch.setattr(engine, "CONNECTS_WITHIN_S", 0.1)
    everything = [await DB.pool.acquire() for _ in range(DB.pool.get_max_size())]
    try:
        answers = [await client.get(path) for path in ("/readyz", "/api/v1/sites")]
    finally:
        for connection in everything:
            await DB.pool.release(connection)
    assert [answer.status_code for answer in answers] == [503, 503]
    assert (await client.get("/api/v1/sites")).status_code == 200
