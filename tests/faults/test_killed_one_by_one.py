"""``kill -9`` of each process alone while companies book: what is answered meanwhile, and that nothing was lost."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from testfields.db import cluster
from testfields.db.engine import DB
from tests.races.conftest import Crowd, client_for, make_crowd
from tests.races.test_kill import Answers, _reconnect, assert_whole
from tests.races.test_races import RESERVATIONS, times
from tests.server import Server, lives, serving

pytestmark = pytest.mark.races
COMPANIES = 4
GONE = "the embedded database is gone and is started again"


async def book(crowd: Crowd, company: int, answers: Answers) -> None:
    """Book and withdraw again and again; now and then a booking stays."""
    turn = 0
    while True:
        turn += 1
        await asyncio.sleep(0.1)
        with suppress(httpx.TransportError):
            body = crowd.application(company, [times(turn % 20, days=1 + 7 * company + turn % 7)])
            answer = answers.note(await crowd.post(company, RESERVATIONS, body))
            if answer.status_code == 201:
                answers.booked.append(answer.json()["id"])
                if turn % 10:
                    await crowd.post(company, f"{answer.headers['location']}/withdraw", {}, **{"If-Match": "*"})


@asynccontextmanager
async def booking(server: Server) -> AsyncIterator[Answers]:
    """Companies that book for as long as the block runs."""
    answers = Answers()
    async with client_for(server) as http:
        crowd = await make_crowd(server, http, COMPANIES)
        companies = [asyncio.create_task(book(crowd, one, answers)) for one in range(COMPANIES)]
        yield answers
        for one in companies:
            one.cancel()
        await asyncio.gather(*companies, return_exceptions=True)


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait for what must come to be; the test run's own limit ends what never does."""
    while not condition():  # noqa: ASYNC110 (nobody rings)
        await asyncio.sleep(0.05)


async def goes_on(answers: Answers) -> None:
    """Wait until bookings are stored again, by whoever is there now."""
    enough = len(answers.booked) + 2 * COMPANIES
    await eventually(lambda: len(answers.booked) >= enough)


def postmaster_of(own: cluster.Cluster) -> int:
    return int((own.data / "postmaster.pid").read_text().split()[0])


async def a_backend_of(own: cluster.Cluster) -> int:
    async with DB.connection() as connection:
        number: int = await connection.fetchval(
            "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid() LIMIT 1", cluster.DATABASE
        )
    return number


async def test_each_process_may_be_killed_and_nothing_is_lost(own_cluster: cluster.Cluster, tmp_path: Path) -> None:
    embedded = {"DATABASE_URL": "", "TESTFIELDS_DATA": str(own_cluster.root)}
    with serving("", tmp_path, worker=True, **embedded) as server:
        async with booking(server) as answers:
            await goes_on(answers)

            # One of those that answer: the other goes on, and a new one takes its place.
            os.kill(server.answering()[0], signal.SIGKILL)
            await eventually(lambda: server.said().count("Started worker-1") == 2)
            await goes_on(answers)
            assert answers.faults == {}

            # One of the database's: PostgreSQL ends all of its own and recovers.
            os.kill(await a_backend_of(own_cluster), signal.SIGKILL)
            await goes_on(answers)

            # The database itself: of the two that use it one starts it again.
            os.kill(postmaster_of(own_cluster), signal.SIGKILL)
            await eventually(lambda: GONE in server.said())
            await goes_on(answers)
            assert server.said().count(GONE) == 1

            # The worker: nobody is kept from booking, and the next one goes on.
            parent, worker = server.processes
            worker.kill()
            worker.wait()
            await goes_on(answers)
            server.start("worker")

            # The one that watches over those that answer: they end with it, and the next one has the port.
            answering = server.answering()
            parent.kill()
            parent.wait()
            await eventually(lambda: not any(lives(number) for number in answering))
            server.start("serve")
            await goes_on(answers)

            assert set(answers.faults) <= {503}
        await _reconnect()
        await assert_whole(answers, own_cluster)
