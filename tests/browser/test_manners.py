"""Small manners of the pages: picking a span of free time, a form kept over the languages, characters counted."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from testfields.reservations.rules import LONGEST_TEXT
from tests import factories
from tests.browser.conftest import Portal, logged_in
from tests.browser.test_company import site_of, typed

pytestmark = pytest.mark.browser


async def bar_of(page: Page, server: Portal, field: factories.Field) -> Mapping[str, float]:
    """The free span of the day after tomorrow on a site's page, brought into sight: its box, and its first and last
    minutes."""
    slug = (await site_of(field))["slug"]
    day = f"{factories.tomorrow(9, 2):%Y-%m-%d}"
    await page.goto(f"{server.base_url}/sites/{slug}?lang=en")
    # What still comes may move the bars.
    await page.wait_for_load_state("networkidle")
    span = page.locator(f"ul[data-day='{day}'] a.free__span").first
    await span.scroll_into_view_if_needed()
    lane = await page.locator(f"ul[data-day='{day}']").bounding_box()
    assert lane is not None
    first, last = [float(await span.get_attribute(f"data-{end}") or 0) for end in ("first", "last")]
    return {**lane, "first": first, "last": last}


def at(bar: Mapping[str, float], minute: float) -> tuple[float, float]:
    """Where a minute of the day lies on the screen."""
    return bar["x"] + bar["width"] * (minute + 1) / 1440, bar["y"] + bar["height"] / 2


async def picked(page: Page) -> tuple[str, str]:
    """The clocks that the link of what is picked leads to."""
    await expect(page.locator("#picked")).to_be_visible()
    asked = parse_qs(urlsplit(await page.locator("#picked-apply").get_attribute("href") or "").query)
    return asked["start"][0][-5:], asked["end"][0][-5:]


def clock(minute: float) -> str:
    return f"{int(minute) // 60:02}:{int(minute) % 60:02}"


async def test_a_span_is_picked_by_dragging_and_by_keys_and_leads_to_the_form(
    chromium: Browser, server: Portal
) -> None:
    field, company = await factories.field(), await factories.company()
    await factories.project(company)
    context = await logged_in(chromium, server, company)
    page = await context.new_page()
    await page.set_viewport_size({"width": 1280, "height": 900})
    bar = await bar_of(page, server, field)
    begin = bar["first"] + 60

    await page.mouse.move(*at(bar, begin))
    await page.mouse.down()
    await page.mouse.move(*at(bar, begin + 60), steps=4)
    await page.mouse.move(*at(bar, begin + 118), steps=4)
    await page.mouse.up()
    assert await picked(page) == (clock(begin), clock(begin + 120))
    # Backwards it is the same span.
    await page.mouse.move(*at(bar, begin + 118))
    await page.mouse.down()
    await page.mouse.move(*at(bar, begin), steps=6)
    await page.mouse.up()
    assert await picked(page) == (clock(begin), clock(begin + 120))

    span = page.locator("a.free__span").first
    await span.focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowLeft"):
        await page.keyboard.press(key)
    start, end = await picked(page)
    assert start < end
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/my/apply?*")
    assert (await page.input_value("#f-time0-start"))[-5:] == start
    assert (await page.input_value("#f-time0-end"))[-5:] == end
    await context.close()


async def test_the_switch_of_the_language_keeps_what_was_typed(chromium: Browser, server: Portal) -> None:
    field, company = await factories.field(), await factories.company()
    asked = factories.period(9)
    project = await factories.project(company)
    context = await logged_in(chromium, server, company, "ja")
    page = await context.new_page()
    await page.goto(f"{server.base_url}/my/projects/new")
    await page.fill("#f-title_ja", "半分だけ書いた題名")
    await page.get_by_label("ロボット").check()
    await page.fill("#f-purpose", "二行の\n目的")
    await page.get_by_role("link", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.locator("#f-title_ja")).to_have_value("半分だけ書いた題名")
    await expect(page.get_by_label("Robot")).to_be_checked()
    await expect(page.locator("#f-purpose")).to_have_value("二行の\n目的")
    assert "%E5" not in page.url
    # What has been put back once is not kept any longer.
    assert await page.evaluate("sessionStorage.length") == 0

    page = await context.new_page()
    await page.goto(f"{server.base_url}/my/apply?site={(await site_of(field))['slug']}&project={project}&lang=ja")
    await page.fill("#f-time0-start", typed(asked.start))
    await page.fill("#f-time0-end", typed(asked.end))
    await page.locator("#times-add").click()
    await page.fill("#f-time1-start", typed(factories.period(14).start))
    await page.fill("#f-note", "途中のメモ")
    await page.get_by_role("link", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.locator("#f-note")).to_have_value("途中のメモ")
    await expect(page.locator("#f-time0-end")).to_have_value(typed(asked.end))
    await expect(page.locator("#f-time1-start")).to_have_value(typed(factories.period(14).start))
    assert urlsplit(page.url).query == "lang=en"
    await context.close()


async def test_characters_are_counted_near_the_limit_and_told_politely(chromium: Browser, server: Portal) -> None:
    company = await factories.company()
    context = await logged_in(chromium, server, company)
    page = await context.new_page()
    await page.goto(f"{server.base_url}/my/projects/new")
    await page.fill("#f-purpose", "short")
    assert await page.locator(".field__count").count() == 0
    await page.fill("#f-purpose", "𠮟" * (LONGEST_TEXT - 3))
    told = page.locator("#f-purpose ~ .field__count")
    await expect(told).to_have_text(f"3 of {LONGEST_TEXT} characters left")
    said = page.locator("#f-purpose ~ [role=status]")
    await expect(said).to_have_text(f"3 of {LONGEST_TEXT} characters left")
    await page.fill("#f-purpose", "a" * (LONGEST_TEXT + 2))
    await expect(told).to_have_text(f"2 characters too many; at most {LONGEST_TEXT} are taken")
    await context.close()
