"""The zones that concern a test field, in the words of its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import floor
from typing import Any

from shapely.geometry.base import BaseGeometry

from testfields.catalogue.hours import days_in_words, listed
from testfields.core.errors import N_
from testfields.core.local_time import MONTHS_EN, format_date
from testfields.core.volumes import AltitudeBand, in_metres
from testfields.web import locale
from testfields.zones.rules import Zone, distance_m, without_surfaces
from testfields.zones.seasons import SUNRISE, SUNSET, WEEK, YEAR, Rule
from testfields.zones.service import Around
from testfields.zones.surfaces import Surfaces
from testfields.zones.vocabulary import CONFIDENCES, KINDS, LayerKind


@dataclass(frozen=True)
class ZoneRow:
    """A zone in words; `feature` ties it to its shape on the map."""

    feature: str
    kind: str
    name: str
    says: Sequence[str]
    source: str


@dataclass(frozen=True)
class Place:
    """The ground of a site, its height in metres above Tokyo Peil where that is known, and the day there."""

    shape: BaseGeometry
    elevation_m: float | None
    today: date


def zone_rows(around: Around, place: Place) -> list[ZoneRow]:
    """The zones by kind, without airports that say nothing of the place."""
    order = list(LayerKind)
    zones = sorted(around.zones.items(), key=lambda each: order.index(each[1].layer.kind))
    unknown = without_surfaces([one for _, one in zones if one.layer.kind is LayerKind.AIRPORT])
    rows = []
    for number, zone in zones:
        airport = zone.layer.kind is LayerKind.AIRPORT
        says = _of_airport(zone, place, zone in unknown) if airport else _says(zone, place.today)
        if says or not airport:
            rows.append(_row(number, zone, says))
    return rows


def unknown_kinds(around: Around) -> str:
    """The kinds of which nothing is known at a place, in a row; empty where there is none."""
    return listed([locale.in_words(KINDS[kind].label) for kind in around.unknown])


def zone_source(ground: BaseGeometry) -> dict[str, Any]:
    """The zones of a part of the map three times as wide as the site, to be laid under all else."""
    west, south, east, north = ground.bounds
    wide, high = east - west, north - south
    box = ",".join(f"{one:.5f}" for one in (west - wide, south - high, east + wide, north + high))
    url = f"/api/v1/zones.geojson?bbox={box}"
    return {"url": url, "class": "zone", "prefix": "zone-", "fit": False, "under": True}


def _row(number: int, zone: Zone, says: Sequence[str]) -> ZoneRow:
    source = _said(
        N_("%(source)s, as of %(day)s – %(confidence)s"),
        source=zone.layer.source,
        day=format_date(zone.layer.as_of, locale.current()),
        confidence=locale.in_words(CONFIDENCES[zone.layer.confidence]),
    )
    kind, name = locale.in_words(KINDS[zone.layer.kind].label), locale.in_words(zone.name)
    return ZoneRow(f"zone-{number}", kind, name, says, source)


def _of_airport(zone: Zone, place: Place, unknown: bool) -> list[str]:
    if zone.surfaces is not None:
        return _ceiling(zone.surfaces, place)
    return _no_surface(zone, place) if unknown else []


def _ceiling(surfaces: Surfaces, place: Place) -> list[str]:
    """The lowest height over the site that the surfaces of an airport leave."""
    lowest = surfaces.lowest_over(place.shape)
    if lowest is None:
        return []
    if place.elevation_m is None:
        text = N_("Heights from %(sea)s m above sea level; the height of the ground here is not known.")
        return [_said(text, sea=floor(lowest))]
    above = max(floor(lowest - place.elevation_m), 0)
    text = N_("Heights from %(sea)s m above sea level, here %(ground)s m above ground.")
    return [_said(text, sea=floor(lowest), ground=above)]


def _no_surface(zone: Zone, place: Place) -> list[str]:
    far = distance_m(zone.geometry, place.shape) / 1000
    return [_said(N_("%(km)s km away; no surface of it that limits heights is known here."), km=f"{far:.1f}")]


def _says(zone: Zone, today: date) -> list[str]:
    """Between which heights, days and hours it holds."""
    said = [_heights(zone.altitude), _days(zone, today), "; ".join(_hours(one) for one in zone.hours)]
    return [one for one in said if one]


def _heights(band: AltitudeBand) -> str:
    if band.lower is not None and band.upper is not None:
        return _said(N_("%(lower)s–%(upper)s m above ground"), lower=in_metres(band.lower), upper=in_metres(band.upper))
    if band.lower is not None:
        return _said(N_("From %(lower)s m above ground"), lower=in_metres(band.lower))
    return _said(N_("Up to %(upper)s m above ground"), upper=in_metres(band.upper)) if band.upper is not None else ""


def _days(zone: Zone, today: date) -> str:
    first, last = (one and format_date(one, locale.current()) for one in (zone.first_day, zone.last_day))
    if zone.last_day and zone.last_day < today:
        return _said(N_("It ended on %(day)s."), day=last)
    if first and last:
        return _said(N_("From %(first)s to %(last)s"), first=first, last=last)
    if first:
        return _said(N_("From %(first)s"), first=first)
    return _said(N_("Until %(last)s"), last=last) if last else ""


def _hours(rule: Rule) -> str:
    """A rule of days and hours: season, days of the week, from when to when."""
    season = "–".join(_day_of_year(*one) for one in rule.season) if rule.season != YEAR else ""
    edges = "–".join(_edge(one) for one in (rule.begin, rule.end))
    return " ".join(one for one in (season, days_in_words(_in_their_order(rule.weekdays)), edges) if one)


def _in_their_order(weekdays: frozenset[int]) -> list[int]:
    """Days that follow each other, counted from Monday 1, also over a Sunday."""
    first = 0 if weekdays == WEEK else next(one for one in weekdays if (one - 1) % 7 not in weekdays)
    return [(first + step) % 7 + 1 for step in range(len(weekdays))]


def _day_of_year(month: int, day: int) -> str:
    return f"{month}月{day}日" if locale.current() == "ja" else f"{day} {MONTHS_EN[month - 1]}"


EDGES = {SUNRISE: N_("sunrise"), SUNSET: N_("sunset")}


def _edge(edge: str) -> str:
    return locale.translate(EDGES[edge]) if edge in EDGES else edge


def _said(text: str, **values: object) -> str:
    return locale.translate(text, None, **values)
