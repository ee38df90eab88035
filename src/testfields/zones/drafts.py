"""Zones as files tell them, and the fields of such a file; every fault is told by feature and field."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from math import isclose
from typing import Annotated, Any

import msgspec
import shapely
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.heights import Reference
from testfields.core.shapes import JAPAN, checked_shape, polygons
from testfields.core.volumes import HIGHEST_M
from testfields.sites.exchange.record import Record
from testfields.sites.fields import LONGEST_NAME
from testfields.sites.rules import NOWHERE
from testfields.zones import seasons
from testfields.zones.surfaces import Surfaces
from testfields.zones.vocabulary import Confidence, LayerKind

Slug = Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]


class LayerFacts(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a file's member `layer` says, or a file of its own; `coverage` is a GeoJSON polygon or multipolygon."""

    slug: Slug
    kind: LayerKind
    name_ja: Line
    name_en: Line
    source: Line
    licence: Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)] = ""
    as_of: date
    confidence: Confidence
    coverage: dict[str, Any] | None = None


@dataclass(frozen=True)
class ZoneDraft:
    """A zone as it is to be published, named as its columns."""

    identifier: str
    name_ja: str
    name_en: str
    geometry: MultiPolygon
    lower: float | None = None
    upper: float | None = None
    reference: Reference = Reference.AGL
    first_day: date | None = None
    last_day: date | None = None
    hours: str = ""
    surfaces: Surfaces | None = None
    says_ja: str = ""
    says_en: str = ""


@dataclass(frozen=True)
class LayerDraft:
    """A layer as it is to be published."""

    facts: LayerFacts
    coverage: MultiPolygon
    zones: tuple[ZoneDraft, ...]


# The columns of a file, with their short names in a Shapefile.
SHORT: Mapping[str, str] = {
    "identifier": "identifier",
    "name_ja": "name_ja",
    "name_en": "name_en",
    "lower": "lower",
    "upper": "upper",
    "reference": "reference",
    "first_day": "first_day",
    "last_day": "last_day",
    "hours": "hours",
    "says_ja": "says_ja",
    "says_en": "says_en",
    "point_longitude": "point_lon",
    "point_latitude": "point_lat",
    "elevation_m": "elev_m",
    "horizontal_radius_m": "horiz_rad",
    "horizontal_height_m": "horiz_hgt",
    "run_per_metre": "run_per_m",
    "conical_radius_m": "cone_rad",
    "outer_radius_m": "outer_rad",
}
# Of an airport: its reference point, and the height of that.
POINT = ("point_longitude", "point_latitude", "elevation_m")
ALWAYS: tuple[seasons.Rule, ...] = ()
# What heights above sea level there are, and how far surfaces may reach; metres.
LOWEST_M, FARTHEST_M = -100, 60_000
OF_SURFACES = tuple(one.name for one in fields(Surfaces)[3:])


def read_zone(record: Record, kind: LayerKind) -> ZoneDraft:
    """A feature as a zone; what does not fit is noted in its record."""
    surfaces = _surfaces(record) if kind is LayerKind.AIRPORT else None
    lower, upper = record.number("lower", required=False), record.number("upper", required=False)
    for name, value in (("lower", lower), ("upper", upper)):
        if value is not None and not LOWEST_M <= value <= HIGHEST_M:
            record.add(name, N_("Heights must be between %(least)s and %(most)s m."), least=LOWEST_M, most=HIGHEST_M)
    if lower is not None and upper is not None and lower >= upper:
        record.add("upper", N_("The upper height must be greater than the lower height."))
    first, last = record.day("first_day"), record.day("last_day")
    if first and last and first > last:
        record.add("last_day", N_("The last day must not be before the first."))
    reference = record.word("reference", tuple(Reference), required=False)
    text = record.text("hours", required=False)
    record.parsed(seasons.parse, "hours", text, ALWAYS)
    return ZoneDraft(
        record.text("identifier"),
        record.text("name_ja", most=LONGEST_NAME),
        record.text("name_en", most=LONGEST_NAME),
        _ground(surfaces) if surfaces and record.shape is None else _polygon(record),
        lower,
        upper,
        Reference(reference) if reference else Reference.AGL,
        first,
        last,
        text,
        surfaces,
        record.text("says_ja", required=False),
        record.text("says_en", required=False),
    )


def _surfaces(record: Record) -> Surfaces | None:
    """The surfaces that an airport's reference point gives; None where it has no such point."""
    point = [record.number(name, required=False) for name in POINT]
    if point == [None] * 3:
        return None
    for name, value in zip(POINT, point, strict=True):
        if value is None:
            record.add(name, N_("This field is required."))
    given = {name: record.number(name, required=False) for name in OF_SURFACES}
    longitude, latitude, elevation = (one or 0.0 for one in point)
    read = Surfaces(longitude, latitude, elevation, **{name: one for name, one in given.items() if one is not None})
    return read if _is_sound(record, read) else None


def _is_sound(record: Record, read: Surfaces) -> bool:
    """Whether surfaces are ones that an airport may have; what is not is noted. Metres."""
    radii = (0, read.horizontal_radius_m, read.conical_radius_m, read.outer_radius_m, FARTHEST_M)
    wrong = {
        "point_longitude": not JAPAN[0] <= read.longitude <= JAPAN[2],
        "point_latitude": not JAPAN[1] <= read.latitude <= JAPAN[3],
        "elevation_m": not LOWEST_M <= read.elevation_m <= HIGHEST_M,
        "horizontal_radius_m": not radii[0] < radii[1],
        "horizontal_height_m": not 0 <= read.horizontal_height_m <= HIGHEST_M,
        "run_per_metre": not 1 <= read.run_per_metre <= FARTHEST_M,
        "conical_radius_m": not radii[1] <= radii[2],
        "outer_radius_m": not radii[2] <= radii[3] <= radii[4],
    }
    for name in (name for name, is_wrong in wrong.items() if is_wrong):
        record.add(name, N_("No airport's surfaces have such a value."))
    return not any(wrong.values())


def _ground(surfaces: Surfaces) -> MultiPolygon:
    circle = surfaces.ground
    return MultiPolygon([circle]) if isinstance(circle, Polygon) else NOWHERE


def _polygon(record: Record) -> MultiPolygon:
    """A shape of any number of points: a prefecture's districts have tens of thousands."""
    return record.parsed(lambda _text, path: checked_ground(record.shape, path), "geometry", "-", NOWHERE)


def checked_ground(ground: BaseGeometry | None, path: str) -> MultiPolygon:
    """A polygon in Japan, in two dimensions; raises InvalidInput with the reason."""
    if ground is None:
        raise InvalidInput([fault(path, N_("The feature has no shape."))])
    if ground.has_z:
        raise InvalidInput([fault(path, N_("The shape has heights. Please save it without them, in two dimensions."))])
    checked = checked_shape(_without_touches(ground), path)
    west, south, east, north = JAPAN
    x_least, y_least, x_most, y_most = checked.bounds
    if not (west <= x_least and x_most <= east and south <= y_least and y_most <= north):
        message = N_("The shape must lie in Japan, in degrees of longitude and latitude (EPSG:4326).")
        raise InvalidInput([fault(path, message)])
    return checked


def _without_touches(ground: BaseGeometry) -> BaseGeometry:
    """An outline that touches itself, as files of districts have some, parted where it does; any other as it is.

    What crosses itself has another area when it is parted, and is left for the fault to be told.
    """
    if ground.is_valid or not isinstance(ground, (Polygon, MultiPolygon)):
        return ground
    parted = shapely.make_valid(ground, method="structure", keep_collapsed=False)
    return parted if isclose(parted.area, ground.area, rel_tol=1e-9) else ground


def read_coverage(told: dict[str, Any] | None, zones: Sequence[ZoneDraft]) -> MultiPolygon:
    """Where a layer tells all there is: as it says, else on the ground of its zones alone; raises InvalidInput."""
    if told is None:
        return MultiPolygon(polygons(shapely.union_all([one.geometry for one in zones])))
    return checked_ground(read_shape(told, COVERAGE), COVERAGE)


COVERAGE = "layer.coverage"


def read_shape(told: object, path: str) -> BaseGeometry:
    """A GeoJSON geometry; raises InvalidInput for what is none."""
    try:
        return shape(told)  # type: ignore[arg-type]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, shapely.errors.ShapelyError) as error:
        raise InvalidInput([fault(path, N_("The shape must be a polygon."))]) from error


def columns_of(zones: Sequence[ZoneDraft]) -> dict[str, list[Any]]:
    """Zones as parallel arrays, named as the statement that adds them wants them."""
    return {
        "identifiers": [one.identifier for one in zones],
        "names_ja": [one.name_ja for one in zones],
        "names_en": [one.name_en for one in zones],
        "geometries": [one.geometry for one in zones],
        "lowers": [one.lower for one in zones],
        "uppers": [one.upper for one in zones],
        "references": [one.reference.value for one in zones],
        "first_days": [one.first_day for one in zones],
        "last_days": [one.last_day for one in zones],
        "hours": [one.hours for one in zones],
        "surfaces": [
            None if one.surfaces is None else msgspec.json.encode(asdict(one.surfaces)).decode() for one in zones
        ],
        "say_ja": [one.says_ja for one in zones],
        "say_en": [one.says_en for one in zones],
    }
