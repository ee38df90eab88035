"""Photos of test fields: taken in on the desk and by API, shown to whom they are for."""

from typing import Any

import pytest
from httpx import AsyncClient, Response
from litestar import Litestar

from testfields.accounts.rules import Actor, MemberRole, OrganisationKind
from testfields.documents.files import files_of
from testfields.documents.tables import Document
from testfields.sites.photos import MOST_PHOTOS
from testfields.sites.tables import Site, SitePhoto
from tests import factories
from tests.documents import pictures

SAID = {"ja": "西側から見た広場", "en": "The square from the west"}


async def field(client: AsyncClient, **changes: object) -> tuple[Actor, str, dict[str, str]]:
    """A site, its manager at a browser, and the field that their forms carry."""
    owner = await factories.organisation(OrganisationKind.OWNER)
    manager = await factories.person(owner, OrganisationKind.OWNER, MemberRole.SITE_MANAGER)
    site_id = await factories.site(owner, **changes)
    row = await Site.select(Site.slug).where(Site.id == site_id).first()
    assert row is not None
    client.cookies.set("lang", "en")
    return manager, row["slug"], await factories.log_in(client, manager)


async def send(
    client: AsyncClient, slug: str, form: dict[str, str], *bodies: bytes, name: str = "IMG_1.jpg"
) -> Response:
    files = [("photos", (name, body, "image/jpeg")) for body in bodies]
    return await client.post(f"/desk/sites/{slug}/photos", data={**SAID, **form}, files=files or None)


async def told(client: AsyncClient, slug: str) -> list[Any]:
    return list((await client.get(f"/api/v1/sites/{slug}")).json()["photos"])


async def test_photos_are_taken_in_and_shown_to_everybody(db: None, client: AsyncClient) -> None:
    _, slug, csrf = await field(client)
    answer = await send(client, slug, csrf, pictures.taken_at_home(3000, 2000), pictures.picture("PNG"))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/sites/{slug}/photos")
    assert 'alt="The square from the west"' in (await client.get(f"/desk/sites/{slug}/photos")).text

    client.cookies.delete("session")
    first, second = await told(client, slug)
    assert first["description"] == SAID
    assert [(one["width"], one["height"]) for one in first["sizes"]] == [(480, 720), (960, 1440), (1600, 2400)]
    assert [one["width"] for one in second["sizes"]] == [480, 900]
    page = (await client.get(f"/sites/{slug}")).text
    assert f'src="{first["sizes"][-1]["url"]}"' in page
    assert f"{first['sizes'][0]['url']} 480w" in page
    assert second["sizes"][0]["url"] in page
    assert first["sizes"][0]["url"] in (await client.get(f"/sites?words={slug}")).text

    for one in first["sizes"]:
        file = await client.get(one["url"])
        assert (file.status_code, file.headers["content-type"]) == (200, "image/webp")
        assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert file.headers["x-content-type-options"] == "nosniff"
        assert b"Somebody" not in file.content


async def test_photos_of_a_draft_are_for_its_owners_staff_alone(db: None, client: AsyncClient) -> None:
    _, slug, csrf = await field(client, published=False)
    await send(client, slug, csrf, pictures.picture())
    ((one,),) = [photo["sizes"][:1] for photo in await told(client, slug)]
    mine = await client.get(one["url"])
    assert (mine.status_code, mine.headers["cache-control"]) == (200, "private, no-cache")

    await field(client)
    assert (await client.get(one["url"])).status_code == 404
    client.cookies.delete("session")
    assert (await client.get(one["url"])).status_code == 404
    await Site.update({Site.published: True}).where(Site.slug == slug)
    assert (await client.get(one["url"])).status_code == 200


@pytest.mark.parametrize("key", ["..%2f..%2fetc%2fpasswd", "%2e%2e", "a" * 64, "A" * 64, "x", "%00"])
async def test_an_address_that_is_no_photo_leads_nowhere(db: None, client: AsyncClient, key: str) -> None:
    assert (await client.get(f"/photos/{key}")).status_code in {404, 422}


async def press(
    client: AsyncClient, slug: str, csrf: dict[str, str], photo: int, do: str, said: dict[str, str] = SAID, **more: str
) -> Response:
    """A button of a photo's form, with what stands in its fields."""
    version = (await client.get(f"/api/v1/sites/{slug}/photos")).headers["etag"].strip('"')
    fields = {f"{language}_{photo}": text for language, text in said.items()}
    form = {**csrf, "version": str(version), "do": do, **fields, **more}
    return await client.post(f"/desk/sites/{slug}/photos/{photo}", data=form)


async def test_a_photo_is_described_moved_and_taken_off(db: None, client: AsyncClient) -> None:
    _, slug, csrf = await field(client)
    await send(client, slug, csrf, pictures.picture(), pictures.picture(colour="red"), pictures.picture(colour="green"))
    first, second, third = [one["id"] for one in await told(client, slug)]

    assert (await press(client, slug, csrf, third, "earlier")).status_code == 303
    assert (await press(client, slug, csrf, first, "later")).status_code == 303
    assert [one["id"] for one in await told(client, slug)] == [third, first, second]
    assert (await press(client, slug, csrf, first, "describe", {"ja": "入口", "en": "Entrance"})).status_code == 303
    assert (await told(client, slug))[1]["description"] == {"ja": "入口", "en": "Entrance"}
    blank = await press(client, slug, csrf, first, "describe", {"ja": " ", "en": "Gate"})
    assert blank.status_code == 422
    assert f'id="f-ja_{first}-error"' in blank.text
    assert 'value="Gate"' in blank.text
    before = await Document.count()
    assert (await press(client, slug, csrf, third, "remove", {"ja": "", "en": ""})).status_code == 303
    assert [one["id"] for one in await told(client, slug)] == [first, second]
    assert await Document.count() == before - 2
    assert (await press(client, slug, csrf, third, "remove")).status_code == 404


@pytest.mark.parametrize("do", ["earlier", "later"])
async def test_what_was_typed_stays_when_the_photo_is_moved(db: None, client: AsyncClient, do: str) -> None:
    _, slug, csrf = await field(client)
    await send(client, slug, csrf, *(pictures.picture(colour=one) for one in ("red", "green", "blue")))
    photo = (await told(client, slug))[1]["id"]
    assert (await press(client, slug, csrf, photo, do, {"ja": "入口", "en": "Entrance"})).status_code == 303
    moved = (await told(client, slug))[0 if do == "earlier" else 2]
    assert (moved["id"], moved["description"]) == (photo, {"ja": "入口", "en": "Entrance"})


@pytest.mark.parametrize("do", ["describe", "earlier", "remove"])
async def test_who_saw_an_older_version_changes_nothing_and_types_nothing_anew(
    db: None, client: AsyncClient, do: str
) -> None:
    _, slug, csrf = await field(client)
    await send(client, slug, csrf, pictures.picture())
    ((photo),) = [one["id"] for one in await told(client, slug)]
    answer = await press(client, slug, csrf, photo, do, {"ja": "入口", "en": "Gate"}, version="1")
    assert answer.status_code == 409
    assert "Somebody else has changed this test field" in answer.text
    assert all(f'value="{text}"' in answer.text for text in ("入口", "Gate"))
    assert [one["description"] for one in await told(client, slug)] == [SAID]
    assert 'name="version" value="2"' in answer.text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no photo in JPEG"),
        (pictures.picture("GIF", 300, 300), "no photo in JPEG"),
        (pictures.bomb(), "million pixels"),
        (pictures.picture()[:3000], "to its end"),
        (pictures.picture(width=50), "at least 200 pixels"),
    ],
)
async def test_what_is_no_photo_is_refused_at_its_field_and_nothing_is_stored(
    db: None, client: AsyncClient, app: Litestar, body: bytes, reason: str
) -> None:
    _, slug, csrf = await field(client)
    name = "../../<b>x.jpg"
    answer = await send(client, slug, {**csrf, "ja": "広場"}, pictures.picture(), body, name=name)
    assert answer.status_code == 422
    assert 'id="f-photos-error"' in answer.text
    assert reason in answer.text
    assert "&lt;b&gt;" in answer.text
    assert "<b>x" not in answer.text
    assert 'value="広場"' in answer.text
    assert await SitePhoto.count() == await Document.count() == 0


@pytest.mark.parametrize("said", [{"ja": ""}, {"en": "  "}, {"en": "x" * 201}])
async def test_a_photo_without_words_is_refused(db: None, client: AsyncClient, said: dict[str, str]) -> None:
    _, slug, csrf = await field(client)
    answer = await send(client, slug, {**csrf, **said}, pictures.picture())
    assert answer.status_code == 422
    assert f'id="f-{next(iter(said))}-error"' in answer.text
    assert (await send(client, slug, csrf)).status_code == 422


async def test_a_photo_is_taken_once_and_no_more_than_a_field_may_have(
    db: None, client: AsyncClient, app: Litestar
) -> None:
    _, slug, csrf = await field(client)
    every = [pictures.picture(width=300, height=300, colour=(shade, 0, 0)) for shade in range(0, 250, 18)]
    assert (await send(client, slug, csrf, *every[: MOST_PHOTOS - 1])).status_code == 303
    assert "there already" in (await send(client, slug, csrf, every[0])).text
    kept = set(files_of(app.state.settings.data).keys())
    assert "at most 12" in (await send(client, slug, csrf, *every[-2:])).text
    assert set(files_of(app.state.settings.data).keys()) == kept
    assert (await send(client, slug, csrf, every[-1])).status_code == 303
    assert "New photos" not in (await client.get(f"/desk/sites/{slug}/photos")).text
    assert await SitePhoto.count() == MOST_PHOTOS


async def test_another_owners_field_takes_no_photo(db: None, client: AsyncClient) -> None:
    _, theirs, _ = await field(client)
    _, _, csrf = await field(client)
    assert (await send(client, theirs, csrf, pictures.picture())).status_code == 404
    assert (await client.get(f"/desk/sites/{theirs}/photos")).status_code == 404
    assert await SitePhoto.count() == 0


async def test_a_form_that_is_too_large_is_not_read_on(db: None, client: AsyncClient) -> None:
    _, slug, csrf = await field(client)
    answer = await send(client, slug, csrf, bytes(46_000_000))
    assert answer.status_code == 413
    assert "too large" in answer.text


# --- By API


async def test_programs_send_a_photo_as_it_is_and_put_all_in_order(db: None, client: AsyncClient) -> None:
    manager, slug, _ = await field(client)
    client.cookies.delete("session")
    headers = {"Authorization": f"Bearer {await factories.token(manager)}"}
    path = f"/api/v1/sites/{slug}/photos"

    async def post(body: bytes, kind: str = "image/jpeg") -> Response:
        return await client.post(path, params=SAID, content=body, headers={**headers, "Content-Type": kind})

    assert (await post(pictures.picture())).status_code == 201
    # What it is said to be is not what it is.
    assert (await post(pictures.picture("PNG"), "image/webp")).status_code == 201
    assert (await post(pictures.picture())).json()["errors"][0]["path"] == "photos"
    assert (await post(b"{}", "application/json")).status_code == 422
    assert (await post(b"GIF89a")).status_code == 422
    assert (await post(bytes(15_000_001))).status_code == 413

    listed = await client.get(path, headers=headers)
    first, second = listed.json()
    turned = {"photos": [{"id": one["id"], "description": one["description"]} for one in (second, first)]}
    assert (await client.put(path, json=turned, headers=headers)).status_code == 428
    seen = {**headers, "If-Match": listed.headers["etag"]}
    assert (await client.put(path, json=turned, headers=seen)).status_code == 200
    assert (await client.put(path, json=turned, headers=seen)).status_code == 412
    assert [one["id"] for one in await told(client, slug)] == [second["id"], first["id"]]

    any_version = {**headers, "If-Match": "*"}
    twice = {"photos": [turned["photos"][0], turned["photos"][0]]}
    assert (await client.put(path, json=twice, headers=any_version)).status_code == 422
    assert (await client.put(path, json={"photos": []}, headers=any_version)).status_code == 200
    assert await told(client, slug) == []


async def test_photos_leave_the_version_that_bookings_are_checked_against(db: None, client: AsyncClient) -> None:
    _, slug, csrf = await field(client)
    before = (await client.get(f"/api/v1/sites/{slug}")).json()["version"]
    await send(client, slug, csrf, pictures.picture())
    ((photo),) = [one["id"] for one in await told(client, slug)]
    assert (await press(client, slug, csrf, photo, "describe", {"ja": "入口", "en": "Entrance"})).status_code == 303
    assert (await client.get(f"/api/v1/sites/{slug}")).json()["version"] == before


async def test_who_keeps_a_copy_of_a_field_learns_of_a_new_caption(db: None, client: AsyncClient) -> None:
    _, slug, csrf = await field(client)
    await send(client, slug, csrf, pictures.picture())
    ((photo),) = [one["id"] for one in await told(client, slug)]
    mine = dict(client.cookies)
    client.cookies.clear()
    copy = {"If-None-Match": (await client.get(f"/api/v1/sites/{slug}")).headers["etag"]}
    assert (await client.get(f"/api/v1/sites/{slug}", headers=copy)).status_code == 304
    client.cookies.update(mine)
    await press(client, slug, csrf, photo, "describe", {"ja": "入口", "en": "Entrance"})
    client.cookies.clear()
    assert (await client.get(f"/api/v1/sites/{slug}", headers=copy)).status_code == 200


async def test_photos_of_another_field_cannot_be_put_into_ones_own(db: None, client: AsyncClient) -> None:
    _, theirs, csrf = await field(client)
    await send(client, theirs, csrf, pictures.picture())
    (stolen,) = await told(client, theirs)
    manager, mine, _ = await field(client)
    client.cookies.delete("session")
    headers = {"Authorization": f"Bearer {await factories.token(manager)}", "If-Match": "*"}
    body = {"photos": [{"id": stolen["id"], "description": SAID}]}
    assert (await client.put(f"/api/v1/sites/{mine}/photos", json=body, headers=headers)).status_code == 422
    assert len(await told(client, theirs)) == 1
