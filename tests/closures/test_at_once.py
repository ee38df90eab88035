"""A closing among others who book, decide, check in and give back at the same moment: no ring of locks, nobody lost."""

import asyncio
import random
from collections.abc import Awaitable

import pytest

from testfields.core.clock import now
from testfields.core.errors import PortalError
from testfields.db.statements import Statement
from testfields.events.service import broken_chains
from testfields.reservations import steps
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from tests import factories
from tests.closures.test_displacing import apply, permitted, shut
from tests.races.conftest import claims_out_of_step, overlaps

pytestmark = pytest.mark.races

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
