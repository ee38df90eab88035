"""The review of one application: what it shows, who may decide, and what a refused decision leaves behind."""

import re
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from testfields.accounts import directory
from testfields.accounts import service as accounts
from testfields.accounts.entries import NewRole
from testfields.accounts.rules import Actor, MemberRole, OrganisationKind
from testfields.availability.service import Asked
from testfields.closures import service as closures
from testfields.closures.grounds import one_place
from testfields.closures.rules import ClosureKind
from testfields.closures.service import Closing
from testfields.core.clock import now
from testfields.core.errors import NotAllowed, WrongState
from testfields.letters.rules import Audience
from testfields.letters.service import receivers
from testfields.reservations import filing, reading
from testfields.reservations import steps as reservations
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import LONGEST_TEXT, Action
from testfields.reviews import service
from testfields.sites.tables import Site
from testfields.workflow import WHAT_FOLLOWS, Follows
from tests import factories
from tests.reviews.cases import bearer, file, log_in

REASONS = {
    Action.RETURN: "図面に寸法を入れてください。",
    Action.REJECT: "同日に式典があります。",
    Action.REVOKE: "地盤が沈下しました。",
}


async def state_of(company: Actor, number: int) -> str:
    return str((await reading.find(company, number))["state"])


async def last_event(company: Actor, number: int) -> Any:
    return (await reading.events(company, number))[-1]


async def test_the_page_tells_who_what_where_and_when(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    await log_in(client, field.approver)

    shown = (await client.get(f"/desk/{number}")).text

    for text in (
        "Delivery drone trial",
        "監視員を置きます。",
        "マルチコプター 1機",
        company.name,
        "No rule of the test field was broken",
    ):
        assert text in shown
    assert "clear" not in re.sub(r"<[^>]+>", "", shown).lower()


async def test_a_broken_rule_is_told_and_where(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    await Site.update({Site.maximum_minutes: 30}).where(Site.id == field.site_id)

    case = await service.case(field.reviewer, number, now())

    assert [len(check.faults) for check in case.checks] == [0, 0, 1, 0]


async def test_rivals_are_shown_by_name_to_staff(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    rival_id = await factories.organisation(OrganisationKind.COMPANY, name_en="Rival Works")
    rival = await factories.person(rival_id, OrganisationKind.COMPANY, MemberRole.MANAGER)
    number, waiting = await file(field, company), await file(field, rival, action=Action.WAIT)
    await log_in(client, field.reviewer)

    shown = (await client.get(f"/desk/{number}")).text

    assert f'href="/desk/{waiting}"' in shown
    assert f"No. {waiting} Rival Works" in shown
    assert "1 other application asks for the same place and time" in shown


async def test_buttons_are_those_of_the_role(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)

    async def offered(actor: Actor) -> set[str]:
        await log_in(client, actor)
        shown = (await client.get(f"/desk/{number}")).text
        found = set(re.findall(rf'action="/desk/{number}/(\w+)"', shown))
        return found & set(Action)

    assert await offered(field.approver) == {"approve", "return", "reject"}
    assert await offered(field.reviewer) == {"return"}
    assert await offered(field.site_manager) == set()


async def test_reasons_and_conditions_count_what_is_left(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    await log_in(client, field.approver)
    shown = (await client.get(f"/desk/{number}")).text
    for name in ("reason_return", "reason_reject", "conditions", "note", "recommendation"):
        assert re.search(rf'<textarea[^>]* name="{name}"[^>]* data-most="{LONGEST_TEXT}"', shown), name


async def test_a_reviewer_returns_but_does_not_approve(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    headers = await bearer(field.reviewer, **{"If-Match": '"1"'})
    address = f"/api/v1/reservations/{number}"

    assert (await client.post(f"{address}/approve", json={}, headers=headers)).status_code == 403
    csrf = await log_in(client, field.reviewer)
    assert (await client.post(f"/desk/{number}/approve", data={"_csrf": csrf, "version": "1"})).status_code == 403
    assert await state_of(company, number) == "submitted"

    returned = await client.post(f"{address}/return", json={"reason": "図面が必要です。"}, headers=headers)
    assert (returned.status_code, returned.json()["state"]) == (200, "returned")


async def test_another_owners_staff_know_of_nothing(db: None, client: httpx.AsyncClient) -> None:
    field, other, company = await factories.field(), await factories.field(), await factories.company()
    number = await file(field, company)
    csrf = await log_in(client, other.approver)

    assert (await client.get(f"/desk/{number}")).status_code == 404
    assert (await client.post(f"/desk/{number}/approve", data={"_csrf": csrf, "version": "1"})).status_code == 404
    assert await state_of(company, number) == "submitted"


async def test_a_company_decides_nothing(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    csrf = await log_in(client, company)
    answer = await client.post(f"/desk/{number}/approve", data={"_csrf": csrf, "version": "1"})
    assert answer.status_code == 403
    assert await state_of(company, number) == "submitted"


async def test_a_draft_is_not_for_staff(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company, action=Action.SAVE)
    await log_in(client, field.approver)
    assert (await client.get(f"/desk/{number}")).status_code == 404


@pytest.mark.parametrize("action", [Action.RETURN, Action.REJECT, Action.REVOKE])
async def test_the_reason_goes_with_the_decision(db: None, client: httpx.AsyncClient, action: Action) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    if action is Action.REVOKE:
        await reservations.act(field.approver, number, Step(Action.APPROVE, 1), now())
    version = (await reading.find(company, number))["version"]
    csrf = await log_in(client, field.approver)
    form = {"_csrf": csrf, "version": str(version), f"reason_{action}": ""}

    refused = await client.post(f"/desk/{number}/{action}", data=form)
    assert refused.status_code == 422
    assert f'href="#f-reason_{action}"' in refused.text
    assert re.search(rf'<details class="[^"]*" id="{action}" name="decision" open>', refused.text)

    done = await client.post(f"/desk/{number}/{action}", data={**form, f"reason_{action}": REASONS[action]})
    assert done.status_code == 303
    event = await last_event(company, number)
    assert (event["action"], event["reason"]) == (action, REASONS[action])


async def test_conditions_are_kept_and_asked_for(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    csrf = await log_in(client, field.approver)
    form = {"_csrf": csrf, "version": "1", "conditions": "  "}

    assert (await client.post(f"/desk/{number}/approve", data=form)).status_code == 422
    await client.post(f"/desk/{number}/approve", data={**form, "conditions": "監視員を2名置くこと。"})

    assert (await reading.find(company, number))["conditions"] == "監視員を2名置くこと。"
    assert (await last_event(company, number))["conditions"] == "監視員を2名置くこと。"


async def test_conditions_of_an_earlier_approval_do_not_come_back(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    await reservations.act(field.approver, number, Step(Action.APPROVE, 1, conditions="夜間は使わないこと。"), now())
    await reservations.change_volumes(company, number, 2, (Asked(factories.period(14)),), now())
    csrf = await log_in(client, field.approver)

    await client.post(f"/desk/{number}/approve", data={"_csrf": csrf, "version": "3"})

    assert (await reading.find(company, number))["conditions"] == ""


async def test_a_decision_on_what_has_changed_shows_it_again(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    csrf = await log_in(client, field.approver)
    await reservations.change_volumes(company, number, 1, (Asked(factories.period(14)),), now())
    form = {"_csrf": csrf, "version": "1", "reason_reject": REASONS[Action.REJECT]}

    refused = await client.post(f"/desk/{number}/reject", data=form)

    assert refused.status_code == 412
    assert "has changed since you opened it" in refused.text
    assert REASONS[Action.REJECT] in refused.text
    assert 'name="version" value="2"' in refused.text
    assert await state_of(company, number) == "submitted"


async def test_a_decision_that_came_too_late_says_so(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    await reservations.act(company, number, Step(Action.WITHDRAW, 1), now())
    csrf = await log_in(client, field.approver)
    refused = await client.post(f"/desk/{number}/approve", data={"_csrf": csrf, "version": "2"})
    assert refused.status_code == 409
    assert await state_of(company, number) == "withdrawn"


async def test_a_form_without_its_token_is_refused(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    await log_in(client, field.approver)
    assert (await client.post(f"/desk/{number}/approve", data={"version": "1"})).status_code == 403
    assert await state_of(company, number) == "submitted"


@pytest.mark.parametrize("action", ["withdraw", "confirm", "dance"])
async def test_the_desk_takes_no_step_but_its_own(db: None, client: httpx.AsyncClient, action: str) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    csrf = await log_in(client, field.approver)
    answer = await client.post(f"/desk/{number}/{action}", data={"_csrf": csrf, "version": "1"})
    assert answer.status_code in {404, 422}
    assert await state_of(company, number) == "submitted"


async def test_the_panels_promise_what_follows(db: None) -> None:
    """What the panels say a decision does is what the workflow's table has follow it."""
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    case = await service.case(field.approver, number, now())
    assert case.row["mailed"] == len(await receivers(Audience.COMPANY, number)) > 0

    follows = {action: WHAT_FOLLOWS[(case.state, action)] for action in case.decisions}
    assert all(Audience.COMPANY in jobs for jobs in follows.values())
    assert {action for action, jobs in follows.items() if Follows.OFFER_WAITING in jobs} == {Action.REJECT}
    assert {action for action, jobs in follows.items() if Follows.CONFIRM in jobs} == {Action.APPROVE}


async def preview(client: httpx.AsyncClient, actor: Actor, number: int, query: str = "") -> httpx.Response:
    return await client.get(f"/api/v1/reviews/{number}/preview.geojson{query}", headers=await bearer(actor))


async def test_the_preview_holds_the_site_and_all_that_stands_there(db: None, client: httpx.AsyncClient) -> None:
    field, company, rival = await factories.field(), await factories.company(), await factories.company()
    number, waiting = await file(field, company), await file(field, rival, 9, Action.WAIT)
    held, approved = await file(field, rival, 11, Action.HOLD), await file(field, rival, 13)
    await reservations.act(field.approver, approved, Step(Action.APPROVE, 1), now())
    elsewhere = await file(field, rival, 9, days=2)
    slug = (await Site.select(Site.slug).where(Site.id == field.site_id).first() or {})["slug"]
    closing = Closing(one_place(slug), ClosureKind.WORKS, "工事のため", "Works", factories.period(15))
    await closures.close(field.site_manager, closing, now())

    answer = await preview(client, field.reviewer, number)

    assert answer.headers["Content-Type"].startswith("application/geo+json")
    features = answer.json()["features"]
    found = {(one["properties"].get("number"), one["properties"]["class"]) for one in features}
    assert {(number, "asked"), (waiting, "rival"), (held, "held"), (approved, "taken")} < found
    assert {one["properties"]["class"] for one in features} == {
        "site",
        "area",
        "asked",
        "rival",
        "held",
        "taken",
        "closed",
    }
    assert elsewhere not in {one["properties"].get("number") for one in features}
    asked = next(one for one in features if one["properties"]["class"] == "asked")
    assert asked["geometry"]["type"] == "MultiPolygon"
    assert asked["properties"]["period"].keys() == {"start", "end"}
    assert (float(asked["properties"]["lower"]), float(asked["properties"]["upper"])) == (0, 150)


async def test_each_day_of_an_application_has_its_preview(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    asked = (Asked(factories.period(9, days=1)), Asked(factories.period(9, days=3)))
    application = Application(await factories.project(company), field.area_id, asked)
    number = (await filing.file(company, application, now())).id
    days = (await service.case(field.reviewer, number, now())).days

    for day in days:
        shown = (await preview(client, field.reviewer, number, f"?day={day}")).json()["features"]
        assert [one["properties"]["class"] for one in shown].count("asked") == 1
    assert (await preview(client, field.reviewer, number, "?day=2026-01-01")).status_code == 404


async def test_the_preview_is_for_the_lands_staff_alone(db: None, client: httpx.AsyncClient) -> None:
    field, other, company = await factories.field(), await factories.field(), await factories.company()
    number = await file(field, company)
    for stranger in (company, await factories.company(), other.approver):
        answer = await preview(client, stranger, number)
        assert answer.status_code == 404
        assert "features" not in answer.text
    assert (await client.get(f"/api/v1/reviews/{number}/preview.geojson")).status_code == 401


async def test_closing_by_form_lists_what_stands_there(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company, 9)
    slug = (await Site.select(Site.slug).where(Site.id == field.site_id).first() or {})["slug"]
    csrf = await log_in(client, field.site_manager)
    day = factories.tomorrow(0).astimezone(ZoneInfo("Asia/Tokyo")).date()
    form = {
        "_csrf": csrf,
        "place": f"{slug}/",
        "kind": "works",
        "reason_ja": "工事のため",
        "reason_en": "Works",
        "period_start": f"{day}T08:00",
        "period_end": f"{day}T12:00",
    }

    refused = await client.post("/desk/closures", data=form)
    assert refused.status_code == 409
    assert f'href="/desk/{number}"' in refused.text
    assert "工事のため" in refused.text

    wrong = await client.post("/desk/closures", data={**form, "period_end": "", "reason_en": ""})
    assert wrong.status_code == 422
    assert 'href="#f-period-end"' in wrong.text

    done = await client.post(
        "/desk/closures", data={**form, "period_start": f"{day}T18:00", "period_end": f"{day}T19:00"}
    )
    assert done.status_code == 303
    listed = (await client.get("/desk/closures")).text
    lifting = re.search(r'action="(/desk/closures/\d+/lift)"', listed)
    assert lifting is not None
    lifted = await client.post(lifting[1], data={"_csrf": csrf, "version": "1"})
    assert lifted.status_code == 303
    assert "Lifted" in (await client.get("/desk/closures")).text


async def test_who_was_overtaken_is_told_by_whom_and_keeps_what_was_typed(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    csrf = await log_in(client, field.approver)
    await reservations.act(field.reviewer, number, Step(Action.RETURN, reason=REASONS[Action.RETURN]), now())

    typed = {"_csrf": csrf, "version": "1", "reason_return": "消火器の位置を書いてください。"}
    answer = await client.post(f"/desk/{number}/return", data=typed)

    assert answer.status_code == 412
    assert f"The last step was “Returned for changes”, by {field.reviewer.name}" in answer.text
    assert "消火器の位置を書いてください。" in answer.text


async def test_the_review_leads_to_the_permit_once_there_is_one(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    await log_in(client, field.reviewer)
    link = f'href="/my/reservations/{number}/permit"'

    before = (await client.get(f"/desk/{number}")).text
    await reservations.act(field.approver, number, Step(Action.APPROVE), now())
    await reservations.act(None, number, Step(Action.CONFIRM), now())
    after = (await client.get(f"/desk/{number}")).text

    assert (link in before, link in after) == (False, True)


async def test_nobody_decides_on_what_their_own_company_asks_for(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    await directory.give_roles(field.approver.person_id, [NewRole(company.companies[0], MemberRole.MEMBER)])
    both = await accounts.actor_by_token(await factories.token(field.approver), now())
    assert both is not None
    assert (await service.case(both, number, now())).decisions == []
    with pytest.raises((NotAllowed, WrongState)):
        await reservations.act(both, number, Step(Action.APPROVE), now())
