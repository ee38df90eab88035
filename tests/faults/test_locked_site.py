"""A site whose lock somebody holds: bookings there wait in a share of the connections, everybody else goes on."""

import asyncio
from collections import Counter
from pathlib import Path

import httpx

from tests import factories
from tests.faults.bookers import Booker, all_given_back, assert_told, booker, stored
from tests.faults.locks import lock_held, most_waiting, until_waiting
from tests.races.conftest import overlaps
from tests.server import serving

READ = ("/", "/sites", "/api/v1/sites", "/readyz")
READERS = 200
# Readers at a time, as browsers of several people.
AT_ONCE = 10
BOOKERS = 40


async def read(http: httpx.AsyncClient) -> Counter[int]:
    """How often each status was answered to all the readers."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> int:
        async with places:
            return (await http.get(READ[number % len(READ)])).status_code

    return Counter(await asyncio.gather(*(one(number) for number in range(READERS))))


def keyed(number: int) -> dict[str, str]:
    """Every other booking has a key, and each its own: whoever waits for another with the same key waits elsewhere."""
    return {"Idempotency-Key": f"booking {number}"} if number % 2 else {}


async def book_all(http: httpx.AsyncClient, bookers: list[Booker]) -> list[httpx.Response]:
    """Everybody books an hour of their own."""
    return list(
        await asyncio.gather(
            *(one.book(http, number % 24, 1 + number // 24, **keyed(number)) for number, one in enumerate(bookers))
        )
    )


async def test_a_locked_site_does_not_starve_readers_and_loses_nothing(own_db: str, tmp_path: Path) -> None:
    limits = httpx.Limits(max_connections=BOOKERS + AT_ONCE)
    with serving(own_db, tmp_path) as server:
        async with httpx.AsyncClient(base_url=server.base_url, limits=limits, timeout=60) as http:
            first = await booker(http)
            bookers = [first, *[await booker(http, first.field) for _ in range(BOOKERS - 1)]]
            http.cookies.clear()

            async with lock_held(own_db, first.field.site_id) as other:
                waiting = asyncio.create_task(book_all(http, bookers))
                await until_waiting(other, waiting)
                statuses = await read(http)
                elsewhere = await booker(http)
                assert (await elsewhere.book(http)).status_code == 201
            answers = await waiting

            for refused in (answer for answer in answers if answer.status_code != 201):
                assert_told(refused, "crowded")
            again = await book_all(http, bookers)

    assert statuses == {200: READERS}
    # A booking that was carried out is there, and is not carried out twice; one that was refused left nothing.
    for number, (answer, later) in enumerate(zip(answers, again, strict=True)):
        done_before = answer.status_code == 201
        assert later.status_code == (409 if done_before and not keyed(number) else 201)
    assert (await stored())["reservation"] == BOOKERS + 1
    assert await overlaps() == 0


async def test_a_locked_site_leaves_turns_to_others(own_db: str, client: httpx.AsyncClient) -> None:
    # Half of a pool's 32 connections store something, half of these at one site.
    here, there = await booker(client), await booker(client)
    async with lock_held(own_db, here.field.site_id) as other:
        bookings = asyncio.gather(*(here.book(client, number, **keyed(number)) for number in range(20)))
        await until_waiting(other, bookings)
        assert (await there.book(client)).status_code == 201
        assert 1 <= await most_waiting(other, bookings) <= 8

    for answer in await bookings:
        assert_told(answer, "crowded")
    assert all_given_back()


async def test_whoever_waits_too_long_is_told_whatever_they_take(own_db: str, client: httpx.AsyncClient) -> None:
    one = await booker(client)
    closure = {
        "site": (await client.get("/api/v1/sites")).json()[0]["slug"],
        "kind": "works",
        "reason_ja": "工事",
        "reason_en": "Works",
        "period": one.body()["volumes"][0]["period"],
    }
    staff = {"Authorization": f"Bearer {await factories.token(one.field.approver)}"}
    async with lock_held(own_db, one.field.site_id):
        answers = await asyncio.gather(
            one.book(client),
            one.book(client, **keyed(1)),
            client.post("/api/v1/closures", json=closure, headers=staff),
        )
    for answer in answers:
        assert_told(answer, "crowded")
    assert (await stored())["claim"] == 0
    assert all_given_back()
    assert (await one.book(client, **keyed(1))).status_code == 201
