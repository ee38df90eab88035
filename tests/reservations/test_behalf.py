"""Staff file for a company that asked them to."""

from dataclasses import replace
from typing import Any

import pytest
from httpx import AsyncClient

from testfields.accounts.rules import Actor, OrganisationKind
from testfields.accounts.service import actor_by_email
from testfields.accounts.tables import Organisation
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, NotAllowed, Taken
from testfields.projects.fields import Plan
from testfields.projects.tables import Project
from testfields.reservations import behalf, filing, reading, steps
from testfields.reservations.behalf import Call
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action, State
from tests import factories
from tests.factories import Field
from tests.projects.test_routes import PLAN

NEW = Plan(**{**PLAN, "name_public": False})
BY_PHONE = "担当者から電話で依頼"


def a_call(field: Field, company: Actor, project: int | Plan = NEW, hour: float = 9, **changes: Any) -> Call:
    asked = (Asked(factories.period(hour)),)
    return replace(Call(company.companies[0], project, field.area_id, asked, BY_PHONE), **changes)


async def test_staff_file_for_a_company_and_the_story_says_who_did_it_for_whom(db: None) -> None:
    field, company = await factories.field(), await factories.company()

    filed = await behalf.file(field.reviewer, a_call(field, company), now())

    assert filed.state is State.SUBMITTED
    assert filed.due_at is not None
    row = await reading.own(company, filed.id)
    assert (row["company_id"], row["project_title_en"]) == (company.companies[0], NEW.title_en)
    (event,) = await reading.events(field.approver, filed.id)
    told = (event["action"], event["actor_role"], event["actor_name"], event["reason"])
    assert told == ("file_for", "reviewer", field.reviewer.name, BY_PHONE)


async def test_the_company_has_it_as_its_own_and_reads_no_name_of_staff(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    filed = await behalf.file(field.site_manager, a_call(field, company), now())

    (event,) = await reading.events(company, filed.id)
    assert (event["actor_name"], event["reason"]) == (None, BY_PHONE)
    moved = await steps.act(company, filed.id, Step(Action.WITHDRAW, filed.version), now())
    assert moved.state is State.WITHDRAWN


async def test_a_company_that_is_not_verified_goes_on_with_what_staff_filed_for_it(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    await Organisation.update({Organisation.unverified_since: now()}).where(Organisation.id == company.companies[0])
    known = await actor_by_email(company.email)
    assert known is not None
    filed = await behalf.file(field.reviewer, a_call(field, company), now())
    returned = await steps.act(field.reviewer, filed.id, Step(Action.RETURN, filed.version, reason="図面"), now())
    again = await steps.act(known, filed.id, Step(Action.SUBMIT, returned.version), now())
    assert again.state is State.SUBMITTED
    # What it files itself still waits for staff to have looked.
    asked = (Asked(factories.period(14)),)
    with pytest.raises(NotAllowed):
        await filing.file(known, Application(await factories.project(known), field.area_id, asked), now())


async def test_nobody_files_for_a_company_that_is_deactivated(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    await Organisation.update({Organisation.active: False}).where(Organisation.id == company.companies[0])
    with pytest.raises(InvalidInput) as refusal:
        await behalf.file(field.reviewer, a_call(field, company), now())
    assert [one.path for one in refusal.value.faults] == ["company_id"]
    assert await behalf.companies("組織") == []


async def test_words_not_looked_for_yet_choose_no_company(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    csrf = await factories.log_in(client, field.reviewer)
    form = {
        **csrf,
        **PLAN,
        "company_id": str(company.companies[0]),
        "words": "別の会社",
        "searched": "",
        "do": "file_for",
    }
    answer = await client.post("/desk/book", data=form)
    assert answer.status_code == 422
    assert "#f-company_id" in answer.text


async def test_it_is_decided_like_any_other(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    filed = await behalf.file(field.approver, a_call(field, company), now())
    moved = await steps.act(field.approver, filed.id, Step(Action.APPROVE, filed.version), now())
    assert moved.state is State.APPROVED


async def test_only_staff_of_the_land_file_there_for_a_company(db: None) -> None:
    field, other, company = await factories.field(), await factories.field(), await factories.company()
    for stranger in (other.approver, company):
        with pytest.raises(NotAllowed):
            await behalf.file(stranger, a_call(field, company), now())
    assert not await Project.exists().where(Project.company_id == company.companies[0])


async def test_a_company_cannot_file_for_another_nor_in_staffs_name(db: None) -> None:
    field, company, victim = await factories.field(), await factories.company(), await factories.company()
    project = await factories.project(victim)
    asked = (Asked(factories.period(9)),)
    forged = Application(project, field.area_id, asked, Action.SUBMIT, behalf_of=victim.companies[0], reason="x")
    with pytest.raises(NotAllowed):
        await filing.file(company, forged, now())
    with pytest.raises(NotAllowed):
        await filing.file(company, replace(forged, action=Action.FILE_FOR, behalf_of=None), now())
    # Nor do staff file as if they were a company.
    with pytest.raises(NotAllowed):
        await filing.file(field.approver, forged, now())


async def test_staff_choose_only_projects_that_they_have_seen(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    seen, unseen = await factories.project(company), await factories.project(company, title_ja="秘密")
    await filing.file(company, Application(seen, field.area_id, (Asked(factories.period(9)),)), now())
    draft = Application(unseen, field.area_id, (Asked(factories.period(12)),), Action.SAVE)
    await filing.file(company, draft, now())

    assert [row["id"] for row in await behalf.projects_of(field.reviewer, company.companies[0])] == [seen]
    assert await behalf.projects_of((await factories.field()).reviewer, company.companies[0]) == []
    assert (await behalf.file(field.reviewer, a_call(field, company, seen, hour=14), now())).project_id == seen
    with pytest.raises(InvalidInput) as refusal:
        await behalf.file(field.reviewer, a_call(field, company, unseen, hour=16), now())
    assert [one.path for one in refusal.value.faults] == ["project_id"]


async def test_where_the_place_is_taken_nothing_is_kept_of_the_plan_either(own_db: None) -> None:
    field, first, company = await factories.field(), await factories.company(), await factories.company()
    asked = (Asked(factories.period(9)),)
    await filing.file(first, Application(await factories.project(first), field.area_id, asked), now())
    with pytest.raises(Taken) as refusal:
        await behalf.file(field.reviewer, a_call(field, company), now())
    assert refusal.value.nearest
    assert not await Project.exists().where(Project.company_id == company.companies[0])


async def test_what_is_missing_is_asked_for(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    calls = {
        "reason": a_call(field, company, reason=" "),
        "company_id": a_call(field, company, company_id=field.owner_id),
        "title_ja": a_call(field, company, Plan(**{**PLAN, "title_ja": ""})),
        "area_id": a_call(field, company, Plan(**{**PLAN, "use": "telecom"}), area_id=await only_drones(field)),
        "volumes[0].period.end": a_call(field, company, asked=(Asked(factories.period(9, days=900)),)),
    }
    for path, call in calls.items():
        with pytest.raises(InvalidInput) as refusal:
            await behalf.file(field.reviewer, call, now())
        assert [one.path for one in refusal.value.faults] == [path]


async def only_drones(field: Field) -> int:
    return await factories.area(field.site_id, uses=["drone"])


async def test_companies_are_found_by_name_however_it_is_typed_and_by_number(db: None) -> None:
    await factories.organisation(
        OrganisationKind.COMPANY, name_ja="株式会社カタカナ航空", corporate_number="1234567890123"
    )
    for words in ("かたかな", "ｶﾀｶﾅ 航空", "1234567890123"):
        assert [row["name_ja"] for row in await behalf.companies(words)] == ["株式会社カタカナ航空"]
    assert await behalf.companies("そんな会社はない") == []


async def test_staff_file_by_api(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    headers = {"Authorization": f"Bearer {await factories.token(field.reviewer)}"}
    asked = factories.period(9)
    body = {
        "company_id": company.companies[0],
        "project": PLAN,
        "area_id": field.area_id,
        "volumes": [{"period": {"start": asked.start.isoformat(), "end": asked.end.isoformat()}}],
        "reason": BY_PHONE,
    }
    (found,) = (await client.get("/api/v1/companies/registered", params={"q": "組織"}, headers=headers)).json()[:1]
    assert found["corporate_number"] is None

    neither = {name: value for name, value in body.items() if name != "project"}
    for wrong in (neither, {**body, "project_id": 1}):
        refused = await client.post("/api/v1/reservations/for-company", json=wrong, headers=headers)
        assert [one["path"] for one in refused.json()["errors"]] == ["project_id"]

    filed = await client.post("/api/v1/reservations/for-company", json=body, headers=headers)
    assert filed.status_code == 201, filed.text
    events = await client.get(f"{filed.headers['location']}/events", headers=headers)
    assert [one["action"] for one in events.json()] == ["file_for"]
    again = await client.post("/api/v1/reservations/for-company", json=body, headers=headers)
    assert again.json()["type"] == "/problems/taken"
