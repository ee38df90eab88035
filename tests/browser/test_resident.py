"""A resident finds what is tried nearby, and all about one trial; in both languages, at a desk and on a phone."""

import pytest
from playwright.async_api import Browser, expect

from testfields.reservations.tables import Reservation
from tests import factories
from tests.browser.axe import violations
from tests.browser.conftest import Portal, anywhere, opened, pressed
from tests.maps.making import trial

pytestmark = pytest.mark.browser

WORDS = {
    "ja": {"near": "近い順", "map": "地図を表示", "past": "過去", "title": "配送ドローンの実証", "field": "港の広場"},
    "en": {
        "near": "Near me",
        "map": "Show the map",
        "past": "Past",
        "title": "Delivery drone trial",
        "field": "Harbour",
    },
}


@anywhere
async def test_a_resident_finds_what_is_tried_nearby(
    server: Portal, chromium: Browser, locale: str, width: int
) -> None:
    words = WORDS[locale]
    names = {"name_ja": "港の広場", "name_en": "Harbour", "geometry": factories.square(135.4, 34.6)}
    near, company = await factories.field(**names), await factories.company()
    await factories.field(geometry=factories.square(135.9, 34.9))
    project = await factories.project(company, plan_public=True, purpose="救急の荷物を早く届けます。")
    await trial(company, project, near.area_id, factories.period(9))
    number = (await Reservation.select(Reservation.id).first() or {})["id"]
    context = await opened(chromium, locale, width)
    await context.set_geolocation({"latitude": 34.6, "longitude": 135.5})
    await context.grant_permissions(["geolocation"])
    page = await context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)

    await page.goto(f"{server.base_url}/?lang={locale}")
    await pressed(page.locator("[data-near]").first)
    await expect(page.locator(".map__near li").first).to_contain_text(words["field"])
    # On a phone the list is behind the map; the nearest opens its card, as its dot would.
    await pressed(
        page.locator(".map__near li :is(a, button)").first, page.locator(f"[data-card] a[href='/trials/{number}']")
    )
    await expect(page.locator("h1")).to_contain_text(words["title"])
    await expect(page.locator("main")).to_contain_text("救急の荷物を早く届けます。")
    await expect(page.locator("main")).to_contain_text("contact@example.test")
    await expect(page.locator("#map .shape").first).to_be_attached()
    assert await violations(page) == []
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")

    # Once it is over it stays findable.
    await page.goto(f"{server.base_url}/?span=past&lang={locale}")
    await expect(page.locator("main")).not_to_contain_text(words["title"])
    assert errors == []
    await context.close()
