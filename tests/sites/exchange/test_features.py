"""What a file's features say, without any file or database: each fault is told with its feature and field."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import cos, radians

import pytest
import shapely
from shapely.affinity import translate
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from testfields.piccolo_app import data_folder
from testfields.sites.exchange.features import COLUMNS, Feature, read_catalogue, write_catalogue
from tests.sites.catalogue import GROUND, PAD, harbour, pad, site, track

TODAY = date(2026, 11, 20)


def faults(features: Sequence[Feature], owner: str | None = None) -> list[tuple[int, str, str]]:
    """Every fault as (feature, slug, field)."""
    return [(one.feature, one.slug, one.field) for one in read_catalogue(features, owner, TODAY)[1]]


def test_a_sound_catalogue_has_no_fault() -> None:
    (draft,), found = read_catalogue(harbour(), None, TODAY)
    assert found == []
    assert draft.road_answered_on == date(2026, 4, 1)
    assert draft.policy.lateral_separation_m == 12.5
    assert [one.slug for one in draft.areas] == ["track", "pad"]
    assert draft.areas[1].parent_slug == "track"


def test_what_is_written_reads_as_the_same_catalogue() -> None:
    drafts, _ = read_catalogue(harbour(), None, TODAY)
    again, found = read_catalogue(write_catalogue(drafts), None, TODAY)
    assert found == []
    assert again == drafts


def test_every_field_of_the_format_is_written() -> None:
    drafts, _ = read_catalogue(harbour(), None, TODAY)
    written = {name for one in write_catalogue(drafts) for name in one.values}
    # Harbour has no plan of its ground; tests/sites/test_plans.py writes one.
    assert written == {one.name for one in COLUMNS} - {"plan"}


def test_short_names_fit_a_shapefile_and_differ() -> None:
    shorts = [one.short for one in COLUMNS]
    assert max(len(one) for one in shorts) <= 10
    assert len(set(shorts)) == len(shorts)


REQUIRED_OF_SITE = [
    "slug", "owner", "published", "sample", "name_ja", "name_en", "timezone", "property_class", "road_answer",
    "hours", "uses", "slot_minutes", "minimum_minutes", "maximum_minutes", "notice_minutes", "horizon_days",
    "turnaround_minutes", "lateral_separation_m", "vertical_separation_m", "hold_minutes", "processing_days",
]  # fmt: skip


@pytest.mark.parametrize("name", [one for one in REQUIRED_OF_SITE if one != "slug"])
@pytest.mark.parametrize("missing", [None, "", math.nan])
def test_a_site_without_a_required_field_is_told_so_once(name: str, missing: object) -> None:
    assert faults([site(**{name: missing}), track(), pad()]) == [(0, "harbour", name)]


@pytest.mark.parametrize("name", ["name_ja", "name_en", "mode", "altitude_lower", "altitude_upper"])
def test_an_area_without_a_required_field_is_told_so_once(name: str) -> None:
    assert faults([site(), track(**{name: None}), pad()]) == [(1, "track", name)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("slug", "Harbour Field"),
        ("slug", "x" * 64),
        ("owner", 7),
        ("published", "perhaps"),
        ("name_ja", "あ" * 201),
        ("name_en", "bell\a"),
        ("name_en", "Harbour\ntest field"),
        ("name_ja", "みなと\x00"),
        ("name_ja", "\u202eみなと"),
        ("description_en", "A wide\u200b surface"),
        ("contact", 3.5),
        ("timezone", "Asia/Osaka"),
        ("timezone", "asia/tokyo"),
        ("timezone", "JST-9"),
        ("timezone", "../Asia/Tokyo"),
        ("timezone", "posix/Asia/Tokyo"),
        ("property_class", "private"),
        ("road_answer", "maybe"),
        ("road_answered_on", "last spring"),
        ("road_answered_on", "2026-11-21"),
        ("road_answered_on", None),
        ("ground_elevation", 9000),
        ("ground_elevation", math.inf),
        ("ground_elevation", "high"),
        ("ground_elevation", True),
        ("geoid_height", 37.25),
        ("geoid_m", 37.25),
        ("facilities", "helipad"),
        ("hours", "always"),
        ("uses", "boat"),
        ("slot_minutes", 0),
        ("slot_minutes", 12.5),
        ("minimum_minutes", 70),
        ("maximum_minutes", 490),
        ("slot_minutes", math.inf),
        ("minimum_minutes", 0),
        ("maximum_minutes", 30),
        ("notice_minutes", -1),
        ("horizon_days", 0),
        ("turnaround_minutes", 1441),
        ("lateral_separation_m", 1001),
        ("vertical_separation_m", -0.5),
        ("hold_minutes", 0),
        ("processing_days", -1),
        ("mode", "shared"),
        ("facilites", "5g"),
    ],
)
def test_a_value_that_does_not_fit_is_told_at_its_field(name: str, value: object) -> None:
    features = [site(**{name: value}), track(), pad()]
    if name == "slug":
        features = [features[0], track(site=value), pad(site=value)]
    assert faults(features) == [(0, str(value) if name == "slug" else "harbour", name)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mode", "sometimes"),
        ("altitude_lower", -1),
        ("altitude_upper", 20_000),
        ("altitude_upper", 0),
        ("altitude_upper", math.inf),
        ("surface", "lava"),
        ("width_m", -7),
        ("uses", "robot"),
        ("parent", "nowhere"),
        ("parent", "track"),
        ("site", "elsewhere"),
        ("hours", "Mon 09:00-10:00"),
    ],
)
def test_an_areas_value_that_does_not_fit_is_told_at_its_field(name: str, value: object) -> None:
    field = "altitude_upper" if name == "altitude_lower" else name
    assert (1, "track", field) in faults([site(), track(**{name: value}), pad()])


def test_the_grid_divides_the_day_and_every_stay() -> None:
    assert faults(harbour(slot_minutes=7)) == [
        (0, "harbour", "slot_minutes"),
        (0, "harbour", "minimum_minutes"),
        (0, "harbour", "maximum_minutes"),
    ]
    assert faults(harbour(slot_minutes=7, minimum_minutes=70, maximum_minutes=490)) == [(0, "harbour", "slot_minutes")]
    whole_days = {"slot_minutes": 1440, "minimum_minutes": 1440, "maximum_minutes": 2880}
    assert faults(harbour(**whole_days, hours="Mon-Sun 00:00-24:00")) == []


def test_a_description_may_have_several_lines() -> None:
    (draft,), found = read_catalogue(harbour(description_ja="一行目\r\n二行目"), None, TODAY)
    assert (found, draft.description_ja) == ([], "一行目\n二行目")


def test_a_road_answer_is_not_dated_before_it_is_given() -> None:
    assert faults(harbour(road_answer="not_asked")) == [(0, "harbour", "road_answered_on")]


def test_areas_may_not_nest_in_a_ring() -> None:
    ring = [site(), track(parent="pad"), pad()]
    assert {(1, "track", "parent"), (2, "pad", "parent")} <= set(faults(ring))


def swapped(shape: Polygon) -> Polygon:
    return Polygon([(y, x) for x, y in shape.exterior.coords])


UNFIT_SHAPES = {
    "missing": None,
    "empty": Polygon(),
    "empty of several": MultiPolygon(),
    "a point": Point(135, 34),
    "a line": LineString([(135, 34), (135.1, 34)]),
    "swapped": swapped(GROUND),
    "abroad": translate(GROUND, xoff=-30),
    "in metres": box(-40_000, -150_000, -39_000, -149_000),
    "not a number": shapely.transform(
        GROUND, lambda points: points * [[1, 1], [math.nan, 1], [1, 1], [1, 1], [1, 1], [1, 1]]
    ),
    "three-dimensional": Polygon([(135, 34, 5), (135.1, 34, 5), (135.1, 34.1, 5)]),
    "crossing itself": Polygon([(135, 34), (135.1, 34.1), (135.1, 34), (135, 34.1)]),
    "without ground": Polygon([(135, 34), (135.1, 34), (135, 34)]),
    "of overlapping parts": MultiPolygon([box(135, 34, 135.1, 34.1), box(135.05, 34, 135.2, 34.1)]),
    "of too many points": Point(135, 34).buffer(0.01, quad_segs=600),
}


@pytest.mark.parametrize("shape", UNFIT_SHAPES.values(), ids=UNFIT_SHAPES)
def test_a_shape_that_is_none_is_told_once(shape: Polygon | None) -> None:
    assert faults([site(shape), track(), pad()]) == [(0, "harbour", "geometry")]


def test_swapped_axes_are_recognised() -> None:
    (found,) = read_catalogue([site(swapped(GROUND)), track(), pad()], None, TODAY)[1]
    assert "swapped" in found.message.id


def test_an_area_lies_inside_its_site() -> None:
    assert faults([site(), track(translate(PAD, xoff=0.01)), pad(parent=None)]) == [(1, "track", "geometry")]


def test_a_nested_area_lies_inside_its_parent() -> None:
    assert faults([site(), track(), pad(translate(PAD, yoff=-0.0015))]) == [(2, "pad", "geometry")]


@pytest.mark.parametrize(("beyond", "fits"), [(2.6e-6, True), (2.8e-6, False)])
def test_a_corner_may_stand_out_by_what_rounding_moves_it(beyond: float, fits: bool) -> None:
    ground = box(135, 34, 135.01, 34.01)
    outside = box(135.001, 34.001, 135.01 + beyond, 34.009)
    assert (faults([site(ground), track(outside), pad()]) == []) is fits


@pytest.mark.parametrize(("wide", "fits"), [(0.2, True), (0.3, False), (1.9, False), (2.2, True)])
def test_areas_that_overlap_in_a_strip_are_told_with_its_width_and_place(wide: float, fits: bool) -> None:
    """Neither a rounded edge that both have, nor what is meant to overlap."""
    west, middle = 135.001, 135.005
    first = track(box(west, 34.001, middle, 34.009))
    second = pad(box(middle - wide / 111_195 / cos(radians(34.005)), 34.002, 135.009, 34.008), parent=None)
    _, found = read_catalogue([site(box(135, 34, 135.01, 34.01)), first, second], None, TODAY)
    assert (found == []) is fits
    if not fits:
        (one,) = found
        assert (one.slug, one.field, one.message.values["other"]) == ("pad", "geometry", "track")
        assert float(str(one.message.values["width"])) == pytest.approx(wide, rel=0.05)
        assert str(one.message.values["place"]).startswith("135.00")
    nested = replace(second, values={**second.values, "parent": "track"})
    _, found = read_catalogue([site(box(135, 34, 135.01, 34.01)), first, nested], None, TODAY)
    assert [one.message.values.get("parent") for one in found] == ["track"], "not a strip, but a child that sticks out"


def test_published_sites_may_touch_but_not_overlap() -> None:
    def neighbour(xoff: float, **changes: object) -> list[Feature]:
        ground = translate(box(135, 34, 135.01, 34.01), xoff=xoff)
        return [site(ground, slug="next", **changes), track(ground, site="next")]

    first = [site(box(135, 34, 135.01, 34.01)), track(box(135, 34, 135.01, 34.01))]
    assert faults([*first, *neighbour(0.01)]) == []
    assert faults([*first, *neighbour(0.009)]) == [(2, "next", "geometry")]
    assert faults([*first, *neighbour(0.009, published=False)]) == []


def test_doubled_slugs_are_told_at_each() -> None:
    twice = [*harbour(), site(translate(GROUND, xoff=1)), track(), pad(slug="pad-2", parent="track")]
    found = faults(twice)
    assert {(0, "harbour", "slug"), (3, "harbour", "slug"), (1, "track", "slug"), (4, "track", "slug")} <= set(found)


def test_a_site_needs_an_area() -> None:
    assert faults([site()]) == [(0, "harbour", "areas")]


@pytest.mark.parametrize("kind", [None, "", "zone", 3])
def test_a_feature_says_what_it_is(kind: object) -> None:
    assert faults([*harbour(), site(translate(GROUND, xoff=1), kind=kind, slug="other")]) == [(3, "other", "kind")]


def test_the_owner_may_be_told_beside_the_file() -> None:
    drafts, found = read_catalogue(harbour(owner=None), "osaka-city", TODAY)
    assert found == []
    assert drafts[0].owner == "osaka-city"
    assert faults(harbour(owner="osaka-pref"), "osaka-city") == [(0, "harbour", "owner")]


def test_a_mistyped_field_is_told_with_the_name_that_is_meant() -> None:
    (found,) = read_catalogue(harbour(facilites="5g"), None, TODAY)[1]
    assert found.message.values == {"near": "facilities"}


def test_all_faults_of_all_features_are_told_together() -> None:
    found = faults([site(slot_minutes=0, hours="always"), track(mode="sometimes"), pad(Point(135, 34))])
    assert sorted(found) == [
        (0, "harbour", "hours"),
        (0, "harbour", "slot_minutes"),
        (1, "track", "mode"),
        (2, "pad", "geometry"),
    ]


def test_the_format_is_told_to_people() -> None:
    told = (data_folder("maps") / "README.md").read_text(encoding="utf-8")
    table = [line for line in told.splitlines() if line.startswith("| `")]
    named = {name for line in table for name in re.findall(r"`(\w+)`", "|".join(line.split("|")[1:3]))}
    assert {one.name for one in COLUMNS} | {one.short for one in COLUMNS} <= named
