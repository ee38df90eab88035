"""One request sent many times under one key: carried out once, answered alike."""

from collections import Counter

import pytest

from testfields.reservations.tables import Reservation
from tests.races.conftest import CLIENTS, RESERVATIONS, Crowd, all_at_once, times

pytestmark = pytest.mark.races


async def filed(crowd: Crowd) -> int:
    """How many applications there are at the field."""
    return await Reservation.count().where(Reservation.site_id == crowd.field.site_id)


async def test_the_same_key_from_64_clients_at_once_books_once(crowd: Crowd) -> None:
    body, key = crowd.application(0, [times(9)]), {"Idempotency-Key": "one and the same"}
    answers = await all_at_once([lambda: crowd.post(0, RESERVATIONS, body, **key) for _ in range(CLIENTS)])
    assert Counter(answer.status_code for answer in answers) == {201: CLIENTS}
    assert len({(answer.content, answer.headers["location"], answer.headers["etag"]) for answer in answers}) == 1
    assert Counter(answer.headers.get("idempotency-replayed") for answer in answers) == {None: 1, "true": CLIENTS - 1}
    assert await filed(crowd) == 1

    # Sent once more when the application has long gone another way, it is answered as it was.
    withdraw = f"{answers[0].headers['location']}/withdraw"
    assert (await crowd.post(0, withdraw, {}, **{"If-Match": "*"})).status_code == 200
    later = await crowd.post(0, RESERVATIONS, body, **key)
    assert (later.status_code, later.content) == (201, answers[0].content)
    assert later.headers["idempotency-replayed"] == "true"
    assert await filed(crowd) == 1


async def test_the_same_key_for_different_requests_carries_out_one_of_them(crowd: Crowd) -> None:
    key = {"Idempotency-Key": "one for many"}
    bodies = [crowd.application(0, [times(9)], note=str(number)) for number in range(CLIENTS)]
    answers = await all_at_once([lambda body=body: crowd.post(0, RESERVATIONS, body, **key) for body in bodies])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: CLIENTS - 1}
    assert await filed(crowd) == 1
