"""Every page with the longest texts that the portal accepts, in one word and in many: nothing gives way to them."""

import pytest
from playwright.async_api import Browser, Page

from testfields.accounts import entries
from testfields.accounts.service import actor_by_email
from testfields.accounts.tables import Organisation, Person
from testfields.closures import service as closures
from testfields.closures.tables import Closure
from testfields.db.engine import DB
from testfields.joining import registering
from testfields.projects import fields as projects
from testfields.projects.tables import Project
from testfields.reservations import rules as reservations
from testfields.reservations.tables import Reservation
from testfields.sites import fields as sites
from testfields.sites.tables import Area, PlanPiece, Site
from tests.browser.conftest import Portal, logged_in
from tests.browser.test_every_page import CUT_OFF, EMAILS, LONG, PAGES, filled, places_of

pytestmark = pytest.mark.browser

WIDTHS = (1280, 320)
NAME = sites.LONGEST_NAME
# What people write into each table, and how long it may be.
WRITTEN = {
    Organisation: {
        **dict.fromkeys(("name_ja", "name_en"), entries.LONGEST_NAME),
        **dict.fromkeys(("kana", "address"), registering.LONGEST_LINE),
        "wish": registering.LONGEST_WISH,
    },
    Person: {"name": entries.LONGEST_NAME},
    Site: {
        **dict.fromkeys(("name_ja", "name_en", "address_ja", "address_en", "contact"), NAME),
        **dict.fromkeys(("description_ja", "description_en"), sites.LONGEST_TEXT),
    },
    Area: dict.fromkeys(("name_ja", "name_en"), NAME),
    PlanPiece: dict.fromkeys(("name_ja", "name_en"), NAME),
    Project: {
        **dict.fromkeys(("title_ja", "title_en"), projects.LONGEST_TITLE),
        **dict.fromkeys(("purpose", "equipment", "safety_plan"), projects.LONGEST_TEXT),
    },
    Reservation: dict.fromkeys(("note", "conditions"), reservations.LONGEST_TEXT),
    Closure: dict.fromkeys(("reason_ja", "reason_en"), closures.LONGEST_REASON),
}


def text(name: str, length: int, *, one_word: bool) -> str:
    """As much of a language as fits; the other half of all rows hold one word, as an address or a serial number is."""
    words = "x" if one_word else LONG["en" if name.endswith("_en") else "ja"]
    return (words * (length // len(words) + 1))[:length].strip()


async def write_at_length() -> None:
    async with DB.connection() as connection:
        for table, columns in WRITTEN.items():
            name = table._meta.tablename
            for half, one_word in enumerate((False, True)):
                texts = [text(column, most, one_word=one_word) for column, most in columns.items()]
                told = ", ".join(f"{column} = ${place}" for place, column in enumerate(columns, start=1))
                await connection.execute(f'UPDATE "{name}" SET {told} WHERE id % 2 = {half}', *texts)


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_no_page_gives_way_to_the_longest_texts(
    played_db: str, chromium: Browser, portal: Portal, language: str
) -> None:
    places = await places_of()
    await write_at_length()
    found: list[str] = []
    for role, paths in PAGES.items():
        actor = await actor_by_email(EMAILS[role]) if role else None
        context = (
            await logged_in(chromium, portal, actor, language) if actor else await chromium.new_context(locale=language)
        )
        page = await context.new_page()
        for address in [one for path in paths for one in filled(path, places)]:
            answer = await page.goto(f"{portal.base_url}{address}", wait_until="domcontentloaded")
            assert answer is None or answer.status < 500, address
            await look(page, address, found)
        await context.close()
    assert found == [], "\n".join(found)


async def look(page: Page, address: str, found: list[str]) -> None:
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        wide = await page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{address} at {width}: {wide} px wide")
        if cut_off := await page.evaluate(CUT_OFF):
            found.append(f"{address} at {width} cuts off {cut_off}")
