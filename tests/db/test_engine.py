"""Transactions that let go, are tried again, and tell what went wrong first."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.db.engine import ATTEMPTS, DB, one_statement, transactional
from testfields.db.outages import OutOfReach
from testfields.reservations import filing
from testfields.reservations.filing import Application
from tests import factories

# A sequence does not go back with a transaction, so it counts attempts.
ASKS_TWICE = """
    CREATE SEQUENCE attempt;
    CREATE FUNCTION asks_again(times bigint, code text) RETURNS bigint LANGUAGE plpgsql AS $$
    BEGIN
        IF nextval('attempt') <= times THEN RAISE EXCEPTION 'once more' USING ERRCODE = code; END IF;
        RETURN currval('attempt');
    END $$;
"""


async def ask(times: int, code: str) -> int:
    async with DB.connection() as connection:
        return int(await connection.fetchval("SELECT asks_again($1, $2)", times, code))


@pytest.mark.parametrize("code", ["40001", "40P01"])
@pytest.mark.parametrize("kept", [one_statement, transactional])
async def test_what_postgresql_asks_to_try_again_is_tried_again(
    own_db: str, kept: Callable[[Callable[..., Awaitable[int]]], Callable[..., Awaitable[int]]], code: str
) -> None:
    async with DB.connection() as connection:
        await connection.execute(ASKS_TWICE)

    assert await kept(ask)(2, code) == 3

    with pytest.raises((asyncpg.SerializationError, asyncpg.DeadlockDetectedError)):
        await kept(ask)(1_000, code)
    async with DB.connection() as connection:
        assert await connection.fetchval("SELECT last_value FROM attempt") == 3 + ATTEMPTS


async def test_a_single_statement_within_a_transaction_leaves_it_usable(db: None) -> None:
    @one_statement
    async def fail() -> None:
        async with DB.connection() as connection:
            await connection.execute("SELECT 1 / 0")

    with pytest.raises(asyncpg.DivisionByZeroError):
        await fail()

    async with DB.connection() as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def test_bookings_do_not_depend_on_the_isolation_that_a_database_has_as_its_own(own_db: str) -> None:
    field, companies = await factories.field(), [await factories.company() for _ in range(12)]
    projects = [await factories.project(company) for company in companies]
    async with DB.connection() as connection:
        name = await connection.fetchval("SELECT current_database()")
        await connection.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'")

    assert DB.pool is not None
    await DB.pool.expire_connections()
    filed = await asyncio.gather(
        *(
            filing.file(company, Application(project, field.area_id, (Asked(factories.period(hour)),)), now())
            for hour, (company, project) in enumerate(zip(companies, projects, strict=True))
        )
    )

    assert len({one.id for one in filed}) == 12


async def test_the_first_error_is_told_when_the_connection_is_lost_as_well(own_db: str) -> None:
    @transactional
    @transactional
    async def work() -> None:
        with pytest.raises(OutOfReach):
            async with DB.connection() as connection:
                await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        raise LookupError("the first")

    with pytest.raises(LookupError, match="the first"):
        await work()

    async with DB.connection() as connection:
        assert await connection.fetchval("SELECT 1") == 1
