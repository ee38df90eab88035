"""The portal as a process of its own, on a free port of this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

STARTS_WITHIN_S = 60


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A running portal: server processes on `base_url`, and a worker when asked for."""

    base_url: str
    environment: dict[str, str]
    log: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Run a command of the portal's in a group of its own."""
        command = [sys.executable, "-m", "testfields", *words]
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(process)
        return process

    def wait_until_up(self) -> None:
        """Return when the portal answers; raises with its log when it does not."""
        deadline = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.base_url}/healthz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def kill(self) -> None:
        """``kill -9`` for every process of the portal's."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.processes.clear()

    def stop(self) -> None:
        """Ask every process to end, and wait."""
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            process.wait(timeout=30)
        self.processes.clear()


@contextmanager
def serving(database_url: str, folder: Path, worker: bool = False, **settings: str) -> Iterator[Server]:
    """The portal on `database_url`, which is migrated; `settings` are environment variables."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TESTFIELDS_")},
        "DATABASE_URL": database_url,
        "TESTFIELDS_DATA": str(folder),
        "TESTFIELDS_PORT": str(port),
        "TESTFIELDS_WORKERS": "2",
        **settings,
    }
    server = Server(f"http://127.0.0.1:{port}", environment, folder / "server.log")
    server.start("serve")
    if worker:
        server.start("worker")
    try:
        server.wait_until_up()
        yield server
    finally:
        server.stop()
