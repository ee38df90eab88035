"""What a map's shapes do for the pointer, for touch and for the keyboard, each as somebody uses it."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from testfields.reservations.rules import State
from tests import factories
from tests.browser.conftest import Portal, logged_in
from tests.maps.making import trial
from tests.maps.test_public import around_now

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


@pytest.mark.parametrize("path", ["/", "/sites"])
async def test_a_dot_answers_touch_click_and_enter(phone: BrowserContext, server: Portal, path: str) -> None:
    await factories.field(slug="here", name_en="Here", geometry=factories.square(135.4, 34.6))
    await factories.field(slug="there", name_en="There", geometry=factories.square(135.9, 34.9))
    page = await opened(await phone.new_page(), f"{server.base_url}{path}?lang=en")
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


async def test_the_nearest_fields_are_told_with_their_distance(phone: BrowserContext, server: Portal) -> None:
    await factories.field(name_en="Far", geometry=factories.square(135.9, 34.9))
    await factories.field(name_en="Near", geometry=factories.square(135.4, 34.6))
    page = await opened(await phone.new_page(), f"{server.base_url}/?lang=en")

    await page.get_by_title("Show where I am").click()
    await page.locator(".map__near li").first.wait_for()

    lines = await page.locator(".map__near li").all_inner_texts()
    assert [line.split() for line in lines] == [["Near", "8.2", "km"], ["Far", "50", "km"]]


async def test_what_a_card_holds_can_be_pressed(chromium: Browser, server: Portal) -> None:
    site, company = await factories.field(), await factories.company()
    project = await factories.project(company, name_public=True)
    await trial(company, project, site.area_id, around_now(), state=State.ACTIVE)
    for days in (2, 3, 4):
        await trial(company, project, site.area_id, factories.period(9, days=days))
    context = await chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en")
    page = await opened(await context.new_page(), f"{server.base_url}/?lang=en")

    await page.locator(".site-card summary").click()

    assert await page.locator(".site-card details[open]").count() == 1
    assert page.url.endswith("/?lang=en")
    await context.close()


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
