"""What the first view of each main page weighs, and when a slow phone has shown it: requests, kB on the wire, LCP.

Each page is opened in a new Chromium without a cache, over 1.6 Mbit/s with 150 ms to and fro and a CPU four times slower,
as Lighthouse measures phones. `uv run python -m benchmarks.weight`, with a folder after it for the demo that runs on it.
"""

import asyncio
import json
import shutil
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, CDPSession, Page, async_playwright
from tests.demo.test_command import demo

MEGABITS_PER_S, ROUND_TRIP_MS, SLOWER_CPU = 1.6, 150, 4
PHONE = {"width": 390, "height": 844}
TURNS = 3
# Who opens it (the demo's key, or nobody) and its address.
PAGES = (
    ("", "/"),
    ("", "/trials"),
    ("", "/sites"),
    ("", "/sites/maishima"),
    ("", "/login"),
    ("company", "/my"),
    ("company", "/my/apply?site=maishima"),
    ("approver", "/desk"),
    ("approver", "/desk/{review}"),
    ("approver", "/desk/calendar"),
    ("approver", "/desk/book?site=maishima"),
    ("approver", "/desk/numbers"),
)
LARGEST_PAINT = """
new Promise((told) => new PerformanceObserver((seen) => told(seen.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true }))
"""


@dataclass(frozen=True)
class Weight:
    """The first view of a page: requests, kB (1,000 bytes) as sent, and the largest contentful paint in ms."""

    page: str
    requests: int
    kilobytes: float
    lcp_ms: float


@dataclass
class Wire:
    """What Chromium's network has told of one page."""

    requests: int = 0
    size: float = 0

    def listen(self, session: CDPSession) -> None:
        """Count from now on; an address like `data:` costs no request."""
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)

    def _sent(self, told: dict[str, Any]) -> None:
        self.requests += told["request"]["url"].startswith("http")

    def _finished(self, told: dict[str, Any]) -> None:
        self.size += told["encodedDataLength"]


async def slowed(page: Page) -> Wire:
    """Make a page's machine a slow phone; what it loads from now on."""
    session, wire = await page.context.new_cdp_session(page), Wire()
    wire.listen(session)
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    speed = MEGABITS_PER_S * 1_000_000 / 8
    limits = {"offline": False, "latency": ROUND_TRIP_MS, "downloadThroughput": speed, "uploadThroughput": speed / 2}
    await session.send("Network.emulateNetworkConditions", limits)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})
    return wire


async def first_view(browser: Browser, base_url: str, cookies: list[Any], path: str) -> Weight:
    """A page as somebody sees it who was never here."""
    context = await browser.new_context(viewport=PHONE, locale="ja", is_mobile=True)  # type: ignore[arg-type]
    await context.add_cookies(cookies)
    page = await context.new_page()
    wire = await slowed(page)
    await page.goto(f"{base_url}{path}", wait_until="networkidle", timeout=120_000)
    painted = await page.evaluate(LARGEST_PAINT)
    await context.close()
    return Weight(path, wire.requests, wire.size / 1000, painted)


async def cookies_of(browser: Browser, base_url: str, key: str) -> list[Any]:
    """What keeps the demo's `key` logged in; nothing for nobody."""
    if not key:
        return []
    context = await browser.new_context(locale="ja")
    await context.request.post(f"{base_url}/demo", form={"key": key}, headers={"Origin": base_url})
    cookies = await context.cookies()
    await context.close()
    return list(cookies)


def a_review(base_url: str, accounts: dict[str, Any]) -> str:
    """The number of the application that is decided first."""
    known = {"Authorization": f"Bearer {accounts['approver']['token']}"}
    return str(httpx.get(f"{base_url}/api/v1/reviews", headers=known).json()[0]["id"])


async def weigh(base_url: str, review: str) -> list[Weight]:
    """Each page of the demo at `base_url`, with the median of some turns."""
    found = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for key, path in PAGES:
            cookies = await cookies_of(browser, base_url, key)
            address = path.replace("{review}", review)
            views = [await first_view(browser, base_url, cookies, address) for _ in range(TURNS)]
            middle = statistics.median(one.lcp_ms for one in views)
            found.append(Weight(path, views[0].requests, views[0].kilobytes, middle))
        await browser.close()
    return found


def measure() -> list[Weight]:
    """In a demo of the run's own."""
    with tempfile.TemporaryDirectory(prefix="tfbench") as folder, demo(Path(folder)):
        return measure_at(Path(folder))


def measure_at(folder: Path) -> list[Weight]:
    """In the demo that runs on `folder`."""
    written = json.loads((folder / "demo.json").read_text())
    return asyncio.run(weigh(written["base_url"], a_review(written["base_url"], written["accounts"])))


if __name__ == "__main__":
    for one in measure_at(Path(sys.argv[1])) if len(sys.argv) > 1 else measure():
        print(f"| `{one.page}` | {one.requests} | {one.kilobytes:.0f} | {one.lcp_ms / 1000:.1f} |")
