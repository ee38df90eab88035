"""The embedded database."""

import os
import signal
import tempfile
from pathlib import Path

import asyncpg

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
