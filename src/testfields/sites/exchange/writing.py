"""Writing files of the catalogue with GDAL: GeoJSON, GeoPackage and Shapefile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyogrio import raw
from pyogrio.errors import DataLayerError, DataSourceError

from testfields.core.errors import N_, InvalidInput, Message
from testfields.core.shapes import DECIMALS
from testfields.sites.exchange.features import A_PLAN, COLUMNS, Column, Feature
from testfields.sites.exchange.layers import reason_of
from testfields.sites.exchange.reference_systems import EPSG, WGS84
from testfields.sites.exchange.unpacking import refusal
from testfields.sites.rules import FeatureFault, placed_fault

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
FORMATS: Mapping[str, Format] = {".geojson": GEOJSON, ".json": GEOJSON, ".gpkg": GEOPACKAGE, ".shp": SHAPEFILE}


def write(path: Path, features: Sequence[Feature]) -> None:
    """Write features in EPSG:4326; raises InvalidInput for a file that is there already or cannot hold them."""
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise refusal(N_("The file's name must end in one of: %(endings)s"), endings=", ".join(FORMATS))
    if path.exists():
        raise refusal(N_("There is a file “%(file)s” already."), file=path.name)
    if kind is not GEOJSON:
        # Their layers hold polygons alone; an import leaves a plan that a file says nothing of.
        features = [one for one in features if one.values["kind"] != A_PLAN]
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
            crs=f"{EPSG}:{WGS84}",
            layer=None if kind.short_names else LAYER,
            **kind.options,
        )
    except (DataSourceError, DataLayerError, OSError) as error:
        raise refusal(N_("The file cannot be written: %(reason)s"), reason=reason_of(error, path)) from error


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
