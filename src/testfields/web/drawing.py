"""A shape that a form took: drawn on its map, or typed corner by corner."""

import re
from typing import Literal

import msgspec
from shapely.geometry import MultiPolygon

from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.shapes import JAPAN, parse_shape


def drawn(footprint: str, corners: str) -> MultiPolygon:
    """What was drawn on a map, as GeoJSON, or typed corner by corner; raises InvalidInput at the field `footprint`."""
    if footprint:
        return parse_shape([_rings(footprint)], "footprint")
    if corners:
        return parse_shape([[_ring(corners)]], "footprint")
    raise InvalidInput([fault("footprint", N_("Please draw the part that you use, or enter its corners."))])


class _Polygon(msgspec.Struct, frozen=True):
    type: Literal["Polygon"]
    coordinates: list[list[list[float]]]


def _rings(text: str) -> list[list[list[float]]]:
    try:
        return msgspec.json.decode(text, type=_Polygon).coordinates
    except msgspec.MsgspecError:
        raise InvalidInput([fault("footprint", N_("The shape could not be read. Please draw it again."))]) from None


def _ring(text: str) -> list[list[float]]:
    """Lines of latitude and longitude as a closed ring of [longitude, latitude]; empty lines are none."""
    corners = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    ring = [_corner(number, line) for number, line in corners]
    return ring if ring[0] == ring[-1] else [*ring, ring[0]]


def _corner(number: int, line: str) -> list[float]:
    """One line as [longitude, latitude]; the form asks for them the other way round, and its faults say so."""
    match = _CORNER.fullmatch(line)
    if match is None:
        message = N_("Line %(number)s is not a latitude and a longitude, like 34.650000, 135.385000.")
        raise InvalidInput([fault("footprint", message, number=number)])
    latitude, longitude = float(match["latitude"]), float(match["longitude"])
    west, south, east, north = JAPAN
    if west <= latitude <= east and south <= longitude <= north:
        message = N_(
            "Line %(number)s: please write the latitude first, then the longitude, like 34.650000, 135.385000."
        )
        raise InvalidInput([fault("footprint", message, number=number)])
    return [longitude, latitude]


_CORNER = re.compile(r"\s*(?P<latitude>-?\d{1,3}(\.\d+)?)[\s,、]+(?P<longitude>-?\d{1,3}(\.\d+)?)\s*", re.ASCII)
