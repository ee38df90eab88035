"""What is known of a place, and what the checks find of something that is to be tried there."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

import asyncpg
import msgspec
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from testfields.core import heights
from testfields.core.errors import tried
from testfields.core.heights import Reference
from testfields.core.volumes import EVERY_HEIGHT, AltitudeBand, Volume
from testfields.db.values import to_band
from testfields.sites.service import Box
from testfields.sites.vocabulary import Label, RoadAnswer
from testfields.zones import queries, seasons
from testfields.zones.checks import findings
from testfields.zones.rules import Asked, Craft, Finding, Ground, Layer, Subject, Zone
from testfields.zones.surfaces import Surfaces
from testfields.zones.vocabulary import KINDS, Confidence, LayerKind

MOST_DRAWN = 1000
# An outline is told to a thousandth of the width of what is looked at.
FINENESS = 1000


class InArea(Protocol):
    """A volume in an area, by the area's number."""

    @property
    def area_id(self) -> int: ...
    @property
    def volume(self) -> Volume: ...


async def findings_of(craft: Craft, volumes: Sequence[InArea], at: datetime) -> tuple[Finding, ...]:
    """What the checks find of volumes at one site, by the zones as they were published `at` a time."""
    if not volumes:
        return ()
    # Shapes of some thousand points are compared, which others should not wait for.
    return await asyncio.to_thread(findings, await subject_of(craft, volumes, at))


async def subject_of(craft: Craft, volumes: Sequence[InArea], at: datetime) -> Subject:
    """All that the checks look at; the volumes are in areas of one site, and there are some."""
    places = {row["id"]: row for row in await queries.PLACE.rows(area_ids=[one.area_id for one in volumes])}
    shapes = [one.volume.footprint for one in volumes]
    ground = _ground(next(iter(places.values())))
    middle = shapes[0].centroid
    zones = [_zone(row, ground, middle) for row in await queries.AROUND.rows(shapes=shapes, at=at)]
    covered = await queries.COVERED.rows(shapes=shapes, at=at)
    return Subject(
        craft,
        tuple(_asked(one.volume, places[one.area_id]) for one in volumes),
        ground,
        tuple(zones),
        frozenset(LayerKind(row["kind"]) for row in covered),
    )


@dataclass(frozen=True)
class Around:
    """The zones that concern a place, by their numbers, and the kinds of which nothing is known there."""

    zones: Mapping[int, Zone]
    unknown: tuple[LayerKind, ...]


async def around(shape: BaseGeometry, elevation_m: float | None, zone: str, at: datetime) -> Around:
    """What is known at a time of a place, whose ground lies so high above Tokyo Peil, by the clocks of `zone`."""
    ground, middle = Ground(zone, elevation_m), shape.centroid
    rows = await queries.AROUND.rows(shapes=[shape], at=at)
    covered = {row["kind"] for row in await queries.COVERED.rows(shapes=[shape], at=at)}
    unknown = [kind for kind, said in KINDS.items() if said.ought_to_load and kind not in covered]
    return Around({row["id"]: _zone(row, ground, middle) for row in rows}, tuple(unknown))


@dataclass(frozen=True)
class LayerThen:
    """A layer as it held at a time, and how many zones it had."""

    slug: str
    kind: LayerKind
    name_ja: str
    name_en: str
    source: str
    licence: str
    as_of: date
    confidence: Confidence
    published_at: datetime
    zones: int


async def layers(at: datetime) -> list[LayerThen]:
    """The layers as they were published at a time, by kind."""
    return await queries.LAYERS.all(LayerThen, at=at)


@dataclass(frozen=True)
class Drawn:
    """Zones as GeoJSON, and the number of the last where there may be more."""

    body: bytes
    last: int | None


async def zones_in(box: Box | None, kind: LayerKind | None, after: int, at: datetime) -> Drawn:
    """The zones of a part of the map, or of all of it with their whole outlines, by their numbers `after` one."""
    part = box or Box()
    tolerance = (part.east - part.west) / FINENESS if box else 0.0
    row = await queries.DRAWN.row(**asdict(part), kind=kind, at=at, after=after, limit=MOST_DRAWN, tolerance=tolerance)
    if row is None:
        raise LookupError("an aggregate without a row")
    return Drawn(row["body"].encode(), row["last"] if row["drawn"] == MOST_DRAWN else None)


def _asked(volume: Volume, place: asyncpg.Record) -> Asked:
    width = place["width_m"]
    return Asked(volume, place["geometry"], to_band(place["altitude"]), None if width is None else float(width))


def _ground(place: asyncpg.Record) -> Ground:
    elevation = place["ground_elevation"]
    return Ground(place["timezone"], None if elevation is None else float(elevation), RoadAnswer(place["road_answer"]))


def _zone(row: asyncpg.Record, ground: Ground, middle: Point) -> Zone:
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
        _above_ground(row, ground, middle),
        row["first_day"],
        row["last_day"],
        seasons.parse(row["hours"], "hours"),
        msgspec.json.decode(row["surfaces"], type=Surfaces) if row["surfaces"] else None,
        Label(row["says_ja"], row["says_en"]) if row["says_ja"] else None,
    )


def _above_ground(row: asyncpg.Record, ground: Ground, middle: Point) -> AltitudeBand:
    """A zone's heights in metres above ground; where these cannot be told it holds at every height, to be cautious."""
    place = heights.Place(middle.x, middle.y, ground.elevation_m)
    shift = tried([], heights.shift_m, Reference(row["reference"]), Reference.AGL, place, "")
    if shift is None:
        return EVERY_HEIGHT
    lower, upper = (None if one is None else one + Decimal(str(shift)) for one in (row["lower"], row["upper"]))
    return AltitudeBand(lower, upper)
