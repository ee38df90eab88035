"""From an empty portal to a permit without a terminal: owner, staff and field, and a company that nobody knew; in both
languages, at a desk and on a phone."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from testfields.accounts.rules import MemberRole, OrganisationKind
from tests import factories
from tests.browser.conftest import Portal, anywhere, logged_in, opened, pressed
from tests.browser.test_new_site import draw_a_field
from tests.joining.test_forgotten import LINK
from tests.joining.test_registration import SAID
from tests.working import Postbox, postbox, settings, words_of, work_off

pytestmark = pytest.mark.browser

PASSWORD = "a long password of mine"
STAFF, FOUNDER = "officer@example.test", "founder@example.test"


async def come_in(page: Page, server: Portal, box: Postbox, email: str) -> None:
    """By the link of a mail, as somebody new."""
    address = LINK.findall(words_of(box.to(email)[-1]))[-1]
    await page.goto(f"{server.base_url}{address}")
    await page.fill("#f-name", "担当")
    await page.fill("#f-new", PASSWORD)
    for box_to_tick in await page.locator("main form input[type=checkbox]").all():
        await box_to_tick.check()
    await pressed(page.locator("main form button.button--primary"))


async def an_owner_with_staff(page: Page, server: Portal, locale: str) -> None:
    await page.goto(f"{server.base_url}/admin/organisations")
    await pressed(page.locator("details.panel > summary").first)
    await page.locator("input[name=kind][value=owner]").check()
    for name, typed in {"name_ja": "港湾局", "name_en": "Port Authority", "slug": "port"}.items():
        await page.fill(f"#f-{name}", typed)
    await page.fill("#f-contact_email", "port@example.test")
    await pressed(page.locator("form[action='/admin/organisations'] button.button--primary"))
    await expect(page.locator(".flash")).to_be_visible()
    await page.goto(f"{server.base_url}/admin/people")
    await pressed(page.locator("details.panel > summary").first)
    await page.fill("#f-email", STAFF)
    owner = await page.locator(
        "#f-organisation_id option", has_text="港湾局" if locale == "ja" else "Port Authority"
    ).get_attribute("value")
    await page.select_option("#f-organisation_id", owner)
    for role in ("approver", "site_manager"):
        await page.locator(f"input[name=roles][value={role}]").check()
    await page.locator(f"input[name=locale][value={locale}]").check()
    await pressed(page.locator("button[formaction='/admin/people/invite']"))
    await expect(page.locator(".flash")).to_be_visible()


async def a_plan(page: Page, server: Portal) -> None:
    await page.goto(f"{server.base_url}/my/projects/new")
    await page.locator("input[name=use][value=drone]").check()
    await page.select_option("#f-theme", index=1)
    for name in ("title_ja", "title_en", "purpose", "equipment", "safety_plan"):
        await page.fill(f"#f-{name}", "実証 Trial")
    await pressed(page.locator("main form button.button--primary"))
    await page.wait_for_url("**/my/projects")


@anywhere
async def test_from_an_empty_portal_to_a_permit_in_the_browser_alone(
    own_db: str, server: Portal, chromium: Browser, tmp_path: Path, locale: str, width: int
) -> None:
    operator = await factories.organisation(OrganisationKind.OPERATOR)
    admin = await factories.person(operator, OrganisationKind.OPERATOR, MemberRole.ADMIN)
    office = await logged_in(chromium, server, admin, locale, width)
    desk, firm = [await opened(chromium, locale, width) for _ in "12"]
    staff, company = await desk.new_page(), await firm.new_page()
    async with postbox() as box:

        async def mails_are_sent() -> None:
            await work_off(own_db, settings(tmp_path, box.url))

        await an_owner_with_staff(await office.new_page(), server, locale)
        await mails_are_sent()
        await come_in(staff, server, box, STAFF)
        await staff.wait_for_url("**/desk")
        await draw_a_field(staff, server, locale)

        # Nobody knew the company; it writes a draft at once.
        await company.goto(f"{server.base_url}/register")
        for name, typed in {**SAID, "email": FOUNDER}.items():
            await company.fill(f"#f-{name}", typed)
        await pressed(company.locator("main form button.button--primary"))
        await company.wait_for_url("**/login")
        await mails_are_sent()
        await come_in(company, server, box, FOUNDER)
        await company.wait_for_url("**/my")
        await a_plan(company, server)
        await company.goto(f"{server.base_url}/my/apply?site=harbour-square")
        await company.select_option("#f-project_id", index=1)
        # The field is open on Mondays, and asks for an application two weeks before.
        day = factories.tomorrow(10, 21)
        day += timedelta(days=-(day + timedelta(hours=9)).weekday() % 7)
        await company.fill("#f-time0-start", f"{day + timedelta(hours=9):%Y-%m-%dT%H:%M}")
        await company.fill("#f-time0-end", f"{day + timedelta(hours=11):%Y-%m-%dT%H:%M}")
        await expect(company.locator("#verdict .notice--success")).to_be_visible()
        await pressed(company.locator(".decision-bar button[value=save]"))
        await company.wait_for_url("**/my/apply?draft=*")

        await staff.goto(f"{server.base_url}/desk/companies")
        await pressed(staff.locator("form[action$='/verify'] button"))
        await expect(staff.locator(".flash")).to_be_visible()
        await company.reload()
        await pressed(company.locator(".decision-bar button[value=submit]"))
        await company.wait_for_url("**/my/reservations/*")
        number = company.url.split("?")[0].rsplit("/", 1)[-1]

        await staff.goto(f"{server.base_url}/desk/{number}")
        await pressed(
            staff.locator("details:has(form[action$='/approve']) > summary").first,
            staff.locator("form[action$='/approve'] button.button--primary").first,
        )
        await staff.wait_for_url("**/desk")
        await mails_are_sent()
        await company.goto(f"{server.base_url}/my/reservations/{number}/permit")
        await expect(company.locator("main")).to_contain_text({"ja": "有効", "en": "Valid"}[locale])
    for context in (office, desk, firm):
        await context.close()
