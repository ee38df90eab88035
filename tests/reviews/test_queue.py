"""The queue: whose it is, in which order, with which warnings."""

import re
from datetime import timedelta

import httpx
import pytest

from testfields.accounts.tables import Organisation
from testfields.availability.service import Asked
from testfields.closures import service as closures
from testfields.closures.grounds import one_place
from testfields.closures.rules import ClosureKind
from testfields.closures.service import Closing
from testfields.core.clock import now
from testfields.reservations import filing, reading
from testfields.reservations import steps as reservations
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from testfields.reservations.tables import Reservation
from testfields.reviews import service
from testfields.reviews.rules import Due, Shown
from testfields.reviews.service import QueueQuery
from testfields.sites.tables import Site
from tests import factories
from tests.reviews.cases import bearer, file, log_in


def application(project_id: int, field: factories.Field) -> Application:
    return Application(project_id, field.area_id, (Asked(factories.period(9)),), Action.SUBMIT)


async def numbers(field: factories.Field, query: QueueQuery | None = None) -> list[int]:
    return [row["id"] for row in await service.queue(field.approver, query or QueueQuery(), now())]


async def test_what_is_due_first_stands_first(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    first, second, third = [await file(field, company, hour) for hour in (9, 11, 13)]
    for number, days in ((first, 9), (second, 1), (third, 4)):
        await Reservation.update({Reservation.due_at: now() + timedelta(days=days)}).where(Reservation.id == number)
    assert await numbers(field) == [second, third, first]


async def test_the_queue_goes_on_where_a_page_ended(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    filed = [await file(field, company, 8 + 2 * place) for place in range(5)]
    headers = await bearer(field.reviewer)

    seen, address = [], "/api/v1/reviews?limit=2"
    while address:
        answer = await client.get(address, headers=headers)
        seen += [one["id"] for one in answer.json()]
        link = re.search(r"<(.+)>; rel", answer.headers.get("Link", ""))
        address = link[1] if link else ""

    assert seen == filed


@pytest.mark.parametrize("after", ["x", "1_x", "NaN_1", "1_0", "1"])
async def test_a_page_that_never_ended_is_refused(db: None, client: httpx.AsyncClient, after: str) -> None:
    field = await factories.field()
    answer = await client.get(f"/api/v1/reviews?after={after}", headers=await bearer(field.reviewer))
    assert answer.status_code == 422


async def test_filters(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    late, later = await file(field, company, 9), await file(field, company, 11, days=20)
    await Reservation.update({Reservation.due_at: now() - timedelta(days=1)}).where(Reservation.id == late)
    returned = await file(field, company, 13)
    await reservations.act(field.reviewer, returned, Step(Action.RETURN, reason="図面が必要です。"), now())
    slug = (await Site.select(Site.slug).where(Site.id == field.site_id).first() or {})["slug"]

    assert await numbers(field, QueueQuery(due=Due.OVERDUE)) == [late]
    assert await numbers(field, QueueQuery(due=Due.WEEK)) == [late]
    assert await numbers(field, QueueQuery(Shown.RETURNED)) == [returned]
    assert await numbers(field, QueueQuery(Shown.ALL)) == [returned, later, late]
    assert await numbers(field, QueueQuery(site=slug)) == [late, later]
    assert await numbers(field, QueueQuery(site="elsewhere")) == []
    assert await numbers(field, QueueQuery(text="DELIVERY")) == [late, later]
    # Its number may stand in a name as well.
    assert later in await numbers(field, QueueQuery(text=str(later)))
    assert await numbers(field, QueueQuery(text="%")) == []


@pytest.mark.parametrize("text", ["ドローン配送PoC", "poc", "ﾄﾞﾛｰﾝ配送ＰｏＣ", "どろーん　葛城", "葛\U000e0100城 PoC"])
async def test_an_application_is_found_however_it_was_typed(db: None, text: str) -> None:
    field, company = await factories.field(), await factories.company()
    await Organisation.update({Organisation.name_ja: "葛\U000e0100城運輸"}).where(
        Organisation.id == company.companies[0]
    )
    project = await factories.project(company, title_ja="ﾄﾞﾛｰﾝ配送ＰｏＣ")
    number = (await filing.file(company, application(project, field), now())).id
    await file(field, await factories.company(), 15)
    assert await numbers(field, QueueQuery(text=text)) == [number]


async def test_a_number_is_found_as_people_write_it_and_every_word_is_to_be_found(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    # Its name has a number too, which may hold those that are looked for.
    await Organisation.update({Organisation.name_ja: "葛城運輸", Organisation.name_en: "Katsuragi"}).where(
        Organisation.id == company.companies[0]
    )
    one, other = await file(field, company, 9), await file(field, company, 11)
    wide = str(one).translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    for text in (wide, f"{one}番", f"#{one}", f"No. {one}", f"第{one}号", f"ドローン {wide}"):
        assert await numbers(field, QueueQuery(text=text)) == [one], text
    assert await numbers(field, QueueQuery(text="ドローン delivery")) == [one, other]
    assert await numbers(field, QueueQuery(text="ドローン 配管")) == []
    assert await numbers(field, QueueQuery(text=f"{one} {other}")) == []


async def test_drafts_and_other_owners_land_stay_out(db: None) -> None:
    field, other, company = await factories.field(), await factories.field(), await factories.company()
    await file(field, company, 9, Action.SAVE)
    await file(other, company, 9)
    assert await numbers(field, QueueQuery(Shown.ALL)) == []


async def test_rivals_closures_and_neighbours_in_time_are_told(db: None) -> None:
    field, company, rival = await factories.field(), await factories.company(), await factories.company()
    standing = await file(field, company, 9, hours=2)
    waiting = await file(field, rival, 10, Action.WAIT, hours=2)
    next_one = await file(field, rival, 11)
    far = await file(field, rival, 18)

    rows = {row["id"]: row for row in await service.queue(field.approver, QueueQuery(Shown.ALL), now())}

    assert {number: row["rivals"] for number, row in rows.items()} == {standing: 1, waiting: 2, next_one: 1, far: 0}
    assert {number: row["back_to_back"] for number, row in rows.items()} == {
        standing: 1,
        waiting: 0,
        next_one: 1,
        far: 0,
    }


async def test_turnaround_makes_rivals_of_neighbours(db: None) -> None:
    field, company, rival = (
        await factories.field(turnaround_minutes=30),
        await factories.company(),
        await factories.company(),
    )
    standing = await file(field, company, 9)
    waiting = await file(field, rival, 10, Action.WAIT)
    rows = {row["id"]: row["rivals"] for row in await service.queue(field.approver, QueueQuery(Shown.ALL), now())}
    assert rows == {standing: 1, waiting: 1}


async def test_a_closure_at_the_site_is_told(db: None) -> None:
    footprint = factories.square(south=32)
    field = await factories.field(footprint=footprint)
    await factories.area(field.site_id, factories.square(south=32, size=0.004), slug="near")
    far = await factories.area(field.site_id, factories.square(west=135.005, south=32.005, size=0.004))
    company = await factories.company()
    number = await file(factories.Field(**vars(field) | {"area_id": far}), company, 9)
    slug = (await Site.select(Site.slug).where(Site.id == field.site_id).first() or {})["slug"]
    closing = Closing(one_place(slug, "near"), ClosureKind.EVENT, "催しのため", "An event", factories.period(8, 3))
    await closures.close(field.site_manager, closing, now())

    (row,) = await service.queue(field.approver, QueueQuery(), now())
    assert (row["id"], row["closures"], row["rivals"]) == (number, 1, 0)


async def test_one_click_approves_what_was_read_as_it_stands(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company, days=30)
    csrf = await log_in(client, field.approver)
    button = f'action="/desk/{number}/approve"'

    assert button not in (await client.get("/desk")).text
    await client.get(f"/desk/{number}")
    assert button in (await client.get("/desk")).text

    form = {"_csrf": csrf, "version": "1", "filters": "site=&text=x&then=//elsewhere.test"}
    done = await client.post(f"/desk/{number}/approve", data=form)
    assert (done.status_code, done.headers["Location"]) == (303, "/desk?text=x")
    assert (await reading.find(company, number))["state"] == "approved"


async def test_a_change_makes_it_unread(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company, days=30)
    await log_in(client, field.approver)
    await client.get(f"/desk/{number}")

    await reservations.change_volumes(company, number, 1, (Asked(factories.period(14, days=30)),), now())

    assert f'action="/desk/{number}/approve"' not in (await client.get("/desk")).text


async def test_reading_is_of_one_person_alone(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    await log_in(client, field.reviewer)
    await client.get(f"/desk/{number}")

    (theirs,) = await service.queue(field.reviewer, QueueQuery(), now())
    (others,) = await service.queue(field.approver, QueueQuery(), now())
    assert (theirs["has_read"], others["has_read"]) == (True, False)


async def test_the_desk_is_for_staff(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    addresses = ("/desk", f"/desk/{number}", "/desk/closures")
    for address in addresses:
        turned_away = await client.get(address, headers={"Accept": "text/html"})
        assert turned_away.status_code == 303
        assert turned_away.headers["Location"].startswith("/login")
    assert (await client.get("/api/v1/reviews")).status_code == 401
    assert (await client.get("/api/v1/reviews", headers=await bearer(company))).status_code == 403

    await log_in(client, company)
    assert [(await client.get(address)).status_code for address in addresses] == [403, 403, 403]


async def test_the_queue_keeps_its_filters_in_the_address(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    await log_in(client, field.approver)
    shown = await client.get("/desk?text=delivery&due=")
    assert f'href="/desk/{number}?text=delivery"' in shown.text
    assert 'value="delivery"' in shown.text
    assert (await client.get("/desk?due=yesterday")).status_code == 422


async def test_what_bears_a_warning_is_not_approved_from_the_queue(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    plain, wary = await file(field, company, days=30), await file(field, company, 15, days=30)
    await file(field, await factories.company(), 15, Action.WAIT, days=30)
    await log_in(client, field.approver)
    for number in (plain, wary):
        await client.get(f"/desk/{number}")

    shown = (await client.get("/desk")).text

    assert f'action="/desk/{plain}/approve"' in shown
    assert f'action="/desk/{wary}/approve"' not in shown
