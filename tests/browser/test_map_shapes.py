"""What a map's shapes do for the pointer, for touch and for the keyboard, each as somebody uses it."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests import factories
from tests.browser.conftest import Portal, logged_in
from tests.maps.making import trial

pytestmark = pytest.mark.browser


@pytest.fixture
async def phone(chromium: Browser, server: Portal) -> AsyncIterator[BrowserContext]:
    """A phone near the test fields, whose owner lets the portal know where it is."""
    context = await chromium.new_context(
        viewport={"width": 390, "height": 800},
        has_touch=True,
        locale="en",
        geolocation={"latitude": 34.6, "longitude": 135.5},
        permissions=["geolocation"],
    )
    yield context
    await context.close()


async def opened(page: Page, address: str) -> Page:
    await page.goto(address)
    await page.evaluate("document.getElementById('map').map.ready")
    return page


async def test_what_lies_inside_stays_within_reach_while_the_outer_is_hovered(
    chromium: Browser, server: Portal
) -> None:
    site = await factories.field(slug="nested", geometry=factories.square(135.0, 34.0))
    await factories.area(site.site_id, factories.square(135.004, 34.004, 0.002), slug="inner")
    context = await chromium.new_context(viewport={"width": 1280, "height": 900})
    page = await opened(await context.new_page(), f"{server.base_url}/sites/nested?lang=en")
    inner = page.locator("path.shape--area").last
    box = await inner.bounding_box()
    assert box is not None
    await page.evaluate(
        "document.addEventListener('map:pick', ({ detail }) => { window.picked = detail.feature.properties.slug })"
    )
    await page.mouse.move(box["x"] - 12, box["y"] - 12)
    await page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    assert await page.evaluate("window.picked") == "inner"
    await context.close()


async def test_a_dot_answers_touch_click_and_enter(phone: BrowserContext, server: Portal) -> None:
    await factories.field(slug="here", name_en="Here", geometry=factories.square(135.4, 34.6))
    await factories.field(slug="there", name_en="There", geometry=factories.square(135.9, 34.9))
    page = await opened(await phone.new_page(), f"{server.base_url}/sites?lang=en")
    dot = page.locator("path.shape-dot[aria-label^='Here']")
    focused = "document.activeElement.closest('[data-feature]')?.dataset.feature"

    await dot.tap()
    assert await page.evaluate(focused) == "site-here"
    await page.evaluate("document.activeElement.blur()")
    await dot.click()
    assert await page.evaluate(focused) == "site-here"
    await page.evaluate("document.activeElement.blur()")
    await dot.focus()
    await page.keyboard.press("Enter")
    assert await page.evaluate(focused) == "site-here"
    assert await page.locator("#map [role=button].leaflet-interactive[tabindex='0']").count() == 1


async def test_a_dot_of_the_public_map_opens_its_card(phone: BrowserContext, server: Portal) -> None:
    here = await factories.field(slug="here", name_en="Here", geometry=factories.square(135.4, 34.6))
    await factories.field(slug="there", name_en="There", geometry=factories.square(135.9, 34.9))
    company = await factories.company()
    project = await factories.project(company, title_en="Title A7")
    await trial(company, project, here.area_id, factories.period(9))
    page = await opened(await phone.new_page(), f"{server.base_url}/?lang=en&use=drone")
    dot, card = page.locator("path.shape-dot[aria-label^='Here']"), page.locator("[data-card]")

    # A phone shows the list or the map, and what is chosen in a sheet over the map.
    await expect(page.locator("#map")).to_be_hidden()
    await page.get_by_role("button", name="Show the map").click()
    await expect(page.locator(".finder__list")).to_be_hidden()
    await dot.tap()
    await expect(card).to_contain_text("Title A7")
    assert "site=here" in page.url
    assert "use=drone" in page.url
    await card.get_by_role("link", name="Close").click()
    await expect(card).to_have_count(0)
    await dot.focus()
    await page.keyboard.press("Enter")
    await expect(card).to_be_focused()
    await page.go_back()
    await expect(card).to_have_count(0)
    await page.set_viewport_size({"width": 1280, "height": 900})
    await dot.click()
    await expect(card).to_be_visible()
    await expect(page.locator(".finder__list")).to_be_visible()


async def test_the_place_in_sight_stands_in_the_address_and_filters_keep_it(
    phone: BrowserContext, server: Portal
) -> None:
    await factories.field(geometry=factories.square(135.4, 34.6))
    page = await phone.new_page()
    await page.set_viewport_size({"width": 1280, "height": 900})
    leaflet = "document.getElementById('map')?.map?.leaflet"
    in_sight = f"([lat, lng]) => {leaflet} && {leaflet}.getCenter().equals([lat, lng], 0.001)"

    await page.goto(f"{server.base_url}/?lang=en#map=13/34.61000/135.41000")
    await page.wait_for_function(in_sight, arg=[34.61, 135.41])
    await page.evaluate(f"{leaflet}.setView([34.7, 135.2], 12, {{ animate: false }})")
    await page.get_by_role("link", name="This week").click()
    await page.wait_for_url("**span=week**")
    await page.wait_for_function(in_sight, arg=[34.7, 135.2])
    await page.locator("select[name=use]").select_option("robot")
    await page.get_by_role("button", name="Show", exact=True).click()
    await page.wait_for_url("**use=robot**")
    await page.wait_for_function(in_sight, arg=[34.7, 135.2])


async def test_a_map_that_is_dragged_around_the_world_stays_where_the_fields_are(
    phone: BrowserContext, server: Portal
) -> None:
    await factories.field(geometry=factories.square(135.4, 34.6))
    page = await phone.new_page()
    await page.set_viewport_size({"width": 1280, "height": 900})
    leaflet = "document.getElementById('map')?.map?.leaflet"
    boxes: list[str] = []
    page.on("request", lambda asked: boxes.append(asked.url) if "bbox=" in asked.url else None)

    # An address that was saved beyond it, and a drag that goes there.
    await page.goto(f"{server.base_url}/?lang=en#map=16/34.60500/495.40500")
    await page.wait_for_function(f"() => {leaflet}?.getCenter().equals([34.605, 135.405], 0.001)")
    await page.evaluate(f"{leaflet}.setView([34.605, 179.999], 16, {{ animate: false }})")
    box = await page.locator("#map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x - 300, y, steps=4)
    await page.mouse.up()
    await page.wait_for_function(f"() => {leaflet}.getCenter().lng < -179.9 && location.hash.includes('/-179.')")
    asked = [float(one) for url in boxes for one in url.partition("bbox=")[2].split(",")[::2]]
    assert asked
    assert all(abs(one) < 181 for one in asked)


async def test_the_nearest_fields_are_told_with_their_distance(phone: BrowserContext, server: Portal) -> None:
    await factories.field(name_en="Far", geometry=factories.square(135.9, 34.9))
    await factories.field(name_en="Near", geometry=factories.square(135.4, 34.6))
    page = await opened(await phone.new_page(), f"{server.base_url}/?lang=en")

    await page.get_by_role("button", name="Near me").click()
    await page.locator(".map__near li").first.wait_for()

    lines = await page.locator(".map__near li").all_inner_texts()
    assert [line.split() for line in lines] == [["Near", "8.2", "km"], ["Far", "50", "km"]]


async def test_choosing_a_part_leaves_a_phone_its_width(chromium: Browser, server: Portal) -> None:
    await factories.field(slug="field")
    company = await factories.company()
    await factories.project(company)
    context = await logged_in(chromium, server, company)
    page = await context.new_page()
    await page.set_viewport_size({"width": 390, "height": 800})
    await opened(page, f"{server.base_url}/my/apply?site=field&lang=en")

    await page.get_by_label("A part of it").check()

    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await context.close()


@pytest.mark.parametrize("how", ["click", "keyboard"])
async def test_sites_that_are_close_are_one_until_the_map_comes_closer(
    phone: BrowserContext, server: Portal, how: str
) -> None:
    await factories.field(slug="east", name_en="East", geometry=factories.square(135.02, 34))
    west = await factories.field(slug="west", name_en="West", geometry=factories.square(135, 34))
    company = await factories.company()
    await trial(company, await factories.project(company), west.area_id, factories.period(9, days=2))
    page = await phone.new_page()
    await page.set_viewport_size({"width": 1280, "height": 900})
    await opened(page, f"{server.base_url}/?lang=en")
    await expect(page.locator("path.shape--site[aria-label^='West']")).to_be_attached()

    await page.evaluate("map_shell.setView([34, 135], 8, {animate: false})")
    cell = page.locator("path.shape--site[aria-label='East, West, Trials: 1']")
    await expect(cell).to_be_visible()
    await expect(page.locator("path.shape--site")).to_have_count(1)
    await expect(page.locator(".map-count")).to_have_text("1")

    if how == "click":
        await cell.click()
    else:
        await cell.focus()
        await page.keyboard.press("Enter")

    await expect(page.locator(".map-count")).to_have_count(0)
    await expect(page.locator("path.shape--site[aria-label^='East']").first).to_be_visible()
    await expect(page.locator("path.shape--site[aria-label^='West']").first).to_be_visible()
    if how == "keyboard":
        await expect(page.locator("path.leaflet-interactive:focus")).to_have_count(1)
