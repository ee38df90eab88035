"""A real browser against a real server: Chromium by Playwright, the portal in processes of its own."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright

from testfields.accounts.identity import SESSION_COOKIE
from testfields.accounts.rules import Actor
from testfields.accounts.service import open_session
from testfields.core.clock import now
from tests.server import Server, serving


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium where it is installed, else Playwright's own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
def server(own_db: str, tmp_path: Path) -> Iterator[Server]:
    """The portal on the test's own database."""
    with serving(own_db, tmp_path, TESTFIELDS_WORKERS="1") as running:
        yield running


async def logged_in(chromium: Browser, server: Server, actor: Actor, locale: str = "en") -> BrowserContext:
    """A browser window of the actor's, in a language; the caller closes it."""
    session = await open_session(actor.person_id, now())
    context = await chromium.new_context(locale=locale)
    await context.request.get(f"{server.base_url}/trials?lang={locale}")
    await context.add_cookies([{"name": SESSION_COOKIE, "value": session.secret, "url": server.base_url}])
    return context
