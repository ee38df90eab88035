"""The portal on a free port of this machine: as processes of its own, or in the test's loop, which starts at once."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import uvicorn
from litestar import Litestar

from testfields.app import create_app
from testfields.settings import load

SPAWNED = re.compile(r"Spawning worker-(\d+) with PID: (\d+)")


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def lives(number: int) -> bool:
    """Whether a process is there; of a dead one that its parent has not taken note of, the folder is gone."""
    return Path(f"/proc/{number}/cwd").exists()


@dataclass
class Server:
    """A running portal: server processes on `base_url`, and a worker when asked for."""

    base_url: str
    environment: dict[str, str]
    log: Path
    # Python that runs before the command, to make its limits as small as a test wants them.
    beforehand: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Run a command of the portal's in a group of its own."""
        code = f"{self.beforehand}\nfrom testfields.cli import main\nmain()"
        command = [sys.executable, "-c", code, *words]
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(process)
        return process

    def said(self) -> str:
        """What its processes have logged so far."""
        return self.log.read_text()

    def answering(self) -> list[int]:
        """The processes that answer, as last started."""
        return list({place: int(number) for place, number in SPAWNED.findall(self.said())}.values())

    def wait_until_up(self) -> None:
        """Return when the portal answers; raises with its log when it has ended instead."""
        while all(process.poll() is None for process in self.processes):
            try:
                if httpx.get(f"{self.base_url}/healthz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(self.said())

    def kill(self) -> None:
        """``kill -9`` for every process of the portal's."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.processes.clear()

    @contextmanager
    def working(self) -> Iterator[None]:
        """A worker for the block."""
        worker = self.start("worker")
        try:
            yield
        finally:
            self.processes.remove(worker)
            worker.terminate()
            worker.wait()

    def stop(self) -> None:
        """Ask every process to end, and wait."""
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            process.wait(timeout=30)
        self.processes.clear()


@asynccontextmanager
async def serving_here(port: int, app: Litestar) -> AsyncIterator[str]:
    """`app` in this loop, on the test's own pool; its address. What a browser sees is the same as of `serving`."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", ws="none", lifespan="off"))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn tells it no other way)
        await asyncio.sleep(0.01)
    yield app_address(port)
    server.should_exit = True
    await running


def app_address(port: int) -> str:
    """Where a portal on `port` is."""
    return f"http://127.0.0.1:{port}"


def app_on(port: int, data: Path, **settings: str) -> Litestar:
    """The portal as it is served on `port`, with its files in a folder of `data`, and further `settings`."""
    return create_app(load({"TESTFIELDS_BASE_URL": app_address(port), "TESTFIELDS_DATA": str(data), **settings}))


@contextmanager
def serving(
    database_url: str, folder: Path, worker: bool = False, beforehand: str = "", **settings: str
) -> Iterator[Server]:
    """The portal on `database_url`, which is migrated; `settings` are environment variables.

    Without an address it is the embedded database of `folder`.
    """
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TESTFIELDS_")},
        "DATABASE_URL": database_url,
        "TESTFIELDS_DATA": str(folder),
        "TESTFIELDS_PORT": str(port),
        "TESTFIELDS_WORKERS": "2",
        **settings,
    }
    server = Server(app_address(port), environment, folder / "server.log", beforehand)
    server.start("serve")
    if worker:
        server.start("worker")
    try:
        server.wait_until_up()
        yield server
    finally:
        server.stop()
