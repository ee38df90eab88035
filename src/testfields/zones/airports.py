"""The checks of airports: heights under their surfaces, what is too near to be told by these, and what is not known."""

from collections.abc import Iterator, Mapping
from math import floor

from shapely.geometry.base import BaseGeometry

from testfields.core.errors import N_, Message
from testfields.sites.vocabulary import Use
from testfields.zones.rules import AIRPORT_REACH_M, Asked, Finding, Subject, Zone, distance_m, without_surfaces
from testfields.zones.surfaces import Surfaces
from testfields.zones.vocabulary import KINDS, LayerKind, Severity


def surfaces(subject: Subject) -> Iterator[Finding]:
    """Above the surfaces around an airport, at each part of the footprint, or so near that others limit the height."""
    if subject.craft.use is not Use.DRONE:
        return
    for zone in subject.of_kind(LayerKind.AIRPORT):
        for one in subject.asked:
            lowest = zone.surfaces.lowest_over(one.volume.footprint) if zone.surfaces else None
            if zone.surfaces is None or lowest is None:
                continue
            if _is_near(zone.surfaces, one):
                yield _found("airport-near", NEAR, zone, one, {"km": f"{zone.surfaces.horizontal_radius_m / 1000:g}"})
            if subject.ground.elevation_m is None:
                yield _found("airport-surface-height-unknown", UNKNOWN_HEIGHT, zone, one, {"ceiling": floor(lowest)})
            elif one.top_m + subject.ground.elevation_m > lowest:
                yield _too_high(zone, zone.surfaces, one, lowest, subject.ground.elevation_m)


def _is_near(around: Surfaces, asked: Asked) -> bool:
    """Whether it lies under the horizontal surface, where approaches and transitions cut lower into it."""
    return around.distance_m(asked.volume.footprint) <= around.horizontal_radius_m


def _too_high(zone: Zone, around: Surfaces, asked: Asked, lowest: float, elevation: float) -> Finding:
    where = around.lower_than(asked.top_m + elevation, asked.volume.footprint)
    height = floor(max(lowest - elevation, 0.0))
    values = {"top": f"{asked.top_m:g}", "ceiling": floor(lowest), "height": height}
    return _found("airport-surface", TOO_HIGH, zone, asked, values, where)


NEAR = N_(
    "Within %(km)s km of %(airport)s. Its approach and transitional surfaces, which lie lower and ban all flight below"
    " them at some airports, are not known here."
)
UNKNOWN_HEIGHT = N_(
    "Below the surfaces of %(airport)s, at the lowest %(ceiling)s m above sea level. How high that is above ground is"
    " not known, as the height of the ground here is not."
)
TOO_HIGH = N_(
    "Up to %(top)s m above ground is above the surfaces of %(airport)s: at the lowest %(ceiling)s m above sea level,"
    " here %(height)s m above ground."
)


def unknown(subject: Subject) -> Iterator[Finding]:
    """Near an airport whose surfaces are not known."""
    if subject.craft.use is not Use.DRONE:
        return
    kind = KINDS[LayerKind.AIRPORT]
    for zone in without_surfaces(subject.of_kind(LayerKind.AIRPORT)):
        far = min((distance_m(zone.geometry, one.volume.footprint) for one in subject.asked), default=AIRPORT_REACH_M)
        if far < AIRPORT_REACH_M:
            message = N_(
                "%(airport)s is %(km)s km away, and no surface of it is known here. Please ask whether it limits the"
                " height."
            )
            what = Message(message, {"airport": zone.name, "km": f"{far / 1000:.1f}"})
            yield Finding(
                "airport-unknown", Severity.NOTICE, what, kind.why, kind.cure, zone.layer.told, zone=zone.known_as
            )


def _found(
    code: str,
    what: str,
    zone: Zone,
    asked: Asked,
    values: Mapping[str, object],
    where: BaseGeometry | None = None,
) -> Finding:
    kind = KINDS[LayerKind.AIRPORT]
    return Finding(
        code,
        kind.severity,
        Message(what, {"airport": zone.name, **values}),
        kind.why,
        kind.cure,
        zone.layer.told,
        asked.volume.footprint if where is None else where,
        (asked.volume.period,),
        zone.known_as,
    )
