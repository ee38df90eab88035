"""An officer draws a new test field and an area on the map, gives it hours, and publishes it; in both languages."""

import pytest
from playwright.async_api import Browser, Page, expect

from testfields.accounts.rules import MemberRole, OrganisationKind
from tests import factories
from tests.browser.conftest import Portal, anywhere, logged_in, on_phone, opened, pressed

pytestmark = pytest.mark.browser

WORDS = {
    "ja": {
        "new": "新しい実証フィールド", "draft": "下書きとして保存しました", "area": "新しい区画",
        "saved": "を保存しました", "publish": "実証フィールドを公開する", "published": "を公開しました",
        "lacking": "公開する前に",
    },
    "en": {
        "new": "New test field", "draft": "saved as a draft", "area": "New area",
        "saved": "is saved", "publish": "Publish the test field", "published": "is published",
        "lacking": "Before it can be published",
    },
}  # fmt: skip


async def dragged(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one place of the window to another, by touch on a phone, else with the mouse."""
    between = [tuple(a + (b - a) * step / 5 for a, b in zip(start, end, strict=True)) for step in range(6)]
    if on_phone(page):
        fingers = await page.context.new_cdp_session(page)
        for kind, points in [("touchStart", between[:1]), *(("touchMove", [one]) for one in between), ("touchEnd", [])]:
            said = {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
            await fingers.send("Input.dispatchTouchEvent", said)
        await fingers.detach()
        return
    await page.mouse.move(*start)
    await page.mouse.down()
    for x, y in between:
        await page.mouse.move(x, y)
    await page.mouse.up()


async def draw(page: Page, within: str) -> None:
    """Drag a rectangle over the middle of something on the map."""
    await page.locator(within).scroll_into_view_if_needed()
    await pressed(page.locator(".leaflet-draw-draw-rectangle"))
    box = await page.locator(within).bounding_box()
    assert box is not None
    corners = [(box["x"] + box["width"] * part, box["y"] + box["height"] * part) for part in (0.4, 0.6)]
    await dragged(page, *corners)
    await expect(page.locator("[data-draw-field]")).not_to_have_value("")


async def draw_a_field(page: Page, server: Portal, locale: str) -> None:
    """Harbour Square, from the desk to the public list: its outline and an area drawn, with hours, published."""
    words = WORDS[locale]
    await page.goto(f"{server.base_url}/desk")
    await pressed(page.locator("a[href='/desk/sites']"), page.get_by_role("link", name=words["new"]))
    await page.locator("#f-name_ja").fill("港の広場")
    await page.locator("#f-name_en").fill("Harbour Square")
    await page.locator("input[name=uses][value=drone]").check()
    await draw(page, "#map")
    await pressed(page.locator("main form.form button.button--primary"))
    await expect(page.locator(".flash")).to_contain_text(words["draft"])

    await pressed(page.get_by_role("link", name=words["area"]))
    await page.locator("#f-name_ja").fill("全体")
    await page.locator("#f-name_en").fill("Whole field")
    # The map opens on the field.
    await expect(page.locator("#map .shape--site")).to_be_visible()
    await draw(page, "#map .shape--site")
    await pressed(page.locator("main form.form button.button--primary"))
    await expect(page.locator(".flash")).to_contain_text(words["saved"])

    await page.goto(f"{server.base_url}/desk/sites/harbour-square/publish")
    await expect(page.locator("main")).to_contain_text(words["lacking"])
    await pressed(page.locator("main .notice a[href$='/hours']").first)
    await page.locator("#f-hours_1").fill("09:00-17:00")
    await page.locator("input[name=public_holidays][value=closed]").check()
    await pressed(page.locator("main form.form button.button--primary"))
    await expect(page.locator(".flash")).to_contain_text(words["saved"])

    await page.goto(f"{server.base_url}/desk/sites/harbour-square/publish")
    await pressed(page.get_by_role("button", name=words["publish"]))
    await expect(page.locator(".flash")).to_contain_text(words["published"])


@anywhere
async def test_an_officer_draws_a_new_field_and_publishes_it(
    server: Portal, chromium: Browser, locale: str, width: int
) -> None:
    owner = await factories.organisation(OrganisationKind.OWNER)
    officer = await factories.person(owner, OrganisationKind.OWNER, MemberRole.SITE_MANAGER)
    desk = await logged_in(chromium, server, officer, locale, width)
    await draw_a_field(await desk.new_page(), server, locale)
    await desk.close()

    anybody = await opened(chromium, locale, width)
    public = await anybody.new_page()
    await public.goto(f"{server.base_url}/sites/harbour-square")
    await expect(public.locator("h1")).to_contain_text("港の広場" if locale == "ja" else "Harbour Square")
    await anybody.close()
