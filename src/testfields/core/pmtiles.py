"""What a PMTiles file (specification 3) says of itself: where its parts lie, what ground it shows, whose data it is."""

import gzip
import re
import struct
import zlib
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from typing import Any

import msgspec

HEADER_BYTES = 127
VERSION = 3
PLAIN, GZIP = 1, 2
VECTOR = 1
TAGS = re.compile("<[^>]*>")
# Which of these layers a file has tells the schema apart.
LAYERS_OF_GSI = {"RdCL", "WA", "BldA"}
LAYERS_OF_PROTOMAPS = {"roads", "water", "earth"}


class NotTilesError(Exception):
    """The file cannot be used; the text says why."""


class Schema(StrEnum):
    """Whose names the layers of a file have."""

    PROTOMAPS = "protomaps"
    GSI = "gsi"


# Whose data a file of a schema holds, where it does not say so itself; for both there are licences that ask for it.
CREDITS = {Schema.PROTOMAPS: "© OpenStreetMap contributors", Schema.GSI: "国土地理院最適化ベクトルタイル"}


@dataclass(frozen=True)
class Header:
    """The first bytes of a file; `bounds` are west, south, east and north in degrees."""

    metadata: range
    metadata_packed: bool
    end: int
    zoom_levels: range
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True)
class Described:
    """What is told by a file's metadata; the `credit` is text, whatever markup it came in."""

    schema: Schema
    credit: str


def read_header(first: bytes) -> Header:
    """Where the parts lie, from the first `HEADER_BYTES`; raises NotTilesError for what holds no vector tiles."""
    if len(first) < HEADER_BYTES or first[:7] != b"PMTiles" or first[7] != VERSION:
        raise NotTilesError(f"it is no PMTiles file of version {VERSION}")
    parts = struct.unpack_from("<8Q", first, 8)
    packed, _, kind, least, most = struct.unpack_from("<5B", first, 97)
    if kind != VECTOR:
        raise NotTilesError("it holds pictures, not vector tiles")
    if packed not in {PLAIN, GZIP}:
        raise NotTilesError("it is packed otherwise than by gzip")
    west, south, east, north = (one / 1e7 for one in struct.unpack_from("<4i", first, 102))
    metadata_at, metadata_length = parts[2:4]
    return Header(
        metadata=range(metadata_at, metadata_at + metadata_length),
        metadata_packed=packed == GZIP,
        end=max(at + length for at, length in zip(parts[::2], parts[1::2], strict=True)),
        zoom_levels=range(least, most + 1),
        bounds=(west, south, east, north),
    )


def read_metadata(header: Header, body: bytes) -> Described:
    """What the part `header.metadata` says; raises NotTilesError where it cannot be read, or no schema is known."""
    try:
        told: Any = msgspec.json.decode(gzip.decompress(body) if header.metadata_packed else body)
        names = {layer["id"] for layer in told["vector_layers"]}
        credit = unescape(TAGS.sub("", told.get("attribution") or "")).strip()
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError):
        raise NotTilesError("what it says of itself cannot be read") from None
    if len(names & LAYERS_OF_GSI) > 1:
        schema = Schema.GSI
    elif len(names & LAYERS_OF_PROTOMAPS) > 1:
        schema = Schema.PROTOMAPS
    else:
        raise NotTilesError("its layers are neither those of Protomaps nor those of 国土地理院最適化ベクトルタイル")
    return Described(schema, credit or CREDITS[schema])
