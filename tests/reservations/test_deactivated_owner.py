"""Land of a deactivated owner: what was filed stands, the public still sees the place, and nobody applies for it."""

import pytest
from httpx import AsyncClient

from testfields.accounts.rules import Actor
from testfields.accounts.tables import Organisation
from testfields.core.clock import now
from testfields.core.errors import InvalidInput
from testfields.reservations import steps
from testfields.reservations.moving import Step
from testfields.reservations.reading import find
from testfields.reservations.rules import Action
from tests import factories
from tests.reviews.cases import bearer, file, log_in

TOLD = "No applications are taken for this test field at present."
STANDING = (Action.SUBMIT, Action.HOLD, Action.SAVE, Action.WAIT)


@pytest.fixture
async def field(db: None) -> factories.Field:
    """A field beside another one, whose owner stays."""
    await factories.field(slug="other")
    return await factories.field(slug="left", name_en="Left field")


async def deactivate(field: factories.Field) -> None:
    await Organisation.update({Organisation.active: False}).where(Organisation.id == field.owner_id)


async def filed(field: factories.Field, company: Actor) -> dict[Action, int]:
    return {action: await file(field, company, 9 + place, action) for place, action in enumerate(STANDING)}


async def test_nothing_is_filed_by_any_way_and_what_is_there_stands(field: factories.Field) -> None:
    company = await factories.company()
    numbers = await filed(field, company)
    await deactivate(field)

    for action in STANDING:
        with pytest.raises(InvalidInput) as refused:
            await file(field, company, 15, action)
        assert [(one.path, one.message.id) for one in refused.value.faults] == [("area_id", TOLD)]
    # What had not been filed yet is not filed now either.
    for action in (Action.HOLD, Action.SAVE):
        with pytest.raises(InvalidInput):
            await steps.act(company, numbers[action], Step(Action.SUBMIT), now())
    await steps.act(company, numbers[Action.SUBMIT], Step(Action.WITHDRAW), now())
    assert await steps.offer_waiting(field.site_id, now()) == []
    states = {action: (await find(company, number))["state"] for action, number in numbers.items()}
    assert list(states.values()) == ["withdrawn", "held", "draft", "waiting"]


async def test_the_api_says_so(field: factories.Field, client: AsyncClient) -> None:
    company = await factories.company()
    await deactivate(field)
    headers, asked = await bearer(company), factories.period(9)
    body = {
        "project_id": await factories.project(company),
        "area_id": field.area_id,
        "volumes": [{"period": {"start": asked.start.isoformat(), "end": asked.end.isoformat()}}],
    }
    for way in ("", "/check"):
        refused = await client.post(f"/api/v1/reservations{way}", json=body, headers=headers)
        assert TOLD in refused.text, refused.text
    taking = {one["slug"]: one["takes_applications"] for one in (await client.get("/api/v1/sites")).json()}
    assert taking == {"left": False, "other": True}
    free = {"from": asked.start.isoformat(), "to": asked.end.isoformat()}
    found = (await client.get("/api/v1/availability", params=free)).json()
    assert {one["site"] for one in found} == {"other"}


async def test_the_public_pages_say_so(field: factories.Field, client: AsyncClient) -> None:
    company = await factories.company()
    client.cookies.set("lang", "en")
    for address in ("/sites", "/sites/left", "/?site=left"):
        assert TOLD not in (await client.get(address)).text
    await deactivate(field)
    for address in ("/sites", "/sites/left", "/?site=left"):
        shown = (await client.get(address)).text
        assert TOLD in shown, address
        assert "Left field" in shown
    page = (await client.get("/sites/left")).text
    assert "/my/apply" not in page
    on = f"{factories.tomorrow(9):%Y-%m-%d}"
    assert "Left field" not in (await client.get("/sites", params={"on": on})).text

    await log_in(client, company)
    form = (await client.get("/my/apply")).text
    assert '<option value="other"' in form
    assert '<option value="left"' not in form
    times = f"start={on}T09:00&end={on}T10:00"
    assert TOLD in (await client.get(f"/my/apply?site=left&area={field.area_id}&{times}")).text
