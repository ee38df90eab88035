"""A lock that somebody holds for longer than anybody should wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

# Who waits for a lock in the database that asks.
WAITING = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@asynccontextmanager
async def lock_held(url: str, site_id: int) -> AsyncIterator[asyncpg.Connection]:
    """A connection of nobody's that holds the lock row of a site for the block."""
    other = await asyncpg.connect(url)
    try:
        async with other.transaction():
            await other.execute("SELECT FROM site_lock WHERE site_id = $1 FOR UPDATE", site_id)
            yield other
    finally:
        await other.close()


async def waiting(other: asyncpg.Connection) -> int:
    """How many wait for a lock now. A transaction sees the activity of its first look, unless that is forgotten."""
    await other.execute("SELECT pg_stat_clear_snapshot()")
    count: int = await other.fetchval(f"SELECT count(*) {WAITING}")
    return count


async def until_waiting(other: asyncpg.Connection, work: "asyncio.Future[object]") -> None:
    """Return when somebody waits for a lock; an error where the work that should is over without having waited."""
    while not await waiting(other):
        assert not work.done()
        await asyncio.sleep(0.01)


async def most_waiting(other: asyncpg.Connection, work: "asyncio.Future[object]") -> int:
    """How many wait for a lock at a time, at most, until the work is over."""
    most = 0
    while not work.done():
        most = max(most, await waiting(other))
        await asyncio.sleep(0.01)
    return most
