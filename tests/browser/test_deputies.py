"""An approver names a deputy on the desk, who decides in their place."""

import pytest
from playwright.async_api import Browser, expect

from testfields.accounts.rules import MemberRole, OrganisationKind
from testfields.core.clock import now
from testfields.core.local_time import JAPANS_ZONE, local_date
from tests import factories
from tests.browser.conftest import Portal, anywhere, logged_in
from tests.reviews.cases import file

pytestmark = pytest.mark.browser
WORDS = {
    "ja": ("承認者の代理", "始まりの日", "終わりの日", "代理を指定する", "今すぐ終わらせる"),
    "en": ("Deputies", "First day", "Last day", "Name the deputy", "now"),
}


@anywhere
async def test_a_deputy_is_named_decides_and_is_one_no_longer(
    server: Portal, chromium: Browser, locale: str, width: int
) -> None:
    deputies, first, last, name, end = WORDS[locale]
    field, company = await factories.field(), await factories.company()
    number, today = await file(field, company, 9, days=30), local_date(now(), JAPANS_ZONE).isoformat()
    owner = field.approver.memberships[0].organisation_id
    colleague = await factories.person(owner, OrganisationKind.OWNER, MemberRole.SITE_MANAGER)
    away = await logged_in(chromium, server, field.approver, locale, width)
    page = await away.new_page()
    await page.goto(f"{server.base_url}/desk")
    await page.get_by_role("link", name=deputies).click()
    await page.locator("#f-person_id").select_option(label=colleague.name)
    await page.get_by_label(first).fill(today)
    await page.get_by_label(last).fill(today)
    await page.get_by_role("button", name=name, exact=True).click()
    await expect(page.locator("tbody tr")).to_contain_text(field.approver.name)

    here = await logged_in(chromium, server, colleague, locale, width)
    desk = await here.new_page()
    await desk.goto(f"{server.base_url}/desk/{number}")
    await expect(desk.locator("main")).to_contain_text(field.approver.name)
    await desk.locator("details:has(form[action$=approve]) > summary").first.click()
    await desk.locator("form[action$=approve] button").first.click()
    await expect(desk.locator(".flash")).to_contain_text(str(number))
    await page.goto(f"{server.base_url}/desk/{number}")
    await expect(page.locator(".timeline")).to_contain_text(colleague.name)
    await expect(page.locator(".timeline")).to_contain_text(field.approver.name)

    await page.goto(f"{server.base_url}/desk/deputies")
    await expect(page.get_by_role("button", name=end)).to_be_hidden()
    await page.locator("details:has(form[action$=end]) > summary").click()
    await page.get_by_role("button", name=end).click()
    await expect(page.locator("tbody tr")).to_have_count(0)
    await desk.goto(f"{server.base_url}/desk/{number}")
    await expect(desk.locator("form[action$=revoke]")).to_have_count(0)
    await away.close()
    await here.close()
