"""Staff at the desk with a real browser, and without a mouse."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from testfields.reservations import reading
from tests import factories
from tests.browser.conftest import Portal, anywhere, logged_in, pressed
from tests.reviews.cases import file

pytestmark = pytest.mark.browser


async def focused(page: Page) -> str:
    text: str = await page.evaluate("document.activeElement.textContent.trim()")
    return text


async def tab_to(page: Page, text: str) -> None:
    """Press Tab until the element with `text` has the focus."""
    for _ in range(60):
        if await focused(page) == text:
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches “{text}”")


async def test_approving_by_keyboard_alone(server: Portal, chromium: Browser) -> None:
    field, company = await factories.field(), await factories.company()
    number, following = await file(field, company, 9, days=30), await file(field, company, 11, days=30)
    context = await logged_in(chromium, server, field.approver)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(f"{server.base_url}/desk")

    await page.keyboard.press("j")
    assert await focused(page) == f"No. {number}"
    await page.keyboard.press("j")
    assert await focused(page) == f"No. {following}"
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/desk/{number}")

    await page.locator("summary", has_text="Reject").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#f-reason_reject")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("summary", has_text="Reject")).to_be_focused()

    await page.locator("summary", has_text="Approve").first.focus()
    await page.keyboard.press("Enter")
    # A second Enter would decide: the focus stays where it was.
    await expect(page.locator("button", has_text="Approve this application")).to_be_visible()
    await expect(page.locator("summary", has_text="Approve").first).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/desk")
    await expect(page.locator(".flash")).to_contain_text(f"Application {number} is approved.")
    assert (await reading.find(company, number))["state"] == "approved"

    await page.goto(f"{server.base_url}/desk/{following}")
    await page.goto(f"{server.base_url}/desk")
    await page.keyboard.press("j")
    await tab_to(page, "Approve")
    await page.keyboard.press("Enter")
    # It is asked once.
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".flash")).to_contain_text(f"Application {following} is approved.")
    assert (await reading.find(company, following))["state"] == "approved"
    assert errors == []
    await context.close()


@anywhere
async def test_from_the_month_to_a_decision_that_is_taken_back(
    server: Portal, chromium: Browser, locale: str, width: int
) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company, 9, days=30)
    day = f"{factories.tomorrow(9, 30):%Y-%m-%d}"
    context = await logged_in(chromium, server, field.approver, locale, width)
    page = await context.new_page()
    await page.goto(f"{server.base_url}/desk/calendar?view=month&date={day}")
    await pressed(
        page.locator(f"a.agenda__count[href*='date={day}']"),
        page.locator(f"a[href='/desk/{number}']"),
        page.locator("details:has(form[action$='/approve']) > summary").first,
        page.locator("form[action$='/approve'] button.button--primary").first,
    )
    await page.wait_for_url("**/desk")
    assert (await reading.find(company, number))["state"] == "approved"

    # Nobody has been written to yet.
    await pressed(
        page.locator(f".flash a[href^='/desk/{number}']"),
        page.locator("details:has(form[action$='/take_back']) > summary"),
        page.locator("form[action$='/take_back'] button"),
    )
    await expect(page.locator(".flash")).to_be_visible()
    assert (await reading.find(company, number))["state"] == "submitted"
    await context.close()


async def test_the_slider_dims_what_is_not_there(server: Portal, chromium: Browser) -> None:
    field, company = await factories.field(), await factories.company()
    number, later = await file(field, company, 9), await file(field, company, 15)
    context = await logged_in(chromium, server, field.reviewer)
    page = await context.new_page()
    await page.goto(f"{server.base_url}/desk/{number}")
    await page.evaluate("document.querySelector('.map').map.ready")
    mine, other = page.locator(".map .shape--asked"), page.locator(".map .shape--rival")
    assert [await mine.count(), await other.count()] == [1, 1]

    slider = page.locator("#moment")
    # The slider begins where its word says: at the whole day, left of the first moment.
    await expect(slider).to_have_value("-1")
    await expect(page.locator("output")).to_have_text("The whole day")
    await slider.fill("37")

    await expect(page.locator("output")).to_have_text("09:15")
    await expect(slider).to_have_attribute("aria-valuetext", "09:15")
    await expect(other).to_have_class(re.compile(r"\bis-dim\b"))
    assert "is-dim" not in (await mine.get_attribute("class") or "")
    await expect(page.locator("tr.is-dim")).to_contain_text([f"No. {later}"])

    await page.get_by_role("button", name="Show the whole day").click()
    await expect(slider).to_have_value("-1")
    await expect(page.locator(".is-dim")).to_have_count(0)
    await context.close()
