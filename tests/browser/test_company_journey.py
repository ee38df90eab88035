"""A company, from a search over midnight to a part of an area, and once more like that one.

In both languages, at a desk and on a phone.
"""

import pytest
from playwright.async_api import Browser, Page, expect

from testfields.reservations.tables import Volume
from testfields.sites.tables import Area, Site
from tests import factories
from tests.browser.axe import violations
from tests.browser.conftest import Portal, anywhere, logged_in, on_phone, pressed
from tests.browser.test_company import own_reservations

pytestmark = pytest.mark.browser

WORDS = {
    "ja": {"fits": "空いています。", "filed": "申請を提出しました。", "again": "同じ内容でもう一度申請"},
    "en": {"fits": "It fits", "filed": "The application is submitted.", "again": "Apply again like this one"},
}


async def pick_span(page: Page) -> None:
    """On the free bar of the second day: dragged with the mouse, or tapped where the span begins and where it ends."""
    bar = page.locator("ul[data-day] a.free__span").nth(1)
    await bar.scroll_into_view_if_needed()
    for hour in (10, 12):
        # What is picked may move the bars.
        box = await bar.locator("xpath=ancestor::ul").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] * (hour * 60 + 1) / 1440, box["y"] + box["height"] / 2
        if on_phone(page):
            await page.touchscreen.tap(x, y)
            await expect(page.locator("#picked")).to_be_visible()
        else:
            await page.mouse.move(x, y)
            await (page.mouse.down() if hour == 10 else page.mouse.up())
    await expect(page.locator("#picked")).to_be_visible()


@anywhere
async def test_from_a_search_over_midnight_to_applying_again(
    server: Portal, chromium: Browser, locale: str, width: int
) -> None:
    words = WORDS[locale]
    field, company = await factories.field(), await factories.company()
    await Area.update({Area.mode: "shared"}).where(Area.id == field.area_id)
    await factories.project(company)
    site = await Site.select(Site.slug).where(Site.id == field.site_id).first()
    assert site is not None
    mine = await logged_in(chromium, server, company, locale, width)
    page = await mine.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    day = f"{factories.tomorrow(9, 3):%Y-%m-%d}"

    # What was searched for, over midnight, arrives in the form.
    await page.goto(f"{server.base_url}/sites?use=drone&on={day}&start=23:00&end=01:00&lang={locale}")
    await pressed(page.locator("a[href^='/my/apply?area=']").first)
    await expect(page.locator("#f-time0-start")).to_have_value(f"{day}T23:00")
    await expect(page.locator("#f-time0-end")).to_have_value(f"{factories.tomorrow(9, 4):%Y-%m-%d}T01:00")

    await page.goto(f"{server.base_url}/sites/{site['slug']}?lang={locale}")
    await pick_span(page)
    await pressed(page.locator("#picked-apply"))
    await page.wait_for_url("**/my/apply?*")
    assert (await page.input_value("#f-time0-start"))[-5:] == "10:00"
    assert (await page.input_value("#f-time0-end"))[-5:] == "12:30"

    await page.select_option("#f-project_id", index=1)
    # A part of the area: a circle, typed as nobody draws with a thumb.
    await page.locator("input[name=footprint_part][value=part]").check()
    outline = (await Area.select(Area.geometry).where(Area.id == field.area_id).first() or {})["geometry"]
    await pressed(page.locator("#coordinates summary"))
    await page.fill("#f-centre", f"{outline.centroid.y:.6f}, {outline.centroid.x:.6f}")
    await page.fill("#f-radius", "50")
    await pressed(page.locator("#coordinates-circle"))
    await expect(page.locator("#verdict")).to_contain_text(words["fits"])
    assert await violations(page) == []
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    await pressed(page.locator(".decision-bar button[value=submit]"))
    await expect(page.locator(".flash")).to_contain_text(words["filed"])

    await pressed(page.get_by_role("link", name=words["again"]))
    await expect(page.locator("#f-project_id")).not_to_have_value("")
    await expect(page.locator("#verdict")).to_contain_text(words["fits"])
    await pressed(page.locator(".decision-bar button[value=submit]"))
    await expect(page.locator(".flash")).to_contain_text(words["filed"])
    assert [one["state"] for one in await own_reservations(company)] == ["submitted", "submitted"]
    parts = await Volume.select(Volume.footprint).where(Volume.reservation_id.company_id == company.companies[0])
    assert all(one["footprint"].area < outline.area / 10 for one in parts)
    assert errors == []
    await mine.close()
