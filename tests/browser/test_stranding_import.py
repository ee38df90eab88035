"""An import that would strand permits: told beforehand, and nobody loses a place; in both languages."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from testfields.accounts.rules import MemberRole, OrganisationKind
from testfields.core.clock import now
from testfields.permits import service as permits
from testfields.permits.tables import Permit
from testfields.reservations import steps
from testfields.reservations.rules import Action
from testfields.reservations.steps import Step
from testfields.sites.exchange.importing import import_file
from tests import factories
from tests.browser.conftest import Portal, logged_in
from tests.sites.catalogue import always_open, apply, bring, owner, track, write

pytestmark = pytest.mark.browser

WORDS = {
    "ja": {
        "retired": "この区画は、現在利用できません。",
        "closed": "この時間帯には、実証フィールドが開いていない時間が含まれています。",
        "valid": "有効",
        "lawn": "芝生",
        "track": "周回路",
    },
    "en": {
        "retired": "This area is no longer offered.",
        "closed": "The site is not open during the whole of this time.",
        "valid": "Valid",
        "lawn": "Lawn",
        "track": "Track",
    },
}


@pytest.mark.parametrize("locale", list(WORDS))
async def test_a_permit_outlives_an_import_that_would_strand_it(
    server: Portal, chromium: Browser, tmp_path: Path, locale: str
) -> None:
    words = WORDS[locale]
    approver = await factories.person(await owner(), OrganisationKind.OWNER, MemberRole.APPROVER)
    company = await factories.company()
    await bring(tmp_path, always_open())
    permitted, asked = await apply(company, "lawn"), await apply(company, "lawn", days=6)
    await steps.act(approver, permitted, Step(Action.APPROVE), now())
    await steps.act(None, permitted, Step(Action.CONFIRM), now())
    await permits.issue(permitted, now())
    row = await Permit.select(Permit.code).where(Permit.reservation_id == permitted).first()
    assert row is not None
    path = write(tmp_path / "less.geojson", always_open(track(), hours="Mon-Sun 09:00-17:00"))

    told = (await import_file(path, None, now(), only_try=True)).misfits
    assert [(one.number, one.permitted) for one in told] == [(permitted, True), (asked, False)]
    assert (await import_file(path, None, now())).misfits == told

    public = await chromium.new_context(locale=locale)
    page = await public.new_page()
    await page.goto(f"{server.base_url}/sites/harbour?lang={locale}")
    await expect(page.locator("main")).to_contain_text(words["track"])
    await expect(page.locator("main")).not_to_contain_text(words["lawn"])
    await page.goto(f"{server.base_url}/p/{row['code']}")
    await expect(page.locator("main")).to_contain_text(words["valid"])
    await expect(page.locator("main")).to_contain_text(words["lawn"])
    await public.close()

    desk = await logged_in(chromium, server, approver, locale)
    page = await desk.new_page()
    await page.goto(f"{server.base_url}/desk/{asked}")
    for told_there in ("retired", "closed"):
        await expect(page.locator(".checks")).to_contain_text(words[told_there])
    await desk.close()

    mine = await logged_in(chromium, server, company, locale)
    page = await mine.new_page()
    await page.goto(f"{server.base_url}/my/reservations/{permitted}")
    await expect(page.locator("main")).to_contain_text(words["lawn"])
    await mine.close()
