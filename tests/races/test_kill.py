"""``kill -9`` in the middle of the load: what was answered stays, and nothing is half there."""

import asyncio
import os
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from testfields.db import cluster
from testfields.db.engine import DB
from testfields.db.outages import OutOfReach
from testfields.events.service import broken_chains
from tests.races.conftest import RESERVATIONS, Crowd, claims_out_of_step, client_for, make_crowd, overlaps, times
from tests.server import serving

pytestmark = pytest.mark.races
CLIENTS = 32
SLOTS = 20


@dataclass
class Answers:
    """What the clients were answered: ids with 201, and how often each status of a server's fault."""

    booked: list[int] = field(default_factory=list)
    faults: Counter[int] = field(default_factory=Counter)

    def note(self, answer: httpx.Response) -> httpx.Response:
        """Keep count of an answer."""
        if answer.status_code >= 500:
            self.faults[answer.status_code] += 1
        return answer


async def load(crowd: Crowd, stop: asyncio.Event, answers: Answers) -> None:
    """Every client books, holds, submits and withdraws until told to stop."""

    async def one(client: int) -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            slot = (client * 7 + turn) % (SLOTS * 30)
            body = crowd.application(client, [times(slot % SLOTS, days=1 + slot // SLOTS)], hold=turn % 3 == 0)
            try:
                answer = answers.note(await crowd.post(client, RESERVATIONS, body))
                if answer.status_code == 201:
                    answers.booked.append(answer.json()["id"])
                    if turn % 2:
                        address = f"{answer.headers['location']}/withdraw"
                        answers.note(await crowd.post(client, address, {}, **{"If-Match": "*"}))
            except httpx.TransportError:
                await asyncio.sleep(0.05)

    await asyncio.gather(*(one(client) for client in range(CLIENTS)))


async def assert_whole(answers: Answers, own: cluster.Cluster) -> None:
    """Every answered reservation is there, nothing overlaps, no state without its event; chains whole, no deadlock."""
    assert len(answers.booked) > CLIENTS
    async with DB.connection() as connection:
        stored = {row["id"] for row in await connection.fetch("SELECT id FROM reservation")}
        unsaid = await connection.fetchval(
            """
            SELECT count(*) FROM reservation WHERE state IS DISTINCT FROM
                (SELECT to_state FROM reservation_event event WHERE event.reservation_id = reservation.id
                 ORDER BY sequence DESC LIMIT 1)
            """
        )
    assert [one for one in answers.booked if one not in stored] == []
    assert unsaid == 0
    assert await overlaps() == 0
    assert await claims_out_of_step() == []
    assert await broken_chains() == []
    assert "deadlock detected" not in own.log.read_text()


async def test_killing_the_server_under_load_loses_nothing(own_cluster: cluster.Cluster, tmp_path: Path) -> None:
    answers = Answers()
    with serving(own_cluster.url(), tmp_path) as server:
        async with client_for(server) as http:
            crowd = await make_crowd(server, http, CLIENTS)
            stop = asyncio.Event()
            running = asyncio.create_task(load(crowd, stop, answers))
            for _ in range(2):
                await asyncio.sleep(2)
                server.kill()
                server.start("serve")
                await asyncio.to_thread(server.wait_until_up)
            await asyncio.sleep(1)
            stop.set()
            await running
    assert answers.faults == {}
    await assert_whole(answers, own_cluster)


async def test_killing_the_database_under_load_loses_nothing_and_the_portal_recovers(
    own_cluster: cluster.Cluster, tmp_path: Path
) -> None:
    answers = Answers()
    with serving(own_cluster.url(), tmp_path) as server:
        async with client_for(server) as http:
            crowd = await make_crowd(server, http, CLIENTS)
            stop = asyncio.Event()
            running = asyncio.create_task(load(crowd, stop, answers))
            await asyncio.sleep(2)
            postmaster = int((own_cluster.data / "postmaster.pid").read_text().split()[0])
            os.kill(postmaster, signal.SIGKILL)
            await asyncio.sleep(1)
            await asyncio.to_thread(cluster.start, own_cluster)
            before = len(answers.booked)
            await asyncio.sleep(3)
            stop.set()
            await running
            assert len(answers.booked) > before, "the portal did not come back by itself"
    # While the database is away that is said, and nothing else goes wrong.
    assert set(answers.faults) == {503}
    await _reconnect()
    await assert_whole(answers, own_cluster)


async def _reconnect() -> None:
    """The test's own pool still holds connections to the server that died."""
    for _ in range(20):
        try:
            async with DB.connection() as connection:
                await connection.fetchval("SELECT 1")
        except OutOfReach:
            await asyncio.sleep(0.1)
