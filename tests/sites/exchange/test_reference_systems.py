"""Coordinate systems by their codes and by their definitions."""

import pytest

from testfields.sites.exchange.reference_systems import ROMAN, srid_of

PLANES = range(1, 20)
ZONES = range(51, 56)


@pytest.mark.parametrize(
    ("crs", "srid"),
    [
        ("EPSG:4326", 4326),
        ("EPSG:6674", 6674),
        # With heights, and in three dimensions.
        ("EPSG:6697", 6668),
        ("EPSG:6667", 6668),
        ("EPSG:6696", 4612),
        ("EPSG:4947", 4612),
        ("EPSG:6700", 4301),
        ("EPSG:10162", 6669),
        ("EPSG:10174", 6681),
        ('GEOGCS["JGD_2024",DATUM["Japanese_Geodetic_Datum_2024"', 6668),
        ('GEOGCS["GCS_JGD_2024",DATUM["D_JGD_2024"', 6668),
        ('GEOGCRS["JGD_2024_3D",DATUM["Japanese_Geodetic_Datum_2024"', 6668),
        ('GEOGCRS["JGD2024",DATUM["Japanese Geodetic Datum 2024"', 6668),
        ('GEOGCS["JGD2011 (deprecated)",DATUM["Japanese_Geodetic_Datum_2011"', 6668),
        ('GEOGCS["GCS_Tokyo",DATUM["D_Tokyo"', 4301),
        ('PROJCRS["JGD2024 / UTM zone 53N",BASEGEOGCRS["JGD2024"', 6690),
        ('COMPD_CS["JGD2011 / Japan Plane Rectangular CS VI + JGD2011 (vertical) height",PROJCS["JGD2011', 6674),
        ('COMPD_CS["JGD2024 + JGD2024 (vertical) height",GEOGCS["JGD2024"', 6668),
        # No code of EPSG's, or no system at all.
        ("ESRI:54009", None),
        ('PROJCS["JGD_2011_UTM_Zone_56N",GEOGCS["JGD2011"', None),
        ('PROJCS["JGD_2011_Japan_Zone_20",GEOGCS["JGD2011"', None),
        ('PROJCS["World_Mollweide",GEOGCS["WGS 84"', None),
        ('LOCAL_CS["Tokyo Dome",UNIT["metre",1]]', None),
    ],
)
def test_a_system_on_the_ground_is_found_by_its_code_or_its_name(crs: str, srid: int | None) -> None:
    assert srid_of(crs) == srid


@pytest.mark.parametrize(
    ("arcgis", "epsg", "first"),
    [
        ("JGD_2024", "JGD2024", 6669),
        ("JGD_2011", "JGD2011", 6669),
        ("JGD_2000", "JGD2000", 2443),
        ("Tokyo", "Tokyo", 30161),
    ],
)
def test_the_plane_rectangular_systems_are_found_by_their_names(arcgis: str, epsg: str, first: int) -> None:
    codes = [first + number - 1 for number in PLANES]
    assert [srid_of(f'PROJCS["{arcgis}_Japan_Zone_{number}",GEOGCS["') for number in PLANES] == codes
    assert [srid_of(f'PROJCS["{epsg} / Japan Plane Rectangular CS {one}",GEOGCS["') for one in ROMAN] == codes


@pytest.mark.parametrize(
    ("datum", "first"), [("JGD_2024", 6688), ("JGD_2011", 6688), ("JGD_2000", 3097), ("Tokyo", 3092)]
)
def test_the_utm_zones_of_japan_are_found_by_their_names(datum: str, first: int) -> None:
    assert [srid_of(f'PROJCS["{datum}_UTM_Zone_{zone}N",GEOGCS["') for zone in ZONES] == [*range(first, first + 5)]
