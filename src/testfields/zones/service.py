"""What is known of a place, and what the checks find of something that is to be tried there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from shapely.geometry.base import BaseGeometry

from testfields.core.volumes import AltitudeBand, Volume
from testfields.db.values import to_band
from testfields.sites.vocabulary import Label, RoadAnswer
from testfields.zones import hours, queries
from testfields.zones.checks import findings
from testfields.zones.rules import Asked, Craft, Finding, Ground, Layer, Subject, Zone
from testfields.zones.surfaces import Surfaces
from testfields.zones.vocabulary import Confidence, LayerKind


@dataclass(frozen=True)
class InArea:
    """A volume in an area by its number."""

    area_id: int
    volume: Volume


async def findings_of(craft: Craft, volumes: Sequence[InArea], at: datetime) -> tuple[Finding, ...]:
    """What the checks find of volumes at one site, by the zones as they were published `at` a time; none without any."""
    if not volumes:
        return ()
    return findings(await subject_of(craft, volumes, at))


async def subject_of(craft: Craft, volumes: Sequence[InArea], at: datetime) -> Subject:
    """All that the checks look at; the volumes are in areas of one site, and there are some."""
    places = {row["id"]: row for row in await queries.PLACE.rows(area_ids=[one.area_id for one in volumes])}
    shapes = [one.volume.footprint for one in volumes]
    ground = _ground(next(iter(places.values())))
    zones = [_zone(row, ground) for row in await queries.AROUND.rows(shapes=shapes, at=at)]
    covered = await queries.COVERED.rows(shapes=shapes, at=at)
    return Subject(
        craft,
        tuple(_asked(one.volume, places[one.area_id]) for one in volumes),
        ground,
        tuple(zones),
        frozenset(LayerKind(row["kind"]) for row in covered),
    )


def _asked(volume: Volume, place: asyncpg.Record) -> Asked:
    width = place["width_m"]
    return Asked(volume, place["geometry"], to_band(place["altitude"]), None if width is None else float(width))


def _ground(place: asyncpg.Record) -> Ground:
    elevation = place["ground_elevation"]
    return Ground(
        place["timezone"], None if elevation is None else float(elevation), RoadAnswer(place["road_answer"])
    )


def _zone(row: asyncpg.Record, ground: Ground) -> Zone:
    layer = Layer(
        row["slug"],
        LayerKind(row["kind"]),
        Label(row["layer_ja"], row["layer_en"]),
        row["source"],
        row["as_of"],
        Confidence(row["confidence"]),
        row["licence"],
    )
    return Zone(
        layer,
        row["identifier"],
        Label(row["name_ja"], row["name_en"]),
        row["geometry"],
        _above_ground(row, ground),
        row["first_day"],
        row["last_day"],
        hours.parse(row["hours"], "hours"),
        msgspec.json.decode(row["surfaces"], type=Surfaces) if row["surfaces"] else None,
        Label(row["says_ja"], row["says_en"]) if row["says_ja"] else None,
    )


def _above_ground(row: asyncpg.Record, ground: Ground) -> AltitudeBand:
    """A zone's heights in metres above ground; where these cannot be told it holds at every height, to be cautious."""
    raise NotImplementedError


def middle_of(shape: BaseGeometry) -> tuple[float, float]:
    """Longitude and latitude at which the geoid is looked up for a shape."""
    middle = shape.centroid
    return middle.x, middle.y
