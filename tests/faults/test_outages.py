"""A database that cannot do its work: told as 503 on both doors, nothing half stored, and the pool whole after it."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from testfields import schema
from testfields.db import cluster
from testfields.db.engine import DB
from tests.faults.bookers import Booker, all_given_back, assert_told, booker, stored
from tests.faults.locks import WAITING, lock_held, until_waiting
from tests.projects.test_routes import PLAN

PAGE = {"Accept": "text/html", "Accept-Language": "en"}
FAILS = """
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}; RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER commit_fails AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION fail();
"""
KEYED = {"Idempotency-Key": "one"}
CODES = ("disk_full", "out_of_memory", "query_canceled", "io_error", "serialization_failure")


async def execute(sql: str) -> None:
    async with DB.connection() as connection:
        await connection.execute(sql)


async def plant(what: str, table: str = "reservation") -> None:
    """Let every COMMIT fail that follows an INSERT into `table`."""
    await execute(FAILS.format(what=what, table=table))


async def assert_books_again(client: httpx.AsyncClient, one: Booker, days: int = 1, **headers: str) -> None:
    """When the fault is over, the same request is carried out, and the pool is whole."""
    answer = await one.book(client, days=days, **headers)
    assert answer.status_code == 201, answer.text
    assert (await client.get("/readyz")).status_code == 200
    assert all_given_back()


async def test_a_commit_that_fails_is_told_and_leaves_nothing(own_db: str, client: httpx.AsyncClient) -> None:
    one = await booker(client)
    await plant("RAISE EXCEPTION 'no' USING ERRCODE = (SELECT code FROM said)")
    await execute("CREATE TABLE said AS SELECT ''::text AS code")
    for code in CODES:
        await execute(f"UPDATE said SET code = '{code}'")
        assert_told(await one.book(client))
        assert_told(await one.book(client, **KEYED))

    assert set((await stored()).values()) == {0}
    await execute("DROP TRIGGER commit_fails ON reservation")
    await assert_books_again(client, one, **KEYED)


async def test_a_connection_lost_while_storing_is_told_as_undecided(own_db: str, client: httpx.AsyncClient) -> None:
    one = await booker(client)
    await plant("PERFORM pg_terminate_backend(pg_backend_pid())")

    assert_told(await one.book(client), "undecided")
    assert_told(await one.book(client, **KEYED), "undecided")

    assert set((await stored()).values()) == {0}
    await execute("DROP TRIGGER commit_fails ON reservation")
    await assert_books_again(client, one, **KEYED)


async def test_a_page_tells_it_too(own_db: str, client: httpx.AsyncClient) -> None:
    one = await booker(client)
    await plant("RAISE EXCEPTION 'no' USING ERRCODE = 'disk_full'", "project")

    answer = await client.post("/my/projects/new", data=one.form | PLAN, headers=PAGE)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert "現在、ポータルをご利用いただけません" in answer.text
    assert all_given_back()


async def test_a_statement_that_is_cancelled_is_told(own_db: str, client: httpx.AsyncClient) -> None:
    one = await booker(client)
    async with lock_held(own_db, one.field.site_id) as other:
        booking = asyncio.create_task(one.book(client))
        await until_waiting(other, booking)
        await other.execute(f"SELECT pg_cancel_backend(pid) {WAITING}")
        assert_told(await booking)

    assert set((await stored()).values()) == {0}
    await assert_books_again(client, one)


@asynccontextmanager
async def read_only(url: str) -> AsyncIterator[None]:
    """The database may only be read during the block; every connection is made anew."""
    assert DB.pool is not None
    other = await asyncpg.connect(url, server_settings={"default_transaction_read_only": "off"})
    name = await other.fetchval("SELECT current_database()")
    try:
        await other.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        await DB.pool.expire_connections()
        yield
    finally:
        await other.execute(f"ALTER DATABASE {name} RESET ALL")
        await DB.pool.expire_connections()
        await other.close()


async def test_a_database_that_may_only_be_read_is_read(own_db: str, client: httpx.AsyncClient) -> None:
    one = await booker(client)
    async with read_only(own_db):
        assert_told(await one.book(client))
        assert_told(await one.book(client, **KEYED))
        assert (await client.post("/my/projects/new", data=one.form | PLAN, headers=PAGE)).status_code == 503
        assert (await client.get("/sites", headers=PAGE)).status_code == 200
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (503, "read-only")

    assert set((await stored()).values()) == {0}
    await assert_books_again(client, one, **KEYED)


async def test_a_server_without_a_connection_to_give_is_told(own_db: str, client: httpx.AsyncClient) -> None:
    one, shared_pool, shared_config = await booker(client), DB.pool, DB.config
    await execute("CREATE ROLE guest LOGIN IN ROLE testfields CONNECTION LIMIT 4")
    DB.pool = None
    DB.use(own_db.replace("://testfields@", "://guest@"))
    try:
        async with DB.open(4):
            await shared_pool.execute("ALTER ROLE guest CONNECTION LIMIT 0")
            await DB.pool.expire_connections()
            assert_told(await one.book(client))
            ready = await client.get("/readyz")
            assert (ready.status_code, ready.json()["status"]) == (503, "out of connections")
            await shared_pool.execute("ALTER ROLE guest CONNECTION LIMIT 4")
            await assert_books_again(client, one)
    finally:
        DB.pool, DB.config = shared_pool, shared_config
        await execute("DROP ROLE guest")


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system of its own, in memory."""
    with tempfile.TemporaryDirectory(prefix="tfdisk") as folder:
        if os.geteuid() != 0:
            pytest.skip("only root may mount a small disk")
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", folder]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("no disk may be mounted here")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def fill(disk: Path) -> Path:
    """Leave no room on `disk`; the file that takes it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 4096):
                pass
        except OSError:
            return ballast
    raise AssertionError("the disk has no end")


@pytest.fixture
async def full_disk(_pool: None) -> AsyncIterator[Path]:
    """A small disk with a migrated database, in use."""
    shared_pool, shared_config = DB.pool, DB.config
    with small_disk(200) as disk:
        try:
            with cluster.running(disk) as running:
                DB.pool = None
                DB.use(running.url())
                await schema.upgrade()
                async with DB.open(8):
                    yield disk
        finally:
            DB.pool, DB.config = shared_pool, shared_config


async def test_a_full_disk_is_told_and_what_was_stored_stays(full_disk: Path, client: httpx.AsyncClient) -> None:
    one = await booker(client)
    assert (await client.get("/readyz")).status_code == 200
    ballast = fill(full_disk)
    answers = [await one.book(client, hour % 24, 1 + hour // 24) for hour in range(120)]
    booked = [answer for answer in answers if answer.status_code == 201]
    refused = [answer for answer in answers if answer.status_code != 201]

    assert refused
    for answer in refused:
        assert_told(answer)
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (503, "disk full")
    for answer in booked:
        assert (await client.get(answer.headers["location"], headers=one.headers)).status_code == 200

    ballast.unlink()
    counted = await stored()
    assert {counted[table] for table in ("reservation", "volume", "claim", "reservation_event")} == {len(booked)}
    await assert_books_again(client, one, days=20)
