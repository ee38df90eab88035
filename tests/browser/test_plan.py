"""Fences and facilities are drawn on a site's plan, by mouse, touch or keyboard alone, and everybody sees them."""

from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from testfields.sites.exchange.stored import stored_sites
from testfields.sites.plan import Piece
from testfields.sites.tables import Site
from testfields.sites.vocabulary import PLAN_KINDS, PlanKind
from tests import factories
from tests.browser import axe
from tests.browser.conftest import Portal, logged_in

pytestmark = pytest.mark.browser


async def slug_and_desk(server: Portal, chromium: Browser, locale: str) -> tuple[str, BrowserContext]:
    """A site, and a browser of its manager's."""
    field = await factories.field()
    row = await Site.select(Site.slug).where(Site.id == field.site_id).first()
    assert row is not None
    return row["slug"], await logged_in(chromium, server, field.site_manager, locale)


async def form(context: BrowserContext, server: Portal, slug: str, kind: str) -> Page:
    """The form of a new piece of a kind, with its map in sight."""
    page = await context.new_page()
    await page.goto(f"{server.base_url}/desk/sites/{slug}/new-piece")
    await page.evaluate("document.getElementById('map').map.ready")
    await page.locator("#f-kind").select_option(kind)
    await page.locator("#map").scroll_into_view_if_needed()
    return page


async def saved(page: Page, slug: str) -> Piece:
    """Save the piece, and what is stored."""
    await page.locator("main form.form button.button--primary").click()
    await expect(page.locator(".flash")).to_be_visible()
    (site,) = await stored_sites([slug])
    assert site.plan
    return site.plan[-1]


async def spot(page: Page, right: float, down: float) -> dict[str, Any]:
    """A place on the map, by shares of its width and height."""
    box = await page.locator("#map").bounding_box()
    assert box is not None
    return {"x": box["x"] + box["width"] * right, "y": box["y"] + box["height"] * down}


@pytest.mark.parametrize("locale", ["ja", "en"])
async def test_lines_and_points_are_drawn_by_mouse(server: Portal, chromium: Browser, locale: str) -> None:
    slug, desk = await slug_and_desk(server, chromium, locale)
    page = await form(desk, server, slug, "fence")
    for tool in ("polygon", "rectangle", "circlemarker"):
        await expect(page.locator(f".leaflet-draw-draw-{tool}")).to_be_hidden()
    await page.locator(".leaflet-draw-draw-polyline").click()
    for count, place in enumerate(((0.3, 0.4), (0.5, 0.6), (0.7, 0.4)), start=1):
        await page.mouse.click(**await spot(page, *place))
        await expect(page.locator("#map .leaflet-editing-icon")).to_have_count(count)
        # The tool takes the next point after 50 ms.
        await page.wait_for_timeout(200)
    await page.mouse.click(**await spot(page, 0.7, 0.4))
    await expect(page.locator("[data-draw-corners] tbody tr")).to_have_count(3)
    await expect(page.locator("input[name=shape][value=LineString]")).to_be_checked()
    fence = await saved(page, slug)
    assert (fence.kind, fence.geometry.geom_type, len(fence.geometry.coords)) == ("fence", "LineString", 3)

    page = await form(desk, server, slug, "toilet")
    await expect(page.locator(".leaflet-draw-draw-polyline")).to_be_hidden()
    await page.locator(".leaflet-draw-draw-circlemarker").click()
    await page.mouse.click(**await spot(page, 0.5, 0.5))
    await expect(page.locator("input[name=shape][value=Point]")).to_be_checked()
    await page.locator("#f-name_ja").fill("北のトイレ")
    await page.locator("#f-name_en").fill("North toilet")
    assert await axe.violations(page) == []
    toilet = await saved(page, slug)
    assert (toilet.kind, toilet.geometry.geom_type, toilet.name_en) == ("toilet", "Point", "North toilet")
    await desk.close()


async def test_a_point_is_set_by_touch_on_a_phone(server: Portal, chromium: Browser) -> None:
    slug, desk = await slug_and_desk(server, chromium, "ja")
    state = await desk.storage_state()
    await desk.close()
    phone = await chromium.new_context(
        locale="ja", viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True, storage_state=state
    )
    page = await form(phone, server, slug, "power")
    await page.locator(".leaflet-draw-draw-circlemarker").tap()
    await page.touchscreen.tap(**await spot(page, 0.5, 0.5))
    await expect(page.locator("[data-draw-field]")).not_to_have_value("")
    power = await saved(page, slug)
    assert (power.kind, power.geometry.geom_type) == ("power", "Point")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await phone.close()


@pytest.mark.parametrize("locale", ["ja", "en"])
async def test_a_line_is_typed_by_keyboard_alone_and_a_facility_found_in_the_list(
    server: Portal, chromium: Browser, locale: str
) -> None:
    slug, desk = await slug_and_desk(server, chromium, locale)
    (site,) = await stored_sites([slug])
    middle = site.geometry.centroid
    for kind, places in {PlanKind.ROAD: (0, 0.0005), PlanKind.POWER: (0,)}.items():
        page = await desk.new_page()
        await page.goto(f"{server.base_url}/desk/sites/{slug}/new-piece")
        await page.evaluate("document.getElementById('map').map.ready")
        await page.locator("#f-kind").focus()
        for _ in range(list(PLAN_KINDS).index(kind) + 1):
            await page.keyboard.press("ArrowDown")
        await expect(page.locator("#f-kind")).to_have_value(kind)
        await page.keyboard.press("Tab")
        await page.keyboard.type("東の設備")
        await page.keyboard.press("Tab")
        await page.keyboard.type("East one")
        if kind is PlanKind.ROAD:
            await page.locator("input[name=shape]:checked").focus()
            await page.keyboard.press("ArrowUp")
            await expect(page.locator("input[name=shape][value=LineString]")).to_be_checked()
        await page.locator("[data-draw-corners] tbody input").first.focus()
        for step in places:
            await page.keyboard.type(f"{middle.y + step:.6f}")
            await page.keyboard.press("Tab")
            await page.keyboard.type(f"{middle.x + step:.6f}")
            await page.keyboard.press("Tab")
            await page.keyboard.press("Tab")
        await page.locator("main form.form button.button--primary").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator(".flash")).to_be_visible()
    (site,) = await stored_sites([slug])
    assert [(one.kind, one.geometry.geom_type) for one in site.plan or ()] == [
        ("road", "LineString"),
        ("power", "Point"),
    ]
    await desk.close()

    anybody = await chromium.new_context(locale=locale)
    public = await anybody.new_page()
    await public.goto(f"{server.base_url}/sites/{slug}?lang={locale}")
    await public.evaluate("document.getElementById('map').map.ready")
    place = public.locator("a[data-place]")
    await expect(place).to_have_text({"ja": "電源：東の設備", "en": "Power point: East one"}[locale])
    await place.focus()
    await public.keyboard.press("Enter")
    await expect(place).to_have_attribute("aria-current", "true")
    await expect(public.locator("#map .place-ring")).to_be_visible()
    await expect(public.locator("#map .plan-sign--power")).to_contain_text({"ja": "東の設備", "en": "East one"}[locale])
    assert await axe.violations(public) == []
    await anybody.close()
