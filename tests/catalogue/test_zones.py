"""The zones that concern a test field, on its page."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from shapely.geometry import mapping

from testfields.core.clock import now
from testfields.sites.tables import Site
from testfields.zones.importing import Wanted, import_layer
from tests import factories
from tests.zones.test_importing import LAYER, written
from tests.zones.test_service import samples

pytestmark = pytest.mark.usefixtures("db")


async def told(client: AsyncClient, slug: str, language: str = "en") -> str:
    """What a page says of zones, without its markup."""
    page = (await client.get(f"/sites/{slug}", headers={"Accept-Language": language})).text
    part = page[page.index('id="zones-title"') : page.index('id="rules-title"')]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", part)))


async def publish(folder: Path, site_id: int, **changes: Any) -> None:
    """A school around a site, with what a test changes of it."""
    site = await Site.select(Site.geometry).where(Site.id == site_id).first()
    assert site is not None
    around = mapping(site["geometry"].envelope.buffer(0.001))
    await import_layer(written(folder, LAYER, around, **changes), Wanted(), now())


async def site() -> tuple[int, str]:
    """A site that nobody has said anything of; its id and slug."""
    field = await factories.field()
    row = await Site.select(Site.slug).where(Site.id == field.site_id).first()
    assert row is not None
    return field.site_id, row["slug"]


async def test_a_zone_is_told_with_its_heights_days_hours_source_and_how_sure_it_is(
    client: AsyncClient, tmp_path: Path
) -> None:
    site_id, slug = await site()
    hours = "11-15/02-10 Sat-Mon 08:00-sunset"
    await publish(tmp_path, site_id, lower=10, first_day="2026-04-01", last_day="2099-03-31", hours=hours)

    said = await told(client, slug)

    for text in (
        "Near schools and nurseries Primary school",
        "From 10 m above ground",
        "From Wed 1 Apr 2026 to Tue 31 Mar 2099",
        "15 Nov–10 Feb Sat–Mon 08:00–sunset",
        "教育委員会, as of Wed 1 Apr 2026 – second-hand, to be confirmed",
    ):
        assert text in said, said
    assert "11月15日–2月10日 土–月 08:00–日の入り" in await told(client, slug, "ja")


async def test_what_has_ended_says_so(client: AsyncClient, tmp_path: Path) -> None:
    site_id, slug = await site()
    await publish(tmp_path, site_id, last_day="2025-10-13")
    assert "It ended on Mon 13 Oct 2025." in await told(client, slug)


async def test_kinds_of_which_nothing_is_loaded_are_named(client: AsyncClient) -> None:
    _, slug = await site()
    said = await told(client, slug)
    assert (
        "Nothing is known here of: Around airports, Densely inhabited districts (DID), Around protected facilities."
    ) in said
    assert "clear" not in said.lower()


async def test_an_airport_leaves_a_height_above_sea_level_and_above_ground(client: AsyncClient) -> None:
    await samples()
    for slug, text in {
        "hattori-ryokuchi": r"Heights from (\d+) m above sea level, here (\d+) m above ground\.",
        "tsurumi-ryokuchi": r"km away; no surface of it that limits heights is known here\.",
    }.items():
        assert re.search(text, await told(client, slug)), await told(client, slug)
    await Site.update({Site.ground_elevation: None}).where(Site.slug == "hattori-ryokuchi")
    assert "the height of the ground here is not known" in await told(client, "hattori-ryokuchi")
