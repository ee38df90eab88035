"""Maps open on the ground in question, close enough to see it, with the plan of the field under it."""

from dataclasses import dataclass, replace

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect
from shapely import box

from testfields.accounts.rules import Actor
from testfields.sites.tables import PlanPiece, Site
from tests import factories
from tests.browser.conftest import Portal, logged_in
from tests.maps.making import trial
from tests.reviews.cases import file

pytestmark = pytest.mark.browser

SCREENS = [ViewportSize(width=1280, height=900), ViewportSize(width=390, height=800)]
# How much of the map what is in question takes, in the direction in which it takes more.
SHARE = """([west, south, east, north]) => {
    const seen = map_shell.getBounds();
    const inside = seen.contains([[south, west], [north, east]]);
    const wide = (east - west) / (seen.getEast() - seen.getWest());
    return inside ? Math.max(wide, (north - south) / (seen.getNorth() - seen.getSouth())) : -1;
}"""


@dataclass(frozen=True)
class Case:
    """An application of a company's for a small area of a wide field, at one corner of it; the field has a plan."""

    field: factories.Field
    company: Actor
    number: int
    trial: int
    site: str
    area: str
    bounds: tuple[float, ...]


async def small_area() -> Case:
    field, company = await factories.field(), await factories.company()
    site = await Site.select(Site.slug, Site.geometry).where(Site.id == field.site_id).first()
    assert site is not None
    west, south, _, _ = site["geometry"].bounds
    corner = factories.square(west + 0.0005, south + 0.0005, 0.0012)
    area_id = await factories.area(field.site_id, corner, slug="corner")
    hall = box(west + 0.0008, south + 0.0008, west + 0.0011, south + 0.0011)
    await PlanPiece(site_id=field.site_id, kind="building", name_ja="", name_en="", geometry=hall).save()
    number = await file(replace(field, area_id=area_id), company)
    shown = await trial(company, await factories.project(company), area_id, factories.period(9, days=40))
    return Case(field, company, number, shown, site["slug"], "corner", corner.bounds)


async def opens_on(page: Page, address: str, bounds: tuple[float, ...]) -> None:
    await page.goto(address)
    await page.evaluate("document.getElementById('map').map.ready")
    await expect(page.locator("path.plan--building")).to_be_visible()
    await page.wait_for_timeout(500)
    share = await page.evaluate(SHARE, list(bounds))
    assert 0.2 < share <= 1, f"{address}: what is in question takes {share:.2f} of the map"


@pytest.mark.parametrize("screen", SCREENS, ids=["wide", "phone"])
async def test_maps_open_on_the_ground_in_question(server: Portal, chromium: Browser, screen: ViewportSize) -> None:
    case = await small_area()
    pages = {
        case.company: [f"/my/reservations/{case.number}", f"/my/apply?site={case.site}&area={case.area}"],
        case.field.reviewer: [f"/desk/{case.number}", f"/trials/{case.trial}"],
    }
    for actor, paths in pages.items():
        context = await logged_in(chromium, server, actor)
        page = await context.new_page()
        await page.set_viewport_size(screen)
        for path in paths:
            await opens_on(page, f"{server.base_url}{path}", case.bounds)
        await context.close()


async def test_the_map_of_an_application_follows_the_area_that_is_chosen(server: Portal, chromium: Browser) -> None:
    case = await small_area()
    context = await logged_in(chromium, server, case.company)
    page = await context.new_page()
    await page.goto(f"{server.base_url}/my/apply?site={case.site}")
    await page.evaluate("document.getElementById('map').map.ready")
    before = await page.evaluate("map_shell.getZoom()")
    await page.select_option("#f-area", case.area)
    await page.wait_for_function("(before) => map_shell.getZoom() > before", arg=before)
    await context.close()
