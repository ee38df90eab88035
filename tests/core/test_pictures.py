"""A picture of a map: what is looked at is in it, at its place and to scale, and nobody's text is markup."""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, fromstring

import pytest
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from testfields.core.looks import LOOKS
from testfields.core.pictures import HEIGHT, WIDTH, Shape, Words, draw

NS = "{http://www.w3.org/2000/svg}"
WORDS = Words("図", "説明", "© 誰か")
FIELD = box(135.37, 34.64, 135.38, 34.65)
NEXT_DOOR = box(135.381, 34.64, 135.391, 34.65)
HOSTILE = "</text><script>alert(1)</script>\"'&amp;\x00\ud800"


def drawn(shapes: Sequence[Shape], *looked_at: Polygon) -> Element:
    return fromstring(draw(shapes, looked_at, WORDS))


def points(picture: Element, look: str) -> list[tuple[float, float]]:
    """The corners of what is drawn like that, in px."""
    groups = [one for one in picture.iter(f"{NS}g") if one.get("stroke") == LOOKS[look].line]
    steps = [re.findall(r"(-?[\d.]+) (-?[\d.]+)", path.get("d", "")) for group in groups for path in group]
    return [(float(x), float(y)) for walk in steps for x, y in walk]


def texts(picture: Element) -> list[str]:
    return [one.text or "" for one in picture.iter(f"{NS}text")]


def test_what_is_looked_at_is_in_the_picture_with_room_around_it() -> None:
    picture = drawn([Shape("site", FIELD)], FIELD)

    xs, ys = zip(*points(picture, "site"), strict=True)
    assert 0 < min(xs) < max(xs) < WIDTH
    assert 0 < min(ys) < max(ys) < HEIGHT
    assert max(ys) - min(ys) == pytest.approx(0.8 * HEIGHT, abs=0.2)
    assert min(ys) == pytest.approx(HEIGHT - max(ys), abs=0.2)


def test_a_metre_is_as_long_to_the_east_as_to_the_north_and_the_scale_says_how_long() -> None:
    # 900 m each way at 34.65 degrees of latitude.
    square = box(135.37, 34.64, 135.37 + 900 / 91_475, 34.64 + 900 / 111_195)
    picture = drawn([Shape("site", square)], square)

    xs, ys = zip(*points(picture, "site"), strict=True)
    assert max(xs) - min(xs) == pytest.approx(max(ys) - min(ys), abs=0.5)
    (bar,) = {
        re.search(r"h([\d.]+)v", one.get("d", ""))[1] for one in picture.iter(f"{NS}path") if "h" in one.get("d", "")
    }  # type: ignore[index]
    assert "200 m" in texts(picture)
    assert float(bar) / 200 == pytest.approx((max(xs) - min(xs)) / 900, rel=0.01)


def test_neighbours_stand_beside_and_are_cut_at_the_edge() -> None:
    picture = drawn([Shape("neighbour", NEXT_DOOR, "隣"), Shape("site", FIELD, "ここ")], FIELD)

    east = max(x for x, _ in points(picture, "site"))
    assert all(east < x <= WIDTH + 12 for x, _ in points(picture, "neighbour"))
    assert {"隣", "ここ"} <= set(texts(picture))


def test_the_lowest_is_drawn_first_whatever_the_order() -> None:
    shapes = [Shape("asked", FIELD), Shape("land", FIELD), Shape("site", FIELD)]

    lines = [one.get("stroke") for one in drawn(shapes, FIELD).iter(f"{NS}g")]

    assert lines == [LOOKS[look].line for look in ("land", "site", "asked")]


def test_whatever_a_text_holds_stays_text() -> None:
    picture = fromstring(draw([Shape("area", FIELD, HOSTILE)], [FIELD], Words(HOSTILE, HOSTILE, HOSTILE, '"><x y="')))

    assert {one.tag.removeprefix(NS) for one in picture.iter()} <= {"svg", "title", "desc", "rect", "g", "path", "text"}
    assert picture[0].text == picture[1].text == "</text><script>alert(1)</script>\"'&amp;"
    assert not any(name.startswith(("on", "style")) for one in picture.iter() for name in one.attrib)


def test_a_name_too_long_is_cut_and_none_is_written_over_another() -> None:
    shapes = [Shape("area", FIELD, "長" * 200), Shape("asked", FIELD, "上")]
    names = texts(drawn(shapes, FIELD))

    assert names[0] == "上"
    assert not any(one.startswith("長") for one in names)
    assert re.fullmatch("長{20,40}…", texts(drawn(shapes[:1], FIELD))[0])


def test_what_goes_over_the_180th_meridian_is_in_one_piece() -> None:
    over = MultiPolygon([box(179.99, 30, 180, 30.01), box(-180, 30, -179.99, 30.01)])
    xs, _ = zip(*points(drawn([Shape("site", over)], over), "site"), strict=True)  # type: ignore[arg-type]

    assert 0 < min(xs) < max(xs) < WIDTH
    assert max(xs) - min(xs) > 500


@pytest.mark.parametrize("looked_at", [(), (Polygon(),), (GeometryCollection(),)])
def test_with_nothing_to_look_at_there_is_still_a_picture(looked_at: tuple[Polygon, ...]) -> None:
    picture = drawn([Shape("coast", FIELD), Shape("area", Polygon(), "無")], *looked_at)

    assert picture[0].text == "図"
    assert "無" not in texts(picture)
    assert any(one.endswith(" km") for one in texts(picture))


def test_a_place_without_extent_is_shown_with_the_ground_around_it() -> None:
    at = Point(135.37, 34.64)
    picture = fromstring(
        draw([Shape("gate", at, "門"), Shape("road", LineString([(135.36, 34.64), (135.38, 34.64)]))], [at], WORDS)
    )

    assert "門" in texts(picture)
    assert len([one for one in picture.iter(f"{NS}g") if one.get("stroke") == LOOKS["road"].casing]) == 1
