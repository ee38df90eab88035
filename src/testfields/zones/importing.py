"""Publishing a layer of zones from a file, with the care that sites get: one fault, and nothing is stored.

Work of the command line, as the import of sites.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path

import msgspec
from shapely.geometry.base import BaseGeometry

from testfields.core.errors import N_, Fault, InvalidInput, Message, fault
from testfields.db.engine import transactional
from testfields.sites.exchange.features import is_of_programs
from testfields.sites.exchange.files import GEOJSON, flat, known_srid, read_rows
from testfields.sites.exchange.importing import on_wgs84
from testfields.sites.exchange.record import Record
from testfields.sites.rules import placed_fault
from testfields.zones import queries
from testfields.zones.drafts import SHORT, LayerDraft, LayerFacts, ZoneDraft, columns_of, read_coverage, read_zone
from testfields.zones.official import Official, official_of

Feature = tuple[int, Mapping[str, object], BaseGeometry | None]


@dataclass(frozen=True)
class Wanted:
    """What whoever imports says of a file beside it: where it does not tell its layer, and the day it is of."""

    layer: Path | None = None
    as_of: date | None = None
    coverage: Path | None = None


@dataclass(frozen=True)
class Published:
    """What an import published; `passed_over` are features without a shape, where that is usual."""

    facts: LayerFacts
    zones: int
    passed_over: tuple[str, ...] = ()
    replaced: bool = False


async def import_layer(path: Path, wanted: Wanted, now: datetime) -> Published:
    """Publish the layer of a file, in place of the one of the same slug.

    Raises InvalidInput with every fault found, those of features as `FeatureFault`.
    """
    rows, kind = read_rows(path)
    shapes = await on_wgs84([flat(one) for one in rows.shapes], known_srid(rows.crs))
    official = official_of(rows.values[0]) if rows.values else None
    facts = _facts(path, kind, official, wanted)
    values = [_renamed(one, official) for one in rows.values]
    kept = [place for place, one in enumerate(shapes) if not (official and official.passed_over and one is None)]
    zones = _zones([(place, values[place], shapes[place]) for place in kept], facts)
    draft = LayerDraft(facts, read_coverage(facts.coverage, zones), zones)
    replaced = await publish(draft, now)
    names = [str(values[place]["name_ja"]) for place in range(len(values)) if place not in set(kept)]
    return Published(facts, len(zones), tuple(names), replaced)


@transactional
async def publish(draft: LayerDraft, now: datetime) -> bool:
    """Publish a layer; whether it replaces one. What was published before stays for decisions that saw it."""
    told = draft.facts
    replaced = await queries.REPLACE.value(slug=told.slug, at=now)
    layer_id = await queries.PUBLISH.value(
        slug=told.slug,
        kind=told.kind.value,
        name_ja=told.name_ja,
        name_en=told.name_en,
        source=told.source,
        licence=told.licence,
        as_of=told.as_of,
        confidence=told.confidence.value,
        coverage=draft.coverage,
        at=now,
    )
    await queries.ADD.run(layer_id=layer_id, **columns_of(draft.zones))
    return replaced is not None


def _facts(path: Path, kind: str, official: Official | None, wanted: Wanted) -> LayerFacts:
    """What the file says of its layer, or somebody beside it; raises InvalidInput."""
    told = _json_of(wanted.layer) if wanted.layer else _member(path) if kind == GEOJSON else None
    if told is None and official is not None:
        told = {
            "slug": official.slug,
            "kind": official.kind,
            "name_ja": official.name.ja,
            "name_en": official.name.en,
            "source": official.source,
            "licence": official.licence,
            "confidence": official.confidence,
        }
    if not isinstance(told, dict):
        raise InvalidInput([fault("layer", NO_LAYER)])
    if wanted.as_of:
        told = told | {"as_of": wanted.as_of.isoformat()}
    if wanted.coverage:
        told = told | {"coverage": _outline(_json_of(wanted.coverage))}
    try:
        return msgspec.convert(told, LayerFacts)
    except msgspec.ValidationError as error:
        raise InvalidInput(
            [fault("layer", N_("What is said of the layer cannot be read: %(reason)s"), reason=str(error))]
        ) from error


NO_LAYER = N_(
    "The file does not say which layer it is. Please give it a member “layer”, or describe it in a file of its own"
    " (maps/README.md tells how)."
)


def _member(path: Path) -> object:
    document = _json_of(path)
    return document.get("layer") if isinstance(document, dict) else None


def _json_of(path: Path) -> object:
    """A JSON document; raises InvalidInput."""
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        message = N_("The file “%(file)s” cannot be read: %(reason)s")
        raise InvalidInput([fault("layer", message, file=path.name, reason=str(error))]) from error


def _outline(document: object) -> object:
    """The geometry of a GeoJSON document of one shape, or of all of a collection's together."""
    if not isinstance(document, dict):
        return None
    if document.get("type") == "FeatureCollection":
        shapes = [one.get("geometry") or {} for one in document.get("features", [])]
        polygons = [
            polygon
            for one in shapes
            for polygon in ([one.get("coordinates")] if one.get("type") == "Polygon" else one.get("coordinates", []))
        ]
        return {"type": "MultiPolygon", "coordinates": polygons}
    return document.get("geometry", document)


def _renamed(values: Mapping[str, object], official: Official | None) -> Mapping[str, object]:
    """The values of a feature by the names of `SHORT`."""
    if official is not None:
        name = official.named(values)
        return {"identifier": official.identifier(values), "name_ja": name, "name_en": name}
    full = {short: name for name, short in SHORT.items()}
    named = {full.get(key.strip().lower(), key.strip().lower()): value for key, value in values.items()}
    return {key: value for key, value in named.items() if key in SHORT or not is_of_programs(key)}


def _zones(features: Sequence[Feature], facts: LayerFacts) -> tuple[ZoneDraft, ...]:
    """Features as zones; raises InvalidInput with every fault of every feature, or where there is none."""
    zones, faults = [], list[Fault]()
    for place, values, shape in features:
        record = Record(place, {**values, "slug": values.get("identifier")}, shape)
        zones.append(read_zone(record, facts.kind))
        _refuse_strays(record, values)
        faults += [placed_fault(place, record.slug, name, message) for name, message in record.faults]
    if not zones:
        faults.append(Fault("file", Message(N_("The file holds no zone."))))
    if faults:
        raise InvalidInput(faults)
    return tuple(zones)


def _refuse_strays(record: Record, values: Mapping[str, object]) -> None:
    """A value in a column that is unknown would be lost in silence."""
    for name in values:
        if name not in SHORT and values[name] is not None:
            near = get_close_matches(name, SHORT, n=1)
            message = N_("There is no such field. Is “%(near)s” meant?") if near else N_("There is no such field.")
            record.add(name, message, **({"near": near[0]} if near else {}))
