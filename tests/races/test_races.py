"""64 clients want the same thing: one gets it, nobody sees an error that is not theirs, nothing overlaps."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import Taken
from testfields.db.engine import DB
from testfields.reservations import filing, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from tests import factories
from tests.races.conftest import (
    CLIENTS,
    RESERVATIONS,
    Crowd,
    all_at_once,
    claims_out_of_step,
    overlaps,
    times,
    when_none_is,
)

pytestmark = pytest.mark.races


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


async def test_whatever_fits_against_single_bookings_leaves_nothing_free_that_was_asked_for(crowd: Crowd) -> None:
    """Half of the clients ask for a series of whatever fits, half for one of its slots: each slot goes to one of them,
    and nobody is told that a slot is taken that nobody has."""
    chance, slots = random.Random(7), range(48)
    wishes = [sorted(chance.sample(slots, 8)) if client % 2 else [chance.choice(slots)] for client in range(CLIENTS)]

    def body(client: int) -> dict[str, Any]:
        volumes = [times(slot % 24, days=1 + slot // 24) for slot in wishes[client]]
        return crowd.application(client, volumes, whatever_fits=client % 2 == 1, hold=client % 3 == 0)

    answers = await all_at_once(
        [lambda client=client: crowd.post(client, RESERVATIONS, body(client)) for client in range(CLIENTS)]
    )
    assert {answer.status_code for answer in answers} == {201, 409}
    filed = sum(
        len(wish) - len(answer.json()["left_out"])
        for wish, answer in zip(wishes, answers, strict=True)
        if answer.status_code == 201
    )
    async with DB.connection() as connection:
        claimed = await connection.fetchval("SELECT count(*) FROM claim WHERE site_id = $1", crowd.field.site_id)
    assert filed == claimed == len({slot for wish in wishes for slot in wish})
    assert await overlaps() == 0
    assert await claims_out_of_step() == []


async def test_approval_against_closure_leaves_one_of_them(crowd: Crowd) -> None:
    """Staff decide while others close the site, again and again: a closure stands exactly where the claim has gone.

    Round follows round, in an order of chance, until each has won: a race that always ends one way is none.
    """
    site, chance, won = await _slug(crowd), random.Random(7), Counter[str]()
    for day in range(1, 41):
        state, closed = await _decide_against_closure(crowd, site, day, chance)
        assert closed == (1 if state == "rejected" else 0)
        won[state] += 1
        if won["approved"] and won["rejected"]:
            break
    assert won["approved"]
    assert won["rejected"]
    assert await overlaps() == 0
    assert await claims_out_of_step() == []


async def _decide_against_closure(crowd: Crowd, site: str, day: int, chance: random.Random) -> tuple[str, int]:
    """How the application ended that was approved and rejected at once, and how many closures took its place."""
    filed = await crowd.post(0, RESERVATIONS, crowd.application(0, [times(9, days=day)]))
    address = filed.headers["location"]
    closure = {"site": site, "kind": "works", "reason_ja": "工事", "reason_en": "Works", **times(8, 4, day)}
    decided = asyncio.Event()

    async def decide(verb: str) -> httpx.Response:
        body = {"reason": "理由"}
        answer = await crowd.http.post(f"{address}/{verb}", json=body, headers=crowd.staff | {"If-Match": "*"})
        assert answer.status_code in {200, 409}, answer.text
        decided.set()
        return answer

    async def close() -> httpx.Response:
        """Until it is closed; once more after the decision, then never again."""
        while True:
            last = decided.is_set()
            answer = await crowd.http.post("/api/v1/closures", json=closure, headers=crowd.staff)
            assert answer.status_code in {201, 409}, answer.text
            if answer.status_code == 201 or last:
                return answer

    verbs = ["approve", "reject"] * (CLIENTS // 4)
    chance.shuffle(verbs)
    decisions = [lambda verb=verb: decide(verb) for verb in verbs]
    answers = await all_at_once([*decisions, *(close for _ in range(CLIENTS - len(verbs)))])
    assert sum(answer.status_code == 200 for answer in answers[: len(verbs)]) == 1
    shown = await crowd.http.get(address, headers=crowd.staff)
    return shown.json()["state"], sum(answer.status_code == 201 for answer in answers[len(verbs) :])


async def _slug(crowd: Crowd) -> str:
    async with DB.connection() as connection:
        slug: str = await connection.fetchval("SELECT slug FROM site WHERE id = $1", crowd.field.site_id)
    return slug


async def test_a_hold_that_expires_while_it_is_submitted_ends_in_one_state(crowd: Crowd) -> None:
    """The worker ends 64 holds at one instant, around which their companies submit them."""
    held = []
    for client in range(CLIENTS):
        times_of = [times(client % 20, days=1 + client // 20)]
        answer = await crowd.post(client, RESERVATIONS, crowd.application(client, times_of, hold=True))
        held.append(answer.json()["id"])
    ends = now() + timedelta(seconds=6)
    async with DB.connection() as connection:
        await connection.execute("UPDATE reservation SET deadline = $1 WHERE id = ANY($2)", ends, held)

    async def submit(client: int) -> httpx.Response:
        """From a second before the end to a fifth of one after it; a request begun in time may meet the worker."""
        begin = ends + timedelta(seconds=1.2 * client / CLIENTS - 1)
        await asyncio.sleep((begin - now()).total_seconds())
        return await crowd.post(client, f"{RESERVATIONS}/{held[client]}/submit", {}, **{"If-Match": "*"})

    with crowd.server.working():
        answers = await all_at_once([lambda client=client: submit(client) for client in range(CLIENTS)])
        states = await when_none_is("held", held)
    assert {answer.status_code for answer in answers} == {200, 409}

    submitted = {one for one, answer in zip(held, answers, strict=True) if answer.status_code == 200}
    assert states == {one: "submitted" if one in submitted else "expired" for one in held}
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


async def test_parting_a_permitted_stay_against_booking_gives_the_slot_to_exactly_one(crowd: Crowd) -> None:
    """Who does not get the new time keeps the old one, permit and all."""
    movers = []
    for client in range(8):
        filed = await crowd.post(client, RESERVATIONS, crowd.application(client, [times(2 * client)]))
        address = filed.headers["location"]
        approved = await crowd.http.post(f"{address}/approve", json={}, headers=crowd.staff | {"If-Match": "*"})
        assert approved.status_code == 200, approved.text
        await steps.act(None, filed.json()["id"], Step(Action.CONFIRM), now())
        movers.append(address)
    target = times(19)
    body = {"start": target["period"]["start"]}
    answers = await all_at_once(
        [
            lambda client=client: crowd.post(client, f"{movers[client]}/move", body, **{"If-Match": "*"})
            for client in range(8)
        ]
        + [
            lambda client=client: crowd.post(client, RESERVATIONS, crowd.application(client, [target]))
            for client in range(8, CLIENTS)
        ]
    )
    count = Counter(answer.status_code for answer in answers)
    assert (count[200] + count[201], count[409]) == (1, CLIENTS - 1)
    for client, answer in enumerate(answers[:8]):
        shown = await crowd.http.get(movers[client], headers=crowd.headers[client])
        assert shown.json()["state"] == ("cancelled" if answer.status_code == 200 else "confirmed")
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
