"""What the cases of the checks ask for: places, heights, times and crafts, each a change of one that is plain."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from shapely.geometry import MultiPolygon, Point, Polygon, box

from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand, Volume
from testfields.sites.vocabulary import Label, RoadAnswer, Use
from testfields.zones import seasons
from testfields.zones.rules import Asked, Craft, Ground, Layer, Subject, Zone
from testfields.zones.surfaces import Surfaces
from testfields.zones.vocabulary import KINDS, Confidence, LayerKind

TOKYO = "Asia/Tokyo"
ITAMI = Surfaces(135 + 26 / 60 + 21 / 3600, 34 + 47 / 60 + 4 / 3600, 12)
KANSAI = Surfaces(135 + 13 / 60 + 58 / 3600, 34 + 26 / 60 + 3 / 3600, 5.3)
YAO = Point(135.603, 34.596)
# Longitude and latitude of the sample sites.
PLACES = {
    "yumeshima": (135.385, 34.650),
    "maishima": (135.395, 34.665),
    "expo": (135.531, 34.807),
    "hattori": (135.488, 34.784),
    "tsurumi": (135.575, 34.711),
    "rinku": (135.296, 34.407),
    "hannan": (135.21, 34.34),
    # Farther than 24 km from every airport of these cases.
    "afar": (135.9, 35.4),
}
ALL_KINDS = frozenset(LayerKind)


def drone(**changes: Any) -> Craft:
    """A drone of which everything has been said, and nothing that needs an approval."""
    plain = Craft(Use.DRONE, 900, None, False, False, False, False, False, "JU0123456789", True, frozenset({"2.4"}))
    return replace(plain, **changes)


def vehicle(use: Use = Use.VEHICLE, **changes: Any) -> Craft:
    """A vehicle or robot of which nothing else is known."""
    return replace(Craft(use), **changes)


def at(clock: str) -> datetime:
    """An instant by Tokyo's clocks: ``2026-12-03 10:00``."""
    return (datetime.fromisoformat(clock) - timedelta(hours=9)).replace(tzinfo=UTC)


def layer(kind: LayerKind) -> Layer:
    """A layer of one kind, read yesterday."""
    return Layer(kind.value, kind, Label("層", "Layer"), "試験", date(2026, 4, 1), Confidence.READ)


def zone(kind: LayerKind, **said: Any) -> Zone:
    """A zone all around everything, unless it says otherwise."""
    everywhere = MultiPolygon([box(134, 33, 137, 36)])
    return replace(Zone(layer(kind), "Z1", Label("試験区域", "Test zone"), everywhere), **said)


def airport(surfaces: Surfaces | None, ground: Point | None = None) -> Zone:
    """An airport with its surfaces, or of which none are known."""
    shape = surfaces.ground if surfaces else (ground or YAO).buffer(0.005)
    return replace(zone(LayerKind.AIRPORT), geometry=shape, surfaces=surfaces)


@dataclass(frozen=True)
class Given:
    """What a case changes of the plain one: a drone in sight by day at 100 m, far from everything."""

    place: str = "afar"
    craft: Craft = field(default_factory=drone)
    lower: float = 0
    upper: float = 100
    start: str = "2026-12-03 10:00"
    minutes: int = 60
    elevation: float | None = 0.0
    road: RoadAnswer = RoadAnswer.NOT_ROAD
    zones: tuple[Zone, ...] = ()
    covered: frozenset[LayerKind] = ALL_KINDS
    # Half a side of the footprint, in degrees, and of the area around it.
    half: float = 0.0005
    area_half: float = 0.002
    band: tuple[float, float] = (0, 500)
    track_m: float | None = None
    # Or so many metres north of an airport's reference point.
    at_m: tuple[Surfaces, float] | None = None

    @property
    def subject(self) -> Subject:
        """As the checks take it."""
        longitude, latitude = PLACES[self.place] if self.at_m is None else north_of(*self.at_m)
        footprint, area = (MultiPolygon([_square(longitude, latitude, half)]) for half in (self.half, self.area_half))
        start = at(self.start)
        volume = Volume(
            footprint, _band(self.lower, self.upper), Period(start, start + timedelta(minutes=self.minutes))
        )
        asked = Asked(volume, area, _band(*self.band), self.track_m)
        return Subject(self.craft, (asked,), Ground(TOKYO, self.elevation, self.road), self.zones, self.covered)


def north_of(around: Surfaces, metres: float) -> tuple[float, float]:
    """Longitude and latitude of a point north of an airport's."""
    point = around.plane.to_degrees(Point(0, metres))
    return point.centroid.x, point.centroid.y


def _square(longitude: float, latitude: float, half: float) -> Polygon:
    return box(longitude - half, latitude - half, longitude + half, latitude + half)


def _band(lower: float, upper: float) -> AltitudeBand:
    return AltitudeBand(Decimal(str(lower)), Decimal(str(upper)))


LOADED = frozenset(kind for kind, said in KINDS.items() if said.ought_to_load)
HOURS = seasons.parse
