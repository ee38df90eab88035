"""Between the features of a file and the catalogue's values: one flat record for each site and each area.

`FIELDS` is the format: the name in GeoJSON and GeoPackage, the short name in a Shapefile (whose names end after ten
characters), the type, and whether sites, areas or both have it. maps/README.md tells it to people.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from shapely import orient_polygons
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from testfields.core.errors import N_
from testfields.sites.exchange.notation import format_facilities, format_hours
from testfields.sites.exchange.record import Record
from testfields.sites.rules import AreaDraft, FeatureFault, SiteDraft, check_catalogue, placed_fault
from testfields.sites.vocabulary import MODES, PROPERTY_CLASSES, ROAD_ANSWERS, SURFACES

SITE, AREA = "site", "area"
BOTH = frozenset({SITE, AREA})

FieldType = type[str] | type[int] | type[float] | type[bool] | type[date]


@dataclass(frozen=True)
class Field:
    """One column of a file."""

    name: str
    short: str
    type: FieldType
    kinds: frozenset[str]


def _fields(kinds: Iterable[str], *fields: tuple[str, str, FieldType]) -> list[Field]:
    return [Field(name, short, kind, frozenset(kinds)) for name, short, kind in fields]


FIELDS: Sequence[Field] = (
    *_fields(BOTH, ("kind", "kind", str), ("slug", "slug", str)),
    *_fields({AREA}, ("site", "site", str), ("parent", "parent", str)),
    *_fields({SITE}, ("owner", "owner", str), ("published", "published", bool), ("sample", "sample", bool)),
    *_fields(BOTH, ("name_ja", "name_ja", str), ("name_en", "name_en", str)),
    *_fields(
        {SITE},
        ("description_ja", "desc_ja", str),
        ("description_en", "desc_en", str),
        ("address_ja", "addr_ja", str),
        ("address_en", "addr_en", str),
        ("contact", "contact", str),
        ("timezone", "timezone", str),
        ("property_class", "prop_class", str),
        ("road_answer", "road", str),
        ("road_answered_on", "road_date", date),
        ("ground_elevation", "ground_m", float),
        ("geoid_height", "geoid_m", float),
        ("facilities", "facilities", str),
        ("hours", "hours", str),
    ),
    *_fields(BOTH, ("uses", "uses", str)),
    *_fields(
        {SITE},
        ("slot_minutes", "slot_min", int),
        ("minimum_minutes", "least_min", int),
        ("maximum_minutes", "most_min", int),
        ("notice_minutes", "notice_min", int),
        ("horizon_days", "horizon_d", int),
        ("turnaround_minutes", "turn_min", int),
        ("lateral_separation_m", "lateral_m", float),
        ("vertical_separation_m", "vertical_m", float),
        ("hold_minutes", "hold_min", int),
        ("processing_days", "process_d", int),
    ),
    *_fields(
        {AREA},
        ("mode", "mode", str),
        ("altitude_lower", "alt_lower", float),
        ("altitude_upper", "alt_upper", float),
        ("surface", "surface", str),
        ("width_m", "width_m", float),
    ),
)
NAMES = tuple(one.name for one in FIELDS)
# Columns that programs add by themselves.
IGNORED = frozenset({"id", "fid", "objectid"})


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
    # One feature after the other, so that whoever hands them over sees how far it is.
    for place, one in enumerate(features):
        record = Record(place, one.values, one.shape)
        records.append(record)
        kind = record.word("kind", (SITE, AREA))
        if kind == SITE:
            sites.append(_site(record, owner))
        elif kind == AREA:
            areas.append((record, record.text("site"), _area(record)))
        _refuse_stray_values(record, kind)
    drafts = _with_areas(sites, areas)
    return drafts, in_order([*_file_faults(records), *_beyond(records, check_catalogue(drafts, today))])


def _with_areas(sites: Sequence[SiteDraft], areas: Iterable[tuple[Record, str, AreaDraft]]) -> list[SiteDraft]:
    of_site: dict[str, list[AreaDraft]] = {site.slug: [] for site in sites}
    for record, slug, area in areas:
        if slug in of_site:
            of_site[slug].append(area)
        elif slug:
            record.add("site", N_("The file has no site “%(site)s”."), site=slug)
    return [replace(site, areas=tuple(of_site[site.slug])) for site in sites]


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
    allowed = {one.name for one in FIELDS if kind in one.kinds}
    for name in record.given():
        if name not in NAMES and name.lower() not in IGNORED:
            near = get_close_matches(name, NAMES, n=1)
            if near:
                record.add(name, N_("There is no such field. Is “%(near)s” meant?"), near=near[0])
            else:
                record.add(name, N_("There is no such field."))
        elif kind and name in NAMES and name not in allowed:
            record.add(name, N_("This field does not belong to this kind of feature."))


def _site(record: Record, owner: str | None) -> SiteDraft:
    return SiteDraft(
        feature=record.place,
        slug=record.text("slug"),
        owner=_owner(record, owner),
        published=record.truth("published"),
        sample=record.truth("sample"),
        name_ja=record.text("name_ja", most=200),
        name_en=record.text("name_en", most=200),
        description_ja=record.text("description_ja", required=False, lines=True),
        description_en=record.text("description_en", required=False, lines=True),
        address_ja=record.text("address_ja", required=False),
        address_en=record.text("address_en", required=False),
        contact=record.text("contact", required=False),
        geometry=record.polygon(),
        timezone=record.text("timezone"),
        property_class=record.word("property_class", PROPERTY_CLASSES),
        road_answer=record.word("road_answer", ROAD_ANSWERS),
        road_answered_on=record.day("road_answered_on"),
        ground_elevation=record.number("ground_elevation"),
        geoid_height=record.number("geoid_height"),
        facilities=record.facilities(),
        uses=record.uses(required=True),
        slot_minutes=record.whole("slot_minutes"),
        minimum_minutes=record.whole("minimum_minutes"),
        maximum_minutes=record.whole("maximum_minutes"),
        notice_minutes=record.whole("notice_minutes"),
        horizon_days=record.whole("horizon_days"),
        turnaround_minutes=record.whole("turnaround_minutes"),
        lateral_separation_m=record.required_number("lateral_separation_m"),
        vertical_separation_m=record.required_number("vertical_separation_m"),
        hold_minutes=record.whole("hold_minutes"),
        processing_days=record.whole("processing_days"),
        hours=record.hours(),
        areas=(),
    )


def _owner(record: Record, owner: str | None) -> str:
    told = record.text("owner", required=owner is None)
    if owner is not None and told not in {"", owner}:
        message = N_("The feature names the owner “%(told)s”, but the import is for “%(owner)s”.")
        record.add("owner", message, told=told, owner=owner)
    return told or owner or ""


def _area(record: Record) -> AreaDraft:
    return AreaDraft(
        feature=record.place,
        slug=record.text("slug"),
        parent_slug=record.text("parent", required=False) or None,
        name_ja=record.text("name_ja", most=200),
        name_en=record.text("name_en", most=200),
        geometry=record.polygon(),
        altitude=record.altitude(),
        mode=record.word("mode", MODES),
        uses=record.uses(required=False),
        surface=record.word("surface", SURFACES, required=False) or None,
        width_m=record.number("width_m"),
    )


def write_catalogue(sites: Iterable[SiteDraft]) -> list[Feature]:
    """The features of which `read_catalogue` makes these sites again: each site, then its areas."""
    return [feature for site in sites for feature in (_feature_of(site), *(_part_of(site, one) for one in site.areas))]


def _feature_of(site: SiteDraft) -> Feature:
    told = {name: _plain(getattr(site, name)) for name in NAMES if hasattr(site, name)}
    texts = {
        "kind": SITE,
        "facilities": format_facilities(site.facilities),
        "hours": format_hours(site.hours),
        "uses": "; ".join(site.uses),
    }
    return Feature({**told, **texts}, _shape(site.geometry))


def _part_of(site: SiteDraft, area: AreaDraft) -> Feature:
    told = {name: _plain(getattr(area, name)) for name in NAMES if hasattr(area, name)}
    texts = {
        "kind": AREA,
        "site": site.slug,
        "parent": area.parent_slug,
        "uses": "; ".join(area.uses),
        "altitude_lower": _plain(area.altitude.lower),
        "altitude_upper": _plain(area.altitude.upper),
    }
    return Feature({**told, **texts}, _shape(area.geometry))


def _plain(value: object) -> object:
    """Decimals as the floats that files hold."""
    return float(value) if isinstance(value, Decimal) else value


def _shape(geometry: MultiPolygon) -> BaseGeometry:
    """A single polygon where there is one, as it was drawn; outer rings anticlockwise (RFC 7946, 3.1.6)."""
    oriented: MultiPolygon = orient_polygons(geometry)
    return oriented.geoms[0] if len(oriented.geoms) == 1 else oriented
