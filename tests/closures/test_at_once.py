"""A closing among others who book, decide, check in and give back at the same moment: no ring of locks, nobody lost."""

import asyncio
import random
from collections.abc import Awaitable
from contextvars import Context

import pytest

from testfields.availability import service as availability
from testfields.closures.tables import Closure
from testfields.core.clock import now
from testfields.core.errors import PortalError, WrongState
from testfields.db.engine import DB
from testfields.db.statements import Statement
from testfields.events.service import broken_chains
from testfields.reservations import day, steps
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from tests import factories
from tests.closures.test_displacing import apply, permitted, shut
from tests.races.conftest import claims_out_of_step, overlaps

pytestmark = pytest.mark.races

WAITS = """
    SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')
"""
NEW_VERSION = Statement("UPDATE site SET version = version + 1 WHERE id = :id")
TAKE_LOCK = Statement("SELECT FROM site_lock WHERE site_id = :id FOR UPDATE NOWAIT")
DEADLOCKS = Statement("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


async def outcome(step: Awaitable[object], after_s: float) -> str:
    """What somebody was told who came a moment later: nothing but refusals in words."""
    await asyncio.sleep(after_s)
    try:
        await step
    except PortalError as error:
        return type(error).__name__
    return "done"


@pytest.mark.parametrize("seed", range(4))
async def test_a_closing_among_other_steps(own_db: str, seed: int) -> None:
    chance = random.Random(seed)
    field = await factories.field()
    companies = [await factories.company() for _ in range(4)]
    submitted = [await apply(field, companies[hour % 4], factories.period(hour)) for hour in range(4, 10)]
    standing = [
        await permitted(field, companies[hour % 4], factories.period(hour), factories.period(hour, days=9))
        for hour in range(10, 14)
    ]
    patient = await factories.company()
    waiting = [await apply(field, patient, factories.period(hour), action=Action.WAIT) for hour in range(5, 14, 3)]
    at = factories.tomorrow(9.5)
    rush = [
        *(steps.act(field.approver, one, Step(Action.APPROVE), now()) for one in submitted),
        *(steps.act(companies[hour % 4], one, Step(Action.WITHDRAW), now()) for hour, one in enumerate(submitted, 4)),
        *(steps.act(companies[hour % 4], one, Step(Action.CANCEL), now()) for hour, one in enumerate(standing, 10)),
        *(steps.act(companies[2], one, Step(Action.CHECK_IN), at) for one in standing),
        *(apply(field, company, factories.period(14 + place)) for place, company in enumerate(companies)),
        *(steps.act(patient, one, Step(Action.WITHDRAW), now()) for one in waiting[:2]),
        shut(field, factories.period(6, 11)),
        shut(field, factories.period(6, 11, days=9)),
    ]

    # A closing looks around before it takes anything; so most come while it does, some before and some after.
    told = await asyncio.gather(*(outcome(one, chance.uniform(0, 0.3)) for one in rush))

    assert set(told) <= {"done", "WrongState", "Taken", "NotAllowed", "NotFound"}
    assert await overlaps() == 0
    assert await claims_out_of_step() == []
    assert await broken_chains() == []
    assert await DEADLOCKS.value() == 0


async def until_somebody_waits() -> None:
    """Until another connection waits for a lock of ours; our own transaction would see it as it was at first."""
    async with DB.own_connection() as connection:
        while not await connection.fetchval(WAITS):  # noqa: ASYNC110 (the database does not ring)
            await asyncio.sleep(0.02)


async def test_who_comes_while_a_closing_waits_is_displaced_too(own_db: str) -> None:
    field, company = await factories.field(), await factories.company()
    first = await apply(field, company, factories.period(8))
    async with DB.transaction():
        await availability.lock(field.site_id)
        # Its turn is ours alone: a task of its own knows nothing of this transaction.
        closing = asyncio.create_task(shut(field, factories.period(6, 8)), context=Context())
        await until_somebody_waits()
        second = await apply(field, company, factories.period(9))

    assert (await closing).displaced == (first, second)
    assert await claims_out_of_step() == []


async def test_a_site_that_changes_while_a_closing_waits_refuses_it(own_db: str) -> None:
    field = await factories.field()
    async with DB.transaction():
        await NEW_VERSION.run(id=field.site_id)
        closing = asyncio.create_task(shut(field, factories.period(6, 8)), context=Context())
        await until_somebody_waits()
    with pytest.raises(WrongState):
        await closing
    assert await Closure.count() == 0


async def test_who_gives_back_holds_the_site_before_what_is_taken_there(own_db: str) -> None:
    """As an import does that changes it: else the two could wait for each other."""
    field, company = await factories.field(), await factories.company()
    number = await permitted(field, company, factories.period(9), factories.period(12))
    await apply(field, await factories.company(), factories.period(9), action=Action.WAIT)
    (first, _) = await day.stays_of(number)
    give_back = Step(Action.GIVE_BACK, stays=(first.id,))
    async with DB.transaction():
        await NEW_VERSION.run(id=field.site_id)
        giving = asyncio.create_task(steps.act(company, number, give_back, now()), context=Context())
        await until_somebody_waits()
        await TAKE_LOCK.run(id=field.site_id)
    await giving
    assert await DEADLOCKS.value() == 0
