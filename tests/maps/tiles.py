"""Small files of vector tiles, made for tests: on every tile the same piece of ground, in either schema."""

import gzip
from hashlib import sha256
from math import asinh, floor, pi, radians, tan
from pathlib import Path
from typing import Any

import mapbox_vector_tile
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write
from shapely.geometry import LineString, MultiPolygon, Polygon, box

WEST, SOUTH, EAST, NORTH = 134.95, 33.95, 135.05, 34.05
ZOOM_LEVELS = range(7, 17)
WIDE = 4096
GROUND: dict[str, dict[str, tuple[Any, dict[str, Any]]]] = {
    "protomaps": {
        "earth": (box(0, 0, WIDE, WIDE), {"kind": "earth"}),
        "water": (box(0, 0, WIDE, 800), {"kind": "ocean"}),
        "landuse": (box(2500, 2500, 3800, 3800), {"kind": "park"}),
        "roads": (LineString([(0, 2000), (WIDE, 2000)]), {"kind": "major_road"}),
        "buildings": (box(500, 2200, 900, 2600), {"kind": "building"}),
    },
    "gsi": {
        "AdmArea": (box(0, 0, WIDE, WIDE), {"vt_code": 1}),
        "WA": (box(0, 0, WIDE, 800), {"vt_code": 5000}),
        "RdCL": (LineString([(0, 2000), (WIDE, 2000)]), {"vt_rdctg": "国道", "vt_rnkwidth": "13m-19.5m未満"}),
        "RailCL": (LineString([(0, 1500), (WIDE, 1500)]), {"vt_rtcode": "JR", "vt_railstate": "通常部"}),
        "BldA": (box(500, 2200, 900, 2600), {"vt_code": 3101}),
        "Cntr": (LineString([(0, 3000), (WIDE, 3600)]), {"vt_alti": 50}),
    },
}


def tile_file(
    path: Path, schema: str = "protomaps", attribution: str = "", layers: dict[str, Any] | None = None
) -> Path:
    """Write a file; `layers` in the place of those of the schema."""
    layers = layers or GROUND[schema]
    with write(str(path)) as writer:
        for zoom in ZOOM_LEVELS:
            told = [_layer(name, geometry, said | {"zoom": zoom}) for name, (geometry, said) in layers.items()]
            body = gzip.compress(mapbox_vector_tile.encode(told))
            (west, north), (east, south) = _tile(WEST, NORTH, zoom), _tile(EAST, SOUTH, zoom)
            for number in sorted(
                zxy_to_tileid(zoom, x, y) for x in range(west, east + 1) for y in range(north, south + 1)
            ):
                writer.write_tile(number, body)
        described: dict[str, Any] = {
            "vector_layers": [{"id": name, "fields": {}} for name in layers],
            "attribution": attribution,
        }
        # Longer than what is read of a file first.
        described["description"] = "".join(sha256(bytes([one])).hexdigest() for one in range(256)) + "".join(
            sha256(bytes([one, 1])).hexdigest() for one in range(256)
        )
        writer.finalize(_header(), described)
    return path


def _layer(name: str, geometry: Polygon | LineString | MultiPolygon, properties: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "features": [{"geometry": geometry, "properties": properties}]}


def _tile(longitude: float, latitude: float, zoom: int) -> tuple[int, int]:
    north = (1 - asinh(tan(radians(latitude))) / pi) / 2
    return floor((longitude + 180) / 360 * 2**zoom), floor(north * 2**zoom)


def _header() -> dict[str, Any]:
    west, south, east, north = (round(one * 1e7) for one in (WEST, SOUTH, EAST, NORTH))
    return {
        "tile_type": TileType.MVT, "tile_compression": Compression.GZIP,
        "min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east, "max_lat_e7": north,
        "center_zoom": 10, "center_lon_e7": round(135e7), "center_lat_e7": round(34e7),
    }  # fmt: skip
