"""Logging in with a real browser, with JavaScript and without; a stranger's page that tries to use the login."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, Route, expect

from testfields.accounts.identity import SESSION_COOKIE
from testfields.accounts.rules import Actor, Purpose
from tests import factories
from tests.accounts.people import PASSWORD, with_password
from tests.browser.conftest import Portal
from tests.joining.test_addresses import secret_to

pytestmark = pytest.mark.browser


@asynccontextmanager
async def window(chromium: Browser, **options: object) -> AsyncIterator[Page]:
    context = await chromium.new_context(locale="ja-JP", **options)
    try:
        yield await context.new_page()
    finally:
        await context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_logging_in_and_out(server: Portal, chromium: Browser, scripts: bool) -> None:
    somebody = await with_password(await factories.company())
    async with window(chromium, java_script_enabled=scripts) as page:
        await page.goto(f"{server.base_url}/my/account")
        await page.get_by_label("メールアドレス").fill(somebody.email)
        await page.get_by_label("パスワード").fill("まちがったパスワード")
        await page.locator("main").get_by_role("button", name="ログイン").click()
        await expect(page.get_by_role("alert")).to_contain_text("正しくありません")
        await expect(page.get_by_label("メールアドレス")).to_have_value(somebody.email)

        await page.get_by_label("パスワード").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/my/account")
        await expect(page.locator("main")).to_contain_text(somebody.email)
        cookie = next(one for one in await page.context.cookies() if one["name"] == SESSION_COOKIE)
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")

        await page.get_by_role("button", name="ログアウト").click()
        await expect(page.locator(".flash")).to_contain_text("ログアウトしました")
        assert not [one for one in await page.context.cookies() if one["name"] == SESSION_COOKIE]


async def enter(page: Page, server: Portal, somebody: Actor) -> None:
    await page.goto(f"{server.base_url}/login")
    await page.fill("#f-email", somebody.email)
    await page.fill("#f-password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/my")


async def posted_from(page: Page, site: str, address: str) -> int:
    """The status of the answer to a form on a page of another site."""

    async def trap(route: Route) -> None:
        form = f'<form method="post" action="{address}"><input name="email"><button>go</button></form>'
        await route.fulfill(body=form, content_type="text/html")

    await page.route(f"{site}/trap", trap)
    await page.goto(f"{site}/trap")
    async with page.expect_navigation() as sent:
        await page.click("button")
    answer = await sent.value
    assert answer is not None
    return answer.status


async def test_a_page_of_another_site_cannot_log_anybody_in_or_out(server: Portal, chromium: Browser) -> None:
    """The forms of a page at another name are sent by the browser itself, with all that it adds."""
    somebody = await with_password(await factories.company())
    stranger = server.base_url.replace("127.0.0.1", "localhost")
    async with window(chromium) as page:
        await enter(page, server, somebody)
        for action in ("/logout", "/login"):
            assert await posted_from(page, stranger, f"{server.base_url}{action}") == 403
        await page.goto(f"{server.base_url}/my/account")
        await expect(page.locator("main")).to_contain_text(somebody.email)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_somebody_chooses_the_language_of_their_mails(server: Portal, chromium: Browser, scripts: bool) -> None:
    somebody = await with_password(await factories.company())
    async with window(chromium, java_script_enabled=scripts) as page:
        await enter(page, server, somebody)
        await page.goto(f"{server.base_url}/my/account?lang=ja")
        await page.get_by_role("radio", name="English").check()
        await page.get_by_role("button", name="保存する").click()
        await expect(page.locator(".flash")).to_contain_text("Your name and language are saved.")
        await expect(page.get_by_role("radio", name="English")).to_be_checked()
        await expect(page.locator("html")).to_have_attribute("lang", "en")


async def test_somebody_changes_their_address_and_takes_the_account_back(server: Portal, chromium: Browser) -> None:
    somebody = await with_password(await factories.company())
    new = f"moved-{somebody.person_id}@example.test"
    async with window(chromium) as page:
        await enter(page, server, somebody)
        await page.goto(f"{server.base_url}/my/account")
        await page.get_by_role("link", name="メールアドレスの変更").click()
        await page.get_by_label("新しいメールアドレス").fill(new)
        await page.get_by_label("現在のパスワード").fill(PASSWORD)
        await page.get_by_role("button", name="リンクを送る").click()
        await expect(page.locator("main")).to_contain_text(f"{new}にリンクを送りました")
        await page.get_by_role("button", name="リンクをもう一度送る").click()
        await expect(page.locator(".flash")).to_contain_text("メールを送りました")

        await page.goto(f"{server.base_url}/enter/{await secret_to(new)}")
        await page.get_by_role("button", name="新しいメールアドレスを確定する").click()
        await expect(page.locator(".flash")).to_contain_text("メールアドレスを変更しました")
        await expect(page.locator("main dl")).to_contain_text(new)

        await page.goto(f"{server.base_url}/enter/{await secret_to(somebody.email, Purpose.OLD_EMAIL)}")
        await page.get_by_label("新しいパスワード").fill("another password of mine")
        await page.get_by_role("button", name="アカウントを取り戻す").click()
        await expect(page.locator(".flash")).to_contain_text("メールアドレスを元に戻しました")
        await expect(page.locator("main dl")).to_contain_text(somebody.email)
