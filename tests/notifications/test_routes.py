"""The administrator's program reads what went out."""

from httpx import AsyncClient

from testfields.accounts.rules import Actor
from tests import factories
from tests.notifications.test_pages import administrator, posted


async def bearer(actor: Actor) -> dict[str, str]:
    return {"Authorization": f"Bearer {await factories.token(actor)}"}


async def test_mails_come_newest_first_page_by_page_and_one_with_its_text(db: None, client: AsyncClient) -> None:
    receiver, headers = await posted(3), await bearer(await administrator())
    first = await client.get("/api/v1/mails", params={"limit": 2}, headers=headers)
    assert [one["subject"] for one in first.json()] == ["件名3", "件名2"]
    assert {one["email"] for one in first.json()} == {receiver.email}
    following = first.headers["link"].split(">")[0].removeprefix("<")
    (last,) = (await client.get(following, headers=headers)).json()
    assert (last["subject"], last["sent_at"]) == ("件名1", None)

    mail = (await client.get(f"/api/v1/mails/{last['id']}", headers=headers)).json()
    assert (mail["text"], mail["locale"]) == ("本文です。", "ja")
    assert (await client.get("/api/v1/mails/999999", headers=headers)).status_code == 404


async def test_nobody_else_may_read_them(db: None, client: AsyncClient) -> None:
    receiver = await posted(1)
    reader = {"Authorization": f"Bearer {await factories.token(await administrator(), ['read'])}"}
    for headers, status in ((await bearer(receiver), 403), (reader, 403), ({}, 401)):
        assert (await client.get("/api/v1/mails", headers=headers)).status_code == status
