"""The heights around airports against geodesics that another library works out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import Point

from tests.zones.cases import ITAMI, KANSAI, PLACES

pytestmark = pytest.mark.rules
GEOD = Geod(ellps="GRS80")


@pytest.mark.parametrize("airport", [ITAMI, KANSAI], ids=["Itami", "Kansai"])
@given(bearing=st.floats(0, 360), away=st.floats(0, 23_990))
def test_ceilings_agree_with_geodesics(airport, bearing: float, away: float) -> None:  # type: ignore[no-untyped-def]
    longitude, latitude, _ = GEOD.fwd(airport.longitude, airport.latitude, bearing, away)
    expected = np.interp(away, [4000, 16_500], [airport.elevation_m + 45, airport.elevation_m + 295])
    assert airport.lowest_over(Point(longitude, latitude)) == pytest.approx(expected, abs=1)


@pytest.mark.parametrize(
    ("place", "airport", "metres"),
    [
        ("yumeshima", ITAMI, 291),
        ("maishima", ITAMI, 254),
        ("expo", ITAMI, 152),
        ("hattori", ITAMI, 66),
        ("tsurumi", ITAMI, 274),
        ("rinku", KANSAI, 101),
    ],
)
def test_the_sample_sites_have_the_ceilings_that_are_known_of_them(place: str, airport, metres: int) -> None:  # type: ignore[no-untyped-def]
    assert airport.lowest_over(Point(PLACES[place])) == pytest.approx(metres, abs=1)


def test_there_is_none_beyond_24_km() -> None:
    longitude, latitude, _ = GEOD.fwd(ITAMI.longitude, ITAMI.latitude, 90, 24_001)
    assert ITAMI.lowest_over(Point(longitude, latitude)) is None


@pytest.mark.parametrize(("height", "reach"), [(57, 0), (57.01, 4000.5), (60, 4150), (306.9, 16_495), (308, 24_000)])
def test_the_part_that_is_lower_than_a_height_reaches_as_far_as_the_slope(height: float, reach: float) -> None:
    part = ITAMI.lower_than(height, ITAMI.ground)
    rim = [GEOD.inv(ITAMI.longitude, ITAMI.latitude, *point)[2] for point in (part.exterior.coords if reach else [])]
    assert rim == pytest.approx([reach] * len(rim), abs=1)
    assert part.is_empty == (reach == 0)
