"""Commands on a database that is not ready: one line that says what to do, and no trace."""

from importlib import metadata
from pathlib import Path

import asyncpg
import pytest

from testfields.db import cluster
from tests.commands import typed


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
def test_a_database_that_is_not_there_is_told_in_one_line(tmp_path: Path, words: list[str]) -> None:
    status, said = typed(f"postgresql://portal@/fields?host={tmp_path}", *words)
    assert (status, len(said.strip().splitlines())) == (1, 1), said
    assert said.startswith("The database cannot be reached: ")


# The password is written as it should not be, or belongs to nobody.
@pytest.mark.parametrize(
    ("url", "words", "told"),
    [
        ("mysql://portal:secret@db/fields", ["serve"], "DATABASE_URL must begin with postgres:// or postgresql://."),
        ("postgresql://portal:sec/ret@db/fields", ["serve"], "DATABASE_URL cannot be read. It looks like postgresql:"),
        ("postgresql://portal:sec/ret@db/fields", ["worker"], "DATABASE_URL cannot be read. It looks like postgresql:"),
        ("postgresql://portal:secret@host.invalid/fields", ["db", "status"], "The database cannot be reached: "),
        ("nobody", ["serve"], 'The database cannot be used: role "nobody" does not exist. Check DATABASE_URL.'),
        ("nowhere", ["worker"], 'The database cannot be used: database "nowhere" does not exist. Check DATABASE_URL.'),
    ],
)
def test_a_wrong_address_is_told_in_one_line_without_its_password(
    postgres: cluster.Cluster, url: str, words: list[str], told: str
) -> None:
    known = {
        "nobody": postgres.url("postgres").replace(f"//{cluster.USER}@", "//nobody:secret@"),
        "nowhere": postgres.url("nowhere").replace(f"//{cluster.USER}@", f"//{cluster.USER}:secret@"),
    }
    status, said = typed(known.get(url, url), *words)
    assert (status, len(said.strip().splitlines())) == (1, 1), said
    assert said.startswith(told)
    assert "secret" not in said
    assert "ret@" not in said


def test_the_version_is_told() -> None:
    status, said = typed("", "--version")
    assert (status, said.strip()) == (0, f"testfields {metadata.version('testfields')}")


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
