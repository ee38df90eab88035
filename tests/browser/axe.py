"""axe-core at WCAG 2.2 AA on a page as it stands, told past the page's own policy."""

import json
from pathlib import Path

from playwright.async_api import Page

AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
# What floats over the page is laid into it: whether it happens to lie over a link depends on where one has scrolled
# to, and scrolling uncovers it.
LAID_OUT = "for (const one of document.querySelectorAll('.decision-bar, .split__jump')) one.style.position = 'static';"
TOLD = (
    "(found) => JSON.stringify(found.violations.map((one) => [one.id, one.nodes[0].html, one.nodes[0].failureSummary]))"
)


async def violations(page: Page, before: str = "") -> list[object]:
    """What axe-core finds, after the script `before`."""
    session = await page.context.new_cdp_session(page)
    expression = (
        f"{before}{AXE};axe.run(document, {{runOnly: {json.dumps(RULES)}, resultTypes: ['violations']}}).then({TOLD})"
    )
    answer = await session.send("Runtime.evaluate", {"expression": expression, "awaitPromise": True})
    await session.detach()
    found: list[object] = json.loads(answer["result"]["value"])
    return found
