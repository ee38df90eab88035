"""A real browser against the portal: Chromium by Playwright. The journey runs against processes of the portal's own."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import product

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect

from testfields.accounts.identity import SESSION_COOKIE
from testfields.accounts.rules import Actor
from testfields.accounts.service import open_session
from testfields.core.clock import now
from tests.server import app_on, free_port, serving_here

# In ms: on a busy machine a page takes its time, and a test that fails for that says nothing about the portal.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)
DESK, PHONE = 1280, 390
# A journey that people make in either language, at a desk with a mouse and on a phone by touch.
anywhere = pytest.mark.parametrize(("locale", "width"), list(product(("ja", "en"), (DESK, PHONE))))


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium where it is installed, else Playwright's own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        browser.on("context", lambda context: context.set_default_timeout(PATIENCE))
        yield browser
        await browser.close()


@dataclass(frozen=True)
class Portal:
    """Where a browser finds the portal."""

    base_url: str


@pytest.fixture(scope="session")
async def portal(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Portal]:
    """The portal for all browser tests, started once; its pool is the one that the test's fixture has opened."""
    port = free_port()
    async with serving_here(port, app_on(port, tmp_path_factory.mktemp("data"))) as base_url:
        yield Portal(base_url)


@pytest.fixture
def server(own_db: str, portal: Portal) -> Portal:
    """The portal on the test's own database."""
    return portal


async def opened(chromium: Browser, locale: str, width: int) -> BrowserContext:
    """Anybody's browser window, with a mouse or, on a phone, touch; the caller closes it."""
    return await chromium.new_context(locale=locale, viewport={"width": width, "height": 800}, has_touch=width == PHONE)


def on_phone(page: Page) -> bool:
    """Whether a window that was `opened` has touch."""
    return (page.viewport_size or {}).get("width") == PHONE


async def pressed(*places: Locator) -> None:
    """Press one after the other: tapped on a phone, else clicked."""
    for place in places:
        await (place.tap() if on_phone(place.page) else place.click())


async def logged_in(
    chromium: Browser, server: Portal, actor: Actor, locale: str = "en", width: int = DESK
) -> BrowserContext:
    """A browser window of the actor's, in a language; the caller closes it."""
    session = await open_session(actor.person_id, now())
    context = await opened(chromium, locale, width)
    await context.request.get(f"{server.base_url}/trials?lang={locale}")
    await context.add_cookies([{"name": SESSION_COOKIE, "value": session.secret, "url": server.base_url}])
    return context
