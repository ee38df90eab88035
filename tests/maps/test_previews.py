"""Previews of links: each page says in whole addresses what it is, and has a picture of its map that is a PNG."""

import asyncio
import re
from io import BytesIO
from pathlib import Path

from httpx import AsyncClient, Response
from PIL import Image, ImageColor
from shapely import box

from testfields.core.looks import LOOKS
from testfields.core.pictures import Shape
from testfields.core.previews import SIZE, preview
from testfields.web.hands import MOST_WAITING
from tests import factories
from tests.maps.making import trial
from tests.sites.catalogue import bring, harbour, owner
from tests.sites.test_plans import PLAN

TOLD = re.compile(r'<meta property="og:([a-z:]+)" content="([^"]*)">')


def drawn(body: bytes) -> Image.Image:
    image = Image.open(BytesIO(body))
    assert (image.format, image.size) == ("PNG", SIZE)
    return image.convert("RGB")


def colour(look: str) -> tuple[int, ...]:
    return ImageColor.getrgb(LOOKS[look].fill)


async def told(client: AsyncClient, path: str) -> dict[str, str]:
    """What a page says of itself, its picture looked at."""
    said = dict(TOLD.findall((await client.get(path)).text))
    assert said["url"] == f"http://portal.test{path}"
    assert said["image"].startswith("http://portal.test/")
    answer: Response = await client.get(said["image"].removeprefix("http://portal.test"))
    assert answer.headers["content-type"] == "image/png"
    assert len(answer.content) < 100_000
    drawn(answer.content)
    return said


async def test_the_map_a_site_and_a_trial_have_a_preview(db: None, client: AsyncClient, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, [*harbour(), *PLAN])
    field, company = await factories.field(), await factories.company()
    project = await factories.project(company, title_en="Trial run")
    number = await trial(company, project, field.area_id, factories.period(9, days=2))
    client.headers["Accept-Language"] = "en"

    assert (await told(client, "/"))["image"].endswith("/map.png")
    assert "Harbour" in (await told(client, "/sites/harbour"))["title"]
    assert (await told(client, f"/trials/{number}"))["title"] == "Trial run"


async def test_what_nobody_may_see_has_no_preview(db: None, client: AsyncClient) -> None:
    await factories.field(published=False, slug="hidden")
    for path in ("/sites/hidden/map.png", "/sites/none-such/map.png", "/trials/4711/map.png"):
        assert (await client.get(path)).status_code == 404


async def test_too_many_at_once_are_told_to_come_again(own_db: str, client: AsyncClient) -> None:
    await factories.field(slug="asked-for")
    every = await asyncio.gather(*(client.get("/sites/asked-for/map.png") for _ in range(MOST_WAITING + 10)))
    assert {one.status_code for one in every} == {200, 503}
    assert {one.headers.get("retry-after") for one in every if one.status_code == 503} == {"5"}


def test_a_preview_shows_its_shapes_and_leaves_out_what_a_hole_is() -> None:
    lake = box(135, 34, 135.01, 34.01).difference(box(135.004, 34.004, 135.006, 34.006))
    image = drawn(preview([Shape("building", lake)], [lake], "(c) a map"))

    middle = SIZE[0] // 2, SIZE[1] // 2
    assert image.getpixel((middle[0], middle[1] - 150)) == colour("building")
    assert image.getpixel(middle) != colour("building")


def test_a_preview_of_nothing_is_one_too() -> None:
    drawn(preview([], [], ""))
