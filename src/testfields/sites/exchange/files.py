"""Reading and writing files of the catalogue: GeoJSON, GeoPackage and Shapefile, through GDAL.

Values and shapes go through as they are; what they mean is the business of `features`.
"""

import json
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio import raw
from pyogrio.errors import CRSError, DataLayerError, DataSourceError

from testfields.core.errors import N_, InvalidInput, Message, fault
from testfields.core.shapes import DECIMALS
from testfields.sites.exchange.features import COLUMNS, Column, Feature
from testfields.sites.rules import FeatureFault, placed_fault

WGS84 = 4326
LAYER = "sites"
# A text of a dBASE table ends after this many bytes (dBASE III; GDAL cuts what is longer).
LONGEST_SHAPEFILE_TEXT = 254


@dataclass(frozen=True)
class Format:
    """One kind of file: GDAL's driver, its geometry type and options for writing."""

    driver: str
    geometry_type: str
    options: Mapping[str, object]
    short_names: bool = False


GEOJSON = Format("GeoJSON", "Unknown", {"COORDINATE_PRECISION": str(DECIMALS)})
GEOPACKAGE = Format("GPKG", "MultiPolygon", {"promote_to_multi": True})
SHAPEFILE = Format("ESRI Shapefile", "Polygon", {"encoding": "UTF-8"}, short_names=True)
FORMATS: Mapping[str, Format] = {
    ".geojson": GEOJSON,
    ".json": GEOJSON,
    ".gpkg": GEOPACKAGE,
    ".shp": SHAPEFILE,
}


@dataclass(frozen=True)
class CatalogueFile:
    """What a file holds; `srid` is the EPSG code of its shapes, still as they stand in the file."""

    features: tuple[Feature, ...]
    srid: int


def read(path: Path) -> CatalogueFile:
    """Read a file; raises InvalidInput, with a message for whoever made it, for anything but one layer of features."""
    kind = _format_of(path)
    if not path.is_file():
        raise _refusal(N_("There is no file “%(file)s”."), file=path.name)
    if kind is SHAPEFILE and not path.with_suffix(".cpg").is_file():
        raise _refusal(
            N_("The Shapefile does not say how its text is encoded. Please add a .cpg file holding UTF-8 or CP932.")
        )
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            # What a library says of its own future says nothing of the file.
            warnings.simplefilter("ignore", DeprecationWarning)
            _one_layer(path, kind)
            meta, _, shapes, columns = raw.read(path)
    except UnicodeDecodeError as error:
        raise _refusal(N_("The text of the file is not in the encoding that it claims.")) from error
    except (DataSourceError, DataLayerError, CRSError, OSError) as error:
        raise _refusal(UNREADABLE, reason=_reason(error, path)) from error
    if warned:
        # What GDAL only warns of (a number cut off, a ring it closed by itself) would be stored wrong.
        raise _refusal(UNREADABLE, reason=_reason(warned[0].message, path))
    names = _full_names([str(name) for name in meta["fields"]])
    features = _features(names, columns, shapes)
    if kind is GEOJSON:
        features = _with_what_gdal_drops(path, features)
    return CatalogueFile(tuple(features), _srid(meta["crs"]))


UNREADABLE = N_("The file cannot be read: %(reason)s")


def _format_of(path: Path) -> Format:
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise _refusal(N_("The file's name must end in one of: %(endings)s"), endings=", ".join(FORMATS))
    return kind


def _one_layer(path: Path, kind: Format) -> None:
    layers = [str(name) for name, _ in pyogrio.list_layers(path)]
    if len(layers) != 1:
        message = N_("The file must hold one layer, with sites and areas together. It holds: %(layers)s")
        raise _refusal(message, layers=", ".join(layers) or "–")
    if pyogrio.read_info(path)["driver"] != kind.driver:
        raise _refusal(N_("The file is not what its name says: a file ending in %(ending)s."), ending=path.suffix)


def _refusal(message: str, **values: object) -> InvalidInput:
    return InvalidInput([fault("file", message, **values)])


def _reason(error: Exception | str, path: Path) -> str:
    """GDAL's own words, without the folder and its advice to programmers."""
    return str(error).replace(f"{path.parent}/", "").partition("; It might help")[0]


def _srid(crs: str | None) -> int:
    if crs is None:
        raise _refusal(N_("The file does not say its coordinate system. A Shapefile needs its .prj file."))
    authority, _, code = crs.partition(":")
    if authority != "EPSG" or not code.isdecimal():
        raise _refusal(N_("The file's coordinate system is not one of EPSG's. Please save the file in EPSG:4326."))
    return int(code)


def _full_names(names: Sequence[str]) -> list[str]:
    full = {one.short: one.name for one in COLUMNS}
    return [full.get(name.lower(), name) for name in names]


def _features(names: Sequence[str], columns: Sequence[Any], shapes: Any) -> list[Feature]:
    values = [[_value(one) for one in column] for column in columns]
    count = len(shapes) if shapes is not None else len(values[0]) if values else 0
    outlines = [None] * count if shapes is None else list(shapely.from_wkb(shapes, on_invalid="ignore"))
    return [
        Feature({name: column[place] for name, column in zip(names, values, strict=True)}, outlines[place])
        for place in range(count)
    ]


def _value(value: Any) -> object:
    """A plain value; NaN and NaT are how GDAL's columns say that there is none."""
    if isinstance(value, (np.floating, np.datetime64)) and np.isnan(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _with_what_gdal_drops(path: Path, features: Sequence[Feature]) -> list[Feature]:
    """GDAL turns NaN into no value and ends a text at its NUL character, without a word; here they are put back.

    Raises InvalidInput for JSON that GDAL lets pass and that is none.
    """
    text = path.read_text("utf-8-sig")
    if not DROPPED.search(text):
        return list(features)
    try:
        document = json.loads(text)
        told = [one.get("properties") or {} for one in document.get("features", [document])]
    except (ValueError, AttributeError) as error:
        raise _refusal(UNREADABLE, reason=str(error)) from error
    return [
        replace(one, values={**one.values, **{name: value for name, value in values.items() if _is_dropped(value)}})
        for one, values in zip(features, told, strict=True)
    ]


DROPPED = re.compile(r"\bNaN\b|\\u0000", re.IGNORECASE)


def _is_dropped(value: object) -> bool:
    return (isinstance(value, str) and "\0" in value) or (isinstance(value, float) and isnan(value))


def write(path: Path, features: Sequence[Feature]) -> None:
    """Write features in EPSG:4326; raises InvalidInput for a file that is there already or cannot hold them."""
    kind = _format_of(path)
    if path.exists():
        raise _refusal(N_("There is a file “%(file)s” already."), file=path.name)
    if kind.short_names:
        _refuse_long_texts(features)
    shapes = np.array([shapely.to_wkb(one.shape) for one in features], dtype=object)
    columns = [[feature.values.get(field.name) for feature in features] for field in COLUMNS]
    try:
        raw.write(
            path,
            shapes,
            [_column(field, column) for field, column in zip(COLUMNS, columns, strict=True)],
            [field.short if kind.short_names else field.name for field in COLUMNS],
            field_mask=[np.array([value is None for value in column]) for column in columns],
            driver=kind.driver,
            geometry_type=kind.geometry_type,
            crs=f"EPSG:{WGS84}",
            layer=None if kind.short_names else LAYER,
            **kind.options,
        )
    except (DataSourceError, DataLayerError, OSError) as error:
        raise _refusal(N_("The file cannot be written: %(reason)s"), reason=_reason(error, path)) from error


def _refuse_long_texts(features: Sequence[Feature]) -> None:
    message = Message(N_("A Shapefile cannot hold so long a text. Please export to GeoPackage or GeoJSON."))
    faults: list[FeatureFault] = [
        placed_fault(place, str(feature.values["slug"]), name, message)
        for place, feature in enumerate(features)
        for name, value in feature.values.items()
        if isinstance(value, str) and len(value.encode()) > LONGEST_SHAPEFILE_TEXT
    ]
    if faults:
        raise InvalidInput(faults)


STAND_INS = {str: "", int: 0, float: 0.0, bool: False}


def _column(field: Column, values: Sequence[object]) -> Any:
    """A column as GDAL takes it; the mask beside it says where there is no value."""
    if field.type.__name__ == "date":
        return np.array(values, dtype="datetime64[D]")
    filled = [STAND_INS[field.type] if value is None else value for value in values]
    return np.array(filled, dtype=object if field.type is str else np.int32 if field.type is int else field.type)
