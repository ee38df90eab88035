"""Ground that becomes free while 64 clients want it: it goes to whom it belongs, to one alone, and is never lost."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import httpx
import pytest

from testfields.core.clock import now
from testfields.core.periods import Period
from testfields.db.engine import DB
from tests import factories
from tests.races.acting import ANY_VERSION, Place, begun_an_hour_earlier, filed, next_half_hour, permitted, volume
from tests.races.conftest import (
    CLIENTS,
    RESERVATIONS,
    Crowd,
    all_at_once,
    before_a_field,
    claims_out_of_step,
    overlaps,
    times,
    when_none_is,
)

pytestmark = pytest.mark.races
SLOTS = 8


async def holding(site_id: int) -> set[int]:
    """The applications that have a claim at a site."""
    async with DB.connection() as connection:
        rows = await connection.fetch("SELECT DISTINCT source_id FROM claim WHERE site_id = $1", site_id)
    return {row["source_id"] for row in rows}


async def offers(site_id: int) -> list[int]:
    """The applications that were offered a place, in the order in which they were."""
    async with DB.connection() as connection:
        rows = await connection.fetch(
            """
            SELECT subject_id FROM event
            WHERE subject = 'reservation' AND action = 'offer' AND site_id = $1 ORDER BY id
            """,
            site_id,
        )
    return [row["subject_id"] for row in rows]


async def test_the_waiting_list_is_walked_in_its_order_while_places_become_free(crowd: Crowd) -> None:
    """Eight hours, five companies waiting for each. Holders let go, some of those who wait leave and queue anew at the
    same moment, and sixteen others try to book all the while."""
    hours = range(SLOTS)
    holders = [await filed(crowd, hour, times(hour)) for hour in hours]
    queues = [await asyncio.gather(*(filed(crowd, SLOTS * rank + hour, times(hour), wait=True) for hour in hours))
              for rank in range(1, 6)]  # fmt: skip
    first, second, third, fourth, fifth = queues

    async def anew(place: Place) -> httpx.Response:
        """Leave the list, or what was offered, and queue again behind the others."""
        answer = await place.take("withdraw")
        assert answer.status_code == 200, answer.text
        return await crowd.post(
            place.client, RESERVATIONS, crowd.application(place.client, [times(place.client % SLOTS)], wait=True)
        )

    async def round_of(leaving: Sequence[Place], going_round: Sequence[Place]) -> list[Place]:
        """Those who have queued anew; nobody else has got anything."""
        outsiders = range(CLIENTS - 2 * SLOTS, CLIENTS)
        answers = await all_at_once(
            [lambda place=place: place.take("withdraw") for place in leaving]
            + [lambda place=place: anew(place) for place in going_round]
            + [lambda c=c: crowd.post(c, RESERVATIONS, crowd.application(c, [times(c % SLOTS)])) for c in outsiders]
        )
        assert {answer.status_code for answer in answers[: len(leaving)]} == {200}
        assert {answer.status_code for answer in answers[-len(outsiders) :]} == {409}
        again = answers[len(leaving) : -len(outsiders)]
        return [Place(crowd, one.client, answer.json()["id"]) for one, answer in zip(going_round, again, strict=True)]

    seconds_again = await round_of(holders, second)
    assert await holding(crowd.field.site_id) == {one.id for one in first}
    # The third leave while their turn comes: offered already or not, it is the fourth who hold in the end.
    thirds_again = await round_of(first, third)
    assert await holding(crowd.field.site_id) == {one.id for one in fourth}
    for leaving, next_ones in ((fourth, fifth), (fifth, seconds_again), (seconds_again, thirds_again)):
        await round_of(leaving, [])
        assert await holding(crowd.field.site_id) == {one.id for one in next_ones}

    offered = await offers(crowd.field.site_id)
    for hour in hours:
        queue = [one[hour].id for one in (first, third, fourth, fifth, seconds_again, thirds_again)]
        walked = [number for number in offered if number in queue]
        assert walked in (queue, [number for number in queue if number != third[hour].id])
    assert not {one.id for one in second} & set(offered)
    assert await overlaps() == 0
    assert await claims_out_of_step() == []


async def test_a_stay_given_back_goes_to_one_of_those_who_want_its_ground(crowd: Crowd) -> None:
    """Of eight series one stay each is given back; for half of them somebody waits, and 48 others try to book."""
    days = (1, 2, 3)
    series = [await permitted(crowd, hour, *(times(hour, days=day) for day in days)) for hour in range(SLOTS)]
    waiting = {hour: await filed(crowd, SLOTS + hour, times(hour, days=2), wait=True) for hour in range(0, SLOTS, 2)}
    middle = await _stays_on(2, series)

    async def want(client: int) -> httpx.Response:
        body = crowd.application(client, [times(client % SLOTS, days=2)])
        return await crowd.post(client, RESERVATIONS, body)

    wanting = range(2 * SLOTS, CLIENTS)
    answers = await all_at_once(
        [lambda hour=hour: series[hour].take("give_back", stays=[middle[hour]]) for hour in range(SLOTS)]
        + [lambda client=client: want(client) for client in wanting]
    )
    assert {answer.status_code for answer in answers[:SLOTS]} == {200}
    got = [client for client, answer in zip(wanting, answers[SLOTS:], strict=True) if answer.status_code == 201]
    assert {answer.status_code for answer in answers[SLOTS:]} <= {201, 409}
    # Whoever waits has it; elsewhere it is one of them, or it is free for the next who asks.
    assert await when_none_is("waiting", [one.id for one in waiting.values()]) == dict.fromkeys(
        (one.id for one in waiting.values()), "held"
    )
    assert not [client for client in got if client % SLOTS in waiting]
    for hour in range(1, SLOTS, 2):
        late = await want(2 * SLOTS + hour)
        assert sum(client % SLOTS == hour for client in got) + (late.status_code == 201) == 1
    assert await overlaps() == 0
    assert await claims_out_of_step() == []


async def _stays_on(day: int, series: Sequence[Place]) -> list[int]:
    """The stay of each on a day from today, by their order."""
    begins = factories.tomorrow(0, day)
    async with DB.connection() as connection:
        rows = await connection.fetch(
            "SELECT reservation_id, id FROM stay WHERE reservation_id = ANY($1) AND lower(period) >= $2"
            " AND lower(period) < $3",
            [one.id for one in series],
            begins,
            begins + timedelta(days=1),
        )
    found = {row["reservation_id"]: row["id"] for row in rows}
    return [found[one.id] for one in series]


async def test_what_is_left_after_an_early_check_out_goes_to_one_of_those_who_want_it(crowd: Crowd) -> None:
    """At eight fields somebody leaves ahead of time, while 56 others try to book what would be left."""
    begins = next_half_hour(now() + timedelta(minutes=2))
    whole = Period(begins, begins + timedelta(hours=4))
    rest = volume(Period(begins + timedelta(hours=1), begins + timedelta(hours=3)))
    fields = [await before_a_field(crowd.server, crowd.http, crowd.headers, crowd.projects) for _ in range(SLOTS)]
    leaving = [await permitted(field, place, volume(whole)) for place, field in enumerate(fields)]
    await begun_an_hour_earlier(leaving)
    for one in leaving:
        assert (await one.take("check_in")).status_code == 200

    async def want(client: int) -> httpx.Response:
        field = fields[client % SLOTS]
        return await field.post(client, RESERVATIONS, field.application(client, [rest]))

    wanting = range(SLOTS, CLIENTS)
    answers = await all_at_once(
        [lambda one=one: one.take("check_out") for one in leaving]
        + [lambda client=client: want(client) for client in wanting]
    )
    assert {answer.status_code for answer in answers[:SLOTS]} == {200}
    assert {answer.status_code for answer in answers[SLOTS:]} <= {201, 409}
    got = [client % SLOTS for client, one in zip(wanting, answers[SLOTS:], strict=True) if one.status_code == 201]
    for place in range(SLOTS):
        late = await want(SLOTS + place)
        assert got.count(place) + (late.status_code == 201) == 1
    assert await overlaps() == 0
    assert await claims_out_of_step() == []


async def test_a_hold_that_is_changed_around_its_deadline_ends_at_its_deadline(crowd: Crowd) -> None:
    """64 holds end at one instant, around which their companies move them to other days."""
    places = [(client % 20, 1 + client // 20) for client in range(CLIENTS)]
    held = await asyncio.gather(
        *(filed(crowd, client, times(hour, days=day), hold=True) for client, (hour, day) in enumerate(places))
    )
    ends = now() + timedelta(seconds=4)
    async with DB.connection() as connection:
        await connection.execute(
            "UPDATE reservation SET deadline = $1 WHERE id = ANY($2)", ends, [one.id for one in held]
        )

    async def move(client: int) -> httpx.Response:
        """From a second before the end to a fifth of one after it."""
        await asyncio.sleep((ends + timedelta(seconds=1.2 * client / CLIENTS - 1) - now()).total_seconds())
        hour, day = places[client]
        return await crowd.http.put(
            f"{held[client].address}/volumes",
            json={"volumes": [times(hour, days=day + 10)]},
            headers=crowd.headers[client] | ANY_VERSION,
        )

    with crowd.server.working():
        answers = await all_at_once([lambda client=client: move(client) for client in range(CLIENTS)])
        states = await when_none_is("held", [one.id for one in held])
    assert {answer.status_code for answer in answers} == {200, 409}
    assert set(states.values()) == {"expired"}
    assert await holding(crowd.field.site_id) == set()
    assert await claims_out_of_step() == []
