"""What is printed: one or two sheets, the map first as a picture, and nothing that is pressed or typed into."""

import re

import pytest
from playwright.async_api import Browser, Page

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.permits import service as permits
from testfields.reservations import filing, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from tests import factories
from tests.browser.conftest import Portal, logged_in
from tests.permits.test_permits import code_of

pytestmark = pytest.mark.browser

LONG = "飛行の前に周囲を確かめ、監視員を置き、風が強いときは取りやめて所有者に知らせます。" * 6
PAGE_OF_A_PDF = re.compile(rb"/Type\s*/Page\b")
# What is of no use on paper, and what stands there before the map but for the page's head.
SEEN = """
    (selector) => [...document.querySelectorAll(selector)]
        .filter((one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 80))
"""
USELESS = "form, button, input, select, textarea, nav, .button, .map"
PICTURE = "img[src*='map.svg']"
ABOVE = """
    () => {
        const top = document.querySelector("img[src*='map.svg']").getBoundingClientRect().top;
        return [...document.querySelectorAll("main :is(h2, dl, ul, table, section)")]
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().top < top && !one.closest("header"))
            .map((one) => one.outerHTML.slice(0, 80));
    }
"""


async def a_long_application(company: Actor) -> tuple[factories.Field, int]:
    """Permitted, of twelve days, with a lot to read."""
    field = await factories.field()
    project = await factories.project(
        company, title_ja="長" * 120, title_en="Long " * 24, purpose=LONG, safety_plan=LONG, equipment=LONG[:200]
    )
    asked = tuple(Asked(factories.period(9, 2, days)) for days in range(1, 13))
    number = (await filing.file(company, Application(project, field.area_id, asked, note=LONG[:200]), now())).id
    await steps.act(field.approver, number, Step(Action.APPROVE, conditions=LONG[:240]), now())
    await steps.act(None, number, Step(Action.CONFIRM), now())
    await permits.issue(number, now())
    return field, number


async def printed(page: Page, address: str) -> None:
    await page.goto(address)
    await page.wait_for_load_state("networkidle")
    sheets = len(PAGE_OF_A_PDF.findall(await page.pdf(format="A4")))
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": 690, "height": 1000})

    assert 1 <= sheets <= 2, address
    assert await page.evaluate(SEEN, USELESS) == [], address
    picture = page.locator(PICTURE)
    assert await picture.is_visible(), address
    await picture.evaluate("(one) => one.decode()")
    assert await page.evaluate(ABOVE) == [], address
    await page.emulate_media(media="screen")


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_a_page_on_paper_is_its_map_and_what_is_to_be_read(
    server: Portal, chromium: Browser, language: str
) -> None:
    company = await factories.company()
    field, number = await a_long_application(company)
    addresses: dict[Actor | None, list[str]] = {
        None: ["/", f"/p/{await code_of(number)}"],
        company: [f"/my/reservations/{number}"],
        field.approver: [f"/desk/{number}"],
    }
    for actor, paths in addresses.items():
        context = (
            await logged_in(chromium, server, actor, language) if actor else await chromium.new_context(locale=language)
        )
        for path in paths:
            await printed(await context.new_page(), f"{server.base_url}{path}")
        await context.close()
