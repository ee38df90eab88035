"""The administrator's file of vector tiles (PMTiles): what it says of itself, and its bytes as they are asked for.

Each answer comes from the file as it was opened for it, and bears a tag of just that file: one that takes its place
has another, so that nobody lays the tiles of two beside each other.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from testfields.core.pmtiles import HEADER_BYTES, Described, Header, NotTilesError, read_header, read_metadata


@dataclass(frozen=True)
class TileFile:
    """An open file; `tag` is another for another file, also for one of the same name and size."""

    file: BinaryIO
    size: int
    tag: str

    def read(self, part: range) -> bytes:
        """Some of its bytes, wherever others read."""
        return os.pread(self.file.fileno(), len(part), part.start)


@contextmanager
def opened(path: Path) -> Iterator[TileFile]:
    """The file for a block; raises OSError."""
    with path.open("rb") as file:
        yield of(file)


def of(file: BinaryIO) -> TileFile:
    """An open file with its size and tag."""
    stat = os.fstat(file.fileno())
    return TileFile(file, stat.st_size, f"{stat.st_mtime_ns:x}-{stat.st_size:x}-{stat.st_ino:x}")


@dataclass(frozen=True)
class Tiles:
    """What a page has to know of the file."""

    tag: str
    header: Header
    described: Described


def look_into(path: Path) -> Tiles:
    """What the file says of itself; raises OSError, and NotTilesError for one that cannot be used."""
    with opened(path) as found:
        return _read(path, found.tag)


@lru_cache(maxsize=2)
def _read(path: Path, tag: str) -> Tiles:  # noqa: ARG001 (another file is read anew)
    with opened(path) as found:
        header = read_header(found.read(range(HEADER_BYTES)))
        if header.end > found.size:
            raise NotTilesError("its end is missing")
        return Tiles(found.tag, header, read_metadata(header, found.read(header.metadata)))
