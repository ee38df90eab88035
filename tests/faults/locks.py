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


async def until_waiting(other: asyncpg.Connection, at_least: int = 1) -> None:
    """Return when so many wait for a lock."""
    while await other.fetchval(f"SELECT count(*) {WAITING}") < at_least:  # noqa: ASYNC110 (nobody could tell)
        await asyncio.sleep(0.01)
