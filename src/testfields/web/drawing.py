"""A shape that a form took: drawn on its map, or typed, corner by corner or as a circle.

Coordinates are typed as decimal degrees or as degrees, minutes and seconds, with signs or in Japanese.
"""

import re
from typing import Literal

import msgspec
from shapely.geometry import MultiPolygon, Point

from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.shapes import JAPAN, parse_points, parse_shape

# Metres.
WIDEST_RADIUS = 5000
# No longer line is a pair of coordinates.
LONGEST_LINE = 120


UNREADABLE = N_("The shape could not be read. Please draw it again.")


def drawn(footprint: str, corners: str, path: str = "footprint") -> MultiPolygon:
    """What was drawn on a map, as GeoJSON, or typed corner by corner; raises InvalidInput at the field `footprint`, of
    what was typed at `path`."""
    if footprint:
        return parse_shape([_rings(footprint)], "footprint")
    if corners:
        return parse_shape([[_ring(corners, path)]], path)
    raise InvalidInput([fault("footprint", N_("Please draw the part that you use, or enter its corners."))])


def geojson_of(shape: MultiPolygon) -> str:
    """A shape of one ring as the form keeps it; `drawn` reads it."""
    (polygon,) = shape.geoms
    outline = {"type": "Polygon", "coordinates": [list(polygon.exterior.coords)]}
    return msgspec.json.encode(outline).decode()


def centre_of(text: str, path: str) -> Point:
    """The middle of a circle as it was typed; raises InvalidInput at `path`."""
    if not text:
        raise InvalidInput([fault(path, N_("Please enter the centre as a latitude and a longitude."))])
    place = _place(text)
    if place is None:
        message = N_("This is not a latitude and a longitude, like 34.650000, 135.385000 or 34°39′00″N 135°23′06″E.")
        raise InvalidInput([fault(path, message)])
    if _turned(place):
        raise InvalidInput([fault(path, N_("Please write the latitude first, then the longitude."))])
    (point,) = parse_points([place], path)
    return Point(point)


def radius_of(text: str, path: str) -> float:
    """The radius of a circle in metres as it was typed; raises InvalidInput at `path`."""
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,2})?", text) or not 1 <= float(text) <= WIDEST_RADIUS:
        message = N_("Please enter the radius in metres, as a number from 1 to %(most)s.")
        raise InvalidInput([fault(path, message, most=WIDEST_RADIUS)])
    return float(text)


class _Polygon(msgspec.Struct, frozen=True):
    type: Literal["Polygon"]
    coordinates: list[list[list[float]]]


def _rings(text: str) -> list[list[list[float]]]:
    try:
        return msgspec.json.decode(text, type=_Polygon).coordinates
    except msgspec.MsgspecError:
        raise InvalidInput([fault("footprint", UNREADABLE)]) from None


def points_typed(text: str, path: str) -> list[list[float]]:
    """Lines of latitude and longitude as [longitude, latitude]; empty lines are none. Raises InvalidInput at `path`."""
    corners = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    return [_corner(number, line, path) for number, line in corners]


def _ring(text: str, path: str) -> list[list[float]]:
    """Lines of latitude and longitude as a closed ring of [longitude, latitude]; empty lines are none."""
    corners = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    ring = [_corner(number, line, path) for number, line in corners]
    return ring if ring[0] == ring[-1] else [*ring, ring[0]]


def _corner(number: int, line: str, path: str) -> list[float]:
    """One line as [longitude, latitude]; the form asks for them the other way round, and its faults say so."""
    place = _place(line)
    if place is None:
        message = N_(
            "Line %(number)s is not a latitude and a longitude, like 34.650000, 135.385000 or 34°39′00″N 135°23′06″E."
        )
        raise InvalidInput([fault(path, message, number=number)])
    if _turned(place):
        message = N_(
            "Line %(number)s: please write the latitude first, then the longitude, like 34.650000, 135.385000."
        )
        raise InvalidInput([fault(path, message, number=number)])
    return place


def _turned(place: list[float]) -> bool:
    """Whether latitude and longitude must have been typed the other way round."""
    latitude, longitude = place[1], place[0]
    west, south, east, north = JAPAN
    return west <= latitude <= east and south <= longitude <= north


_ANGLE = re.compile(
    r"""
    (?P<before>[NSEW]|北緯|南緯|東経|西経)?\s*
    (?P<degrees>-?\d{1,3}(?:\.\d+)?)
    (?:\s*[°度]
        (?:\s*(?P<minutes>\d{1,2}(?:\.\d+)?)\s*['′’分]
            (?:\s*(?P<seconds>\d{1,2}(?:\.\d+)?)\s*(?:["″”秒]|\'\'|′′|’’))?
        )?
    )?
    (?(before)|(?:\s*(?P<after>[NSEW]))?)
    """,
    re.ASCII | re.VERBOSE,
)
_GAP = re.compile(r"[\s,、]*", re.ASCII)
# Which way an angle is counted, by the letter or the word beside it: its axis, and its sign.
_WAYS = {"N": ("lat", 1), "S": ("lat", -1), "E": ("lon", 1), "W": ("lon", -1)}
_WAYS |= {"北緯": ("lat", 1), "南緯": ("lat", -1), "東経": ("lon", 1), "西経": ("lon", -1)}


def _place(text: str) -> list[float] | None:
    """[longitude, latitude] of a latitude and a longitude, in the other order where letters say so; None for what is
    no such pair."""
    line = text.strip()
    one = _ANGLE.match(line) if len(line) <= LONGEST_LINE else None
    gap = _GAP.match(line, one.end()) if one else None
    if one is None or gap is None or (not gap[0] and line[one.end() - 1].isdecimal()):
        return None
    other = _ANGLE.fullmatch(line, gap.end())
    angles = [_angle(one), _angle(other)] if other else []
    read = [each for each in angles if each is not None]
    if len(read) < 2:
        return None
    (first, first_axis), (second, second_axis) = read
    axes = (first_axis or "lat", second_axis or "lon")
    if axes == ("lon", "lat"):
        return [first, second]
    return [second, first] if axes == ("lat", "lon") else None


def _angle(match: re.Match[str]) -> tuple[float, str] | None:
    """One angle in degrees and its axis, empty where no letter says it; None for 34.5°30′ or 34°75′."""
    parts = [match[name] for name in ("degrees", "minutes", "seconds") if match[name] is not None]
    if any("." in one for one in parts[:-1]) or any(float(one) >= 60 for one in parts[1:]):
        return None
    axis, sign = _WAYS.get(match["before"] or match["after"] or "", ("", 1))
    value = sum(abs(float(one)) / 60**place for place, one in enumerate(parts))
    return (-value if parts[0].startswith("-") else value) * sign, axis
