"""Layers of zones, what is to be tried among them, and findings: what a check says of a volume.

A finding never says that something is allowed, and where no rule is broken nobody is told that a flight is clear: what
the portal does not know is a finding like others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from testfields.core.errors import Message
from testfields.core.local_time import midnight
from testfields.core.periods import Period
from testfields.core.volumes import EVERY_HEIGHT, AltitudeBand, Volume
from testfields.sites.vocabulary import Label, RoadAnswer, Use
from testfields.zones.seasons import Place, Rule, within
from testfields.zones.surfaces import Plane, Surfaces
from testfields.zones.vocabulary import Confidence, LayerKind, Severity, Source

# An airport whose surfaces are not known is told of up to where an outer horizontal surface may reach.
AIRPORT_REACH_M = 24_000
# Surfaces belong to the airport on whose ground, or so near to it, their reference point lies.
SAME_AIRPORT_M = 3000


@dataclass(frozen=True)
class Layer:
    """One publication of one kind of zones, from one source."""

    slug: str
    kind: LayerKind
    name: Label
    # Where it comes from, as of which day, and how sure that is.
    source: str
    as_of: date
    confidence: Confidence
    licence: str = ""

    @property
    def told(self) -> Source:
        """Where what it says stands."""
        name = f"{self.source} ({self.as_of.isoformat()})"
        return Source(Label(name, name), self.confidence)


@dataclass(frozen=True)
class Zone:
    """A restriction: its ground, heights in metres above ground, its days and hours, or the surfaces of an airport.

    `geometry` is what of it concerns the ground asked about; of an airport all of its own.
    """

    layer: Layer
    identifier: str
    name: Label
    geometry: BaseGeometry
    altitude: AltitudeBand = EVERY_HEIGHT
    # Both included; None is without a beginning or an end.
    first_day: date | None = None
    last_day: date | None = None
    hours: tuple[Rule, ...] = ()
    surfaces: Surfaces | None = None
    # Why it is there, where its layer says more than its kind.
    says: Label | None = None

    @property
    def known_as(self) -> str:
        """Its layer and its number there, which is no other's in other layers."""
        return f"{self.layer.slug}/{self.identifier}"

    def periods(self, period: Period, place: Place) -> tuple[Period, ...]:
        """The parts of a period in which it holds."""
        if self.hours:
            return within(self.hours, period, place, self.first_day, self.last_day)
        start = midnight(self.first_day, place.zone) if self.first_day else period.start
        end = midnight(self.last_day + timedelta(days=1), place.zone) if self.last_day else period.end
        if start >= period.end or end <= period.start:
            return ()
        return (Period(max(start, period.start), min(end, period.end)),)


@dataclass(frozen=True)
class Craft:
    """What is tried with, as far as the company has said so; None is what it has not said."""

    use: Use
    mass_g: int | None = None
    tether_m: float | None = None
    beyond_sight: bool | None = None
    near_people: bool | None = None
    over_event: bool | None = None
    dangerous_goods: bool | None = None
    drops: bool | None = None
    registration: str = ""
    remote_id: bool | None = None
    radio: frozenset[str] = frozenset()
    width_m: float | None = None
    licensed_until: date | None = None
    insured_until: date | None = None


@dataclass(frozen=True)
class Asked:
    """A volume with the area that it is asked for in."""

    volume: Volume
    area: MultiPolygon
    band: AltitudeBand
    width_m: float | None = None

    @property
    def top_m(self) -> float:
        """The height above ground up to which is asked for; of no bound that of the area."""
        upper = self.volume.altitude.upper if self.volume.altitude.upper is not None else self.band.upper
        return float(upper or 0)


@dataclass(frozen=True)
class Ground:
    """What is known of the site: its height above Tokyo Peil in metres, and the police's answer."""

    zone: str
    elevation_m: float | None = None
    road_answer: RoadAnswer = RoadAnswer.NOT_ASKED


@dataclass(frozen=True)
class Subject:
    """All that the checks look at: what is asked for, with what, where, and the zones around."""

    craft: Craft
    asked: tuple[Asked, ...]
    ground: Ground
    zones: tuple[Zone, ...] = ()
    # The kinds of which some layer covers all that is asked for.
    covered: frozenset[LayerKind] = frozenset()

    def of_kind(self, kind: LayerKind) -> list[Zone]:
        """The zones of one kind."""
        return [one for one in self.zones if one.layer.kind is kind]

    def place_of(self, shape: BaseGeometry) -> Place:
        """Where the sun is looked at for a shape."""
        middle = shape.centroid
        return Place(middle.x, middle.y, self.ground.zone)


@dataclass(frozen=True)
class Finding:
    """What one check says: how grave, what, why by which source, where and when, and what would cure it."""

    code: str
    severity: Severity
    what: Message
    why: Label
    cure: Label
    source: Source
    where: BaseGeometry | None = field(default=None, compare=False)
    when: tuple[Period, ...] = ()
    zone: str = ""

    @property
    def has_place(self) -> bool:
        """Whether it arises somewhere, instead of everywhere."""
        return self.where is not None and not self.where.is_empty


def without_surfaces(airports: Sequence[Zone]) -> list[Zone]:
    """Of these airports those of which no surface is known, in no layer."""
    known = [one.surfaces.point for one in airports if one.surfaces]
    return [
        one
        for one in airports
        if one.surfaces is None and not any(distance_m(one.geometry, point) <= SAME_AIRPORT_M for point in known)
    ]


def distance_m(shape: BaseGeometry, other: BaseGeometry) -> float:
    """Metres between two shapes in degrees, 0 where they meet; right to a thousandth within some tens of kilometres."""
    one, two = shapely.shortest_line(shape, other).coords
    middle = Plane((one[0] + two[0]) / 2, (one[1] + two[1]) / 2)
    return float(middle.from_degrees(shapely.linestrings([one, two])).length)


def joined(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings that say the same of several volumes as one, with all their places and times; the gravest first."""
    kept: dict[Said, Finding] = {}
    for one in findings:
        key = _said(one)
        kept[key] = _with(kept[key], one) if key in kept else one
    return tuple(sorted(kept.values(), key=_gravest_first))


@dataclass(frozen=True)
class Compared:
    """What was found at one time or another: whether it was `then`, and whether it is `now`."""

    finding: Finding
    then: bool
    now: bool


def compared(then: Sequence[Finding], now: Sequence[Finding]) -> tuple[Compared, ...]:
    """Findings of two times side by side, the gravest first; a later edition of a source alone is no difference."""
    before = {(_said(one), one.when): one for one in then}
    after = {(_said(one), one.when): one for one in now}
    both = [Compared(one, key in before, key in after) for key, one in (before | after).items()]
    return tuple(sorted(both, key=lambda one: _gravest_first(one.finding)))


def come_gravely(findings: Sequence[Compared]) -> tuple[Finding, ...]:
    """What is found now and was not then, and forbids something or needs a permission."""
    return tuple(one.finding for one in findings if one.now and not one.then and one.finding.severity in GRAVE)


GRAVE = frozenset({Severity.BLOCKS, Severity.PERMISSION})
Said = tuple[object, ...]


def _said(one: Finding) -> Said:
    """What makes two findings say the same, whatever their place and time."""
    values = tuple(sorted((name, str(value)) for name, value in one.what.values.items()))
    return (one.code, one.severity, one.zone, one.what.id, values)


def _gravest_first(one: Finding) -> int:
    return list(Severity).index(one.severity)


def _with(one: Finding, other: Finding) -> Finding:
    shapes = [shape for shape in (one.where, other.where) if shape is not None]
    where = shapely.union_all(shapes) if shapes else None
    return replace(one, where=where, when=tuple(sorted({*one.when, *other.when})))
