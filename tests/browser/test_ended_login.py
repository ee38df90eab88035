"""A login that ends while somebody fills in a form: nothing that was typed is lost."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from testfields.accounts.identity import SESSION_COOKIE
from testfields.accounts.rules import Actor
from tests import factories
from tests.accounts.people import PASSWORD, with_password
from tests.browser.axe import violations
from tests.browser.conftest import Portal
from tests.browser.test_company import own_reservations, site_of, typed

pytestmark = pytest.mark.browser


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
async def context(chromium: Browser, request: pytest.FixtureRequest) -> AsyncIterator[BrowserContext]:
    """A browser window with scripts, and one without."""
    context = await chromium.new_context(locale="en", java_script_enabled=request.param)
    yield context
    await context.close()


async def enter(page: Page, somebody: Actor) -> None:
    """Fill in the login form that the page shows."""
    await page.fill("#f-email", somebody.email)
    await page.fill("#f-password", PASSWORD)
    await page.locator("main").get_by_role("button", name="Log in").click()
    await page.locator(".site-tools__who").wait_for()


async def applying(server: Portal, page: Page) -> Actor:
    """Somebody logged in, with an application filled in but for its note."""
    field, company = await factories.field(), await with_password(await factories.company())
    site, asked = await site_of(field), factories.period(9, 2)
    project_id = await factories.project(company)
    area = await page.request.get(f"{server.base_url}/api/v1/sites/{site['slug']}/areas?lang=en")
    query = f"project={project_id}&site={site['slug']}&area={(await area.json())[0]['slug']}"
    await page.goto(f"{server.base_url}/login?lang=en")
    await enter(page, company)
    await page.goto(f"{server.base_url}/my/apply?{query}&start={typed(asked.start)}&end={typed(asked.end)}")
    return company


async def test_a_form_that_was_sent_too_late_is_sent_again_after_logging_in(
    server: Portal, context: BrowserContext
) -> None:
    page = await context.new_page()
    company = await applying(server, page)
    await context.clear_cookies(name=SESSION_COOKIE)
    await page.fill("#f-note", "Two vans & a crane")
    await page.locator(".decision-bar button[value=submit]").click()
    await expect(page.locator("h1")).to_have_text("Your login has ended")
    assert await own_reservations(company) == []

    async with context.expect_page() as opened:
        await page.get_by_role("link", name="Log in in a new tab").click()
    await enter(await opened.value, company)
    # The form is of the login that has ended: it is offered once more, under the present one.
    await page.get_by_role("button", name="Send again").click()
    await expect(page.locator("h1")).to_contain_text("You have logged in again")
    await expect(page.locator(".site-tools__who")).to_be_visible()
    await page.get_by_role("button", name="Send again").click()
    await page.wait_for_url("**/my/reservations/*")
    assert [one["state"] for one in await own_reservations(company)] == ["submitted"]
    await expect(page.locator("main")).to_contain_text("Two vans & a crane")


async def test_the_parts_of_a_form_go_on_after_logging_in_in_another_tab(server: Portal, chromium: Browser) -> None:
    context = await chromium.new_context(locale="en", viewport={"width": 390, "height": 700})
    page = await context.new_page()
    company = await applying(server, page)
    await expect(page.locator("#verdict")).to_contain_text("It fits")
    await context.clear_cookies(name=SESSION_COOKIE)
    await page.fill("#f-note", "Two vans")
    problem = page.locator("#problem")
    await expect(problem).to_contain_text("Your login has ended")
    await expect(problem).to_be_in_viewport()
    await expect(page.locator("header.site-header")).to_have_count(1)
    await expect(page.locator("#verdict")).to_contain_text("It fits")
    await expect(page.locator("#saved")).to_contain_text("Saved as a draft by itself once")
    assert await violations(page) == []

    async with context.expect_page() as opened:
        await problem.get_by_role("link", name="Log in in a new tab").click()
    await enter(await opened.value, company)
    await page.fill("#f-note", "Three vans")
    await expect(page.locator("#saved")).to_contain_text("Saved as draft by itself at")
    await expect(problem).to_be_empty()
    await page.locator(".decision-bar button[value=submit]").click()
    await page.wait_for_url("**/my/reservations/*")
    assert [one["state"] for one in await own_reservations(company)] == ["submitted"]
    await context.close()
