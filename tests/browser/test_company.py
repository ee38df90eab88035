"""A company with a real browser, also without a mouse and without scripts: from the plan to the withdrawal."""

import asyncio
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, Route, expect

from testfields.accounts.passwords import hashed
from testfields.accounts.rules import Actor
from testfields.accounts.tables import Person
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.reservations import filing
from testfields.reservations.filing import Application
from testfields.reservations.rules import Action
from testfields.reservations.tables import Reservation, Volume
from testfields.sites.tables import Site
from tests import factories
from tests.browser.axe import violations
from tests.browser.conftest import Portal, logged_in

pytestmark = pytest.mark.browser

PASSWORD = "a password for this test alone"


def typed(instant: datetime) -> str:
    return instant.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%Y-%m-%dT%H:%M")


async def site_of(field: factories.Field) -> dict[str, str]:
    found = await Site.select(Site.slug, Site.name_en, Site.name_ja).where(Site.id == field.site_id).first()
    assert found is not None
    return found


async def taken_by_a_rival(field: factories.Field) -> Asked:
    """Somebody else's application for the whole area, tomorrow from nine to eleven."""
    rival = await factories.company()
    asked = Asked(factories.period(9, 2))
    await filing.file(rival, Application(await factories.project(rival), field.area_id, (asked,)), now())
    return asked


async def own_reservations(company: Actor) -> list[dict[str, object]]:
    found: list[dict[str, object]] = await Reservation.select(Reservation.id, Reservation.state).where(
        Reservation.company_id == company.companies[0]
    )
    return found


async def test_from_the_first_project_to_the_withdrawal(server: Portal, chromium: Browser) -> None:
    field, company = await factories.field(), await factories.company()
    taken = (await taken_by_a_rival(field)).period
    site = await site_of(field)
    await Person.update({Person.password_hash: await hashed(PASSWORD)}).where(Person.id == company.person_id)
    context = await chromium.new_context(locale="ja", viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    await page.goto(f"{server.base_url}/login?next=/my")
    await page.fill("#f-email", company.email)
    await page.fill("#f-password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/my")

    await page.locator("main").get_by_role("link", name="場所と日時を申請").first.click()
    await page.get_by_role("link", name="実証案件を作成").click()
    await page.fill("#f-title_ja", "災害時に孤立した地域へ医薬品と食料を届ける無人航空機の長距離運航に関する実証実験")
    await page.fill("#f-title_en", "Relief flights")
    await page.get_by_role("radio", name="ドローン").check()
    await page.select_option("#f-theme", "disaster")
    await page.fill("#f-purpose", "孤立地域へ届けられるかを確かめます。")
    await page.fill("#f-equipment", "マルチコプター 1機")
    await page.get_by_role("button", name="実証案件を保存").click()
    await expect(page.locator(".error-summary")).to_be_focused()
    await page.fill("#f-safety_plan", "監視員を2人置きます。")
    await page.get_by_role("button", name="実証案件を保存").click()
    await page.wait_for_url("**/my/apply?project=*")

    # The place is chosen on the map, the part of it drawn there.
    await page.select_option("#f-site", site["slug"])
    await expect(page.locator(".map .shape--area")).to_be_visible()
    await expect(page.locator("#verdict")).to_contain_text("日時")
    await page.fill("#f-time0-start", typed(taken.start))
    await page.fill("#f-time0-end", typed(taken.end))
    await expect(page.locator("#verdict")).to_contain_text("重なっている予約")
    assert await violations(page) == []
    await page.locator(".leaflet-draw-draw-rectangle").click()
    box = await page.locator(".map .shape--area").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6, steps=5)
    await page.mouse.up()
    await expect(page.locator("[data-draw-corners] tbody tr")).to_have_count(4)
    await expect(page.locator(".map .shape--taken")).to_be_visible()

    await page.locator("#verdict").get_by_role("button", name="11:00–13:00").click()
    await expect(page.locator("#f-time0-start")).to_have_value(typed(taken.end))
    await expect(page.locator("#verdict")).to_contain_text("空いています。")
    await expect(page.locator("#saved")).to_contain_text("自動で保存しました。")
    assert await violations(page) == []
    await page.locator(".decision-bar").get_by_role("button", name="申請する").click()
    await page.wait_for_url("**/my/reservations/*")
    await expect(page.locator(".flash")).to_contain_text("申請を提出しました。")
    assert [one["state"] for one in await own_reservations(company)] == ["submitted"]
    shape = (
        await Volume.select(Volume.footprint).where(Volume.reservation_id.company_id == company.companies[0]).first()
    )
    assert shape is not None
    whole = await Site.select(Site.geometry).where(Site.id == field.site_id).first()
    assert whole is not None
    assert 0.02 < shape["footprint"].area / whole["geometry"].area < 0.08
    await expect(page.locator(".map .shape--asked")).to_be_visible()
    assert await violations(page) == []

    await page.locator("summary", has_text="申請を取り下げる").click()
    await page.get_by_role("button", name="申請を取り下げる").click()
    await expect(page.locator(".flash")).to_contain_text("申請を取り下げました。")
    assert [one["state"] for one in await own_reservations(company)] == ["withdrawn"]
    assert errors == []
    await context.close()


HIDDEN = """() => {
  const at = document.activeElement, bar = document.querySelector(".decision-bar");
  if (at === document.body || bar.contains(at)) return false;
  return at.getBoundingClientRect().bottom > bar.getBoundingClientRect().top + 1;
}"""


async def test_nothing_with_the_focus_is_hidden_behind_the_bar(server: Portal, chromium: Browser) -> None:
    """WCAG 2.2, 2.4.11, on a phone, where the bar is largest."""
    field, company = await factories.field(), await factories.company()
    await factories.project(company)
    context = await logged_in(chromium, server, company, "ja")
    page = await context.new_page()
    await page.set_viewport_size({"width": 390, "height": 700})
    await page.goto(f"{server.base_url}/my/apply?site={(await site_of(field))['slug']}")
    for _ in range(60):
        await page.keyboard.press("Tab")
        await page.wait_for_timeout(20)
        assert not await page.evaluate(HIDDEN), await page.evaluate("document.activeElement.outerHTML")
        if await page.evaluate("document.activeElement.matches('#f-note')"):
            break
    else:
        raise AssertionError("Tab never reaches the last field")
    await context.close()


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(80):
        if await page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


async def test_applying_for_a_part_of_an_area_by_keyboard_alone(server: Portal, chromium: Browser) -> None:
    field, company = await factories.field(), await factories.company()
    site, asked = await site_of(field), factories.period(9, 2)
    await factories.project(company)
    shape = await Site.select(Site.geometry).where(Site.id == field.site_id).first()
    assert shape is not None
    west, south, _, _ = shape["geometry"].bounds
    context = await logged_in(chromium, server, company)
    page = await context.new_page()
    link = f"/my/apply?site={site['slug']}&start={typed(asked.start)}&end={typed(asked.end)}"
    await page.goto(server.base_url + link)

    await tab_to(page, "#f-project_id")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("#verdict")).to_contain_text("It fits")
    await tab_to(page, "[name=footprint_part]")
    await page.keyboard.press("ArrowDown")
    corners = [(0.001, 0.001), (0.001, 0.002), (0.002, 0.002)]
    for row, (north, east) in enumerate(corners):
        for column, degrees in enumerate((south + north, west + east)):
            await tab_to(page, f"[data-draw-corners] tbody tr:nth-child({row + 1}) td:nth-child({column + 2}) input")
            await page.keyboard.type(f"{degrees:.6f}")
    await expect(page.locator(".map .shape--asked")).to_be_visible()
    await expect(page.locator("#verdict")).to_contain_text("It fits")
    await tab_to(page, ".decision-bar button[value=hold]")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/my/reservations/*")
    await expect(page.locator(".flash")).to_be_focused()
    assert [one["state"] for one in await own_reservations(company)] == ["held"]

    await tab_to(page, "form[action$='/submit'] button")
    await page.keyboard.press("Enter")
    await expect(page.locator(".flash")).to_contain_text("The application is submitted.")
    assert [one["state"] for one in await own_reservations(company)] == ["submitted"]
    await context.close()


async def test_enter_in_a_field_looks_and_never_files(server: Portal, chromium: Browser) -> None:
    field, company = await factories.field(), await factories.company()
    site, asked = await site_of(field), factories.period(9)
    project_id = await factories.project(company)
    context = await logged_in(chromium, server, company)
    page = await context.new_page()
    link = f"/my/apply?site={site['slug']}&project={project_id}&start={typed(asked.start)}&end={typed(asked.end)}"
    await page.goto(server.base_url + link)
    async with page.expect_response("**/my/apply/check"):
        await page.locator("#f-lower").press("Enter")
    assert page.url.endswith(link)
    assert await own_reservations(company) == []
    await context.close()


async def test_who_applies_while_the_draft_saves_itself_files_that_draft(server: Portal, chromium: Browser) -> None:
    field, company = await factories.field(), await factories.company()
    site, project, wanted = await site_of(field), await factories.project(company), factories.period(9, 2)
    context = await logged_in(chromium, server, company)
    page = await context.new_page()
    saving, pressed = asyncio.Event(), asyncio.Event()

    async def slowly(route: Route) -> None:
        saving.set()
        await pressed.wait()
        await route.continue_()

    await page.route("**/my/apply/draft", slowly)
    times = f"start={typed(wanted.start)}&end={typed(wanted.end)}"
    await page.goto(f"{server.base_url}/my/apply?site={site['slug']}&project={project}&{times}")
    await page.fill("#f-note", "Two vans")
    await saving.wait()
    await page.locator(".decision-bar").get_by_role("button", name="Apply").click()
    pressed.set()

    await page.wait_for_url("**/my/reservations/*")
    assert [one["state"] for one in await own_reservations(company)] == ["submitted"]
    await context.close()


async def test_a_draft_saves_itself_and_is_found_on_my_page(server: Portal, chromium: Browser) -> None:
    field, company = await factories.field(), await factories.company()
    site, asked = await site_of(field), factories.period(9)
    await factories.project(company)
    context = await logged_in(chromium, server, company)
    page = await context.new_page()
    await page.goto(f"{server.base_url}/my/apply?site={site['slug']}&start={typed(asked.start)}")
    await page.select_option("#f-project_id", index=1)
    await page.fill("#f-note", "Two vans")
    await expect(page.locator("#saved")).to_contain_text("Saved as draft by itself")
    await page.locator("#times-add").click()
    await expect(page.locator("#f-time1-start")).to_be_focused()

    # Nothing is unsaved, so that leaving asks nothing.
    await page.goto(f"{server.base_url}/my")
    await page.locator("#needs + .grid a").click()
    await expect(page.locator("#f-note")).to_have_value("Two vans")
    assert [one["state"] for one in await own_reservations(company)] == ["draft"]
    await context.close()


async def test_applying_without_scripts(server: Portal, chromium: Browser) -> None:
    field, company = await factories.field(), await factories.company()
    taken = (await taken_by_a_rival(field)).period
    site = await site_of(field)
    project_id = await factories.project(company)
    with_scripts = await logged_in(chromium, server, company)
    context = await chromium.new_context(
        locale="en", java_script_enabled=False, storage_state=await with_scripts.storage_state()
    )
    page = await context.new_page()
    await page.goto(f"{server.base_url}/my/apply")
    await page.select_option("#f-project_id", str(project_id))
    await page.select_option("#f-site", site["slug"])
    await page.get_by_role("button", name="Show the areas of this test field").click()
    await page.fill("#f-time0-start", typed(taken.start))
    await page.fill("#f-time0-end", typed(taken.end))
    await page.locator(".decision-bar button[value=submit]").click()
    await expect(page.locator("#verdict")).to_contain_text("What is in the way")
    await page.locator("#verdict button", has_text="11:00–13:00").click()
    await page.locator(".decision-bar button[value=submit]").click()
    await page.wait_for_url("**/my/reservations/*")
    assert [one["state"] for one in await own_reservations(company)] == ["submitted"]
    await context.close()
    await with_scripts.close()


async def test_what_is_in_the_way_is_drawn_and_tied_to_its_line(server: Portal, chromium: Browser) -> None:
    field, company, rival = await factories.field(), await factories.company(), await factories.company()
    site, asked = await site_of(field), factories.period(9, 2)
    whole = await Site.select(Site.geometry).where(Site.id == field.site_id).first()
    assert whole is not None
    west, south, _, _ = whole["geometry"].bounds
    shared = await factories.area(field.site_id, mode="shared")
    project = await factories.project(company)
    corners = [factories.square(west + 0.001, south + east, 0.002) for east in (0.001, 0.005)]
    theirs, own = (Asked(asked, footprint) for footprint in corners)
    await filing.file(rival, Application(await factories.project(rival), shared, (theirs,), Action.HOLD), now())
    filed = await filing.file(company, Application(project, shared, (own,)), now())
    context = await logged_in(chromium, server, company)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    link = f"/my/apply?site={site['slug']}&area={shared}&project={project}"
    await page.goto(f"{server.base_url}{link}&start={typed(asked.start)}&end={typed(asked.end)}")

    lines = page.locator(".verdict__list li")
    await expect(lines).to_have_count(2)
    await expect(page.locator(".map .shape--held")).to_have_count(1)
    await expect(page.locator(".map .shape--taken")).to_have_count(1)
    mine = lines.filter(has_text=f"Your own application No. {filed.id}")
    await mine.hover()
    await expect(page.locator(".map .shape--taken")).to_have_class(re.compile("is-lit"))
    await expect(page.locator(".map .shape--held")).not_to_have_class(re.compile("is-lit"))
    await page.locator(".map .shape--held").hover()
    await expect(lines.filter(has_text="Held by somebody")).to_have_class("is-lit")
    assert await violations(page) == []

    # Elsewhere in time nothing is in the way, and nothing of it stays on the map.
    await page.fill("#f-time0-end", typed(asked.end + (asked.end - asked.start)))
    await page.fill("#f-time0-start", typed(asked.end))
    await expect(page.locator("#verdict")).to_contain_text("It fits")
    await expect(page.locator(".map .shape--held, .map .shape--taken")).to_have_count(0)

    await page.goto(f"{server.base_url}/my/reservations/{filed.id}/change")
    await page.locator("[name=footprint_part][value=whole]").check()
    await expect(page.locator(".map .shape--held")).to_have_count(1)
    await expect(page.locator(".map .shape--taken")).to_have_count(0)
    assert errors == []
    await context.close()


async def test_a_fault_leaves_the_search_button_beside_its_fields(server: Portal, chromium: Browser) -> None:
    page = await chromium.new_page(viewport={"width": 1280, "height": 900})
    await page.goto(f"{server.base_url}/sites?on=2026-02-30")
    await expect(page.locator("#f-on-error")).to_be_visible()
    words = await page.locator("#f-words").bounding_box()
    button = await page.locator(".site-search__buttons button").bounding_box()
    assert words is not None
    assert button is not None
    assert abs(words["y"] - button["y"]) < 3
    await page.close()
