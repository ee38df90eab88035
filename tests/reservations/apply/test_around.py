"""What the form tells before anything clashes: sizes, heights, what else is taken, and what coordinates make."""

import html
import json
import re

import pytest
from httpx import AsyncClient
from shapely.geometry import shape

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import InvalidInput
from testfields.core.volumes import parse_altitude
from testfields.reservations import filing
from testfields.reservations.filing import Application, Moved
from testfields.sites.tables import Site
from testfields.web.drawing import centre_of, drawn
from tests import factories
from tests.reservations.apply.test_pages import Desk, time_fields

LON, LAT = 135.40, 34.65
# Of a thousandth of a degree there.
WIDE, HIGH = 91.7, 110.9


@pytest.fixture
async def beside(db: None, client: AsyncClient) -> tuple[Desk, Actor]:
    """A company before the form of a shared area of 10 to 60 m, and a rival in the same."""
    field = await factories.field(geometry=factories.square(LON, LAT, 0.01))
    area = await factories.area(field.site_id, mode="shared")
    company, rival = await factories.company(), await factories.company()
    csrf = await factories.log_in(client, company)
    site = await Site.select(Site.slug).where(Site.id == field.site_id).first()
    assert site is not None
    form = {**csrf, "project_id": str(await factories.project(company)), "site": site["slug"], "area": str(area)}
    return Desk(client, company, factories.Field(**{**vars(field), "area_id": area}), form), rival


async def booked(
    company: Actor, desk: Desk, west: float, hour: float = 9, heights: tuple[float, float] = (20, 40)
) -> Moved:
    footprint = factories.square(LON + west, LAT + 0.001, 0.002)
    asked = Asked(factories.period(hour, 2), footprint, parse_altitude(*heights, "altitude"))
    return await filing.file(
        company, Application(await factories.project(company), desk.field.area_id, (asked,)), now()
    )


def part(west: float, size: float = 0.002) -> dict[str, str]:
    """A square that is drawn, as the form sends it."""
    (ring,) = factories.square(LON + west, LAT + 0.001, size).geoms
    outline = {"type": "Polygon", "coordinates": [list(ring.exterior.coords)]}
    return {"footprint_part": "part", "footprint": json.dumps(outline)}


def told(text: str) -> list[dict[str, object]]:
    """The shapes that the panel gives to the map."""
    found = re.search(r'data-told="([^"]*)"', text)
    assert found is not None
    shapes: list[dict[str, object]] = json.loads(html.unescape(found[1]))
    return shapes


async def test_what_else_is_taken_is_told_before_it_is_in_the_way(beside: tuple[Desk, Actor]) -> None:
    desk, rival = beside
    await booked(rival, desk, 0.001)
    own = await booked(desk.company, desk, 0.004)
    await booked(rival, desk, 0.007, hour=14)

    text = await desk.check(factories.period(10), **part(0.007))
    assert "空いています。" in text
    assert "その日時に実証フィールドで使用中の範囲" in text
    assert len(told(text)) == 2
    assert f"自社の申請（申請番号{own.id}）" in text
    assert not any(word in text for word in (rival.name, rival.email))

    later = await desk.check(factories.period(12), **part(0.007))
    assert told(later) == []
    assert "使用中の範囲" not in later


async def test_each_is_told_once_whether_in_the_way_or_beside(beside: tuple[Desk, Actor]) -> None:
    desk, rival = beside
    for west in (0.001, 0.004):
        await booked(rival, desk, west)
    text = await desk.check(factories.period(10), **part(0.001))
    assert "重なっている予約" in text
    assert [one["id"] for one in told(text)] == ["in-the-way-0", "beside-1"]


async def test_what_would_be_refused_is_still_told_of(beside: tuple[Desk, Actor]) -> None:
    """A shape that sticks out of the area has a size, and what is taken is told."""
    desk, rival = beside
    await booked(rival, desk, 0.001)
    text = await desk.check(factories.period(10), **part(0.009))
    assert "区画の内側" in text
    assert len(told(text)) == 1
    assert f"{2 * HIGH:.0f} m × {2 * WIDE:.0f} m" in text


async def test_another_companys_application_is_not_looked_past(beside: tuple[Desk, Actor]) -> None:
    """What is missing beside the form of a change would tell when and where that application is."""
    desk, rival = beside
    number = (await booked(rival, desk, 0.001)).id
    text = await desk.check(factories.period(10), reservation=str(number), **part(0.001))
    assert told(text) == []
    assert "空いています。" not in text


async def test_sizes_are_told_in_metres_and_hectares(beside: tuple[Desk, Actor]) -> None:
    desk, _ = beside
    text = await desk.check(factories.period(10), **part(0.001, 0.001))
    assert f"{HIGH:.0f} m × {WIDE:.0f} m、{HIGH * WIDE / 10_000:.2f} ha" in text
    small = await desk.check(factories.period(10), **part(0.001, 0.0001))
    assert "11 m × 9 m、0.010 ha" in small
    nothing = await desk.check(factories.period(10), footprint_part="part", footprint="")
    assert "<strong" not in nothing.partition("verdict__size")[2][:200]


async def test_the_bar_of_heights_shows_the_band_what_is_taken_over_the_ground_and_what_is_asked(
    beside: tuple[Desk, Actor],
) -> None:
    desk, rival = beside
    await booked(rival, desk, 0.001, heights=(20, 40))
    await booked(rival, desk, 0.006, heights=(0, 120))

    text = await desk.check(factories.period(10), **part(0.001), lower="60", upper="90")
    bar = text.partition("heights-bar__drawn")[2].partition("</svg>")[0]
    rects = re.findall(r'class="shape shape--(\w+)" x="\d+" y="([\d.]+)" width="\d+" height="([\d.]+)"', bar)
    assert [kind for kind, _, _ in rects] == ["taken", "asked"]
    (_, top, length), (_, asked_top, asked_length) = rects
    assert float(asked_top) + float(asked_length) < float(top)
    assert (float(asked_length), float(length)) == pytest.approx((25, 100 * 20 / 120), abs=5)
    assert "空いています。" in text


@pytest.mark.parametrize(("ground", "above_sea"), [(4.5, "標高64.5–94.5 m"), (None, "標高")])
async def test_heights_above_sea_level_stand_beside_where_the_ground_elevation_is_known(
    beside: tuple[Desk, Actor], ground: float | None, above_sea: str
) -> None:
    desk, _ = beside
    await Site.update({Site.ground_elevation: ground}).where(Site.id == desk.field.site_id)

    text = await desk.check(factories.period(10), lower="60", upper="90")

    assert "地上60–90 m" in text
    assert (above_sea in text) is (ground is not None)


@pytest.mark.parametrize(
    "typed",
    [
        "34.65, 135.385",
        "34°39′00″N 135°23′06″E",
        "34°39'0\" 135°23'6\"",
        "北緯34度39分0秒 東経135度23分6秒",
        "北緯34度39分東経135度23.1分",
        "E135°23′6″, N34°39′",
        "34度39分、135度23分6.0秒",
        "34°39′00″N135°23′06″E",
        "N 34.65 E 135.385",
    ],
)
def test_coordinates_are_read_as_they_are_written_in_practice(typed: str) -> None:
    point = centre_of(typed, "centre")
    assert (point.x, point.y) == pytest.approx((135.385, 34.65), abs=1e-9)


@pytest.mark.parametrize(
    "typed",
    [
        "34", "1234", "34.5°30′ 135°", "34°75′ 135°", "34°10′60″ 135°", "N34 N135", "34 135 36", "x", "34°39′ 135°23″",
        "135.385, 34.65", "34.65, 200", "S34.65 E135", "9" * 200, "34 135 " + " " * 300 + "x",
    ],
)  # fmt: skip
def test_what_is_no_place_in_japan_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        centre_of(typed, "centre")
    assert [one.path for one in refused.value.faults] == ["centre"]


def test_corners_in_degrees_minutes_and_seconds_make_the_shape_of_the_decimal_ones() -> None:
    decimal = drawn("", "34.65, 135.385\n34.65, 135.386\n34.651, 135.386")
    typed = drawn("", "34°39′N 135°23′6″E\n北緯34度39分 東経135度23分9.6秒\n34°39′3.6″ 135°23′9.6″")
    assert typed.equals_exact(decimal, 1e-9)


async def test_a_circle_is_drawn_by_its_centre_and_radius(beside: tuple[Desk, Actor]) -> None:
    desk, _ = beside
    data = {**desk.form, **time_fields(factories.period(10)), "do": "circle"}
    circle = {"centre": "３４°３９′１８″N 135°24′18″E", "radius": "１００"}
    answer = await desk.client.post("/my/apply/coordinates", data={**data, **circle})
    found = re.search(r'data-shape="([^"]+)"', answer.text)
    assert found is not None
    outline = shape(json.loads(html.unescape(found[1])))
    assert outline.centroid.x == pytest.approx(135.405, abs=1e-6)
    west, south, east, north = outline.bounds
    assert ((east - west) * 1000 * WIDE, (north - south) * 1000 * HIGH) == pytest.approx((200, 200), rel=0.01)

    # Without scripts the whole page comes again with the part drawn; it is asked for as any.
    page = await desk.press("circle", factories.period(10), **circle)
    assert 'value="part" checked' in page.text
    assert "200 m × 200 m、3.1" in page.text
    filed = await desk.press("submit", factories.period(10), footprint_part="part", footprint=html.unescape(found[1]))
    assert filed.status_code == 303


@pytest.mark.parametrize(
    ("wish", "typed", "fields"),
    [
        ("circle", {}, {"centre", "radius"}),
        ("circle", {"centre": "34.65, 135.4", "radius": "0"}, {"radius"}),
        ("circle", {"centre": "34.65, 135.4", "radius": "1e3"}, {"radius"}),
        ("circle", {"centre": "135.4, 34.65", "radius": "10"}, {"centre"}),
        ("circle", {"centre": "34.65, 135.4", "radius": "10", "site": ""}, set()),
        ("corners", {}, {"corners"}),
        ("corners", {"corners": "34.65, 135.4\n34.66, 135.4"}, {"corners"}),
        ("corners", {"corners": "34.65, 135.4\n34.66, 135.41\n34.66, 135.4\n34.65, 135.41"}, {"corners"}),
    ],
)
async def test_what_is_wrong_with_coordinates_is_told_at_their_field_and_draws_nothing(
    beside: tuple[Desk, Actor], wish: str, typed: dict[str, str], fields: set[str]
) -> None:
    desk, _ = beside
    # An area would tell the site.
    data = {**desk.form, "do": wish, **({"area": ""} if "site" in typed else {}), **typed}
    answer = await desk.client.post("/my/apply/coordinates", data=data)
    assert answer.status_code == 200
    assert set(re.findall(r'id="f-(\w+)-error"', answer.text)) == fields
    assert 'data-shape=""' in answer.text
