"""Reading files of the catalogue: GeoJSON, GeoPackage, Shapefile, KML and CSV, each as it is or in a ZIP archive.

Values and shapes go through as they are; what they mean is the business of `features`.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from testfields.core.errors import N_, Message
from testfields.sites.exchange.features import COLUMNS, Feature, is_of_programs
from testfields.sites.exchange.layers import Rows, read_layers, with_what_gdal_drops
from testfields.sites.exchange.reference_systems import is_of_old_datum, srid_of
from testfields.sites.exchange.sheets import read_sheet
from testfields.sites.exchange.unpacking import ARCHIVES, MOST_BYTES, refusal, too_large, unpacked

GEOJSON, GEOPACKAGE, SHAPEFILE, KML, CSV = "GeoJSON", "GPKG", "ESRI Shapefile", "KML", "CSV"
# By the ending of a file's name; GDAL's own names where it reads them.
FORMATS: Mapping[str, str] = {
    ".geojson": GEOJSON,
    ".json": GEOJSON,
    ".gpkg": GEOPACKAGE,
    ".shp": SHAPEFILE,
    ".kml": KML,
    ".csv": CSV,
}
# What GDAL makes columns of in each file of Google Earth: what people typed there, and how it is drawn, which says
# nothing. What people say in fields of their own stands beside.
TYPED_IN_KML = frozenset({"Name", "description", "snippet"})
DRAWN_IN_KML = frozenset(
    {"timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon"}
)
OLD_DATUM = N_(
    "The shapes are in the old Japanese datum (Tokyo). They are turned from it to within some metres; please turn them"
    " into JGD2011 before, where that matters."
)


@dataclass(frozen=True)
class CatalogueFile:
    """What a file holds; `srid` is the EPSG code of its shapes, still as they stand in the file.

    `names` tells of fields that are called otherwise there, by their full names; `notes` what was passed over.
    """

    features: tuple[Feature, ...]
    srid: int
    names: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Message, ...] = ()


def read_rows(path: Path) -> tuple[Rows, str]:
    """The rows of a file and its format, whatever they mean; raises InvalidInput, with a message for whoever made it,
    for anything but one layer of features.
    """
    ending = path.suffix.lower()
    if ending not in FORMATS and ending not in ARCHIVES:
        raise refusal(
            N_("The file's name must end in one of: %(endings)s"), endings=", ".join([*FORMATS, *sorted(ARCHIVES)])
        )
    if not path.is_file():
        raise refusal(N_("There is no file “%(file)s”."), file=path.name)
    if path.stat().st_size > MOST_BYTES:
        raise too_large()
    with unpacked(path, FORMATS) if ending in ARCHIVES else nullcontext(path) as one:
        kind = FORMATS[one.suffix.lower()]
        if kind == CSV:
            return read_sheet(one), kind
        rows = read_layers(one, kind, joined=kind == KML)
        return (with_what_gdal_drops(one, rows) if kind == GEOJSON else rows), kind


def read(path: Path) -> CatalogueFile:
    """Read a file of the catalogue; raises InvalidInput as `read_rows` does, and for doubled columns."""
    rows, kind = read_rows(path)
    srid = known_srid(rows.crs)
    shapes = [flat(one) for one in rows.shapes]
    names = _full_names(rows)
    values = [{names.get(name, name): value for name, value in one.items() if _is_told(value)} for one in rows.values]
    # A dict keeps them in their order.
    passed_over = dict.fromkeys(name for one in values for name in one if _is_passed_over(name, kind))
    values = [{name: value for name, value in one.items() if name not in passed_over} for one in values]
    return CatalogueFile(
        features=tuple(Feature(*one) for one in zip(values, shapes, strict=True)),
        srid=srid,
        names={full: name for name, full in names.items() if name != full},
        notes=tuple(_notes(rows, passed_over, shapes, srid)),
    )


def _full_names(rows: Rows) -> Mapping[str, str]:
    """The fields' full names by those in the file: short ones, and such as differ in capitals and blanks alone.

    Raises InvalidInput where two are the same field.
    """
    full = {one.short: one.name for one in COLUMNS} | {one.name: one.name for one in COLUMNS}
    known = {name: full.get(name.strip().lower()) for one in rows.values for name in one}
    names = {name: field for name, field in known.items() if field is not None}
    twice = [name for name, times in Counter(names.values()).items() if times > 1]
    if twice:
        raise refusal(N_("The column “%(name)s” is there twice."), name=twice[0])
    return names


def flat(shape: BaseGeometry | None) -> BaseGeometry | None:
    """A shape without heights that say nothing: files from KML have 0 at each point. Measures are no heights."""
    if shape is None or shape.is_empty:
        return shape
    heights = np.nan_to_num(shapely.get_coordinates(shape, include_z=True)[:, 2])
    return shape if heights.any() else shapely.force_2d(shape)


def known_srid(crs: str | None) -> int:
    """The EPSG code of a file's coordinate system; raises InvalidInput where it says none, or one that has none."""
    if crs is None:
        raise refusal(N_("The file does not say its coordinate system. A Shapefile needs its .prj file."))
    srid = srid_of(crs)
    if srid is None:
        raise refusal(
            N_("The file's coordinate system (%(name)s) has no code of EPSG's. Please save the file in EPSG:4326."),
            name=_named(crs),
        )
    return srid


def _named(crs: str) -> str:
    """A coordinate system's own name, of a definition the first."""
    quoted = re.search(r'"([^"]+)"', crs)
    return quoted[1] if quoted else crs[:80]


def _is_passed_over(name: str, kind: str) -> bool:
    return is_of_programs(name) or (kind == KML and name in TYPED_IN_KML | DRAWN_IN_KML)


def _is_told(value: object) -> bool:
    return value is not None and value != ""


def _notes(rows: Rows, columns: Collection[str], shapes: Sequence[BaseGeometry | None], srid: int) -> Sequence[Message]:
    """What whoever made the file should know, each told once."""
    notes = []
    columns = [one for one in columns if one not in DRAWN_IN_KML]
    if columns:
        notes.append(
            Message(
                N_("Columns that programs add by themselves were passed over: %(names)s"), {"names": ", ".join(columns)}
            )
        )
    if rows.tables:
        told = {"names": ", ".join(rows.tables)}
        notes.append(Message(N_("Tables that programs keep for themselves were passed over: %(names)s"), told))
    if any(
        a is not None and b is not None and a.has_z and not b.has_z for a, b in zip(rows.shapes, shapes, strict=True)
    ):
        notes.append(Message(N_("Heights of 0 were passed over.")))
    if is_of_old_datum(srid):
        notes.append(Message(OLD_DATUM))
    return notes
