"""Every page as everybody who may see it: axe-core at WCAG 2.2 AA and html-validate find nothing, in both languages."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from testfields.accounts.service import actor_by_email
from testfields.core.clock import now
from testfields.db.engine import DB
from testfields.demo import seed
from tests.browser.conftest import logged_in
from tests.server import serving

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
EMAILS = {
    "company": "company@demo.example",
    "approver": "approver@demo.example",
    "admin": "admin@demo.example",
}
PAGES = {
    None: [
        "/", "/?when=today", "/trials", "/sites", "/sites?use=drone", "/sites?words=nothing-like-it",
        "/sites/yumeshima", "/sites/maishima?view=month", "/login", "/schema", "/nowhere",
        "/p/AAAAAAAAAAAAAAAAAAAAAAAAAA", "/p/{permit}",
    ],
    "company": [
        "/my", "/my/projects", "/my/projects/new", "/my/apply", "/my/apply?site=maishima", "/my/tokens", "/my/account",
        "/my/members", "/my/password", "/my/reservations/{own}", "/my/reservations/{own}/change", "/desk",
    ],
    "approver": ["/desk", "/desk?state=all", "/desk?text=nothing-like-it", "/desk/{submitted}", "/desk/closures"],
    "admin": ["/admin", "/admin/organisations", "/admin/people", "/admin/mails"],
}  # fmt: skip


async def numbers() -> dict[str, str]:
    """What stands in the addresses' places."""
    async with DB.connection() as connection:
        own = await connection.fetchval(
            "SELECT min(r.id) FROM reservation r JOIN organisation o ON o.id = r.company_id"
            " WHERE o.slug = 'sample-logistics' AND r.state = 'submitted'"
        )
        submitted = await connection.fetchval("SELECT min(id) FROM reservation WHERE state = 'submitted'")
        confirmed = await connection.fetchval("SELECT min(id) FROM reservation WHERE state = 'confirmed'")
        await connection.execute(
            "INSERT INTO permit (reservation_id, event_id, code, issued_at, revoked_because)"
            " SELECT $1, max(id), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', now(), '' FROM reservation_event"
            " WHERE reservation_id = $1",
            confirmed,
        )
    return {"own": str(own), "submitted": str(submitted), "permit": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


async def violations(page: Page) -> list[object]:
    """What axe-core finds on the page as it stands, told past the page's own policy."""
    session = await page.context.new_cdp_session(page)
    expression = (
        f"{AXE.read_text()}; axe.run(document, {{runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']}})"
        ".then((found) => JSON.stringify(found.violations.map((one) => [one.id, one.nodes[0].html])))"
    )
    answer = await session.send("Runtime.evaluate", {"expression": expression, "awaitPromise": True})
    found: list[object] = json.loads(answer["result"]["value"])
    return found


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_every_page_is_accessible_valid_and_fits_a_phone(
    own_db: str, tmp_path: Path, chromium: Browser, language: str
) -> None:
    await seed.play(now())
    places = await numbers()
    found: dict[str, object] = {}
    markup = tmp_path / "markup"
    markup.mkdir()
    with serving(own_db, tmp_path, TESTFIELDS_WORKERS="1") as server:
        for role, paths in PAGES.items():
            actor = await actor_by_email(EMAILS[role]) if role else None
            context = (
                await logged_in(chromium, server, actor, language)
                if actor
                else await chromium.new_context(locale=language)
            )
            page = await context.new_page()
            await page.goto(f"{server.base_url}/login?lang={language}")
            for path in paths:
                address = path.format(**places)
                answer = await page.goto(f"{server.base_url}{address}")
                assert answer is not None
                assert answer.status < 500, address
                name = f"{role or 'public'}{address.replace('/', '_').replace('?', '_')}.html"
                (markup / name).write_text(await answer.text())
                for width in (1280, 390, 320):
                    await page.set_viewport_size({"width": width, "height": 900})
                    wide = await page.evaluate("document.documentElement.scrollWidth")
                    if wide > width:
                        found[f"{role} {address} at {width}"] = f"{wide} px wide"
                    if width != 320 and (bad := await violations(page)):
                        found[f"{role} {address} at {width}"] = bad
                if await page.locator("html").get_attribute("lang") != language:
                    found[f"{role} {address}"] = "another language"
            await context.close()
    assert found == {}
    checked = await asyncio.to_thread(
        subprocess.run,
        ["npx", "--no-install", "html-validate", "--config", str(ROOT / ".htmlvalidate.json"), str(markup / "*.html")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout[-4000:] + checked.stderr[-1000:]
