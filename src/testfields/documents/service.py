"""Keeping files with the rows that use them, and clearing away what is left over."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec

from testfields.db.engine import transactional
from testfields.documents import queries
from testfields.documents.files import Files


async def keep(files: Files, bodies: Sequence[bytes], media_type: str, now: datetime) -> list[int]:
    """Keep files; the numbers of their documents, in that order. Raises NoRoom. Belongs into a transaction.

    Where that is rolled back, files may stay that no row knows: they are cleared away.
    """
    await queries.STORING.run()
    keys = await asyncio.to_thread(lambda: [files.put(body) for body in bodies])
    told = [
        {"place": place, "key": key, "media_type": media_type, "size": len(body)}
        for place, (key, body) in enumerate(zip(keys, bodies, strict=True))
    ]
    rows = await queries.ADD.rows(documents=msgspec.json.encode(told).decode(), now=now)
    return [row["id"] for row in rows]


@transactional
async def clear_away(files: Files) -> int:
    """Delete the files that nothing uses any more; how many went. Whoever stores meanwhile waits."""
    await queries.CLEARING.run()
    keys = await asyncio.to_thread(lambda: list(files.keys()))
    unused = [row["key"] for row in await queries.UNUSED.rows(keys=keys)]
    await asyncio.to_thread(_delete, files, unused)
    return len(unused)


def _delete(files: Files, keys: Sequence[str]) -> None:
    for key in keys:
        files.delete(key)
    files.clear_unfinished()
