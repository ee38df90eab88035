"""Commands on a database that is not ready: one line that says what to do, and no trace."""

import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import asyncpg
import pytest

from testfields.db import cluster
from tests.commands import typed
from tests.pgbouncer import pgbouncer


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


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("host=/tmp/{long}", "the path of its socket is too long"),
        ("host=/etc/hostname", "the folder of its socket is none"),
        ("host=127.0.0.1&sslmode=verify-full&sslrootcert=/nope.pem", "the file of its sslrootcert cannot be read"),
        ("host=127.0.0.1&sslmode=require&sslcert=/nope.pem", "the file of its sslcert cannot be read"),
        (
            "host=127.0.0.1&sslmode=verify-ca&sslrootcert=/etc/hostname",
            "a file of its sslrootcert is not what it should be",
        ),
    ],
)
def test_a_way_that_leads_nowhere_is_told_and_not_waited_for(asked: str, told: str) -> None:
    status, said = typed(f"postgresql://portal:secret@/fields?port=1&{asked.format(long='a' * 120)}", "serve")
    assert (status, said.strip()) == (1, f"The database cannot be used: {told}. Check DATABASE_URL.")


# The password is written as it should not be, or belongs to nobody.
@pytest.mark.parametrize(
    ("url", "words", "told"),
    [
        ("mysql://portal:secret@db/fields", ["serve"], "DATABASE_URL must begin with postgres:// or postgresql://."),
        ("postgresql://portal:sec/ret@db/fields", ["serve"], "DATABASE_URL cannot be read. It looks like postgresql:"),
        ("postgresql://portal:sec/ret@db/fields", ["worker"], "DATABASE_URL cannot be read. It looks like postgresql:"),
        ("postgresql://portal:secret@host.invalid/fields", ["db", "status"], "The database cannot be reached: "),
        ("postgresql://portal:secret@127.0.0.1:99999/fields", ["db", "status"], "DATABASE_URL cannot be read. "),
        ("postgresql://portal:secret@127.0.0.1:99999/fields", ["serve"], "DATABASE_URL cannot be read. "),
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


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("connect_timeout=5", 'unrecognized configuration parameter "connect_timeout"'),
        ("lock_timeout=soon", 'invalid value for parameter "lock_timeout": "soon"'),
        ("max_connections=5", 'parameter "max_connections" cannot be changed without restarting the server'),
    ],
)
def test_what_the_address_asks_for_in_vain_is_told_and_not_waited_for(
    postgres: cluster.Cluster, asked: str, told: str
) -> None:
    status, said = typed(f"{postgres.url('postgres')}&{asked}", "serve")
    assert (status, said.strip()) == (1, f"The database cannot be used: {told}. Check DATABASE_URL.")


def test_what_a_pooler_is_asked_for_in_vain_is_told_and_not_waited_for(postgres: cluster.Cluster) -> None:
    with pgbouncer(postgres.url("postgres")) as pooled:
        status, said = typed(f"{pooled}?connect_timeout=5", "worker")
    assert (status, len(said.strip().splitlines())) == (1, 1), said
    assert said.startswith("The database cannot be used: unsupported startup parameter: connect_timeout")


async def test_who_may_not_enter_the_database_is_told_and_does_not_wait(postgres: cluster.Cluster) -> None:
    connection = await asyncpg.connect(postgres.url("postgres"))
    try:
        await connection.execute("CREATE ROLE stranger LOGIN")
        await connection.execute("CREATE DATABASE closed")
        await connection.execute("REVOKE CONNECT ON DATABASE closed FROM public")
    finally:
        await connection.close()
    url = postgres.url("closed").replace(f"//{cluster.USER}@", "//stranger@")
    status, said = typed(url, "serve")
    told = 'The database cannot be used: permission denied for database "closed". Check DATABASE_URL.'
    assert (status, said.strip()) == (1, told)


def _in_a_file(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file" / "data"


def _with_a_folder_for_a_lock(folder: Path) -> Path:
    (folder / "cluster.lock").mkdir()
    return folder


@pytest.mark.parametrize("words", [["serve"], ["db", "status"]], ids=" ".join)
@pytest.mark.parametrize("made", [_in_a_file, _with_a_folder_for_a_lock, lambda _: Path("/proc/nope")])
def test_a_data_folder_that_cannot_be_used_is_told_in_one_line(
    tmp_path: Path, made: Callable[[Path], Path], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = made(tmp_path)
    monkeypatch.setenv("TESTFIELDS_DATA", str(data))
    status, said = typed("", *words)
    assert (status, len(said.strip().splitlines())) == (1, 1), said
    assert said.startswith(f"The data folder {data} cannot be used: ")


def test_the_version_is_told() -> None:
    status, said = typed("", "--version")
    assert (status, said.strip()) == (0, f"testfields {metadata.version('testfields')}")


def interrupted_while_loading(module: str) -> "subprocess.CompletedProcess[str]":
    """A command at the moment of whose loading `module` somebody presses Ctrl-C."""
    code = f"""
import signal, sys

# Whoever runs the tests in the background may have them ignore Ctrl-C, and this process with them.
signal.signal(signal.SIGINT, signal.default_int_handler)

class Pressed:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Pressed())
sys.argv = ["testfields", "--version"]
from testfields.__main__ import main
main()
"""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("module", ["testfields.cli", "sqlalchemy"])
def test_a_command_that_is_interrupted_while_it_loads_ends_without_a_word(module: str) -> None:
    ended = interrupted_while_loading(module)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


def test_a_command_loads_nothing_that_draws_maps() -> None:
    code = "import sys, testfields.cli; sys.exit('folium' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


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
