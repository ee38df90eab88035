"""The calendar of one person at its secret address."""

import html
import re
from datetime import timedelta

import pytest
from httpx import AsyncClient

from testfields.accounts import directory, feeds, service, team
from testfields.accounts.rules import READS_PER_FEED, Actor, MemberRole, OrganisationKind
from testfields.accounts.tables import CalendarFeed, Membership, Person
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import TooMany
from testfields.projects.tables import Project
from testfields.reservations import filing, steps
from testfields.reservations.actions import Action
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from tests import factories


async def filed(company: Actor, field: factories.Field, hour: float = 9) -> int:
    project = await factories.project(company)
    asked = (Asked(factories.period(hour)),)
    return (await filing.file(company, Application(project, field.area_id, asked), now())).id


async def address_of(client: AsyncClient, company: Actor) -> str:
    """The path of a new address, as its page tells it."""
    csrf = await factories.log_in(client, company)
    answer = await client.post("/my/calendar/feed", data=csrf)
    assert answer.status_code == 200
    found = re.search(r'value="[^"]*(/feeds/[\w-]{43}\.ics)"', answer.text)
    assert found is not None
    return html.unescape(found[1])


def lines_of(content: bytes) -> list[str]:
    """The lines of a calendar as they are before folding."""
    return content.decode().replace("\r\n ", "").split("\r\n")


async def test_it_holds_the_companys_own_times_and_nobody_elses(db: None, client: AsyncClient) -> None:
    field, company, rival = await factories.field(), await factories.company(), await factories.company()
    own, _ = await filed(company, field), await filed(rival, field, 14)
    hostile = "=1+1;配送,\\n検証\r\nEND:VEVENT" + "長" * 60
    await Project.update({Project.title_ja: hostile}).where(Project.company_id == company.companies[0])
    path = await address_of(client, company)
    client.cookies.clear()

    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    lines = lines_of(answer.content)
    assert [line for line in lines if line.startswith("DTSTART")] == [
        f"DTSTART:{factories.period(9).start:%Y%m%dT%H%M%SZ}"
    ]
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    assert any(line.endswith(f"/my/reservations/{own}") for line in lines if line.startswith("URL"))
    assert max(len(line) for line in answer.content.split(b"\r\n")) <= 75
    (summary,) = (line for line in lines if line.startswith("SUMMARY"))
    assert "=1+1\\;配送\\,\\\\n検証\\nEND:VEVENT" in summary


async def test_a_program_that_has_it_already_is_told_so_until_something_changes(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    number = await filed(company, field)
    path = await address_of(client, company)
    tag = (await client.get(path)).headers["etag"]
    again = await client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)

    await steps.act(field.approver, number, Step(Action.APPROVE), now())
    changed = await client.get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


async def test_the_secret_is_stored_as_a_hash_and_shown_once(db: None, client: AsyncClient) -> None:
    company = await factories.company()
    path = await address_of(client, company)
    secret = path.removeprefix("/feeds/").removesuffix(".ics")
    row = await CalendarFeed.select().first()
    assert row is not None
    assert secret.encode() not in row["secret_hash"]
    page = await client.get("/my/calendar/feed")
    assert secret not in page.text
    assert "に作成したアドレスが有効です。" in page.text


@pytest.mark.parametrize("ending", ["renewed", "ended", "locked out", "left", "password"])
async def test_it_ends(db: None, client: AsyncClient, ending: str) -> None:
    company = await factories.company()
    path = await address_of(client, company)
    assert (await client.get(path)).status_code == 200
    match ending:
        case "renewed":
            assert await address_of(client, company) != path
        case "ended":
            await client.post("/my/calendar/feed/end", data=await factories.log_in(client, company))
        case "locked out":
            await directory.lock_out(company.person_id, now())
            await Person.update({Person.active: True}).where(Person.id == company.person_id)
        case "left":
            await factories.person(company.companies[0], OrganisationKind.COMPANY, MemberRole.MANAGER)
            await team.leave(company, company.companies[0], now())
        case _:
            await service.replace_password(company.email, "hash", now(), end_tokens=True)
    client.cookies.clear()
    assert (await client.get(path)).status_code == 404


async def test_whoever_is_in_no_company_any_more_has_nothing_there(db: None, client: AsyncClient) -> None:
    """Also where the membership was taken away past the portal."""
    company = await factories.company()
    path = await address_of(client, company)
    await Membership.delete().where(Membership.person_id == company.person_id)
    client.cookies.clear()
    assert (await client.get(path)).status_code == 404


async def test_guesses_are_counted_by_network_and_keep_nobody_from_reading(db: None, client: AsyncClient) -> None:
    company = await factories.company()
    path = await address_of(client, company)
    client.cookies.clear()
    answers = {(await client.get(f"/feeds/{place}.ics")).status_code for place in range(51)}
    assert answers == {404, 429}
    assert (await client.get(path)).status_code == 200
    assert (await client.get(path.removesuffix(".ics"))).status_code == 404


async def test_one_feed_is_read_so_often_and_no_more(db: None) -> None:
    company, at = await factories.company(), now()
    secret = await feeds.renew(company, at)
    for _ in range(READS_PER_FEED):
        await feeds.reader(secret, "192.0.2.1", at)
    with pytest.raises(TooMany):
        await feeds.reader(secret, "192.0.2.1", at)
    assert (await feeds.reader(secret, "192.0.2.1", at + timedelta(hours=1))).person_id == company.person_id


async def test_staff_have_no_times_and_no_feed(db: None, client: AsyncClient) -> None:
    field = await factories.field()
    await factories.log_in(client, field.approver)
    assert (await client.get("/my/calendar/feed")).status_code == 403
