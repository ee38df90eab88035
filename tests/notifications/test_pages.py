"""The administrator reads what went out."""

from httpx import AsyncClient

from testfields.accounts.rules import Actor, MemberRole, OrganisationKind
from tests import factories
from tests.notifications.writing import person, post


async def administrator() -> Actor:
    operator = await factories.organisation(OrganisationKind.OPERATOR)
    return await factories.person(operator, OrganisationKind.OPERATOR, MemberRole.ADMIN)


async def posted(count: int, text: str = "本文です。") -> Actor:
    receiver = await factories.company()
    for number in range(1, count + 1):
        await post(person(receiver), f"件名{number}", text)
    return receiver


async def test_the_administrator_pages_through_the_mails_newest_first(db: None, client: AsyncClient) -> None:
    receiver = await posted(3)
    await factories.log_in(client, await administrator())

    first = await client.get("/admin/mails", params={"limit": 2})
    assert first.status_code == 200, first.text
    assert first.text.index("件名3") < first.text.index("件名2")
    assert "件名1" not in first.text
    assert receiver.email in first.text
    assert "未送信" in first.text

    address = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = await client.get(address)
    assert "件名1" in second.text
    assert "件名2" not in second.text


async def test_a_mails_text_is_shown_and_nothing_in_it_is_markup(db: None, client: AsyncClient) -> None:
    await posted(1, '<img src=x onerror="alert(1)">')
    await factories.log_in(client, await administrator())
    listed = await client.get("/admin/mails")
    address = listed.text.split('href="/admin/mails/')[1].split('"')[0]

    shown = await client.get(f"/admin/mails/{address}", params={"lang": "en"})
    assert shown.status_code == 200, shown.text
    assert "&lt;img src=x onerror=" in shown.text
    assert "<img src=x" not in shown.text
    assert "Not sent yet" in shown.text


async def test_nobody_else_reads_them(db: None, client: AsyncClient) -> None:
    receiver = await posted(1)
    assert (await client.get("/admin/mails", headers={"Accept": "text/html"})).status_code in {303, 401}
    await factories.log_in(client, receiver)
    assert (await client.get("/admin/mails")).status_code == 403
    assert (await client.get("/admin/mails/1")).status_code == 403
    await factories.log_in(client, await administrator())
    assert (await client.get("/admin/mails/987654321")).status_code == 404
