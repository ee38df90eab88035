"""The embedded database."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from testfields.db import cluster, postmaster, programs


@pytest.fixture(scope="module")
def shared() -> Iterator[cluster.Cluster]:
    """One server for those that kill it and see it come back."""
    with tempfile.TemporaryDirectory(prefix="tfcluster") as folder, cluster.running(Path(folder)) as running:
        yield running


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


async def test_a_server_that_was_killed_is_started_again(shared: cluster.Cluster) -> None:
    kill(shared)
    cluster.start(shared)
    assert await database_of(shared) == cluster.DATABASE


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


async def test_a_server_that_is_up_without_its_database_gets_it(shared: cluster.Cluster) -> None:
    cluster.drop_database(shared, cluster.DATABASE)
    cluster.start(shared)
    assert await database_of(shared) == cluster.DATABASE


async def test_a_busy_process_that_outlives_its_killed_server_does_not_keep_it_from_starting(
    shared: cluster.Cluster,
) -> None:
    # It computes, and so never looks whether the server is still there.
    busy = await asyncpg.connect(shared.url())
    number = await busy.fetchval("SELECT pg_backend_pid()")
    computing = asyncio.create_task(busy.execute("SELECT count(*) FROM generate_series(1, 100000000000)"))
    await asyncio.sleep(0.2)
    kill(shared)

    cluster.start(shared)

    assert await database_of(shared) == cluster.DATABASE
    with pytest.raises(asyncpg.PostgresConnectionError):
        await computing
    assert not postmaster._is_of(shared, number)


async def test_a_number_that_is_somebody_elses_by_now_does_not_keep_the_server_from_starting(
    shared: cluster.Cluster,
) -> None:
    note = shared.data / "postmaster.pid"
    lines = note.read_text().splitlines()
    cluster.stop(shared)
    other = subprocess.Popen(  # noqa: ASYNC220
        [*programs._as_unprivileged(shared), "sleep", "60"]
    )
    note.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
    try:
        cluster.start(shared)
        assert await database_of(shared) == cluster.DATABASE
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


async def test_a_cluster_clears_up_nothing_of_those_whose_paths_or_databases_hold_its_own(
    shared: cluster.Cluster,
) -> None:
    short = programs.Cluster(Path("/", shared.root.name), shared.binaries)
    assert str(short.data) in str(shared.data)
    connection = await asyncpg.connect(shared.url())
    try:
        await connection.execute(f'CREATE DATABASE "{short.name}"')
        named = await asyncpg.connect(shared.url(short.name))
        try:
            postmaster._clear_up(short)
            assert postmaster.lives(shared)
            assert await named.fetchval("SELECT 1") == 1
        finally:
            await named.close()
    finally:
        await connection.close()


def starts(running: cluster.Cluster) -> int:
    return running.log.read_text().count("starting PostgreSQL")


async def test_of_those_that_keep_a_server_up_one_starts_it_again(shared: cluster.Cluster) -> None:
    before = starts(shared)
    with cluster.kept_up(shared), cluster.kept_up(shared), cluster.kept_up(shared):
        for times in (1, 2):
            kill(shared)
            while starts(shared) < before + times or not postmaster.answers(shared):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            assert await database_of(shared) == cluster.DATABASE
        await asyncio.sleep(3 * cluster.KEEPS_LOOKING_EVERY_S)
        assert starts(shared) == before + 2
