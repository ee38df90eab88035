"""Photos are stored whole or not at all, however many come at once, and keep nobody else waiting."""

import asyncio
import re

import asyncpg
import pytest
from httpx import AsyncClient, Response
from litestar import Litestar

from testfields.documents.files import Files, files_of
from testfields.documents.tables import Document
from testfields.sites import photos
from testfields.sites.photos import MOST_PHOTOS
from testfields.sites.tables import SitePhoto
from tests import factories
from tests.documents import pictures
from tests.faults.locks import until_waiting
from tests.sites.test_photos import SAID, field, send, told


async def test_many_at_once_store_as_many_as_there_is_room_for(own_db: str, client: AsyncClient, app: Litestar) -> None:
    manager, slug, _ = await field(client)
    client.cookies.delete("session")
    headers = {"Authorization": f"Bearer {await factories.token(manager)}", "Content-Type": "image/png"}

    async def post(shade: int) -> Response:
        body = pictures.picture("PNG", 300, 300, (shade, shade, 0))
        return await client.post(f"/api/v1/sites/{slug}/photos", params=SAID, content=body, headers=headers)

    answers = await asyncio.gather(*(post(shade) for shade in range(100)))
    statuses = [one.status_code for one in answers]
    assert set(statuses) <= {201, 422, 503}
    stored = await told(client, slug)
    assert statuses.count(201) == len(stored) <= MOST_PHOTOS
    assert len(stored) > 3
    files: Files = files_of(app.state.settings.data)
    kept = set(files.keys())
    for one in stored:
        assert all(re.sub(".*/", "", size["url"]) in kept for size in one["sizes"])


async def test_nobody_waits_at_the_site_for_the_disk(own_db: str, client: AsyncClient) -> None:
    _, slug, csrf = await field(client)
    other = await asyncpg.connect(own_db)
    try:
        async with other.transaction():
            await other.execute("SELECT pg_advisory_xact_lock(hashtext('testfields.document'))")
            sending = asyncio.ensure_future(send(client, slug, csrf, pictures.picture()))
            await until_waiting(other, sending)
            await other.execute("SELECT FROM site WHERE slug = $1 FOR UPDATE NOWAIT", slug)
        assert (await sending).status_code == 303
    finally:
        await other.close()


async def test_when_the_transaction_fails_nothing_is_there(
    own_db: str, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, slug, csrf = await field(client)

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the very last step")

    monkeypatch.setattr(photos.events, "tell", broken)
    assert (await send(client, slug, csrf, pictures.picture())).status_code == 500
    assert await SitePhoto.count() == await Document.count() == 0
