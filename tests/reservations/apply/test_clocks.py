"""Times that the form cannot tell: the clock at the site leaps over them, or shows them twice."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from httpx import AsyncClient

from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.periods import Period
from testfields.reservations import filing, reading
from testfields.reservations.filing import Application
from tests import factories

NEW_YORK = "America/New_York"
TWICE = ("2027-11-07T01:30", "2027-11-07T04:00")
LEAPT = ("2027-03-14T02:30", "2027-03-14T04:00")


@pytest.mark.parametrize(("times", "said"), [(TWICE, "2回あります"), (LEAPT, "ありません")])
async def test_a_time_that_is_not_one_instant_is_refused_at_its_field(
    db: None, client: AsyncClient, times: tuple[str, str], said: str
) -> None:
    field, company = await factories.field(timezone=NEW_YORK, horizon_days=3650, slug="quay"), await factories.company()
    form = {
        **await factories.log_in(client, company),
        "project_id": str(await factories.project(company)),
        "site": "quay",
        "area": str(field.area_id),
        "time0_start": times[0],
        "time0_end": times[1],
    }
    answer = await client.post("/my/apply", data={**form, "do": "submit"})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'href="#f-time0"' in answer.text


async def test_a_stay_in_the_second_of_two_hours_is_not_moved_into_the_first_by_its_own_form(
    db: None, client: AsyncClient
) -> None:
    field, company = await factories.field(timezone=NEW_YORK, horizon_days=3650), await factories.company()
    start = datetime.fromisoformat("2027-11-07T01:30:00-05:00")
    asked = Asked(Period(start, start + timedelta(hours=2)))
    filed = await filing.file(company, Application(await factories.project(company), field.area_id, (asked,)), now())
    csrf = await factories.log_in(client, company)
    assert start.astimezone(ZoneInfo(NEW_YORK)).strftime("%H:%M") == "01:30"

    page = await client.get(f"/my/reservations/{filed.id}/change")
    assert 'value="2027-11-07T01:30"' in page.text
    form = {**csrf, "version": "1", "time0_start": "2027-11-07T01:30", "time0_end": "2027-11-07T03:30"}
    answer = await client.post(f"/my/reservations/{filed.id}/change", data={**form, "do": "change"})
    assert answer.status_code == 422
    assert "2回あります" in answer.text
    assert [one.period for one in await reading.asked_for(filed.id)] == [asked.period]
