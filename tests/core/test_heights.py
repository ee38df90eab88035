"""Heights above ground, above sea level and above the ellipsoid, by themselves."""

import json
from collections.abc import Iterator
from decimal import Decimal
from math import inf, nan
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from japan_geoid import load_embedded_jpgeo2024

from testfields.core.errors import InvalidInput
from testfields.core.heights import (
    OUTSIDE_MODEL,
    UNKNOWN_GROUND,
    Place,
    Reference,
    above_ground,
    geoid_m,
    shift_m,
    told,
)
from testfields.core.volumes import AltitudeBand, parse_altitude

SAMPLES = Path("maps/sample-sites.geojson")
AGL, TP, W84 = Reference
TSURUMI = Place(135.575, 34.711, 4.0)
UNKNOWN = Place(135.575, 34.711, None)
PACIFIC = Place(170.0, 20.0, 0.0)

CENTIMETRES = st.integers(0, 1_000_000).map(lambda one: Decimal(one) / 100)
BANDS = st.tuples(CENTIMETRES, CENTIMETRES).filter(lambda ends: ends[0] != ends[1]).map(sorted)
PLACES = st.builds(Place, st.floats(130, 145), st.floats(31, 45), st.floats(-200, 4000)).filter(
    lambda place: geoid_m(place.longitude, place.latitude) is not None
)


def sample_sites() -> Iterator[tuple[str, float, float, float]]:
    for one in json.loads(SAMPLES.read_text())["features"]:
        said = one["properties"]
        if said["kind"] == "site":
            middle = shapely.geometry.shape(one["geometry"]).centroid
            yield said["slug"], middle.x, middle.y, said["ground_elevation"]


@pytest.mark.parametrize(("slug", "longitude", "latitude", "ground"), [*sample_sites()])
def test_heights_at_every_sample_site_are_those_of_the_model_to_the_centimetre(
    slug: str, longitude: float, latitude: float, ground: float
) -> None:
    geoid = load_embedded_jpgeo2024().get_height(longitude, latitude)
    place = Place(longitude, latitude, ground)

    assert geoid_m(longitude, latitude) == pytest.approx(geoid, abs=0.0001)
    assert 30 + shift_m(AGL, TP, place, "") == pytest.approx(30 + ground, abs=0.01)
    assert 30 + shift_m(AGL, W84, place, "") == pytest.approx(30 + ground + geoid, abs=0.01)
    assert 30 + shift_m(TP, W84, place, "") == pytest.approx(30 + geoid, abs=0.01)
    assert 30 + shift_m(W84, AGL, place, "") == pytest.approx(30 - ground - geoid, abs=0.01)


def test_the_geoid_is_37_80_m_above_the_ellipsoid_at_tsurumi_and_37_76_m_at_hannan() -> None:
    assert geoid_m(135.575, 34.711) == pytest.approx(37.80, abs=0.01)
    assert geoid_m(135.21, 34.34) == pytest.approx(37.76, abs=0.01)


@given(BANDS, PLACES, st.sampled_from(Reference))
def test_a_band_told_in_any_reference_comes_back_as_it_was(
    ends: list[Decimal], place: Place, wanted: Reference
) -> None:
    band = AltitudeBand(*ends)

    there = told(band, wanted, place)

    assert there is not None
    assert there.lower is not None
    assert there.upper is not None
    assert there.upper - there.lower == ends[1] - ends[0]
    assert above_ground(float(there.lower), float(there.upper), wanted, place, "altitude") == band


@given(st.floats(-300, 12_000), st.floats(-300, 12_000), PLACES, st.sampled_from(Reference))
def test_no_band_is_turned_inside_out(lower: float, upper: float, place: Place, given_in: Reference) -> None:
    try:
        band = above_ground(lower, upper, given_in, place, "altitude")
    except InvalidInput:
        return
    assert band.lower is not None
    assert band.upper is not None
    assert 0 <= band.lower < band.upper <= 10_000
    assert lower < upper
    shift = shift_m(given_in, AGL, place, "")
    assert float(band.lower) == pytest.approx(lower + shift, abs=0.0051)
    assert float(band.upper) == pytest.approx(upper + shift, abs=0.0051)


def test_heights_above_ground_need_no_ground_elevation() -> None:
    assert above_ground(0, 30, AGL, UNKNOWN, "altitude") == parse_altitude(0, 30, "altitude")
    assert shift_m(TP, W84, UNKNOWN, "") == 37.79


@pytest.mark.parametrize("given_in", [TP, W84])
def test_what_needs_an_unknown_ground_elevation_is_refused_at_the_reference(given_in: Reference) -> None:
    with pytest.raises(InvalidInput) as refused:
        above_ground(10, 30, given_in, UNKNOWN, "volumes[0].altitude")

    assert [(one.path, one.message.id) for one in refused.value.faults] == [
        ("volumes[0].altitude.reference", UNKNOWN_GROUND)
    ]
    assert told(AltitudeBand(Decimal(0), Decimal(30)), given_in, UNKNOWN) is None


def test_outside_of_the_model_no_height_above_the_ellipsoid_is_told() -> None:
    assert geoid_m(PACIFIC.longitude, PACIFIC.latitude) is None
    with pytest.raises(InvalidInput) as refused:
        above_ground(10, 30, W84, PACIFIC, "altitude")
    assert [one.message.id for one in refused.value.faults] == [OUTSIDE_MODEL]
    assert above_ground(10, 30, TP, PACIFIC, "altitude") == parse_altitude(10, 30, "altitude")


@pytest.mark.parametrize(
    ("lower", "upper"),
    [(30, 30), (30, 30.001), (31, 30), (nan, 30), (10, nan), (-inf, 30), (10, inf), (3.9, 30), (10, 1e308)],
)
def test_what_is_no_band_above_the_ground_is_refused(lower: float, upper: float) -> None:
    with pytest.raises(InvalidInput):
        above_ground(lower, upper, TP, TSURUMI, "altitude")


def test_below_the_ground_the_message_tells_the_heights_above_ground() -> None:
    with pytest.raises(InvalidInput) as refused:
        above_ground(1, 30, TP, TSURUMI, "altitude")

    (one,) = refused.value.faults
    assert (one.path, one.message.values) == ("altitude", {"lower": "-3", "upper": "26", "most": 10_000})
