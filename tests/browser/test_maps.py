"""Maps in a real browser, under the portal's own Content-Security-Policy."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from litestar import Request, Response, get
from litestar.params import FromPath
from playwright.async_api import Browser, Page
from playwright.async_api import Request as Fetched

from testfields.reservations.rules import State
from testfields.web.pages import page as page_of
from tests import factories
from tests.browser.axe import violations
from tests.browser.conftest import Portal
from tests.maps.making import trial
from tests.maps.test_public import around_now
from tests.server import app_on, free_port, serving_here

pytestmark = pytest.mark.browser

HOSTILE = "${alert(1)}</script><img src=x onerror=alert(1)>`"
SQUARE = [[[135.4, 34.6], [135.41, 34.6], [135.41, 34.61], [135.4, 34.61], [135.4, 34.6]]]
TRIAL_PAGE = """
{% extends "base.html" %}
{% from "components/map.html" import draw_panel, map, map_head, map_scripts %}
{% block title %}Map{% endblock %}
{% block head %}{{ map_head(kind) }}{% endblock %}
{% block scripts %}
  {{ map_scripts(kind) }}
  {% if kind == "apply" %}<script src="{{ static('js/draw.js') }}" type="module"></script>{% endif %}
{% endblock %}
{% block main %}
  <h1>Map</h1>
  {% if kind == "apply" %}<form>{{ draw_panel("footprint") }}</form>{% endif %}
  {{ map(kind, [{"url": "/a-map/data.json", "class": "taken", "prefix": "x-", "names": true}], height="tall") }}
{% endblock %}
"""


@get("/a-map/{kind:str}", include_in_schema=False)
async def a_map(request: Request[Any, Any, Any], kind: FromPath[str]) -> Response[str]:
    """A page with nothing but a map of `kind`."""
    engine = request.app.template_engine
    assert engine is not None
    context = page_of(request, "written above", kind=kind).context
    return Response(engine.engine.from_string(TRIAL_PAGE).render(**context), media_type="text/html")


@get("/a-map/data.json", include_in_schema=False)
async def some_shapes() -> dict[str, Any]:
    """Two features in two different hours, one with a hostile name."""
    hours = [("2026-12-03T00:00:00Z", "2026-12-03T01:00:00Z"), ("2026-12-03T01:00:00Z", "2026-12-03T02:00:00Z")]
    features = [
        {
            "type": "Feature",
            "id": place,
            "geometry": {"type": "Polygon", "coordinates": [[[x + place / 50, y] for x, y in SQUARE[0]]]},
            "properties": {
                "name": {"ja": HOSTILE, "en": HOSTILE},
                "note": {"ja": "注", "en": "note"},
                "period": {"start": start, "end": end},
            },
        }
        for place, (start, end) in enumerate(hours)
    ]
    return {"type": "FeatureCollection", "features": features}


@dataclass
class Watch:
    """A page, and everything that went wrong on it."""

    page: Page
    base_url: str
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self.wrong.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("dialog", lambda dialog: self.wrong.append(f"dialog: {dialog.message}"))
        self.page.on("request", self._check_host)

    def _check_host(self, request: Fetched) -> None:
        if not request.url.startswith((self.base_url, "data:")):
            self.wrong.append(f"asks {request.url}")

    async def open(self, path: str) -> Page:
        await self.page.goto(f"{self.base_url}{path}")
        await self.page.evaluate("document.getElementById('map').map.ready")
        return self.page


@pytest.fixture(scope="session")
async def portal(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Portal]:
    """The portal with the trial page."""
    port = free_port()
    app = app_on(port, tmp_path_factory.mktemp("data"))
    app.register(a_map)
    app.register(some_shapes)
    async with serving_here(port, app) as base_url:
        yield Portal(base_url)


@pytest.fixture
async def watch(chromium: Browser, server: Portal) -> AsyncIterator[Watch]:
    context = await chromium.new_context(viewport={"width": 1280, "height": 900})
    yield Watch(await context.new_page(), server.base_url)
    await context.close()


async def busy_site() -> None:
    """A site with a trial on now and one tomorrow, everything that people type being hostile."""
    names = {"name_ja": HOSTILE, "name_en": HOSTILE}
    site, company = await factories.field(**names), await factories.company()
    project = await factories.project(company, title_ja=HOSTILE, title_en=HOSTILE, name_public=True)
    await trial(company, project, site.area_id, around_now(), state=State.ACTIVE)
    await trial(company, project, site.area_id, factories.period(9, days=2))


async def lit(page: Page) -> int:
    return int(await page.evaluate("document.querySelectorAll('.is-lit').length"))


@pytest.mark.parametrize("locale", ["ja", "en"])
@pytest.mark.parametrize("width", [1280, 320])
async def test_the_public_map_shows_its_sites_and_harms_nobody(watch: Watch, locale: str, width: int) -> None:
    await busy_site()
    await watch.page.set_viewport_size({"width": width, "height": 800})
    page = await watch.open(f"/?lang={locale}")

    assert await page.locator("path.shape--site").count() >= 1
    assert await page.locator(".map-name").first.text_content() == HOSTILE
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await violations(watch.page) == []
    assert watch.wrong == []


async def test_rows_light_their_shapes_and_shapes_their_rows(watch: Watch) -> None:
    await busy_site()
    page = await watch.open("/")
    row = page.locator("li[data-at]").first

    assert await lit(page) == 0
    await row.locator("a").focus()
    by_keyboard = await lit(page)
    await page.evaluate("document.activeElement.blur()")
    assert by_keyboard > 0
    assert await lit(page) == 0

    await page.locator("path.shape--site").last.hover(force=True)
    assert await page.locator("li.is-lit").count() > 0
    await page.mouse.move(5, 5)
    assert await lit(page) == 0
    assert watch.wrong == []


async def test_what_is_typed_stays_text_in_a_tooltip(watch: Watch) -> None:
    page = await watch.open("/a-map/review?lang=ja")

    await page.locator("path.shape").first.hover()

    assert await page.locator(".map-words strong").text_content() == HOSTILE
    assert await page.locator(".map-words span").text_content() == "注"
    assert watch.wrong == []


async def test_a_moment_dims_what_is_not_there_then(watch: Watch) -> None:
    page = await watch.open("/a-map/review?lang=ja")

    async def dim(moment: str | None) -> list[bool]:
        await page.evaluate("moment => document.getElementById('map').map.setMoment(moment)", moment)
        shapes = "['x-0', 'x-1'].map((id) => document.getElementById('map').map.shapes(id)[0].getElement())"
        found: list[bool] = await page.evaluate(f"{shapes}.map((shape) => shape.classList.contains('is-dim'))")
        return found

    assert await dim("2026-12-03T00:30:00Z") == [False, True]
    assert await dim("2026-12-03T01:00:00Z") == [True, False]
    assert await dim(None) == [False, False]


async def test_a_source_that_fails_is_said_on_the_map(watch: Watch) -> None:
    await watch.page.route("**/a-map/data.json", lambda route: route.fulfill(status=503))
    await watch.page.goto(f"{watch.base_url}/a-map/site?lang=en")

    await watch.page.get_by_role("alert").get_by_text("A part of the map could not be loaded").wait_for()


async def test_drawing_and_typing_say_the_same(watch: Watch) -> None:
    page = await watch.open("/a-map/apply?lang=en")
    field = page.locator("[data-draw-field]")

    async def ring() -> list[list[float]]:
        text = await field.input_value()
        corners: list[list[float]] = json.loads(text)["coordinates"][0] if text else []
        return corners

    frame = await page.locator(".folium-map").bounding_box()
    assert frame is not None
    assert await ring() == []
    await page.get_by_title("Draw a rectangle").click()
    await page.mouse.move(frame["x"] + 300, frame["y"] + 150)
    await page.mouse.down()
    await page.mouse.move(frame["x"] + 400, frame["y"] + 250, steps=3)
    await page.mouse.up()
    drawn = await ring()
    assert len(drawn) == 5
    assert drawn[0] == drawn[-1]
    assert await page.get_by_label("Longitude 1").input_value() == str(drawn[0][0])

    await page.get_by_label("Latitude 1").fill("34.7")
    assert (await ring())[0][1] == 34.7
    shown = await page.evaluate("drawnItems_draw_control_shell.getLayers()[0].getLatLngs()[0][0].lat")
    assert shown == 34.7

    await page.get_by_label("Remove 1").click()
    await page.get_by_label("Remove 1").click()
    assert await ring() == []
    assert await page.get_by_text("type at least three corners").is_visible()

    await page.get_by_label("The whole area").check()
    assert await ring() == []
    assert await page.get_by_label("Latitude 1").is_hidden()
    assert await violations(watch.page) == []
    assert watch.wrong == []
