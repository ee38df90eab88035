"""Starting while something is not there yet, and ending when told to, whatever a process is at."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg
import httpx
import pytest

from testfields.db import cluster
from testfields.notifications.tables import Delivery
from tests.server import Server, free_port, lives
from tests.workflow.test_worker import file_one, sent
from tests.working import HURRY, postbox, settings, work_off

# Told to end, a process is gone within 10 s; the rest is for a machine that is busy.
ENDS_WITHIN_S = 15
# What a portal that was up does when its processes die again and again, without the waiting.
IMPATIENT = "from testfields import serving; serving.WAS_UP_AFTER_S = serving.BEGINS_AGAIN_AFTER_S = 0.1"
# Each process that should answer is at one thing for a minute, during which no other thread of it has a turn.
BUSY = """
import ctypes
from testfields import serving
serving.create_app = lambda _: (print("busy", flush=True), ctypes.PyDLL(None).sleep(60), print("free", flush=True))
"""


@contextmanager
def portal(
    folder: Path, url: str, *words: str, port: int | None = None, beforehand: str = IMPATIENT, **more: str
) -> Iterator[Server]:
    """One command of the portal's, such as ``serve``, with one process that answers."""
    port = port or free_port()
    surroundings = {name: text for name, text in os.environ.items() if not name.startswith("TESTFIELDS_")}
    its_own = {
        "DATABASE_URL": url,
        "TESTFIELDS_DATA": str(folder),
        "TESTFIELDS_PORT": str(port),
        "TESTFIELDS_WORKERS": "1",
    }
    log = folder / f"{'-'.join(words)}-{port}.log"
    server = Server(f"http://127.0.0.1:{port}", surroundings | its_own | more, log, beforehand)
    server.start(*words)
    try:
        yield server
    finally:
        server.kill()


async def ended(server: Server, number: signal.Signals | None = None) -> int:
    """Tell the process to end, or wait until it does by itself; its exit status."""
    [process] = server.processes
    if number:
        process.send_signal(number)
    return await asyncio.to_thread(process.wait, ENDS_WITHIN_S if number else None)


async def until(said: str, server: Server, times: int = 1) -> None:
    """Wait until the process has said something."""
    while server.said().count(said) < times:
        assert server.processes[0].poll() is None, server.said()
        await asyncio.sleep(0.05)


async def until_ready(server: Server, status: int = 200) -> None:
    """Wait until the portal answers that it is ready, or with another status that it is not."""
    async with httpx.AsyncClient(base_url=server.base_url, timeout=None) as client:
        while True:
            try:
                if (await client.get("/readyz")).status_code == status:
                    return
            except httpx.TransportError:
                assert server.processes[0].poll() is None, server.said()
            await asyncio.sleep(0.05)


class Late:
    """A database that is there or away as the test wants it: the same server by another socket."""

    def __init__(self, postgres: cluster.Cluster, url: str, folder: Path) -> None:
        self.postgres, self.name, self.folder = postgres, url.partition("?")[0].rpartition("/")[2], folder
        self.url = f"postgresql://{cluster.USER}@/{self.name}?host={folder}&application_name=late"

    def comes(self) -> None:
        """From now on it is there."""
        (self.folder / self.postgres.socket.name).symlink_to(self.postgres.socket)

    async def goes(self) -> None:
        """From now on it is away, for those that are connected, too."""
        (self.folder / self.postgres.socket.name).unlink()
        connection = await asyncpg.connect(self.postgres.url("postgres"))
        try:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'late'"
            )
        finally:
            await connection.close()


@pytest.fixture
def late(postgres: cluster.Cluster, own_db: str, tmp_path: Path) -> Late:
    """A migrated database that is away at first."""
    return Late(postgres, own_db, tmp_path)


async def test_who_waits_for_a_database_says_so_and_ends_when_told(tmp_path: Path) -> None:
    nobody = f"postgresql://portal@/fields?host={tmp_path}"
    with portal(tmp_path, nobody, "serve") as server, portal(tmp_path, nobody, "worker") as worker:
        await until("The database cannot be reached: ", server, times=2)
        await until("The database cannot be reached: ", worker, times=2)
        assert "Looking again in 3 seconds" in server.said()
        statuses = await ended(server, signal.SIGTERM), await ended(worker, signal.SIGINT)
        assert statuses == (0, 0)
        assert "Traceback" not in server.said() + worker.said()


async def test_the_portal_comes_with_its_database_and_ends_in_spite_of_a_client_that_hangs(
    late: Late, tmp_path: Path
) -> None:
    with portal(tmp_path, late.url, "serve") as server:
        await until("The database cannot be reached: ", server)
        late.comes()
        await until_ready(server)

        port = httpx.URL(server.base_url).port or 0
        (tmp_path / "second").mkdir()
        with portal(tmp_path / "second", late.url, "serve", port=port) as second:
            assert await ended(second) == 1
            assert second.said().splitlines() == [
                f"Port {port} of 127.0.0.1 cannot be had: Address already in use. Set TESTFIELDS_PORT."
            ]
        await until_ready(server)

        with socket.create_connection(("127.0.0.1", port)) as hanging:
            hanging.sendall(b"POST /api/v1/reservations/check HTTP/1.1\r\nHost: portal\r\nContent-Length: 9\r\n\r\n{")
            await until_ready(server)
            assert await ended(server, signal.SIGTERM) == 0, server.said()


async def test_a_server_process_that_dies_is_replaced_also_at_once_and_while_the_database_is_away(
    late: Late, tmp_path: Path
) -> None:
    late.comes()
    with portal(tmp_path, late.url, "serve") as server:
        await until_ready(server)
        await late.goes()
        os.kill(server.answering()[0], signal.SIGKILL)
        await until_ready(server, 503)
        late.comes()
        await until_ready(server)

        # Again and again, so fast that granian gives up.
        while "beginning anew" not in server.said():
            with suppress(ProcessLookupError):
                os.kill(server.answering()[0], signal.SIGKILL)
            await asyncio.sleep(0.1)
        await until_ready(server)
        assert await ended(server, signal.SIGINT) == 0


async def test_a_process_that_is_busy_ends_with_the_killed_one_that_watched_over_it(
    own_db: str, tmp_path: Path
) -> None:
    with portal(tmp_path, own_db, "serve", beforehand=BUSY) as server:
        await until("Spawning worker-1", server)
        await until("busy", server)
        [number] = server.answering()
        [watching] = server.processes
        watching.kill()
        await asyncio.to_thread(watching.wait)
        while lives(number):  # noqa: ASYNC110 (nobody rings)
            await asyncio.sleep(0.05)
        assert "free" not in server.said()


def notes_of_servers(folder: Path) -> list[Path]:
    """What a running PostgreSQL of a data folder leaves there."""
    return list(folder.glob("postgresql-*/postmaster.pid"))


async def test_who_is_told_to_end_while_the_embedded_database_starts_leaves_none_behind(tmp_path: Path) -> None:
    with portal(tmp_path, "", "serve") as server:
        while not notes_of_servers(tmp_path):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert await ended(server, signal.SIGTERM) == 0
    assert not notes_of_servers(tmp_path)


async def test_a_worker_ends_in_spite_of_a_mail_server_that_hangs_and_the_mail_is_sent_later(
    own_db: str, tmp_path: Path
) -> None:
    await file_one()
    async with postbox() as box:
        box.answering.clear()
        with portal(tmp_path, own_db, "worker", TESTFIELDS_SMTP_URL=box.url) as worker:
            await box.arrived.wait()
            assert await ended(worker, signal.SIGTERM) == 0, worker.said()
        assert await sent() == 0

        # Tried again in two seconds, and not only when a lease has run out that nobody holds any more.
        box.answering.set()
        await HURRY.run()
        await work_off(own_db, settings(tmp_path, box.url))
        assert await sent() == await Delivery.count() > 0
