"""Somebody logs in after new terms came into force, agrees by keyboard, and goes on to where they wanted."""

import pytest
from playwright.async_api import Browser, expect

from testfields.consent.rules import Kind
from tests import factories
from tests.browser import axe
from tests.browser.conftest import Portal, logged_in
from tests.consent.test_consent import publish

pytestmark = pytest.mark.browser

WORDS = {
    "ja": {"title": "先に進む前に", "label": "利用規約 第1版", "refused": "同意が必要です"},
    "en": {"title": "Before you go on", "label": "Terms of use, version 1", "refused": "please agree"},
}


@pytest.mark.parametrize("locale", list(WORDS))
async def test_one_agrees_by_keyboard_and_goes_on(server: Portal, chromium: Browser, locale: str) -> None:
    words = WORDS[locale]
    await publish(Kind.TERMS)
    context = await logged_in(chromium, server, await factories.company(), locale)
    page = await context.new_page()
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.goto(f"{server.base_url}/my/projects/new?lang={locale}")
    await expect(page.locator("h1")).to_have_text(words["title"])
    await expect(page.get_by_role("link", name=words["label"])).to_be_visible()
    assert await axe.violations(page) == []
    await page.locator("main form button").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#f-consent-error")).to_contain_text(words["refused"])
    assert await axe.violations(page) == []
    await page.locator("input[name=consent]").focus()
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{server.base_url}/my/projects/new?lang={locale}")
    await page.goto(f"{server.base_url}/my/consents")
    await expect(page.locator("main")).to_contain_text(words["label"])
    await context.close()
