"""How staff share the work: who is at it, notes, recommendations, what has changed, and the queue that shows it."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, NotFound, Stale, WrongState
from testfields.reservations import steps as reservations
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action, State
from testfields.reviews import service, work
from testfields.reviews.rules import Order, Shown, Whose
from testfields.reviews.service import QueueQuery
from tests import factories
from tests.reviews.cases import bearer, file, log_in


async def queue(actor: Actor, **query: object) -> list[int]:
    return [row["id"] for row in await service.queue(actor, QueueQuery(**query), now())]  # type: ignore[arg-type]


async def row_of(actor: Actor, number: int) -> dict[str, object]:
    (row,) = [row for row in await service.queue(actor, QueueQuery(Shown.ALL), now()) if row["id"] == number]
    return dict(row.items())


async def test_an_application_is_given_to_one_of_the_own_staff(db: None) -> None:
    field, other, company = await factories.field(), await factories.field(), await factories.company()
    one, free = await file(field, company, 9), await file(field, company, 11)
    await work.assign(field.approver, one, field.reviewer.person_id)
    assert (await row_of(field.approver, one))["assignee"] == field.reviewer.name
    assert await queue(field.reviewer, whose=Whose.MINE) == [one]
    assert await queue(field.approver, whose=Whose.MINE) == []
    assert await queue(field.approver, whose=Whose.NOBODYS) == [free]
    for stranger in (other.reviewer, company):
        with pytest.raises(InvalidInput):
            await work.assign(field.approver, one, stranger.person_id)
    with pytest.raises(NotFound):
        await work.assign(other.approver, one, None)
    await work.assign(field.site_manager, one, None)
    assert await queue(field.approver, whose=Whose.NOBODYS) == [one, free]


async def test_a_recommendation_holds_for_the_application_as_it_stands(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    await work.recommend(field.reviewer, number, 1, "図面を確認しました。", now())
    assert (await row_of(field.approver, number))["recommended"]
    done = await work.work_on(number)
    assert done.recommended_by == field.reviewer.name
    assert [(one.text, one.recommends) for one in done.notes] == [("図面を確認しました。", True)]
    with pytest.raises(Stale):
        await work.recommend(field.reviewer, number, 2, "", now())

    await reservations.change_volumes(company, number, None, (Asked(factories.period(13)),), now())
    assert not (await row_of(field.approver, number))["recommended"]
    done = await work.work_on(number)
    assert (done.recommended_by, done.recommended_at) == (None, None)
    await reservations.act(field.approver, number, Step(Action.APPROVE), now())
    with pytest.raises(WrongState):
        await work.recommend(field.reviewer, number, None, "", now())


async def test_notes_are_for_staff_alone(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number, secret = await file(field, company), "前回は清掃が不十分でした。"
    await work.add_note(field.site_manager, number, secret, now())
    with pytest.raises(InvalidInput):
        await work.add_note(field.site_manager, number, "  ", now())
    seen = (await client.get(f"/api/v1/reviews/{number}", headers=await bearer(field.approver))).json()
    assert [one["text"] for one in seen["notes"]] == [secret]
    theirs = await bearer(company)
    for address in (f"/api/v1/reservations/{number}", f"/api/v1/reservations/{number}/events"):
        assert secret not in (await client.get(address, headers=theirs)).text
    await log_in(client, company)
    assert secret not in (await client.get(f"/my/reservations/{number}")).text


async def test_what_was_changed_and_filed_again_is_marked_and_shown_beside_what_it_was(
    db: None, client: httpx.AsyncClient
) -> None:
    field, company = await factories.field(), await factories.company()
    changed, again, as_it_was = [await file(field, company, hour) for hour in (9, 11, 15)]
    await reservations.change_volumes(company, changed, None, (Asked(factories.period(13)),), now())
    await reservations.act(field.reviewer, again, Step(Action.RETURN, reason="高度を下げてください。"), now())
    await reservations.act(company, again, Step(Action.SUBMIT), now())

    marks = {number: await row_of(field.approver, number) for number in (changed, again, as_it_was)}
    assert [(row["changed"], row["filed_again"]) for row in marks.values()] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert await work.changes(as_it_was) == await work.changes(again) == []
    (one,) = await work.changes(changed)
    assert one.before is not None
    assert one.after is not None
    assert (one.before.period, one.after.period) == (factories.period(9), factories.period(13))

    await log_in(client, field.approver)
    shown = (await client.get(f"/desk/{changed}")).text
    assert "What has changed" in shown
    headers = await bearer(field.approver)
    shapes = (await client.get(f"/api/v1/reviews/{changed}/preview.geojson", headers=headers)).json()["features"]
    assert [one["properties"]["class"] for one in shapes].count("before") == 1
    # What staff have decided on since is what they know.
    await reservations.act(field.reviewer, changed, Step(Action.RETURN, reason="高度を下げてください。"), now())
    assert await work.changes(changed) == []


async def test_the_queue_is_sorted_and_bounded_by_days(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    late, early, far = (
        await file(field, company, 15),
        await file(field, company, 9),
        await file(field, company, 9, days=20),
    )
    assert await queue(field.approver, order=Order.START) == [early, late, far]
    assert await queue(field.approver, order=Order.NEWEST) == [far, early, late]
    tomorrow = factories.tomorrow(9 + 9).date()
    assert set(await queue(field.approver, first_day=tomorrow, last_day=tomorrow)) == {late, early}
    assert await queue(field.approver, first_day=tomorrow + timedelta(days=1)) == [far]
    assert await queue(field.approver, last_day=tomorrow - timedelta(days=1)) == []

    headers, seen, address = await bearer(field.reviewer), [], "/api/v1/reviews?order=start&limit=1"
    while address:
        answer = await client.get(address, headers=headers)
        seen += [one["id"] for one in answer.json()]
        address = answer.links.get("next", {}).get("url", "")
    assert seen == [early, late, far]


async def test_the_tabs_tell_how_many_there_are(db: None, client: httpx.AsyncClient) -> None:
    field, other, company = await factories.field(), await factories.field(), await factories.company()
    for hour in (9, 11):
        await file(field, company, hour)
    await file(field, await factories.company(), 9, Action.WAIT)
    await file(other, company, 9)
    await file(field, company, 15, Action.SAVE)
    assert await work.counts(field.approver) == {State.SUBMITTED: 2, State.WAITING: 1}
    await log_in(client, field.approver)
    shown = (await client.get("/desk")).text
    assert 'To decide <span class="count">2</span>' in shown
    assert 'Waiting list <span class="count">1</span>' in shown


async def test_a_recommendation_is_told_with_its_moment_by_the_fields_clock(
    db: None, client: httpx.AsyncClient
) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    at = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
    await work.recommend(field.reviewer, number, 1, "", at)
    told = (await client.get(f"/api/v1/reviews/{number}", headers=await bearer(field.approver))).json()
    assert (told["recommended_by"], told["recommended_at"]) == (field.reviewer.name, "2026-11-27T23:30:00Z")
    await log_in(client, field.approver)
    assert f"Recommended by {field.reviewer.name}, Sat 28 Nov 2026, 08:30" in (await client.get(f"/desk/{number}")).text


async def test_a_form_that_is_refused_keeps_what_was_typed(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    form = {"_csrf": await log_in(client, field.approver), "version": "1"}
    refused = await client.post(f"/desk/{number}/notes", data={**form, "note": " "})
    assert refused.status_code == 422
    assert "Please write the note." in refused.text
    too_long = "あ" * 4001
    refused = await client.post(f"/desk/{number}/recommendation", data={**form, "recommendation": too_long})
    assert refused.status_code == 422
    assert too_long in refused.text
    stale = await client.post(f"/desk/{number}/recommendation", data={**form, "version": "9", "recommendation": "確認"})
    assert stale.status_code == 409
    assert "確認" in stale.text
    done = await client.post(f"/desk/{number}/notes", data={**form, "note": "電話で確認", "filters": "state=all"})
    assert (done.status_code, done.headers["Location"]) == (303, f"/desk/{number}?state=all")
    assert "電話で確認" in (await client.get(done.headers["Location"])).text
