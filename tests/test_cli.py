"""Commands on a database that is not ready: one line that says what to do, and no trace."""

import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from testfields.db import cluster


def typed(url: str, *words: str) -> tuple[int, str]:
    """Exit status of a command on the database at `url`, and what it said."""
    environment = {**os.environ, "DATABASE_URL": url, "COLUMNS": "200"}
    command = [sys.executable, "-m", "testfields", *words]
    done = subprocess.run(
        command, env=environment, input="a long password\n", capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["sites", "export", "out.geojson"],
        ["sites", "import", "in.geojson"],
        ["people", "create-admin", "it@city.test"],
        ["db", "verify"],
        ["serve"],
    ],
    ids=" ".join,
)
def test_before_the_first_upgrade_each_command_says_to_run_it(postgres: cluster.Cluster, words: list[str]) -> None:
    status, said = typed(postgres.url("postgres"), *words)
    assert status == 1
    assert said.strip().endswith("migrations have not been run in this database. Run: testfields db upgrade")
    assert "Traceback" not in said


@pytest.mark.parametrize("words", [["db", "upgrade"], ["db", "status"], ["sites", "export", "out.geojson"]])
@pytest.mark.parametrize("database", ["nowhere", None])
def test_a_database_that_is_not_there_is_told_in_one_line(
    postgres: cluster.Cluster, tmp_path: Path, words: list[str], database: str | None
) -> None:
    url = postgres.url(database) if database else f"postgresql://portal@/fields?host={tmp_path}"
    status, said = typed(url, *words)
    assert (status, len(said.strip().splitlines())) == (1, 1), said
    assert said.startswith("The database cannot be reached: ")


async def test_who_may_not_create_extensions_is_told_who_does(postgres: cluster.Cluster) -> None:
    connection = await asyncpg.connect(postgres.url("postgres"))
    try:
        await connection.execute("CREATE ROLE plain LOGIN")
        await connection.execute("CREATE DATABASE plain OWNER plain")
    finally:
        await connection.close()
    url = postgres.url("plain").replace(f"//{cluster.USER}@", "//plain@")
    status, said = typed(url, "db", "upgrade")
    assert (status, said.strip().endswith("once: CREATE EXTENSION postgis")) == (1, True), said
