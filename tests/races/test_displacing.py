"""A closing that displaces, in the middle of a crowd that books, decides, checks in and lets go: it takes all of its
ground, leaves nobody's claim on it, and tells each application that it took from."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from asyncpg import Range

from testfields.core.clock import now
from testfields.core.periods import Period
from testfields.db.engine import DB
from tests import factories
from tests.races.acting import ANY_VERSION, Place, begun_an_hour_earlier, filed, next_half_hour, permitted, volume
from tests.races.conftest import CLIENTS, RESERVATIONS, Crowd, all_at_once, claims_out_of_step, overlaps, times

pytestmark = pytest.mark.races
SITES = 3
CLOSERS = 4

# What stands at a closed place while it is closed, and is no closure.
STANDING = """
    SELECT count(*) FROM claim JOIN site ON site.id = claim.site_id
    WHERE site.owner_id = $1 AND claim.period && $2 AND claim.source_kind <> 'closure'
"""
CLOSED = """
    SELECT count(*) FROM claim JOIN site ON site.id = claim.site_id
    WHERE site.owner_id = $1 AND claim.period = $2 AND claim.source_kind = 'closure'
"""
# Applications with a stay that the closing took, and whether their story says so.
DISPLACED = """
    SELECT DISTINCT stay.reservation_id AS id, EXISTS (
        SELECT FROM reservation_event event
        WHERE event.reservation_id = stay.reservation_id AND event.action = 'displace'
    ) AS told
    FROM stay WHERE reservation_id = ANY($1) AND stay.state = 'displaced'
"""
OPEN = """
    SELECT count(*) FROM stay JOIN reservation ON reservation.id = stay.reservation_id
    WHERE reservation.id = ANY($1) AND stay.period && $2 AND stay.state = ANY(open_stays())
      AND reservation.state = ANY(under_way_states())
"""


@dataclass(frozen=True)
class Land:
    """All that one owner has: several sites with an area each, and the crowd before them."""

    crowd: Crowd
    slug: str
    areas: Sequence[int]

    def of(self, client: int) -> int:
        """The area that a client goes to."""
        return self.areas[client % len(self.areas)]

    async def close(self, period: Period) -> httpx.Response:
        """Shut all of it, whatever stands there."""
        body = {"owner": self.slug, "kind": "weather", "reason_ja": "台風のため", "reason_en": "A typhoon"}
        return await self.crowd.http.post(
            "/api/v1/closures", json={**body, "displace": True, **volume(period)}, headers=self.crowd.staff
        )

    async def count(self, statement: str, period: Period) -> int:
        """How many claims."""
        async with DB.connection() as connection:
            found: int = await connection.fetchval(
                statement, self.crowd.field.owner_id, Range(period.start, period.end)
            )
        return found


@pytest.fixture
async def land(crowd: Crowd) -> Land:
    """The crowd's field and two more of its owner."""
    areas = [crowd.field.area_id]
    for _ in range(SITES - 1):
        areas.append(await factories.area(await factories.site(crowd.field.owner_id)))
    async with DB.connection() as connection:
        slug = await connection.fetchval("SELECT slug FROM organisation WHERE id = $1", crowd.field.owner_id)
    return Land(crowd, slug, areas)


async def assert_closed(land: Land, period: Period, closers: Sequence[httpx.Response], ids: Sequence[int]) -> None:
    """One closing has got everything there; nothing of these applications is left on it, and each was told."""
    assert sorted(answer.status_code for answer in closers) == [201, *[409] * (len(closers) - 1)]
    (entered,) = (answer.json() for answer in closers if answer.status_code == 201)
    assert await land.count(CLOSED, period) == SITES == len(entered["closures"])
    assert await land.count(STANDING, period) == 0
    async with DB.connection() as connection:
        rows = await connection.fetch(DISPLACED, list(ids))
        left = await connection.fetchval(OPEN, list(ids), Range(period.start, period.end))
    assert left == 0
    assert [row["id"] for row in rows if not row["told"]] == []
    assert {row["id"] for row in rows} <= set(entered["displaced"])
    assert await overlaps() == 0
    assert await claims_out_of_step() == []


async def test_a_closing_among_approvals_bookings_and_withdrawals_takes_all_of_its_ground(land: Land) -> None:
    chance = random.Random(7)
    for day in (1, 2, 3):
        await _close_among_steps(land, day, chance)


async def _close_among_steps(land: Land, day: int, chance: random.Random) -> None:
    """Twenty-four applications stand; all at once half of these are decided, a quarter let go, and others come."""
    crowd, closed = land.crowd, factories.period(0, 24, day)
    standing = await asyncio.gather(
        *(filed(crowd, client, times(client // SITES, days=day), area_id=land.of(client)) for client in range(24))
    )
    found: list[int] = [one.id for one in standing]

    async def decide(place: Place) -> httpx.Response:
        answer = await crowd.http.post(f"{place.address}/approve", json={}, headers=crowd.staff | ANY_VERSION)
        assert answer.status_code in {200, 409}, answer.text
        return answer

    async def let_go(place: Place) -> httpx.Response:
        answer = await place.take("withdraw")
        assert answer.status_code in {200, 409}, answer.text
        return answer

    async def come(client: int) -> httpx.Response:
        """Somebody books two hours, or waits for them; every other one lets them go again."""
        body = crowd.application(client, [times(client % 20, 2, day)], area_id=land.of(client), wait=client % 3 == 0)
        answer = await crowd.post(client, RESERVATIONS, body)
        assert answer.status_code in {201, 409}, answer.text
        if answer.status_code == 201:
            found.append(answer.json()["id"])
            return await let_go(Place(crowd, client, found[-1])) if client % 2 else answer
        return answer

    deeds = [lambda: land.close(closed)] * CLOSERS
    others = [lambda place=place: decide(place) for place in standing[:12]]
    others += [lambda place=place: let_go(place) for place in standing[12:18]]
    others += [lambda client=client: come(client) for client in range(24, CLIENTS - CLOSERS)]
    order = list(enumerate([*deeds, *others]))
    chance.shuffle(order)
    answers = await all_at_once([deed for _, deed in order])
    closers = [answer for (place, _), answer in zip(order, answers, strict=True) if place < CLOSERS]
    # Those who came to wait after it wait for whatever becomes free; they hold nothing.
    waiting = await _waiting(found)
    await assert_closed(land, closed, closers, [one for one in found if one not in waiting])


async def _waiting(ids: Sequence[int]) -> set[int]:
    async with DB.connection() as connection:
        rows = await connection.fetch("SELECT id FROM reservation WHERE id = ANY($1) AND state = 'waiting'", list(ids))
    return {row["id"] for row in rows}


@pytest.mark.parametrize("at_once", [False, True])
async def test_a_closing_among_check_ins_and_check_outs_leaves_nobody_on_its_ground(land: Land, at_once: bool) -> None:
    """What is under way is closed, at once or from the next half hour on: it was used until then, or is displaced."""
    crowd = land.crowd
    begins = next_half_hour(now() + timedelta(minutes=2))
    under_way = [
        await permitted(crowd, client, volume(Period(begins, begins + timedelta(hours=4))), area_id=land.of(client))
        for client in range(SITES)
    ]
    await begun_an_hour_earlier(under_way)
    later = [
        await permitted(
            crowd, SITES + client,
            volume(Period(begins + timedelta(hours=3.5), begins + timedelta(hours=5))), area_id=land.of(client),
        )
        for client in range(SITES)
    ]  # fmt: skip

    async def come_and_go(place: Place) -> httpx.Response:
        """Check in, then out, until it cannot be done any more."""
        for action in ("check_in", "check_out"):
            answer = await place.take(action)
            assert answer.status_code in {200, 409}, answer.text
        return answer

    async def give_back(place: Place) -> httpx.Response:
        answer = await place.take("give_back")
        assert answer.status_code in {200, 409}, answer.text
        return answer

    closed = Period(now() if at_once else begins, begins + timedelta(hours=6))
    answers = await all_at_once(
        [lambda place=place: come_and_go(place) for place in under_way]
        + [lambda: land.close(closed)] * CLOSERS
        + [lambda place=place: give_back(place) for place in later]
    )
    await assert_closed(
        land, closed, answers[SITES : SITES + CLOSERS], [one.id for one in (*under_way, *later)]
    )  # fmt: skip
