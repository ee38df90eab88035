"""A site manager takes photos in, without any script of the page, and everybody sees them; in both languages."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from testfields.accounts.identity import SESSION_COOKIE
from testfields.accounts.service import open_session
from testfields.core.clock import now
from testfields.sites.tables import Site
from tests import factories
from tests.browser import axe
from tests.browser.conftest import Portal
from tests.documents import pictures

pytestmark = pytest.mark.browser

WORDS = {
    "ja": {"stored": "写真を保存しました", "first": "草地", "words": "写真が見えない方のために"},
    "en": {"stored": "The photos are stored", "first": "Grassland", "words": "for those who do not see it"},
}
WIDTH = {"ja": 1280, "en": 390}


@pytest.mark.parametrize("locale", list(WORDS))
async def test_photos_are_taken_in_without_script_and_shown(
    server: Portal, chromium: Browser, tmp_path: Path, locale: str
) -> None:
    field = await factories.field()
    row = await Site.select(Site.slug).where(Site.id == field.site_id).first()
    assert row is not None
    paths = []
    for name, body in {"wide.jpg": pictures.taken_at_home(1800, 1200), "other.png": pictures.picture("PNG")}.items():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(body)
    window = {"width": WIDTH[locale], "height": 800}
    desk = await chromium.new_context(locale=locale, java_script_enabled=False, viewport=window)  # type: ignore[arg-type]
    session = await open_session(field.site_manager.person_id, now())
    await desk.request.get(f"{server.base_url}/trials?lang={locale}")
    await desk.add_cookies([{"name": SESSION_COOKIE, "value": session.secret, "url": server.base_url}])
    page = await desk.new_page()
    await page.goto(f"{server.base_url}/desk/sites/{row['slug']}/photos")
    await page.locator("#f-photos").set_input_files(paths)
    await page.locator("main form.form button").click()
    await expect(page.locator("#f-ja-error")).to_contain_text(WORDS[locale]["words"])
    await page.locator("#f-photos").set_input_files(paths)
    await page.locator("#f-ja").fill("草地")
    await page.locator("#f-en").fill("Grassland")
    await page.locator("main form.form button").click()
    await expect(page.locator(".flash")).to_contain_text(WORDS[locale]["stored"])
    await expect(page.locator(".photo-card")).to_have_count(2)
    await page.locator(".photo-card button[value=later]").click()
    await expect(page.locator(".photo-card").first.locator("img")).to_have_attribute("width", "480")
    await desk.close()

    anybody = await chromium.new_context(locale=locale, viewport=window)  # type: ignore[arg-type]
    public = await anybody.new_page()
    await public.goto(f"{server.base_url}/sites/{row['slug']}?lang={locale}")
    first = public.locator(".site-photos__first")
    await expect(first).to_have_attribute("alt", WORDS[locale]["first"])
    await expect(first).to_have_js_property("complete", True)
    assert await first.evaluate("image => image.naturalWidth") > 0
    await expect(public.locator(".site-photos__strip img")).to_have_count(1)
    assert await public.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await axe.violations(public) == []
    await anybody.close()
