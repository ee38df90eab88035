"""Heights in the three references that people use, and how to come from one to another; metres everywhere.

Height above the ellipsoid = ground elevation + height above ground + geoid height. The ground elevation is kept with
each site; the geoid height follows from the coordinates by the model of the Geospatial Information Authority of Japan.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from math import isnan

from japan_geoid import GsiGeoid, load_embedded_jpgeo2024

from testfields.core.errors import N_, InvalidInput, fault, tried
from testfields.core.volumes import HIGHEST_M, AltitudeBand, parse_altitude

GEOID_MODEL = "JPGEO2024"


class Reference(StrEnum):
    """What a height is counted from: the ground there, mean sea level (Tokyo Peil), or the ellipsoid (GRS 80)."""

    AGL = "AGL"
    TP = "TP"
    W84 = "W84"


@dataclass(frozen=True)
class Place:
    """Where a height is told: degrees, and the ground above Tokyo Peil there, None where nobody entered it."""

    longitude: float
    latitude: float
    ground_elevation: float | None


@cache
def _model() -> GsiGeoid:
    # 0.07 s and 30 MB, for those processes alone that are asked.
    return load_embedded_jpgeo2024()


def geoid_m(longitude: float, latitude: float) -> float | None:
    """The geoid above the ellipsoid, to the tenth of a millimetre of the model; None outside of what it covers."""
    height = _model().get_height(longitude, latitude)
    return None if isnan(height) else round(height, 4)


def shift_m(given: Reference, wanted: Reference, place: Place, path: str) -> float:
    """What to add to a height to tell it in another reference, in whole centimetres, so that a band keeps its height
    and heights in centimetres come back as they were.

    Raises InvalidInput, at the path of the reference, where the place does not tell enough.
    """
    return 0.0 if given is wanted else round(_zero_m(given, place, path) - _zero_m(wanted, place, path), 2)


def _zero_m(reference: Reference, place: Place, path: str) -> float:
    """Where a reference counts from, above Tokyo Peil."""
    match reference:
        case Reference.TP:
            return 0.0
        case Reference.AGL:
            if place.ground_elevation is None:
                raise InvalidInput([fault(path, UNKNOWN_GROUND)])
            return place.ground_elevation
        case Reference.W84:
            geoid = geoid_m(place.longitude, place.latitude)
            if geoid is None:
                raise InvalidInput([fault(path, OUTSIDE_MODEL, model=GEOID_MODEL)])
            return -geoid


UNKNOWN_GROUND = N_(
    "The ground elevation of this field is not known, so only heights above ground (AGL) can be used here. The owner"
    " of the field can enter it."
)
OUTSIDE_MODEL = N_("Heights above the ellipsoid (W84) cannot be told here: the geoid model %(model)s ends before.")


def above_ground(lower: float, upper: float, reference: Reference, place: Place, path: str) -> AltitudeBand:
    """A band that came in with its reference, as metres above ground to the centimetre.

    Raises InvalidInput where the place does not tell enough for that, and for what is no band.
    """
    if reference is Reference.AGL:
        return parse_altitude(lower, upper, path)
    shift = shift_m(reference, Reference.AGL, place, f"{path}.reference")
    # The zero has no sign.
    low, high = (round(one + shift, 2) + 0.0 for one in (lower, upper))
    if low < 0 or high > HIGHEST_M:
        message = N_(
            "These heights are %(lower)s to %(upper)s m above the ground there; it must be between 0 and %(most)s."
        )
        raise InvalidInput([fault(path, message, lower=f"{low:g}", upper=f"{high:g}", most=HIGHEST_M)])
    return parse_altitude(low, high, path)


def told(band: AltitudeBand, wanted: Reference, place: Place) -> AltitudeBand | None:
    """A band above ground in another reference; None where it has no bounds or the place does not tell enough."""
    shift = tried([], shift_m, Reference.AGL, wanted, place, "")
    if shift is None or band.lower is None or band.upper is None:
        return None
    metres = Decimal(str(shift))
    return AltitudeBand(band.lower + metres, band.upper + metres)
