"""A typhoon comes: all sites of an owner are closed tomorrow, and whoever has booked is told; in both languages."""

import pytest
from playwright.async_api import Browser, expect

from testfields.core.clock import now
from testfields.letters import jobs as letters
from testfields.notifications.tables import Delivery
from testfields.permits import service as permits
from testfields.permits.tables import Permit
from testfields.reservations.rules import Action
from testfields.reservations.tables import Reservation
from tests import factories
from tests.browser.conftest import Portal, anywhere, logged_in, pressed
from tests.closures.test_displacing import apply, permitted
from tests.closures.test_told_once import CLOSING_EVENT

pytestmark = pytest.mark.browser

WORDS = {
    "ja": {
        "all": "すべての実証フィールド",
        "usual": "荒天が見込まれるため、安全を考慮して休止いたします。",
        "confirm": "休止にして、2件の時間を取り消す",
        "entered": "2件の申請の時間を取り消しました",
        "together": "2か所（まとめて登録）",
        "taken": "所有者による取消し",
        "rest": "使用許可",
        "lift": "2か所すべてを解除する",
        "lifted": "休止を解除しました",
        "told": "休止に伴い、申請した時間が取り消されました",
    },
    "en": {
        "all": "All test fields",
        "usual": "The place is closed for safety, as severe weather is expected.",
        "confirm": "Close, and take away 2 times",
        "entered": "2 applications lose times by it",
        "together": "2 places, entered together",
        "taken": "Taken away by the owner",
        "rest": "Permitted",
        "lift": "Lift all 2",
        "lifted": "The closure is lifted",
        "told": "A closure cancels times of yours",
    },
}


@anywhere
async def test_a_typhoon_closes_all_sites_tomorrow(server: Portal, chromium: Browser, locale: str, width: int) -> None:
    words = WORDS[locale]
    field, company = await factories.field(), await factories.company()
    await factories.site(field.owner_id)
    series = await permitted(field, company, factories.period(9), factories.period(9, days=8))
    await permits.issue(series, now())
    held = await apply(field, await factories.company(), factories.period(12), action=Action.HOLD)
    day = factories.tomorrow(12).strftime("%Y-%m-%d")

    desk = await logged_in(chromium, server, field.approver, locale, width)
    page = await desk.new_page()
    await page.goto(f"{server.base_url}/desk/closures?lang={locale}")
    await page.get_by_label(words["all"]).check()
    await page.locator("#f-period-start").fill(f"{day}T00:00")
    await page.locator("#f-period-end").fill(f"{day}T23:45")
    await page.locator("#f-kind").select_option("weather")
    # The reason comes with the kind.
    await expect(page.locator(f"#f-reason_{locale}")).to_have_value(words["usual"])
    await pressed(page.locator("form.closing button.button--primary"))
    for number in (series, held):
        await expect(page.locator(f"#preview a[href='/desk/{number}']")).to_be_visible()
    await pressed(page.get_by_role("button", name=words["confirm"]))
    await expect(page.locator(".flash")).to_contain_text(words["entered"])
    await expect(page.locator("main")).to_contain_text(words["together"])

    await letters.write_of_closing(await CLOSING_EVENT.value(), server.base_url)
    told = await Delivery.select(Delivery.subject, Delivery.locale).where(Delivery.person_id == company.person_id)
    assert len([one for one in told if WORDS[one["locale"]]["told"] in one["subject"]]) == 1

    mine = await logged_in(chromium, server, company, locale, width)
    its_page = await mine.new_page()
    await its_page.goto(f"{server.base_url}/my/reservations/{series}?lang={locale}")
    for word in ("taken", "rest", "usual"):
        await expect(its_page.locator("main")).to_contain_text(words[word])
    permit = await Permit.select(Permit.code).where(Permit.reservation_id == series).first()
    assert permit is not None
    await its_page.goto(f"{server.base_url}/p/{permit['code']}?lang={locale}")
    await expect(its_page.locator("main")).to_contain_text(words["taken"])
    await mine.close()

    await pressed(page.locator("[id^=lift-] > summary"), page.get_by_role("button", name=words["lift"]))
    await expect(page.locator(".flash")).to_contain_text(words["lifted"])
    await desk.close()
    states = await Reservation.select(Reservation.state).order_by(Reservation.id)
    assert [one["state"] for one in states] == ["confirmed", "rejected"]
