"""Files are kept whole or not at all, and no longer than something uses them."""

import errno
import os
from pathlib import Path

import pytest

from testfields.core.clock import now
from testfields.core.errors import NoRoom, NotFound
from testfields.db.engine import DB
from testfields.documents import service
from testfields.documents.files import Files
from testfields.documents.tables import Document


def test_a_file_is_named_by_its_content_and_written_once(tmp_path: Path) -> None:
    files = Files(tmp_path)
    key = files.put(b"picture")
    kept = tmp_path / key[:2] / key
    before = kept.stat().st_mtime_ns
    assert files.put(b"picture") == key
    assert (files.read(key), kept.stat().st_mtime_ns, list(files.keys())) == (b"picture", before, [key])
    files.delete(key)
    files.delete(key)
    with pytest.raises(NotFound):
        files.read(key)


@pytest.mark.parametrize(
    "key", ["", "..", "../../etc/passwd", "/etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", "\0"]
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    for do in (Files(tmp_path).read, Files(tmp_path).delete):
        with pytest.raises(NotFound):
            do(key)


def test_a_full_disk_leaves_nothing_half_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = Files(tmp_path)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoRoom):
        files.put(b"picture")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_what_is_rolled_back_is_cleared_away_and_what_is_used_stays(own_db: str, tmp_path: Path) -> None:
    files = Files(tmp_path)
    async with DB.transaction():
        await service.keep(files, [b"kept", b"kept"], "image/webp", now())
    async with DB.transaction() as transaction:
        await service.keep(files, [b"kept", b"lost"], "image/webp", now())
        await transaction.rollback()
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / "unfinished-x").write_bytes(b"half")

    assert len(list(files.keys())) == 2
    assert await service.clear_away(files) == 1
    (key,) = files.keys()
    assert files.read(key) == b"kept"
    assert not (tmp_path / "ab" / "unfinished-x").exists()

    # Two uses of one file: it goes with the last.
    first, second = [row["id"] for row in await Document.select(Document.id).order_by(Document.id)]
    await Document.delete().where(Document.id == first)
    assert await service.clear_away(files) == 0
    await Document.delete().where(Document.id == second)
    assert await service.clear_away(files) == 1
    assert list(files.keys()) == []
