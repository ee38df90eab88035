"""Files inside a ZIP archive, as browsers, ministries and Windows' own "send to" make them.

Nothing in an archive says where anything is written or how large it becomes: its one file of features, with what
belongs to it, is written under names of the portal's own, up to a limit.
"""

import stat
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from testfields.core.errors import N_, InvalidInput, fault

ARCHIVES = frozenset({".zip", ".kmz"})
MOST_BYTES = 200 * 2**20
MOST_FILES = 2000
MOST_TOLD = 10
PIECE = 2**20
# The parts of a Shapefile that the portal reads.
PARTS_OF_A_SHAPEFILE = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
# What macOS and Windows put beside everything.
LITTER = frozenset({"__macosx", ".ds_store", "thumbs.db", "desktop.ini"})
# Flag bit 11 (APPNOTE 4.4.4): the name is in UTF-8. Without it Windows writes in the code page of its language.
NAME_IN_UTF_8 = 0x800
ENCRYPTED = 0x1


@contextmanager
def unpacked(path: Path, endings: Collection[str]) -> Iterator[Path]:
    """The one file of an archive that ends in one of `endings`, for as long as the block runs.

    Raises InvalidInput where the archive cannot be read, or holds no such file or several.
    """
    with TemporaryDirectory(prefix="testfields-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                chosen = _written(archive, Path(folder), endings)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
            raise refusal(N_("The archive cannot be read: %(reason)s"), reason=str(error)) from error
        yield chosen


def _written(archive: zipfile.ZipFile, folder: Path, endings: Collection[str]) -> Path:
    members = _members(archive)
    found = [name for name in members if name.suffix.lower() in endings]
    if len(found) != 1:
        message = N_("The archive must hold one file that ends in one of %(endings)s. It holds: %(files)s")
        raise refusal(message, endings=", ".join(endings), files=_listed(found))
    (chosen,) = found
    parts = _with_its_parts(chosen, members)
    left = MOST_BYTES
    for name in parts:
        left = _write_out(archive, members[name], folder / f"sites{name.suffix.lower()}", left)
    return folder / f"sites{chosen.suffix.lower()}"


def _listed(names: Sequence[PurePosixPath]) -> str:
    told = ", ".join(str(one) for one in names[:MOST_TOLD])
    return f"{told}, …" if len(names) > MOST_TOLD else told or "–"


def _members(archive: zipfile.ZipFile) -> Mapping[PurePosixPath, zipfile.ZipInfo]:
    """What is in an archive, by its name, litter left away; raises InvalidInput."""
    infos = archive.infolist()
    if len(infos) > MOST_FILES:
        message = N_("The archive holds %(count)s files; at most %(most)s are looked through.")
        raise refusal(message, count=len(infos), most=MOST_FILES)
    return {name: one for one in infos if not _is_passed_over(one, name := PurePosixPath(_name(one)))}


def _is_passed_over(info: zipfile.ZipInfo, name: PurePosixPath) -> bool:
    litter = any(part.lower() in LITTER for part in name.parts) or name.name.startswith("._")
    return info.is_dir() or stat.S_ISLNK(info.external_attr >> 16) or litter


def _name(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & NAME_IN_UTF_8:
        return info.filename
    # Python has read it as code page 437, which keeps every byte.
    written = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "cp932"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _with_its_parts(chosen: PurePosixPath, members: Collection[PurePosixPath]) -> Sequence[PurePosixPath]:
    if chosen.suffix.lower() != ".shp":
        return [chosen]
    stem = chosen.with_suffix("").as_posix().lower()
    return [
        one
        for one in members
        if one.suffix.lower() in PARTS_OF_A_SHAPEFILE and one.with_suffix("").as_posix().lower() == stem
    ]


def _write_out(archive: zipfile.ZipFile, info: zipfile.ZipInfo, to: Path, left: int) -> int:
    """Write a member; how many bytes are left of the limit. What the archive says of its size is not believed."""
    if info.flag_bits & ENCRYPTED:
        raise refusal(N_("The archive is locked with a password. Please pack it without one."))
    with archive.open(info) as packed, to.open("wb") as file:
        while piece := packed.read(PIECE):
            left -= len(piece)
            if left < 0:
                raise too_large()
            file.write(piece)
    return left


def too_large() -> InvalidInput:
    """What is told of a file beyond the limit, packed or not."""
    return refusal(N_("The file is too large: at most %(most)s MB are read."), most=MOST_BYTES // 2**20)


def refusal(message: str, **values: object) -> InvalidInput:
    """A file that is refused as a whole."""
    return InvalidInput([fault("file", message, **values)])
