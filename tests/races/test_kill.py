"""``kill -9`` in the middle of the load: what was answered stays, and nothing is half there."""

import asyncio
import os
import signal
from pathlib import Path

import httpx
import pytest

from testfields.db import cluster
from testfields.db.engine import DB, OutOfReach
from testfields.reservations import lookup
from tests.races.conftest import Crowd, claims_out_of_step, client_for, make_crowd, overlaps
from tests.races.test_races import RESERVATIONS, times
from tests.server import serving

pytestmark = pytest.mark.races
CLIENTS = 32
SLOTS = 20


async def load(crowd: Crowd, stop: asyncio.Event, answered: list[int]) -> None:
    """Every client books, holds, submits and withdraws until told to stop; the ids that were answered 201."""

    async def one(client: int) -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            slot = (client * 7 + turn) % (SLOTS * 30)
            body = crowd.application(client, [times(slot % SLOTS, days=1 + slot // SLOTS)], hold=turn % 3 == 0)
            try:
                answer = await crowd.post(client, RESERVATIONS, body)
                if answer.status_code == 201:
                    answered.append(answer.json()["id"])
                    if turn % 2:
                        await crowd.post(client, f"{answer.headers['location']}/withdraw", {}, **{"If-Match": "*"})
            except httpx.TransportError:
                await asyncio.sleep(0.05)

    await asyncio.gather(*(one(client) for client in range(CLIENTS)))


async def assert_whole(answered: list[int]) -> None:
    """Every answered reservation is there, nothing overlaps, no state without its event, all chains whole."""
    assert len(answered) > CLIENTS
    async with DB.connection() as connection:
        stored = {row["id"] for row in await connection.fetch("SELECT id FROM reservation")}
        unsaid = await connection.fetchval(
            """
            SELECT count(*) FROM reservation WHERE state IS DISTINCT FROM
                (SELECT to_state FROM reservation_event event WHERE event.reservation_id = reservation.id
                 ORDER BY sequence DESC LIMIT 1)
            """
        )
    assert [one for one in answered if one not in stored] == []
    assert unsaid == 0
    assert await overlaps() == 0
    assert await claims_out_of_step() == []
    assert await lookup.broken_chains() == []


async def test_killing_the_server_under_load_loses_nothing(own_cluster: cluster.Cluster, tmp_path: Path) -> None:
    answered: list[int] = []
    with serving(own_cluster.url(), tmp_path) as server:
        async with client_for(server) as http:
            crowd = await make_crowd(server, http, CLIENTS)
            stop = asyncio.Event()
            running = asyncio.create_task(load(crowd, stop, answered))
            for _ in range(2):
                await asyncio.sleep(2)
                server.kill()
                server.start("serve")
                await asyncio.to_thread(server.wait_until_up)
            await asyncio.sleep(1)
            stop.set()
            await running
    await assert_whole(answered)


async def test_killing_the_database_under_load_loses_nothing_and_the_portal_recovers(
    own_cluster: cluster.Cluster, tmp_path: Path
) -> None:
    answered: list[int] = []
    with serving(own_cluster.url(), tmp_path) as server:
        async with client_for(server) as http:
            crowd = await make_crowd(server, http, CLIENTS)
            stop = asyncio.Event()
            running = asyncio.create_task(load(crowd, stop, answered))
            await asyncio.sleep(2)
            postmaster = int((own_cluster.data / "postmaster.pid").read_text().split()[0])
            os.kill(postmaster, signal.SIGKILL)
            await asyncio.sleep(1)
            await asyncio.to_thread(cluster.start, own_cluster)
            before = len(answered)
            await asyncio.sleep(3)
            stop.set()
            await running
            assert len(answered) > before, "the portal did not come back by itself"
    await _reconnect()
    await assert_whole(answered)


async def _reconnect() -> None:
    """The test's own pool still holds connections to the server that died."""
    for _ in range(20):
        try:
            async with DB.connection() as connection:
                await connection.fetchval("SELECT 1")
        except OutOfReach:
            await asyncio.sleep(0.1)
