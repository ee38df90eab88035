"""Reading layers of features with GDAL: GeoJSON, GeoPackage, Shapefile and KML."""

import json
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio import raw
from pyogrio.errors import CRSError, DataLayerError, DataSourceError
from shapely.geometry.base import BaseGeometry

from testfields.core.errors import N_
from testfields.sites.exchange.encodings import CP932, UTF_8, encoding_called, meant_by
from testfields.sites.exchange.unpacking import refusal

# Tables that QGIS and GDAL keep for themselves inside a GeoPackage.
OWN_TABLES = re.compile(r"layer_styles|qgis_.*|gpkg_.*|rtree_.*|sqlite_.*|ogr_.*|data_licenses|spatial_ref_sys")
UNREADABLE = N_("The file cannot be read: %(reason)s")


@dataclass(frozen=True)
class Rows:
    """What a file holds, row by row: values by the names that stand there, and shapes as they stand there.

    `crs` is the coordinate system in GDAL's words; `tables` are those that were passed over.
    """

    values: Sequence[Mapping[str, object]]
    shapes: Sequence[BaseGeometry | None]
    crs: str | None
    tables: Sequence[str] = ()


def read_layers(path: Path, driver: str, joined: bool = False) -> Rows:
    """The one layer of a file, or all of them `joined`; raises InvalidInput with a message for whoever made it."""
    if path.suffix.lower() == ".shp":
        _check_parts(path)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            # What a library says of its own future says nothing of the file.
            warnings.simplefilter("ignore", DeprecationWarning)
            names, passed_over = _layers(path, joined)
            if pyogrio.read_info(path, layer=names[0])["driver"] not in {driver, f"LIB{driver}"}:
                message = N_("The file is not what its name says: a file ending in %(ending)s.")
                raise refusal(message, ending=path.suffix)
            layers = [_layer(path, name) for name in names]
    except UnicodeDecodeError as error:
        raise refusal(
            N_("The text of the file is not in the encoding that it claims. Please save it in UTF-8.")
        ) from error
    except (DataSourceError, DataLayerError, CRSError, OSError) as error:
        raise refusal(UNREADABLE, reason=reason_of(error, path)) from error
    if warned:
        # What GDAL only warns of (a number cut off, a ring it closed by itself) would be stored wrong.
        raise refusal(UNREADABLE, reason=reason_of(warned[0].message, path))
    return Rows(
        values=[values for layer in layers for values in layer.values],
        shapes=[shape for layer in layers for shape in layer.shapes],
        crs=layers[0].crs,
        tables=passed_over,
    )


def _layers(path: Path, joined: bool) -> tuple[list[str], list[str]]:
    """The layers to be read, and those that are passed over."""
    found = [str(name) for name, _ in pyogrio.list_layers(path)]
    passed_over = [name for name in found if OWN_TABLES.fullmatch(name.lower())]
    layers = [name for name in found if name not in passed_over]
    if not layers or (len(layers) > 1 and not joined):
        message = N_("The file must hold one layer, with sites and areas together. It holds: %(layers)s")
        raise refusal(message, layers=", ".join(layers) or "–")
    return layers, passed_over


def _layer(path: Path, name: str) -> Rows:
    encoding = _encoding_beside(path) if path.suffix.lower() == ".shp" else None
    try:
        meta, _, shapes, columns = raw.read(path, layer=name, encoding=encoding)
    except UnicodeDecodeError as error:
        if encoding is None:
            raise
        raise refusal(WRONG_CPG, told=encoding, other=CP932 if encoding == UTF_8 else UTF_8) from error
    names = [str(one) for one in meta["fields"]]
    values = [[_value(one) for one in column] for column in columns]
    if encoding == CP932 and any(meant_by(one) for column in values for one in column if isinstance(one, str)):
        raise refusal(WRONG_CPG, told=encoding, other=UTF_8)
    count = len(shapes) if shapes is not None else len(values[0]) if values else 0
    return Rows(
        values=[{name: column[row] for name, column in zip(names, values, strict=True)} for row in range(count)],
        shapes=[None] * count if shapes is None else list(shapely.from_wkb(shapes, on_invalid="ignore")),
        crs=meta["crs"],
    )


WRONG_CPG = N_(
    "The .cpg file names another encoding (%(told)s) than the text is in. Please write the right one into it, perhaps"
    " %(other)s, or save the Shapefile anew."
)


def _check_parts(path: Path) -> None:
    """Raise InvalidInput for a Shapefile that lacks one of the files without which it holds nothing."""
    missing = [ending for ending in (".shx", ".dbf") if _beside(path, ending) is None]
    if missing:
        message = N_("A Shapefile is several files beside each other; missing here: %(parts)s")
        raise refusal(message, parts=", ".join(f"{path.stem}{one}" for one in missing))


def _beside(path: Path, ending: str) -> Path | None:
    """A file of the same name with another ending, in small or capital letters."""
    return next((one for one in path.parent.iterdir() if one.stem == path.stem and one.suffix.lower() == ending), None)


def _encoding_beside(path: Path) -> str:
    """What the .cpg file of a Shapefile says; raises InvalidInput."""
    beside = _beside(path, ".cpg")
    if beside is None:
        raise refusal(
            N_("The Shapefile does not say how its text is encoded. Please add a .cpg file holding UTF-8 or CP932.")
        )
    name = beside.read_bytes()[:100].decode("utf-8-sig", "replace").strip(" \r\n\t\0\"'")
    encoding = encoding_called(name)
    if encoding is None:
        message = N_("The .cpg file names the encoding “%(name)s”. Please save the Shapefile in UTF-8 or CP932.")
        raise refusal(message, name=name)
    return encoding


def _value(value: Any) -> object:
    """A plain value; NaN and NaT are how GDAL's columns say that there is none."""
    if isinstance(value, (np.floating, np.datetime64)) and np.isnan(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def reason_of(error: Exception | str, path: Path) -> str:
    """GDAL's own words, without the folder and its advice to programmers."""
    return str(error).replace(f"{path.parent}/", "").partition("; It might help")[0]


def with_what_gdal_drops(path: Path, rows: Rows) -> Rows:
    """GDAL turns NaN into no value and ends a text at its NUL character, without a word; here they are put back.

    Raises InvalidInput for JSON that GDAL lets pass and that is none, and for a coordinate system that it does not know
    and takes for EPSG:4326.
    """
    text = path.read_text("utf-8-sig")
    named = CRS.search(text)
    if named and rows.crs != f"EPSG:{named[1]}":
        raise refusal(N_("The coordinate system EPSG:%(code)s is not known here."), code=named[1])
    if not DROPPED.search(text):
        return rows
    try:
        document = json.loads(text)
        told = [one.get("properties") or {} for one in document.get("features", [document])]
    except (ValueError, AttributeError) as error:
        raise refusal(UNREADABLE, reason=str(error)) from error
    values = [
        {**read, **{name: value for name, value in written.items() if _is_dropped(value)}}
        for read, written in zip(rows.values, told, strict=True)
    ]
    return Rows(values, rows.shapes, rows.crs, rows.tables)


# RFC 7946 has no such member any more; GeoJSON of 2008 has, and programs go on writing it.
CRS = re.compile(r'"crs"\s*:\s*\{[^{}]*\{[^{}]*"name"\s*:\s*"[^"]*EPSG:[0-9.]*:?(\d+)"')
DROPPED = re.compile(r"\bNaN\b|\\u0000", re.IGNORECASE)


def _is_dropped(value: object) -> bool:
    return (isinstance(value, str) and "\0" in value) or (isinstance(value, float) and isnan(value))
