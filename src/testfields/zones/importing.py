"""Publishing a layer of zones from a file, with the care that sites get: one fault, and nothing is stored.

Work of the command line, as the import of sites.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec
import shapely

from testfields.core.errors import N_, Fault, InvalidInput, Message, NotFound, fault
from testfields.db.engine import transactional
from testfields.sites.exchange.features import is_of_programs
from testfields.sites.exchange.files import FORMATS, flat, known_srid, read_rows
from testfields.sites.exchange.importing import on_wgs84
from testfields.sites.exchange.record import Record
from testfields.sites.exchange.unpacking import ARCHIVES, unpacked
from testfields.sites.rules import placed_fault
from testfields.zones import queries
from testfields.zones.drafts import (
    COVERAGE,
    SHORT,
    LayerDraft,
    LayerFacts,
    ZoneDraft,
    columns_of,
    read_coverage,
    read_shape,
    read_zone,
)
from testfields.zones.ed318 import Feature, features_of, is_ed318, issued_on, zones_left_out
from testfields.zones.official import Official, official_of


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


@dataclass(frozen=True)
class Told:
    """What a file holds: its layer, its features by the names of `SHORT`, and those that were passed over."""

    facts: LayerFacts
    features: Sequence[Feature]
    passed_over: tuple[str, ...] = ()


async def import_layer(path: Path, wanted: Wanted, now: datetime) -> Published:
    """Publish the layer of a file, in place of the one of the same slug.

    Raises InvalidInput with every fault found, those of features as `FeatureFault`.
    """
    document = _document(path)
    told = _ed318(document, wanted) if is_ed318(document) else await _rows(path, document, wanted)
    zones = _zones(told.features, told.facts)
    draft = LayerDraft(told.facts, read_coverage(told.facts.coverage, zones), zones)
    replaced = await publish(draft, now)
    return Published(told.facts, len(zones), told.passed_over, replaced)


JSON = frozenset({".json", ".geojson"})


def _document(path: Path) -> object:
    """The JSON of a file, or of the one in an archive; None of any other format."""
    if path.suffix.lower() in ARCHIVES and path.is_file():
        with unpacked(path, FORMATS) as one:
            return _document(one)
    return _json_of(path) if path.suffix.lower() in JSON and path.is_file() else None


def _ed318(document: Any, wanted: Wanted) -> Told:
    facts = _facts(None, {"as_of": issued_on(document)}, wanted)
    return Told(facts, list(features_of(document)), tuple(zones_left_out(document)))


async def _rows(path: Path, document: object, wanted: Wanted) -> Told:
    """What GDAL reads of a file, by columns of the portal's own or of an official file."""
    rows, _ = read_rows(path)
    shapes = await on_wgs84([flat(one) for one in rows.shapes], known_srid(rows.crs))
    official = official_of(rows.values[0]) if rows.values else None
    member = document.get("layer") if isinstance(document, dict) else None
    facts = _facts(member if official is None else official.facts, {}, wanted)
    values = [_renamed(one, official) for one in rows.values]
    without = {place for place, one in enumerate(shapes) if one is None and official and official.passed_over}
    features = [(place, *one) for place, one in enumerate(zip(values, shapes, strict=True)) if place not in without]
    return Told(facts, features, tuple(str(values[place]["name_ja"]) for place in sorted(without)))


@transactional
async def publish(draft: LayerDraft, now: datetime) -> bool:
    """Publish a layer; whether it replaces one. What was published before stays for decisions that saw it."""
    told = draft.facts
    await queries.TURN.run(slug=told.slug)
    replaced: datetime | None = await queries.REPLACE.value(slug=told.slug, at=now)
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
        at=replaced or now,
    )
    await queries.ADD.run(layer_id=layer_id, **columns_of(draft.zones))
    return replaced is not None


@transactional
async def end(slug: str, now: datetime) -> None:
    """Let a layer hold no longer, without another in its place; raises NotFound."""
    await queries.TURN.run(slug=slug)
    if await queries.REPLACE.value(slug=slug, at=now) is None:
        raise NotFound(N_("No layer of this name holds now."))


def _facts(told: object, beside: Mapping[str, object], wanted: Wanted) -> LayerFacts:
    """What is `told` of the layer, or by whoever imports it; raises InvalidInput."""
    told = _json_of(wanted.layer) if wanted.layer else told
    if not isinstance(told, dict):
        raise InvalidInput([fault("layer", NO_LAYER)])
    told = {**beside, **told}
    if wanted.as_of:
        told = told | {"as_of": wanted.as_of.isoformat()}
    if wanted.coverage:
        told = told | {"coverage": _outline(_json_of(wanted.coverage))}
    try:
        return msgspec.convert(told, LayerFacts)
    except msgspec.ValidationError as error:
        message = N_("What is said of the layer cannot be read: %(reason)s")
        raise InvalidInput([fault("layer", message, reason=str(error))]) from error


NO_LAYER = N_(
    "The file does not say which layer it is. Please give it a member “layer”, or describe it in a file of its own"
    " (maps/README.md tells how)."
)


def _json_of(path: Path) -> object:
    """A JSON document; raises InvalidInput."""
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        message = N_("The file “%(file)s” cannot be read: %(reason)s")
        raise InvalidInput([fault("layer", message, file=path.name, reason=str(error))]) from error


def _outline(document: object) -> object:
    """The geometry of a GeoJSON document, of a collection all of its shapes as one; raises InvalidInput."""
    told = document if isinstance(document, dict) else {}
    parts = told["features"] if isinstance(told.get("features"), list) else [told]
    shapes = [read_shape(one.get("geometry", one) if isinstance(one, dict) else one, COVERAGE) for one in parts]
    return dict(shapely.geometry.mapping(shapely.union_all(shapes)))


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
