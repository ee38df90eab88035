"""The demo's fortnight is alive at whatever hour it is started."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import pytest

from testfields.accounts.rules import Actor
from testfields.accounts.service import actor_by_email
from testfields.closures import service as closures
from testfields.demo import seed
from testfields.demo.plot import SCENES, WAITING
from testfields.events.service import broken_chains
from testfields.maps import service as maps
from testfields.maps.rules import Days, Sought
from testfields.reservations import reading
from testfields.reservations.rules import State
from testfields.reviews import service as reviews

NEWEST = 2**63 - 1


async def somebody(key: str) -> Actor:
    actor = await actor_by_email(f"{key}@demo.example")
    assert actor is not None
    return actor


def planned() -> Counter[State]:
    """How many applications the plot wants in each state."""
    wanted = Counter({State.WAITING: WAITING})
    for scene in SCENES:
        wanted[scene.state] += scene.count
    return wanted


async def states(actors: Sequence[Actor]) -> Counter[State]:
    found = {}
    for actor in actors:
        for row in await reading.listed(actor, reading.ListQuery(limit=200)):
            found[row["id"]] = State(row["state"])
    return Counter(found.values())


# Just after and just before midnight in Japan, at noon, over the turn of the year.
@pytest.mark.parametrize(
    "hour",
    [
        "2026-12-03T00:05+09:00",
        "2026-12-03T04:30+09:00",
        "2026-12-03T12:30+09:00",
        "2026-12-03T23:55+09:00",
        "2026-12-31T23:30+09:00",
    ],
)
async def test_what_the_plot_plans_takes_place(db: None, hour: str) -> None:
    at = datetime.fromisoformat(hour)

    filed = await seed.play(at)

    approver = await somebody("approver")
    companies = [await somebody("company"), await somebody("rival")]
    others = [actor for one in seed.COMPANIES[2:] if (actor := await actor_by_email(f"desk@{one.slug}.example"))]
    played = await states([approver, *companies, *others])
    missing = planned() - played
    assert filed == played.total()
    # Few test fields are open at night: one of the trials that should be on then may find no place.
    assert missing in (Counter(), Counter({State.ACTIVE: 1}))
    assert not played - planned()
    assert (await maps.figures(Sought(Days(maps.today(at))), at)).on_now >= 3
    assert len(await closures.listed(approver, None, NEWEST, 10)) == 2
    [conflict] = [row for row in await reviews.queue(approver, reviews.QueueQuery(), at) if row["rivals"]]
    assert conflict["rivals"] == WAITING
    assert not await broken_chains()
