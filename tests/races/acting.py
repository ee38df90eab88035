"""What the clients of a race do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from testfields.core.clock import now
from testfields.core.periods import Period
from testfields.db.engine import DB
from testfields.reservations import steps
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from tests.races.conftest import RESERVATIONS, Crowd

ANY_VERSION = {"If-Match": "*"}


def volume(period: Period) -> dict[str, Any]:
    """A period as the API takes it, over the whole area."""
    return {"period": {"start": period.start.isoformat(), "end": period.end.isoformat()}}


@dataclass(frozen=True)
class Place:
    """An application of one client's."""

    crowd: Crowd
    client: int
    id: int

    @property
    def address(self) -> str:
        return f"{RESERVATIONS}/{self.id}"

    async def take(self, action: str, **body: Any) -> httpx.Response:
        """A step of the client's."""
        return await self.crowd.post(self.client, f"{self.address}/{action}", body, **ANY_VERSION)


async def filed(crowd: Crowd, client: int, *volumes: dict[str, Any], **more: Any) -> Place:
    """An application that is taken in."""
    answer = await crowd.post(client, RESERVATIONS, crowd.application(client, volumes, **more))
    assert answer.status_code == 201, answer.text
    return Place(crowd, client, answer.json()["id"])


async def permitted(crowd: Crowd, client: int, *volumes: dict[str, Any], **more: Any) -> Place:
    """An application that is approved and confirmed."""
    place = await filed(crowd, client, *volumes, **more)
    answer = await crowd.http.post(f"{place.address}/approve", json={}, headers=crowd.staff | ANY_VERSION)
    assert answer.status_code == 200, answer.text
    await steps.act(None, place.id, Step(Action.CONFIRM), now())
    return place


async def begun_an_hour_earlier(places: Sequence[Place]) -> None:
    """Nobody can book what has begun, so they have booked and time has gone by."""
    async with DB.transaction(), DB.connection() as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        for table, number in (("stay", "reservation_id"), ("volume", "reservation_id"), ("claim", "source_id")):
            await connection.execute(
                f"UPDATE {table} SET period = tstzrange(lower(period) - interval '1 hour',"
                f" upper(period) - interval '1 hour') WHERE {number} = ANY($1)",
                [one.id for one in places],
            )


def next_half_hour(instant: datetime) -> datetime:
    """The next point of the grid."""
    midnight = instant.replace(hour=0, minute=0, second=0, microsecond=0)
    half_hours = -(-(instant - midnight) // timedelta(minutes=30))
    return midnight + half_hours * timedelta(minutes=30)
