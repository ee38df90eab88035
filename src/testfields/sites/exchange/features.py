"""Between the features of a file and the catalogue's values: one flat record for each site, each area
and each piece of a plan.

`COLUMNS` is the format, as `sites.fields` and `sites.drafts` tell it, with what stands in files alone: the name in
GeoJSON and GeoPackage, the short name in a Shapefile, the type, and whether sites, areas or both have it.
maps/README.md tells it to people.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Any, TypeVar

from shapely import orient_polygons
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from testfields.core.errors import N_
from testfields.core.fields import Row
from testfields.sites.drafts import AREA, SITE, AreaDraft, Exceptions, Hours, SiteDraft, told_of
from testfields.sites.exchange.notation import format_exceptions, format_facilities, format_hours
from testfields.sites.exchange.record import Record
from testfields.sites.fields import LONGEST_NAME, POLICY, Facilities, Field, Policy, Unit, Uses
from testfields.sites.plan import Piece
from testfields.sites.rules import FeatureFault, check_catalogue, placed_fault
from testfields.sites.vocabulary import PlanKind

T = TypeVar("T")

AN_AREA, A_SITE, A_PLAN = "area", "site", "plan"
KINDS = (A_SITE, AN_AREA, A_PLAN)
BOTH = frozenset({A_SITE, AN_AREA})

ColumnType = type[str] | type[int] | type[float] | type[bool] | type[date]


@dataclass(frozen=True)
class Column:
    """One column of a file; `row` is what is said of its field."""

    name: str
    type: ColumnType
    kinds: frozenset[str]
    row: Row[Field]

    @property
    def short(self) -> str:
        """Its name in a Shapefile."""
        return self.row.field.short or self.name


# What a file holds of each type that it cannot hold itself.
WRITTEN: Mapping[Any, ColumnType] = {Hours: str, Exceptions: str, Uses: str, Facilities: str}


def _columns(rows: Iterable[Row[Field]], *kinds: str) -> Iterator[Column]:
    for one in rows:
        written: ColumnType = WRITTEN.get(one.type, one.type)
        yield Column(one.name, str if issubclass(written, str) else written, frozenset(kinds), one)


def _only_here(name: str, kind: ColumnType, field: Field, *kinds: str) -> Column:
    return Column(name, kind, frozenset(kinds), Row(name, kind, not field.required, field))


# A piece of a plan may have them.
NAMES_OF_PIECES = ("name_ja", "name_en")
COLUMNS: Sequence[Column] = (
    _only_here("kind", str, Field("`site`, `area` or `plan`"), *KINDS),
    *(
        column
        for name, row in SITE.items()
        if name in AREA
        for column in _columns([row], *(KINDS if name in NAMES_OF_PIECES else (A_SITE, AN_AREA)))
    ),
    *_columns((row for name, row in SITE.items() if name not in AREA), A_SITE),
    _only_here("site", str, Field("slug of the site it belongs to"), AN_AREA, A_PLAN),
    _only_here("parent", str, Field("slug of the area it lies in", required=False), AN_AREA),
    *_columns((row for name, row in AREA.items() if name not in SITE), AN_AREA),
    _only_here(
        "altitude_lower", float, Field("lowest height that may be asked for", "alt_lower", Unit.METRES), AN_AREA
    ),
    _only_here(
        "altitude_upper", float, Field("greatest height that may be asked for", "alt_upper", Unit.METRES), AN_AREA
    ),
    _only_here("plan", str, Field(f"what is there: {', '.join(f'`{one}`' for one in PlanKind)}"), A_PLAN),
)
NAMES = tuple(one.name for one in COLUMNS)
# Columns that files have had, by both of their names.
GONE: Mapping[str, str] = dict.fromkeys(
    ("geoid_height", "geoid_m"),
    N_("The geoid height follows from the coordinates and is no longer entered. Please leave this field out."),
)
# Columns that programs add by themselves: GDAL and QGIS their numbers, and what two layers became one of; ArcGIS
# numbers, lengths and areas, cut off at ten letters and counted in a Shapefile, and who changed a feature.
OF_PROGRAMS = re.compile(
    r"(?:id|fid|ogc_fid|gid|oid|objectid|layer|path)_?\d{0,2}"
    r"|shape|shape__?(?:leng(?:th)?|area|le_\d|ar_\d)|globalid|auxiliary_storage.*"
    r"|created_(?:us|da)\w*|creat(?:or|ionda\w*)|edit(?:or|date)|last_edi\w*"
)


def is_of_programs(name: str) -> bool:
    """Whether a column is none of the format's, and one that programs add."""
    return name not in NAMES and OF_PROGRAMS.fullmatch(name.lower()) is not None


@dataclass(frozen=True)
class Feature:
    """One feature of a file: its values by the fields' full names, its shape in EPSG:4326."""

    values: Mapping[str, object]
    shape: BaseGeometry | None


def read_catalogue(
    features: Iterable[Feature], owner: str | None, today: date
) -> tuple[list[SiteDraft], list[FeatureFault]]:
    """Sites with their areas in the file's order, and every fault found.

    `owner` is whose sites these are where the features do not say so. A value that could not be read is replaced by
    a stand-in, so that the other checks still run; drafts may be stored only when there is no fault.
    """
    records: list[Record] = []
    sites: list[SiteDraft] = []
    areas: list[tuple[Record, str, AreaDraft]] = []
    pieces: list[tuple[Record, str, Piece]] = []
    # One feature after the other, so that whoever hands them over sees how far it is.
    for place, one in enumerate(features):
        record = Record(place, one.values, one.shape)
        records.append(record)
        kind = record.word("kind", KINDS)
        if kind == A_SITE:
            sites.append(_site(record, owner))
        elif kind == AN_AREA:
            areas.append((record, record.code("site"), _area(record)))
        elif kind == A_PLAN and (piece := _piece(record)) is not None:
            pieces.append((record, record.code("site"), piece))
        _refuse_stray_values(record, kind)
    drafts = [
        replace(site, areas=tuple(theirs), plan=tuple(ground) or None)
        for site, theirs, ground in zip(sites, _of_each(sites, areas), _of_each(sites, pieces), strict=True)
    ]
    return drafts, in_order([*_file_faults(records), *_beyond(records, check_catalogue(drafts, today))])


def _of_each(sites: Sequence[SiteDraft], parts: Iterable[tuple[Record, str, T]]) -> list[list[T]]:
    """Of each site what belongs to it, in the file's order."""
    of_site: dict[str, list[T]] = {site.slug: [] for site in sites}
    for record, slug, part in parts:
        if slug in of_site:
            of_site[slug].append(part)
        elif slug:
            record.add("site", N_("The file has no site “%(site)s”."), site=slug)
    return [of_site[site.slug] for site in sites]


def _file_faults(records: Sequence[Record]) -> Iterator[FeatureFault]:
    for record in records:
        for name, message in record.faults:
            yield placed_fault(record.place, record.slug, name, message)


def _beyond(records: Sequence[Record], faults: Iterable[FeatureFault]) -> Iterator[FeatureFault]:
    """Faults of fields that could be read; a stand-in is not judged a second time."""
    unread = {(record.place, name) for record in records for name, _ in record.faults}
    return (one for one in faults if (one.feature, one.field) not in unread)


def in_order(faults: Iterable[FeatureFault]) -> list[FeatureFault]:
    """By feature, each once: the areas of a doubled site are judged twice."""
    once = {(one.feature, one.field, one.message.id, str(one.message.values)): one for one in faults}
    return sorted(once.values(), key=lambda one: one.feature)


def _refuse_stray_values(record: Record, kind: str) -> None:
    """A value in a column that is unknown or belongs to the other kind would be lost in silence."""
    allowed = {one.name for one in COLUMNS if kind in one.kinds}
    for name in record.given():
        if name in GONE:
            record.add(name, GONE[name])
        elif name not in NAMES and not is_of_programs(name):
            near = get_close_matches(name, NAMES, n=1)
            if near:
                record.add(name, N_("There is no such field. Is “%(near)s” meant?"), near=near[0])
            else:
                record.add(name, N_("There is no such field."))
        elif kind and name in NAMES and name not in allowed:
            record.add(name, N_("This field does not belong to this kind of feature."))


def _site(record: Record, owner: str | None) -> SiteDraft:
    told = {name: record.told(row) for name, row in SITE.items() if name != "owner"}
    policy = Policy(**{name: told.pop(name) for name in POLICY})
    return SiteDraft(
        **told,
        owner=_owner(record, owner),
        geometry=record.polygon(),
        policy=policy,
        areas=(),
        feature=record.place,
    )


def _owner(record: Record, owner: str | None) -> str:
    told = record.code("owner", required=owner is None)
    if owner is not None and told not in {"", owner}:
        message = N_("The feature names the owner “%(told)s”, but the import is for “%(owner)s”.")
        record.add("owner", message, told=told, owner=owner)
    return told or owner or ""


def _area(record: Record) -> AreaDraft:
    return AreaDraft(
        **{name: record.told(row) for name, row in AREA.items()},
        parent_slug=record.code("parent", required=False) or None,
        altitude=record.altitude(),
        geometry=record.polygon(),
        feature=record.place,
    )


def _piece(record: Record) -> Piece | None:
    kind = record.word("plan", tuple(PlanKind))
    shape = record.piece(PlanKind(kind)) if kind else None
    if shape is None:
        return None
    names = {name: record.text(name, required=False, most=LONGEST_NAME) for name in NAMES_OF_PIECES}
    return Piece(kind=PlanKind(kind), **names, geometry=shape, feature=record.place)


def write_catalogue(sites: Iterable[SiteDraft]) -> list[Feature]:
    """The features of which `read_catalogue` makes these sites again: each site, its areas, its plan."""
    return [feature for site in sites for feature in _features_of(site)]


def _features_of(site: SiteDraft) -> Iterator[Feature]:
    yield _feature_of(site)
    yield from (_part_of(site, one) for one in site.areas)
    for one in site.plan or ():
        names = {"name_ja": one.name_ja or None, "name_en": one.name_en or None}
        yield Feature({"kind": A_PLAN, "site": site.slug, "plan": one.kind.value, **names}, one.geometry)


def _feature_of(site: SiteDraft) -> Feature:
    return Feature({"kind": A_SITE, **_written(site)}, _shape(site.geometry))


def _part_of(site: SiteDraft, area: AreaDraft) -> Feature:
    here = {
        "kind": AN_AREA,
        "site": site.slug,
        "parent": area.parent_slug,
        "altitude_lower": None if area.altitude.lower is None else float(area.altitude.lower),
        "altitude_upper": None if area.altitude.upper is None else float(area.altitude.upper),
    }
    return Feature({**here, **_written(area)}, _shape(area.geometry))


def _written(draft: SiteDraft | AreaDraft) -> dict[str, object]:
    """Its values as files hold them."""
    told = told_of(draft)
    texts = {"uses": "; ".join(told["uses"])}
    if isinstance(draft, SiteDraft):
        texts |= {
            "facilities": format_facilities(draft.facilities),
            "hours": format_hours(draft.hours),
            "exceptions": format_exceptions(draft.exceptions),
        }
    return {**told, **texts}


def _shape(geometry: MultiPolygon) -> BaseGeometry:
    """A single polygon where there is one, as it was drawn; outer rings anticlockwise (RFC 7946, 3.1.6)."""
    oriented: MultiPolygon = orient_polygons(geometry)
    return oriented.geoms[0] if len(oriented.geoms) == 1 else oriented
