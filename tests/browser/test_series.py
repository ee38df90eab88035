"""A series of six in the browser, in both languages: whatever fits, one given back, one moved, one missed, and what an
early check-out leaves is somebody else's."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.local_time import format_period
from testfields.core.periods import Period
from testfields.reservations import day, filing, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from testfields.reservations.stays import StayState
from tests import factories
from tests.browser.axe import violations
from tests.browser.conftest import Portal, logged_in

pytestmark = pytest.mark.browser

WEEKS = [factories.period(9, 4, days=1 + 7 * week) for week in range(6)]
WORDS = {
    "ja": {
        "repeat": "最後の日時をくり返す",
        "add": "追加する",
        "fits": "申請できる日時だけを申請し、ほかは除く",
        "partly": "6件中5件の日時を申請できます。",
        "apply": "申請する",
        "left out": "申請から除いた日時",
        "taken": "すでに別の予定があります。",
        "give back": "日時を返却する",
        "given back": "返却済み",
        "move": "日時を移動する",
        "moved": "移動した日時は、この新しい申請になりました。",
        "missed": "未利用",
        "used": "利用済み",
        "submitted": "申請を提出しました。",
    },
    "en": {
        "repeat": "Repeat the last time",
        "add": "Add the times",
        "fits": "Apply for those that fit, and leave out the others",
        "partly": "5 of 6 times fit.",
        "apply": "Apply",
        "left out": "Left out, as it does not fit",
        "taken": "Something else is booked there at that time.",
        "give back": "Give times back",
        "given back": "Given back",
        "move": "Move times",
        "moved": "The times are moved into an application of their own: this one.",
        "missed": "Not used",
        "used": "Used",
        "submitted": "The application is submitted.",
    },
}


def typed(instant: datetime) -> str:
    return instant.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%Y-%m-%dT%H:%M")


def number_of(page: Page) -> int:
    return int(page.url.rpartition("/")[2])


async def apply_for_whatever_fits(page: Page, base: str, field: factories.Field, words: Mapping[str, str]) -> int:
    """Six weeks, of which the third is taken; the application's number."""
    await page.goto(f"{base}/my/apply?area={field.area_id}&start={typed(WEEKS[0].start)}&end={typed(WEEKS[0].end)}")
    await page.select_option("#f-project_id", index=1)
    await page.locator("summary", has_text=words["repeat"]).click()
    await page.fill("#f-count", "6")
    await page.get_by_role("button", name=words["add"], exact=True).click()
    await expect(page.locator("#f-time5-start")).to_have_value(typed(WEEKS[5].start))
    await page.get_by_label(words["fits"]).check()
    await expect(page.locator("#verdict")).to_contain_text(words["partly"])
    await expect(page.locator(".verdict__times li")).to_have_count(6)
    await expect(page.locator(".verdict__times .is-out")).to_have_count(1)
    assert await violations(page) == []
    await page.locator(".decision-bar").get_by_role("button", name=words["apply"], exact=True).click()
    await page.wait_for_url("**/my/reservations/*")
    await expect(page.locator("main")).to_contain_text(words["left out"])
    await expect(page.locator("main")).to_contain_text(words["taken"])
    return number_of(page)


async def give_back_and_move(page: Page, number: int, words: Mapping[str, str]) -> int:
    """The last one back, the one before it two hours later; the number of the application that it has become."""
    stays = [one.id for one in await day.stays_of(number)]
    await page.reload()
    panel = page.locator("details", has_text=words["give back"])
    await panel.locator("summary").click()
    await panel.get_by_role("combobox").select_option(str(stays[4]))
    await panel.get_by_role("button", name=words["give back"]).click()
    await expect(page.locator(".volumes li").nth(4)).to_contain_text(words["given back"])
    panel = page.locator("details", has_text=words["move"])
    await panel.locator("summary").click()
    await panel.get_by_role("combobox").select_option(str(stays[3]))
    await panel.locator("#f-start_move").fill(typed(WEEKS[4].start + timedelta(hours=2)))
    assert await violations(page) == []
    await panel.get_by_role("button", name=words["move"]).click()
    await expect(page.locator(".flash")).to_contain_text(words["moved"])
    return number_of(page)


@pytest.mark.parametrize("locale", list(WORDS))
async def test_a_series_of_six_goes_its_way(server: Portal, chromium: Browser, locale: str) -> None:
    words = WORDS[locale]
    field, company, rival = (
        await factories.field(no_show_minutes=20),
        await factories.company(),
        await factories.company(),
    )
    await factories.project(company)
    await file_for(rival, field, WEEKS[2])
    mine = await logged_in(chromium, server, company, locale)
    page = await mine.new_page()

    number = await apply_for_whatever_fits(page, server.base_url, field, words)
    assert [one.period for one in await day.stays_of(number)] == [*WEEKS[:2], *WEEKS[3:]]
    await steps.act(field.approver, number, Step(Action.APPROVE), now())
    await steps.act(None, number, Step(Action.CONFIRM), now())
    other = await give_back_and_move(page, number, words)
    moved = Period(WEEKS[4].start + timedelta(hours=2), WEEKS[4].end + timedelta(hours=2))
    assert [one.period for one in await day.stays_of(other)] == [moved]
    await expect(page.locator(f'a[href="/my/reservations/{number}"]')).to_be_visible()

    # Nobody comes to the first; of the second an hour is used.
    await steps.end_what_is_over(WEEKS[0].start + timedelta(minutes=20))
    used = WEEKS[1].start + timedelta(hours=1)
    await steps.act(company, number, Step(Action.CHECK_IN), WEEKS[1].start)
    await steps.act(company, number, Step(Action.CHECK_OUT), used)
    await page.goto(f"{server.base_url}/my/reservations/{number}")
    for place, word in enumerate(("missed", "used")):
        await expect(page.locator(".volumes li").nth(place)).to_contain_text(words[word])
    assert [one.state for one in await day.stays_of(number)] == [
        StayState.MISSED, StayState.COMPLETED, StayState.PLANNED, StayState.GIVEN_BACK, StayState.GIVEN_BACK
    ]  # fmt: skip
    await mine.close()

    theirs = await logged_in(chromium, server, rival, locale)
    page = await theirs.new_page()
    rest = Period(used, WEEKS[1].end)
    asked = f"area={field.area_id}&start={typed(rest.start)}&end={typed(rest.end)}"
    await page.goto(f"{server.base_url}/my/apply?{asked}")
    await page.select_option("#f-project_id", index=1)
    await page.locator(".decision-bar").get_by_role("button", name=words["apply"], exact=True).click()
    await expect(page.locator(".flash")).to_contain_text(words["submitted"])
    await expect(page.locator(".volumes")).to_contain_text(format_period(rest, "Asia/Tokyo", locale))
    await theirs.close()


async def file_for(actor: Actor, field: factories.Field, *periods: Period) -> None:
    asked = tuple(Asked(one) for one in periods)
    await filing.file(actor, Application(await factories.project(actor), field.area_id, asked), now())
