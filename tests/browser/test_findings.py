"""What law and the place ask, beside the form and in the review, in a real browser."""

import pytest
from playwright.async_api import Browser, expect

from testfields.core.clock import now
from testfields.sites.tables import Area
from testfields.zones.drafts import LayerDraft, LayerFacts, ZoneDraft
from testfields.zones.importing import publish
from testfields.zones.vocabulary import Confidence, LayerKind
from tests import factories
from tests.browser.axe import violations
from tests.browser.conftest import Portal, anywhere, logged_in, pressed
from tests.reviews.cases import file

pytestmark = pytest.mark.browser
WORDS = {
    "ja": ("別に許可や承認が必要", "市街地", "対応"),
    "en": ("Needs a permission", "Built-up land", "What to do"),
}


@anywhere
async def test_a_finding_is_told_to_company_and_staff_in_words_and_on_the_map(
    server: Portal, chromium: Browser, locale: str, width: int
) -> None:
    field, company = await factories.field(), await factories.company()
    area = await Area.select(Area.geometry).where(Area.id == field.area_id).first()
    assert area is not None
    facts = LayerFacts(
        slug="dense",
        kind=LayerKind.DENSE,
        name_ja="人口集中地区",
        name_en="Dense",
        source="e-Stat",
        as_of=now().date(),
        confidence=Confidence.READ,
    )
    zone = ZoneDraft("1", "市街地", "Built-up land", area["geometry"])
    await publish(LayerDraft(facts, area["geometry"], (zone,)), now())
    number = await file(field, company, 9, days=30)
    severity, name, cure = WORDS[locale]

    for actor, address in ((company, f"/my/reservations/{number}/change"), (field.approver, f"/desk/{number}")):
        context = await logged_in(chromium, server, actor, locale, width)
        page = await context.new_page()
        await page.goto(server.base_url + address)
        finding = page.locator("details.finding").first
        await expect(finding.locator("summary")).to_contain_text(severity)
        await expect(finding.locator("summary")).to_contain_text(name)
        await pressed(finding.locator("summary"))
        await expect(finding).to_contain_text(cure)
        await expect(page.locator(".map .shape--zone")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await violations(page) == []
        await context.close()


async def test_the_reviews_map_names_what_one_points_at(server: Portal, chromium: Browser) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company, 9, days=30)
    context = await logged_in(chromium, server, field.approver)
    page = await context.new_page()
    await page.goto(f"{server.base_url}/desk/{number}")
    await page.locator(".map .shape--asked").hover()
    await expect(page.locator(".map .leaflet-tooltip").first).to_contain_text(f"No. {number}")
    await context.close()
