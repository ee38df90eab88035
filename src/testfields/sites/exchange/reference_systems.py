"""Coordinate systems as files name them, and those of Japan by the codes that every PostGIS knows.

JGD2024 has changed heights alone: on the ground its coordinates are those of JGD2011, under whose codes EPSG goes on
with it (EPSG v12.055); ArcGIS has codes of its own for it. Of a system with heights the ground's part counts.
"""

import re
from collections.abc import Mapping

WGS84 = 4326
EPSG = "EPSG"
JGD2011, JGD2000, TOKYO = 6668, 4612, 4301
# With heights, or in three dimensions: JGD2011 and JGD2000 with theirs, Tokyo with JSLD; then the plane rectangular
# systems I to XIII with heights.
ON_THE_GROUND: Mapping[int, int] = {
    **dict.fromkeys((6667, 6697), JGD2011),
    **dict.fromkeys((4947, 4353, 6696), JGD2000),
    **dict.fromkeys((6700, 7414), TOKYO),
    **{10162 + zone: 6669 + zone for zone in range(13)},
}
# Of each datum its degrees, the code before its plane rectangular system I, and that before its UTM zone 1.
DATUMS = {
    "JGD2024": (JGD2011, 6668, 6688 - 51),
    "JGD2011": (JGD2011, 6668, 6688 - 51),
    "JGD2000": (JGD2000, 2442, 3097 - 51),
    "TOKYO": (TOKYO, 30160, 3092 - 51),
}
# fmt: off
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X",
         "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII", "XVIII", "XIX")
# fmt: on
UTM_ZONES = range(51, 56)

_CODE = re.compile(r"EPSG:(\d{4,6})")
# The first name of a definition (WKT): its own. ArcGIS writes GCS_JGD_2011 and JGD_2011_Japan_Zone_6.
_NAME = re.compile(
    r'[A-Z_]+\["(?:GCS_)?(?P<datum>JGD_?(?:2024|2011|2000)|TOKYO)(?:_3D)?'
    r"(?:[ _/]+(?:JAPAN[ _](?:ZONE[ _](?P<arabic>\d{1,2})|PLANE RECTANGULAR CS (?P<roman>[IVX]+))"
    r"|UTM[ _]ZONE[ _](?P<utm>\d{2})N))?"
    r'(?: \(DEPRECATED\))?(?: \+ [^"]*)?"'
)


def srid_of(crs: str) -> int | None:
    """The EPSG code of a system on the ground, by its code or its definition; None for one of another authority."""
    code = _CODE.fullmatch(crs)
    if code:
        srid = int(code[1])
        return ON_THE_GROUND.get(srid, srid)
    named = _NAME.match(crs.upper())
    return None if named is None else _japanese(named)


def _japanese(named: re.Match[str]) -> int | None:
    degrees, before_planes, before_zones = DATUMS[named["datum"].replace("_", "")]
    if named["utm"]:
        zone = int(named["utm"])
        return before_zones + zone if zone in UTM_ZONES else None
    if named["roman"] or named["arabic"]:
        plane = int(named["arabic"]) if named["arabic"] else _number(named["roman"])
        return before_planes + plane if 1 <= plane <= len(ROMAN) else None
    return degrees


def _number(roman: str) -> int:
    return ROMAN.index(roman) + 1 if roman in ROMAN else 0


def is_of_old_datum(srid: int) -> bool:
    """Whether a system is of the datum that Japan left in 2002, of which only 地理院's own grid turns exactly."""
    degrees, before_planes, before_zones = DATUMS["TOKYO"]
    planes = range(before_planes + 1, before_planes + 1 + len(ROMAN))
    return srid == degrees or srid in planes or srid - before_zones in UTM_ZONES
