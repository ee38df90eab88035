"""The main job in a real browser, in both languages: a company books, staff approve, the public sees it.

Each browser prefers the other language, so that it is the portal's own switch that holds all the way.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from testfields.demo.cast import PASSWORD
from tests.server import Server, serving

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Words:
    """What the pages say in one language."""

    project: str
    apply: str
    filed: str
    approve: str
    approve_this: str
    confirmed: str
    permit: str
    valid: str


WORDS = {
    "ja": Words(
        "公園での荷物搬送ロボットと歩行者の共存", "申請する", "申請を提出しました。", "承認", "この申請を承認する",
        "使用許可", "使用許可書を表示", "有効",
    ),
    "en": Words(
        "Delivery robots and pedestrians sharing a park path", "Apply", "The application is submitted.",
        "Approve", "Approve this application", "Permitted", "Show the permit", "Valid",
    ),
}  # fmt: skip
# Of the company whose project is booked here, and of the owners' staff.
COMPANY, APPROVER = "desk@sample-robotics.example", "approver@demo.example"


async def switch(page: Page, server: Server, language: str) -> None:
    await page.goto(server.base_url)
    await page.locator(f'.languages a[lang="{language}"]').click()
    await expect(page.locator("html")).to_have_attribute("lang", language)


async def log_in(page: Page, server: Server, email: str) -> None:
    await page.goto(f"{server.base_url}/login")
    await page.fill("#f-email", email)
    await page.fill("#f-password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"/(my|desk)$"))


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_company_then_staff_then_public(played_db: str, tmp_path: Path, chromium: Browser, language: str) -> None:
    words = WORDS[language]
    with serving(played_db, tmp_path, worker=True, TESTFIELDS_WORKERS="1") as server:
        other = "en" if language == "ja" else "ja"
        contexts = [await chromium.new_context(locale=other, viewport={"width": 1280, "height": 900}) for _ in "123"]
        company, staff, public = [await context.new_page() for context in contexts]
        errors: list[str] = []
        elsewhere: list[str] = []
        for page in (company, staff, public):
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
            page.on("request", lambda asked: elsewhere.append(asked.url) if server.base_url not in asked.url else None)

        for page in (company, staff, public):
            await switch(page, server, language)

        # The company finds a free hour in the site's week and applies.
        await log_in(company, server, COMPANY)
        await company.goto(f"{server.base_url}/sites/expo-park")
        await company.locator("a.free__span").first.press("Enter")
        await company.wait_for_url("**/my/apply?*")
        await company.select_option("#f-project_id", label=words.project)
        await company.locator(".decision-bar").get_by_role("button", name=words.apply, exact=True).click()
        await company.wait_for_url("**/my/reservations/*")
        await expect(company.locator(".flash")).to_contain_text(words.filed)
        address = company.url.split("?")[0]
        number = address.rsplit("/", 1)[-1]

        # Staff read it beside the map and approve.
        await log_in(staff, server, APPROVER)
        await staff.goto(f"{server.base_url}/desk/{number}")
        await expect(staff.locator(".map .shape--asked")).to_be_visible()
        # By keyboard: what still moves on the page, while it loads, moves no key away from its panel.
        await staff.locator("summary", has_text=re.compile(f"^\\s*{words.approve}\\s*$")).press("Enter")
        await expect(staff.locator("details[open]", has_text=words.approve_this)).to_be_visible()
        await staff.get_by_role("button", name=words.approve_this).click()
        await staff.wait_for_url("**/desk")

        # The worker confirms it and issues the permit; the company is shown both.
        for _ in range(60):
            await company.goto(address)
            if await company.get_by_role("link", name=words.permit).count():
                break
            await company.wait_for_timeout(250)
        await expect(company.locator(".state").first).to_contain_text(words.confirmed)
        for _ in range(60):
            if (await company.request.get(f"{address}/permit")).status == 200:
                break
            await company.wait_for_timeout(250)
        await company.goto(f"{address}/permit")
        assert "/p/" in company.url
        await public.goto(company.url)
        await expect(public.locator("main")).to_contain_text(words.valid)

        # The public finds it among the trials of that site, on its own page, and in the list beside the map.
        await public.goto(f"{server.base_url}/trials?site=expo-park")
        await expect(public.locator("main")).to_contain_text(words.project)
        async with public.expect_response("**/place.geojson") as drawn:
            await public.locator(f'main a[href="/trials/{number}"]').click()
        shapes = {shape["id"]: shape["properties"] for shape in (await (await drawn.value).json())["features"]}
        assert shapes[int(number)]["name"][language] == words.project
        await expect(public.locator("h1")).to_have_text(words.project)
        await public.goto(f"{server.base_url}/?site=expo-park")
        await expect(public.locator(f'.finder__list [data-feature="trial-{number}"]')).to_contain_text(words.project)
        await expect(public.locator("html")).to_have_attribute("lang", language)

        assert errors == []
        assert elsewhere == []
        for context in contexts:
            await context.close()
