"""Somebody about to book, and whether anything was left behind."""

from dataclasses import dataclass
from typing import Any

import httpx

from testfields.db.engine import DB
from tests import factories

RESERVATIONS = "/api/v1/reservations"
FILLED_BY_A_BOOKING = ("reservation", "volume", "claim", "reservation_event", "procrastinate_jobs", "idempotent_answer")


@dataclass(frozen=True)
class Booker:
    """A company with a token and a project before a field."""

    field: factories.Field
    headers: dict[str, str]
    project: int
    form: dict[str, str]

    def body(self, hour: float = 9, days: int = 1) -> dict[str, Any]:
        """An hour of the field."""
        asked = factories.period(hour, days=days)
        volume = {"period": {"start": asked.start.isoformat(), "end": asked.end.isoformat()}}
        return {"project_id": self.project, "area_id": self.field.area_id, "volumes": [volume]}

    async def book(self, client: httpx.AsyncClient, hour: float = 9, days: int = 1, **headers: str) -> httpx.Response:
        """Try to book it."""
        return await client.post(RESERVATIONS, json=self.body(hour, days), headers=self.headers | headers)


async def booker(client: httpx.AsyncClient, field: factories.Field | None = None) -> Booker:
    """One who can book by API, and whose browser is `client`."""
    field, actor = field or await factories.field(), await factories.company()
    token, project = await factories.token(actor), await factories.project(actor)
    return Booker(field, {"Authorization": f"Bearer {token}"}, project, await factories.log_in(client, actor))


async def stored() -> dict[str, int]:
    """How many rows each table that a booking fills has."""
    async with DB.connection() as connection:
        return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in FILLED_BY_A_BOOKING}


def all_given_back() -> bool:
    """Whether every connection is back in the pool."""
    assert DB.pool is not None
    return DB.pool.get_idle_size() == DB.pool.get_size()


def assert_told(answer: httpx.Response, kind: str = "busy") -> None:
    """A 503 problem that says when to come back."""
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json"), answer.text
    assert answer.json()["type"] == f"/problems/{kind}"
    assert int(answer.headers["retry-after"]) > 0
