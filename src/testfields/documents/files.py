"""Where files are kept: put, read, delete, and which there are. Now a folder; anything that can do these four will do.

A file is named by its content (SHA-256), so it is written once and never changed.
"""

import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from testfields.core.errors import N_, NoRoom, NotFound

KEY = re.compile(r"[0-9a-f]{64}")
UNFINISHED = "unfinished-"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
GONE = N_("There is no such file.")


@dataclass(frozen=True)
class Files:
    """Files in `folder`. All of it waits for the disk: it belongs beside the event loop."""

    folder: Path

    def put(self, body: bytes) -> str:
        """Keep a file, whole or not at all; its key. Raises NoRoom."""
        key = hashlib.sha256(body).hexdigest()
        place = self._place(key)
        if place.exists():
            return key
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._write(body, place)
        except OSError as error:
            if error.errno in FULL:
                raise NoRoom from error
            raise
        return key

    def _write(self, body: bytes, place: Path) -> None:
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=UNFINISHED)
        written = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            written.rename(place)
        finally:
            written.unlink(missing_ok=True)
        # The name too outlives a loss of power.
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def read(self, key: str) -> bytes:
        """A file's content; raises NotFound."""
        try:
            return self._place(key).read_bytes()
        except FileNotFoundError:
            raise NotFound(GONE) from None

    def delete(self, key: str) -> None:
        """Let go of a file, if it is there."""
        self._place(key).unlink(missing_ok=True)

    def keys(self) -> Iterator[str]:
        """Every file that is whole."""
        return (path.name for path in self.folder.glob("*/*") if KEY.fullmatch(path.name))

    def clear_unfinished(self) -> None:
        """Delete what somebody began to write and never ended; nobody may be writing."""
        for path in self.folder.glob(f"*/{UNFINISHED}*"):
            path.unlink(missing_ok=True)

    def _place(self, key: str) -> Path:
        """Raises NotFound for what is no key, so that no name leads anywhere else."""
        if not KEY.fullmatch(key):
            raise NotFound(GONE)
        return self.folder / key[:2] / key


def files_of(data: Path) -> Files:
    """The portal's files, in its folder of data."""
    return Files(data / "files")
