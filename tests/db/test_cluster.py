"""The embedded database."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from testfields.db import cluster


async def database_of(running: cluster.Cluster) -> str:
    connection = await asyncpg.connect(running.url())
    try:
        return str(await connection.fetchval("SELECT current_database()"))
    finally:
        await connection.close()


def kill(running: cluster.Cluster) -> None:
    os.kill(int((running.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)


async def test_the_data_folder_may_have_a_space_and_a_quote_in_its_path() -> None:
    with tempfile.TemporaryDirectory(prefix="it's here ") as folder, cluster.running(Path(folder)) as running:
        assert await database_of(running) == cluster.DATABASE


async def test_a_server_that_was_killed_is_started_again() -> None:
    with tempfile.TemporaryDirectory(prefix="tfcluster") as folder, cluster.running(Path(folder)) as running:
        kill(running)
        cluster.start(running)
        assert await database_of(running) == cluster.DATABASE


def test_a_server_that_was_killed_can_be_left() -> None:
    with tempfile.TemporaryDirectory(prefix="tfcluster") as folder, cluster.running(Path(folder)) as running:
        kill(running)


def start_and_kill(folder: Path, when: Callable[[], bool]) -> None:
    """Let another process begin to create a cluster, and kill it with all that it started at a certain moment."""
    code = (
        "import sys, pathlib; from testfields.db import cluster; cluster.running(pathlib.Path(sys.argv[1])).__enter__()"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(folder)], start_new_session=True)
    while not when():
        assert process.poll() is None
        time.sleep(0.001)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


async def listens_on(running: cluster.Cluster) -> str:
    connection = await asyncpg.connect(running.url())
    try:
        return str(await connection.fetchval("SHOW listen_addresses"))
    finally:
        await connection.close()


def clusters(folder: Path) -> list[Path]:
    return list(folder.glob("postgresql-*"))


# Just begun, and just before the options are written: initdb makes its folders first and this file late.
@pytest.mark.parametrize("moment", ["PG_VERSION", "base/5/PG_VERSION"])
async def test_who_is_killed_while_creating_the_cluster_leaves_none(moment: str) -> None:
    with tempfile.TemporaryDirectory(prefix="tfcluster") as name:
        folder = Path(name)
        start_and_kill(folder, lambda: any(folder.glob(f"postgresql-*/{moment}")))

        with cluster.running(folder) as running:
            assert await listens_on(running) == ""
            assert clusters(folder) == [running.data]


async def test_a_server_that_is_up_without_its_database_gets_it() -> None:
    with tempfile.TemporaryDirectory(prefix="tfcluster") as folder, cluster.running(Path(folder)) as running:
        cluster.drop_database(running, cluster.DATABASE)
        cluster.start(running)
        assert await database_of(running) == cluster.DATABASE
