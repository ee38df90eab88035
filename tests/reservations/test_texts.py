"""A text is as long as is kept, whichever door it comes in by."""

import re
from zoneinfo import ZoneInfo

import pytest
from httpx import AsyncClient

from testfields.availability.service import Asked
from testfields.closures.service import LONGEST_REASON
from testfields.core.clock import now
from testfields.core.errors import InvalidInput
from testfields.core.periods import Period
from testfields.reservations import filing, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import LONGEST_TEXT, Action
from testfields.reservations.tables import Reservation
from testfields.sites.tables import Site
from tests import factories

TOO_LONG = "4000文字以内"


async def slug_of(field: factories.Field) -> str:
    found = await Site.select(Site.slug).where(Site.id == field.site_id).first()
    assert found is not None
    return str(found["slug"])


def typed(period: Period, prefix: str) -> dict[str, str]:
    local = [one.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%Y-%m-%dT%H:%M") for one in (period.start, period.end)]
    return {f"{prefix}_start": local[0], f"{prefix}_end": local[1]}


async def test_a_note(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    project, period = await factories.project(company), factories.period(9)
    headers = {"Authorization": f"Bearer {await factories.token(company)}"}
    note = "注" * (LONGEST_TEXT + 1)
    volume = {"period": {"start": period.start.isoformat(), "end": period.end.isoformat()}}
    body = {"project_id": project, "area_id": field.area_id, "volumes": [volume], "note": note}
    (told,) = (await client.post("/api/v1/reservations", json=body, headers=headers)).json()["errors"]
    assert (told["path"], TOO_LONG in told["message"]) == ("note", True)

    form = {
        **await factories.log_in(client, company), **typed(period, "time0"), "site": await slug_of(field),
        "area": str(field.area_id), "project_id": str(project), "note": note,
    }  # fmt: skip
    for wish in ("submit", "hold", "save", "wait"):
        answer = await client.post("/my/apply", data={**form, "do": wish})
        assert answer.status_code == 422, wish
        assert re.search(r'id="f-note"[^>]*aria-invalid="true"', answer.text), wish
        assert told["message"] in answer.text
    assert told["message"] in (await client.post("/my/apply/check", data=form)).text
    assert not await Reservation.exists()

    draft = await client.post("/my/apply", data={**form, "do": "save", "note": "注" * LONGEST_TEXT})
    number = draft.headers["location"].rpartition("=")[2]
    again = await client.post("/my/apply", data={**form, "do": "save", "draft": number, "version": "1"})
    assert again.status_code == 422


async def test_the_reason_of_a_step_is_kept_to_be_shortened(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    application = Application(await factories.project(company), field.area_id, (Asked(factories.period(9)),))
    address = f"/my/reservations/{(await filing.file(company, application, now())).id}"
    form = {**await factories.log_in(client, company), "version": "1"}
    refused = await client.post(f"{address}/withdraw", data={**form, "reason_withdraw": "長" * (LONGEST_TEXT + 1)})
    assert refused.status_code == 422
    assert 'href="#f-reason_withdraw"' in refused.text
    assert TOO_LONG in refused.text
    assert "長" * (LONGEST_TEXT + 1) in refused.text
    taken = await client.post(f"{address}/withdraw", data={**form, "reason_withdraw": "長" * LONGEST_TEXT})
    assert taken.status_code == 303


@pytest.mark.parametrize("name", ["reason", "conditions"])
async def test_a_decision(db: None, name: str) -> None:
    field, company = await factories.field(), await factories.company()
    application = Application(await factories.project(company), field.area_id, (Asked(factories.period(9)),))
    number = (await filing.file(company, application, now())).id
    with pytest.raises(InvalidInput) as refusal:
        await steps.act(field.approver, number, Step(Action.APPROVE, **{name: "x" * (LONGEST_TEXT + 1)}), now())
    assert [one.path for one in refusal.value.faults] == [name]


async def test_why_a_place_is_closed(db: None, client: AsyncClient) -> None:
    field, period = await factories.field(), factories.period(9)
    reasons = {"reason_ja": "長" * (LONGEST_REASON + 1), "reason_en": "x" * (LONGEST_REASON + 1)}
    headers = {"Authorization": f"Bearer {await factories.token(field.approver)}"}
    times = {"start": period.start.isoformat(), "end": period.end.isoformat()}
    body = {"site": await slug_of(field), "kind": "works", "period": times, **reasons}
    by_api = await client.post("/api/v1/closures", json=body, headers=headers)
    assert [one["path"] for one in by_api.json()["errors"]] == ["reason_ja"]

    csrf = await factories.log_in(client, field.approver)
    form = {**csrf, **typed(period, "period"), "place": f"{await slug_of(field)}/", "kind": "works", **reasons}
    by_page = await client.post("/desk/closures", data=form)
    assert by_page.status_code == 422
    for name in reasons:
        assert re.search(rf'id="f-{name}"[^>]*aria-invalid="true"', by_page.text)
    assert by_api.json()["errors"][0]["message"] in by_page.text
