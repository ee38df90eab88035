"""64 clients want the same thing: one gets it, nobody sees an error that is not theirs, nothing overlaps."""

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import Taken, WrongState
from testfields.db.cluster import Cluster
from testfields.db.engine import DB
from testfields.reservations import filing, service
from testfields.reservations.filing import Application
from testfields.reservations.rules import Action
from testfields.reservations.service import Step
from tests import factories
from tests.races.conftest import CLIENTS, Crowd, all_at_once, claims_out_of_step, overlaps

pytestmark = pytest.mark.races
RESERVATIONS = "/api/v1/reservations"


@pytest.fixture(autouse=True)
def _no_deadlock(postgres: Cluster) -> object:
    """The database saw no deadlock during the test."""
    before = postgres.log.read_text().count("deadlock detected")
    yield
    assert postgres.log.read_text().count("deadlock detected") == before


def times(hour: float, hours: float = 1, days: int = 1) -> dict[str, dict[str, str]]:
    """A volume over the whole area."""
    period = factories.period(hour, hours, days)
    return {"period": {"start": period.start.isoformat(), "end": period.end.isoformat()}}


async def test_the_same_slot_goes_to_exactly_one(crowd: Crowd) -> None:
    answers = await all_at_once(
        [
            lambda client=client: crowd.post(client, RESERVATIONS, crowd.application(client, [times(9)]))
            for client in range(CLIENTS)
        ]
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CLIENTS - 1}
    assert await overlaps() == 0


async def test_the_same_slot_as_holds_and_submissions_mixed(crowd: Crowd) -> None:
    answers = await all_at_once(
        [
            lambda client=client: crowd.post(
                client, RESERVATIONS, crowd.application(client, [times(9)], hold=client % 2 == 0)
            )
            for client in range(CLIENTS)
        ]
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CLIENTS - 1}


async def test_series_of_overlapping_volumes_never_overlap(crowd: Crowd) -> None:
    chance = random.Random(7)
    series = [
        [times(chance.choice(range(0, 40)) / 2, chance.choice([0.5, 1, 2]), days) for days in (1, 2, 3)]
        for _ in range(CLIENTS)
    ]
    answers = await all_at_once(
        [
            lambda client=client: crowd.post(client, RESERVATIONS, crowd.application(client, series[client]))
            for client in range(CLIENTS)
        ]
    )
    count = Counter(answer.status_code for answer in answers)
    assert set(count) == {201, 409}
    assert await overlaps() == 0
    assert await claims_out_of_step() == []


async def test_approval_against_closure_leaves_one_of_them(crowd: Crowd) -> None:
    """Staff reject while another closes the site: the closure stands only where the claim is gone."""
    filed = await crowd.post(0, RESERVATIONS, crowd.application(0, [times(9)]))
    assert filed.status_code == 201, filed.text
    site = await _slug(crowd)
    closure = {"site": site, "kind": "works", "reason_ja": "工事", "reason_en": "Works", **times(8, 4)}
    verbs = ["approve", "reject", "return"] * 7
    answers = await all_at_once(
        [
            lambda verb=verb: crowd.http.post(
                f"{RESERVATIONS}/{filed.json()['id']}/{verb}",
                json={"reason": "理由"},
                headers=crowd.staff | {"If-Match": "*"},
            )
            for verb in verbs
        ]
        + [
            lambda: crowd.http.post("/api/v1/closures", json=closure, headers=crowd.staff)
            for _ in range(CLIENTS - len(verbs))
        ]
    )
    assert {answer.status_code for answer in answers[len(verbs) :]} <= {201, 409}
    closed = sum(answer.status_code == 201 for answer in answers[len(verbs) :])
    shown = await crowd.http.get(f"{RESERVATIONS}/{filed.json()['id']}", headers=crowd.staff)
    assert closed == 0 or shown.json()["state"] == "rejected"
    assert closed <= 1
    assert await overlaps() == 0
    assert await claims_out_of_step() == []


async def _slug(crowd: Crowd) -> str:
    async with DB.connection() as connection:
        slug: str = await connection.fetchval("SELECT slug FROM site WHERE id = $1", crowd.field.site_id)
    return slug


async def test_a_hold_that_expires_while_it_is_submitted_ends_in_one_state(crowd: Crowd) -> None:
    held = []
    for client in range(16):
        answer = await crowd.post(client, RESERVATIONS, crowd.application(client, [times(client)], hold=True))
        held.append(answer.json()["id"])
    soon = datetime.now(UTC) + timedelta(seconds=1)
    async with DB.connection() as connection:
        await connection.execute("UPDATE reservation SET deadline = $1", soon)

    async def expire(one: int) -> bool:
        while True:
            try:
                await service.act(None, one, Step(Action.EXPIRE), now())
            except WrongState:
                if now() > soon + timedelta(seconds=1):
                    return False
                await asyncio.sleep(0.001)
            else:
                return True

    async def submit(client: int, one: int) -> bool:
        await asyncio.sleep(max(0.0, (soon - now()).total_seconds() + random.uniform(-0.05, 0.05)))
        answer = await crowd.post(client, f"{RESERVATIONS}/{one}/submit", {}, **{"If-Match": "*"})
        assert answer.status_code in {200, 409}, answer.text
        return answer.status_code == 200

    expired, submitted = await asyncio.gather(
        asyncio.gather(*(expire(one) for one in held)),
        asyncio.gather(*(submit(client, one) for client, one in enumerate(held))),
    )
    assert all(one != other for one, other in zip(expired, submitted, strict=True))
    assert await claims_out_of_step() == []
    assert await overlaps() == 0


async def test_moving_against_booking_gives_the_slot_to_exactly_one(crowd: Crowd) -> None:
    movers = []
    for client in range(8):
        answer = await crowd.post(client, RESERVATIONS, crowd.application(client, [times(client)]))
        movers.append(f"{answer.headers['location']}/volumes")
    target = times(15)
    answers = await all_at_once(
        [
            lambda client=client: crowd.http.put(
                movers[client], json={"volumes": [target]}, headers=crowd.headers[client] | {"If-Match": '"1"'}
            )
            for client in range(8)
        ]
        + [
            lambda client=client: crowd.post(client, RESERVATIONS, crowd.application(client, [target]))
            for client in range(8, CLIENTS)
        ]
    )
    count = Counter(answer.status_code for answer in answers)
    assert count[200] + count[201] == 1
    assert count[409] == CLIENTS - 1
    assert await overlaps() == 0
    assert await claims_out_of_step() == []


INSERT = """
    INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
    SELECT site.id, 'allotment', $2, geometry, '(,)', $3 FROM site WHERE site.id = $1
"""


async def test_direct_inserts_beside_http_obey_the_same_rule(crowd: Crowd) -> None:
    wanted = factories.period(9)

    async def by_sql(number: int) -> bool:
        async with DB.connection() as connection:
            try:
                period = asyncpg.Range(wanted.start, wanted.end)
                await connection.execute(INSERT, crowd.field.site_id, number, period)
            except asyncpg.ExclusionViolationError:
                return False
        return True

    by_http, inserted = await asyncio.gather(
        all_at_once(
            [
                lambda client=client: crowd.post(client, RESERVATIONS, crowd.application(client, [times(9)]))
                for client in range(CLIENTS)
            ]
        ),
        asyncio.gather(*(by_sql(number) for number in range(CLIENTS))),
    )
    assert sum(answer.status_code == 201 for answer in by_http) + sum(inserted) == 1
    assert await overlaps() == 0


async def test_without_the_guard_the_same_race_does_overlap(own_db: str) -> None:
    """The control: what the other tests look for is there when the trigger is off."""
    field = await factories.field()
    companies = [await factories.company() for _ in range(16)]
    projects = [await factories.project(company) for company in companies]
    async with DB.connection() as connection:
        await connection.execute("ALTER TABLE claim DISABLE TRIGGER claim_guard_insert")

    async def book(number: int) -> bool:
        application = Application(projects[number], field.area_id, (Asked(factories.period(9)),))
        try:
            await filing.file(companies[number], application, now())
        except Taken:
            return False
        return True

    won = await asyncio.gather(*(book(number) for number in range(16)))
    assert sum(won) > 1
    assert await overlaps() > 0
