"""Free time over HTTP."""

from datetime import datetime, timedelta

import pytest
from httpx import AsyncClient

from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.reservations import filing
from testfields.reservations.filing import Application
from tests import factories

NINE = factories.tomorrow(9)


async def test_free_time_is_what_is_open_minus_what_is_taken_and_names_nobody(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    application = Application(await factories.project(company), field.area_id, (Asked(factories.period(10)),))
    await filing.file(company, application, now())

    answer = await client.get(
        "/api/v1/availability",
        params={"area": field.area_id, "from": NINE.isoformat(), "to": (NINE + timedelta(hours=4)).isoformat()},
    )

    assert answer.status_code == 200, answer.text
    (area,) = answer.json()
    hours = [
        (datetime.fromisoformat(one["start"]) - NINE, datetime.fromisoformat(one["end"]) - NINE) for one in area["free"]
    ]
    hour = timedelta(hours=1)
    assert hours == [(0 * hour, hour), (2 * hour, 4 * hour)]
    assert [one["kind"] for one in area["taken"]] == ["reserved"]
    assert "company" not in answer.text


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2027-01-05T09:00:00"}, "from"),
        ({"to": "2027-01-05T09:00:00"}, "to"),
        ({"to": NINE.isoformat()}, "to"),
        ({"to": "9999-12-31T09:00:00Z"}, "to"),
        ({"to": None}, "to"),
        ({"to": (NINE + timedelta(days=500)).isoformat()}, "to"),
        ({"bbox": "1,2,3"}, "bbox"),
        ({"altitude": "high"}, "altitude"),
        ({"altitude": "50,10"}, "altitude.upper"),
        ({"use": "boat"}, "use"),
        ({"duration": "-5"}, "duration"),
        ({"limit": "1000"}, "limit"),
    ],
)
async def test_a_search_that_makes_no_sense_is_told_why(
    db: None, client: AsyncClient, changes: dict[str, str | None], path: str
) -> None:
    asked = {"from": NINE.isoformat(), "to": (NINE + timedelta(hours=4)).isoformat()} | changes
    params = {name: value for name, value in asked.items() if value is not None}
    answer = await client.get("/api/v1/availability", params=params)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["path"] == path
