"""PgBouncer in transaction mode before the portal: the main job, and many at once."""

import asyncio
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

from testfields import schema
from testfields.db.engine import DB
from tests.journey.test_api import travel
from tests.pgbouncer import pgbouncer
from tests.races.conftest import CLIENTS, all_at_once, claims_out_of_step, client_for, make_crowd, overlaps
from tests.races.test_races import RESERVATIONS, times
from tests.server import serving

SLOTS = 8


@pytest.fixture
def pooled(own_db: str) -> Iterator[str]:
    """The address of the test's database through PgBouncer."""
    with pgbouncer(own_db) as url:
        yield url


async def test_the_journey_is_the_same(pooled: str, tmp_path: Path) -> None:
    await travel(pooled, tmp_path)


@pytest.mark.races
async def test_many_book_at_once_without_overlap_or_fault(pooled: str, tmp_path: Path) -> None:
    with serving(pooled, tmp_path) as server:
        async with client_for(server) as http:
            crowd = await make_crowd(server, http)
            bodies = [crowd.application(client, [times(client % SLOTS)]) for client in range(CLIENTS)]
            # `all_at_once` refuses every answer of 500 and more.
            keyed = [{"Idempotency-Key": "one"} if client % 2 else {} for client in range(CLIENTS)]
            answers = await all_at_once(
                [
                    functools.partial(crowd.post, client, RESERVATIONS, bodies[client], **keyed[client])
                    for client in range(CLIENTS)
                ]
            )

    assert sorted(answer.status_code for answer in answers) == [201] * SLOTS + [409] * (CLIENTS - SLOTS)
    assert await overlaps() == 0
    assert await claims_out_of_step() == []


async def test_commands_find_their_way_too(pooled: str) -> None:
    shared_pool, shared_config = DB.pool, DB.config
    DB.pool = None
    DB.use(pooled)
    try:
        before, again = await asyncio.gather(schema.upgrade(), schema.upgrade())
        assert before.current
        assert again.current
        assert DB.through_pooler
    finally:
        DB.pool, DB.config = shared_pool, shared_config
    async with DB.connection() as connection:
        await connection.fetchval("SELECT 1")
    assert not DB.through_pooler
