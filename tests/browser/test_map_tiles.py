"""The detailed map in a real browser: a file of vector tiles is painted, under the portal's own policy."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from shapely import box

from testfields.core.pmtiles import Schema
from tests import factories
from tests.browser.axe import violations
from tests.browser.test_maps import Watch
from tests.maps.tiles import GROUND, WIDE, tile_file
from tests.server import app_on, free_port, serving_here

pytestmark = pytest.mark.browser

# By css/map.css and js/tile-style.js.
LAND, WATER, ROAD, BUILDING = "246,245,241", "223,232,239", "255,255,255", "218,213,205"
CREDIT = '<a href="https://maps.example" onclick="alert(1)">A map</a> <img src=x onerror=alert(1)>&lt;b&gt; of tests'
COLOURS = """() => {
    const seen = {};
    for (const canvas of document.querySelectorAll(".leaflet-tile-pane canvas.leaflet-tile-loaded")) {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        for (let at = 0; at < data.length; at += 4) {
            const colour = data[at + 3] ? [...data.slice(at, at + 3)].join() : "nothing";
            seen[colour] = (seen[colour] ?? 0) + 1;
        }
    }
    return seen;
}"""


@dataclass
class Ground:
    """A portal with a file of tiles."""

    watch: Watch
    file: Path
    schema: Schema

    async def colours(self, *wanted: str) -> dict[str, int]:
        """Pixels by colour, as soon as all that are wanted are there."""
        while True:
            found: dict[str, int] = await self.watch.page.evaluate(COLOURS)
            if all(found.get(one, 0) > 20 for one in wanted):
                return found
            await self.watch.page.wait_for_timeout(50)


@pytest.fixture(params=Schema)
async def ground(
    request: pytest.FixtureRequest, own_db: str, chromium: Browser, tmp_path: Path
) -> AsyncIterator[Ground]:
    file = tile_file(tmp_path / "ground.pmtiles", request.param, CREDIT)
    port = free_port()
    await factories.field(geometry=factories.square())
    async with serving_here(port, app_on(port, file.parent, TESTFIELDS_BASEMAP=str(file))) as base_url:
        context = await chromium.new_context(locale="en", viewport={"width": 1280, "height": 900})
        yield Ground(Watch(await context.new_page(), base_url), file, request.param)
        await context.close()


async def test_the_ground_is_painted_from_the_file_alone(ground: Ground) -> None:
    page = await ground.watch.open("/")
    seen = await ground.colours(LAND, WATER, ROAD, BUILDING)
    assert sum(seen[one] for one in (LAND, WATER)) > sum(seen.values()) / 2
    assert await violations(page) == []
    assert ground.watch.wrong == []


async def test_its_credit_is_text(ground: Ground) -> None:
    page = await ground.watch.open("/")
    credit = page.locator(".leaflet-control-attribution")
    await expect(credit).to_contain_text("A map <b> of tests")
    assert await credit.locator("img, b, [onclick]").count() == 0
    assert ground.watch.wrong == []


async def test_the_simple_map_can_be_chosen_instead(ground: Ground) -> None:
    page = await ground.watch.open("/")
    await ground.colours(LAND)
    await page.locator(".leaflet-control-layers").hover()
    await page.get_by_label("Simple map").check()
    await expect(page.locator(".leaflet-tile-pane canvas")).to_have_count(0)
    await expect(page.locator(".base-land").first).to_be_attached()
    await page.get_by_label("Detailed map").check()
    await ground.colours(LAND)
    assert ground.watch.wrong == []


async def test_a_file_that_takes_its_place_is_painted_from_then_on(ground: Ground) -> None:
    page = await ground.watch.open("/")
    await ground.colours(LAND, WATER)

    flooded(ground.schema, ground.file.with_name("next")).replace(ground.file)
    await page.evaluate("map_shell.setZoom(map_shell.getZoom() - 3, {animate: false})")

    seen = await ground.colours(WATER, ROAD)
    assert seen.get(LAND, 0) == seen.get(BUILDING, 0) == 0


def flooded(schema: Schema, path: Path) -> Path:
    """A file that shows the same roads, and water everywhere."""
    water, road = {Schema.PROTOMAPS: ("water", "roads"), Schema.GSI: ("WA", "RdCL")}[schema]
    everywhere = (box(-200, -200, WIDE + 200, WIDE + 200), GROUND[schema][water][1])
    return tile_file(path, layers={water: everywhere, road: GROUND[schema][road]})
