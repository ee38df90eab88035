"""A company calls, and an officer files for it out of the calendar; in both languages, at a desk and on a phone."""

import pytest
from playwright.async_api import Browser, expect

from testfields.accounts.tables import Organisation
from testfields.reservations.tables import Reservation
from tests import factories
from tests.browser.conftest import Portal, anywhere, logged_in, pressed

pytestmark = pytest.mark.browser

WORDS = {
    "ja": {"reason": "担当者から電話で依頼", "fits": "空いています", "told": "職員が事業者に代わって申請"},
    "en": {"reason": "By telephone", "fits": "It fits", "told": "Filed by staff for the company"},
}


@anywhere
async def test_an_officer_files_for_a_company_that_called(
    server: Portal, chromium: Browser, locale: str, width: int
) -> None:
    words = WORDS[locale]
    field, company = await factories.field(), await factories.company()
    await Organisation.update({"name_ja": "株式会社ドローン便", "name_en": "Drone Bin"}).where(
        Organisation.id == company.companies[0]
    )
    await factories.company()
    day = f"{factories.tomorrow(9, 5):%Y-%m-%d}"

    desk = await logged_in(chromium, server, field.reviewer, locale, width)
    page = await desk.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    await page.goto(f"{server.base_url}/desk/calendar?view=week&date={day}")
    await pressed(page.locator(f"a.agenda__add[href*='start={day}']"))
    await expect(page.locator("#f-time0-start")).to_have_value(f"{day}T09:00")

    # However the name is typed; the only company that is found is chosen.
    await page.locator("#f-words").fill("ﾄﾞﾛｰﾝ")
    await page.locator("#f-words").press("Enter")
    await expect(page.locator("#f-company_id option:checked")).to_contain_text("Drone Bin" if locale == "en" else "便")
    await page.locator("#f-reason").fill(words["reason"])
    await page.locator("input[name=use][value=drone]").check()
    await page.locator("#f-theme").select_option(index=1)
    for name in ("title_ja", "title_en", "purpose", "equipment", "safety_plan"):
        await page.locator(f"#f-{name}").fill("実証 trial")
    await page.locator("#f-time0-end").fill(f"{day}T11:00")
    await expect(page.locator("#verdict .notice--success")).to_contain_text(words["fits"])
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    await pressed(page.locator("button[name=do][value=file_for]"))

    await expect(page.locator(".flash")).to_be_visible()
    number = (await Reservation.select(Reservation.id).first() or {})["id"]
    assert page.url.endswith(f"/desk/{number}")
    await expect(page.locator("main")).to_contain_text(words["told"])
    await expect(page.locator("main")).to_contain_text(words["reason"])
    assert errors == []

    mine = await logged_in(chromium, server, company, locale, width)
    its_page = await mine.new_page()
    await its_page.goto(f"{server.base_url}/my/reservations/{number}?lang={locale}")
    await expect(its_page.locator("main")).to_contain_text(words["told"])
    await desk.close()
    await mine.close()


async def test_without_scripts_a_company_is_found_and_faults_stand_at_their_fields(
    server: Portal, chromium: Browser
) -> None:
    field, company = await factories.field(), await factories.company()
    project = await factories.project(company)
    desk = await logged_in(chromium, server, field.approver)
    plain = await chromium.new_context(java_script_enabled=False, storage_state=await desk.storage_state())
    page = await plain.new_page()
    await page.goto(f"{server.base_url}/desk/book?lang=en")
    await page.locator("button[name=do][value=file_for]").click()
    for name in ("company_id", "site"):
        await expect(page.locator(f".error-summary a[href='#f-{name}']")).to_be_visible()
    await page.locator("#f-words").fill("組織")
    await page.locator("button[name=do][value=find]").click()
    await page.locator("#f-company_id").select_option(str(company.companies[0]))
    await page.locator("button[name=do][value=company]").click()
    # The company's project has not reached these staff, so they are not shown it.
    await expect(page.locator(f"#f-project_id option[value='{project}']")).to_have_count(0)
    await expect(page.locator("#f-title_ja")).to_be_visible()
    await plain.close()
    await desk.close()
