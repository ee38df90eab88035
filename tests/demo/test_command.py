"""`testfields demo` as a new user runs it: with nothing but a folder of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from testfields.demo import run
from testfields.settings import Settings, load
from tests.projects.test_routes import PLAN
from tests.server import Server, free_port

KEYS = {"company", "rival", "reviewer", "approver", "admin"}


def surroundings(folder: Path, **settings: str) -> dict[str, str]:
    """The environment of a machine that knows no database."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("TESTFIELDS_")}
    kept.pop("DATABASE_URL", None)
    return {**kept, "TESTFIELDS_DATA": str(folder), "TESTFIELDS_WORKERS": "1", **settings}


@contextmanager
def demo(folder: Path, *words: str) -> Iterator[dict[str, httpx.Client]]:
    """A running demo: a client of its API for each account that it wrote down."""
    port = free_port()
    server = Server(f"http://127.0.0.1:{port}", surroundings(folder, TESTFIELDS_PORT=str(port)), folder / "said.log")
    process = server.start("demo", *words)
    try:
        server.wait_until_up()
        written = written_by(process, folder / "demo.json")
        assert written["base_url"] == server.base_url
        with ExitStack() as stack:
            yield {
                key: stack.enter_context(
                    httpx.Client(
                        base_url=f"{server.base_url}/api/v1", headers={"Authorization": f"Bearer {account['token']}"}
                    )
                )
                for key, account in written["accounts"].items()
            }
    finally:
        server.stop()
    assert process.returncode == 0, server.log.read_text()


def said_by(folder: Path) -> str:
    """What the demos in `folder` have printed."""
    return (folder / "said.log").read_text()


def written_by(process: subprocess.Popen[bytes], file: Path) -> dict[str, Any]:
    """What the demo wrote into `file`, once it has."""
    while True:
        assert process.poll() is None
        try:
            written: dict[str, Any] = json.loads(file.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            time.sleep(0.05)
        else:
            return written


def refusal(folder: Path, *words: str, **settings: str) -> str:
    """What `testfields demo` says when it does not start."""
    command = [sys.executable, "-m", "testfields", "demo", *words]
    done = subprocess.run(command, env=surroundings(folder, **settings), capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_it_goes_on_where_it_was_left_and_begins_anew_when_asked(tmp_path: Path) -> None:
    with demo(tmp_path) as api:
        assert set(api) == KEYS
        assert [client.get("/me").status_code for client in api.values()] == [200] * 5
        assert len(api["company"].get("/sites").json()) == 8
        added = api["company"].post("/projects", json=PLAN)
        assert added.status_code == 201, added.text
    assert not list(tmp_path.glob("postgresql-*/postmaster.pid"))
    # Commands find its database, which is not their own, by this.
    assert "\nFor commands on its database: DATABASE_URL='postgresql://testfields@/demo?host=" in said_by(tmp_path)

    with demo(tmp_path) as api:
        assert added.json()["id"] in [one["id"] for one in api["company"].get("/projects").json()]

    with demo(tmp_path, "--fresh") as api:
        assert PLAN["title_en"] not in [one["title"]["en"] for one in api["company"].get("/projects").json()]


def test_a_real_database_is_not_filled_with_samples(tmp_path: Path, own_db: str) -> None:
    said = refusal(tmp_path, DATABASE_URL=own_db)
    assert "DATABASE_URL is set" in said
    assert "--database" in said


def test_a_database_of_somebody_elses_is_not_emptied(tmp_path: Path, own_db: str) -> None:
    assert "--fresh empties the embedded database only" in refusal(tmp_path, "--database", own_db, "--fresh")


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"Is port {port} in use?" in refusal(tmp_path, TESTFIELDS_PORT=port)


# It answers late, and until then says something now and then, or nothing.
LATE = """
import http.server, sys, time
for _ in range(20):
    time.sleep(0.1)
    print(*sys.argv[2:], end="", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@contextmanager
def late_server(folder: Path, *words: str) -> Iterator[tuple[Settings, subprocess.Popen[bytes]]]:
    """Settings of a demo in `folder`, and something that will answer on its port after 2 s."""
    settings = load({"TESTFIELDS_DATA": str(folder), "TESTFIELDS_PORT": str(free_port())})
    (folder / "healthz").touch()
    with (folder / "demo.log").open("wb") as log:
        command = [sys.executable, "-c", LATE, str(settings.port), *words]
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.DEVNULL)
    try:
        yield settings, process
    finally:
        process.kill()
        process.wait()


def test_a_server_that_is_slow_is_waited_for_as_long_as_something_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "NOTHING_MOVES_FOR_S", 1.5)
    monkeypatch.setattr(run, "TELLS_EVERY_S", 0.5)
    with late_server(tmp_path, "working") as (settings, process):
        run._wait_until_up(settings, [process])
    assert capsys.readouterr().out.count("the server: ") > 1


def test_a_server_that_does_not_move_or_ends_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "NOTHING_MOVES_FOR_S", 0.3)
    with late_server(tmp_path) as (settings, process):
        with pytest.raises(run.DemoError, match="nothing has moved"):
            run._wait_until_up(settings, [process])
        process.kill()
        process.wait()
        with pytest.raises(run.DemoError, match="The server stopped"):
            run._wait_until_up(settings, [process])
