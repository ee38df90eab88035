"""The administrator's file of vector tiles, served in the parts that maps ask for; no other file is."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from litestar import Request, Response, get
from litestar.response import Stream

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.core.byte_ranges import BeyondError, part_of
from testfields.core.errors import N_, NotFound
from testfields.core.pmtiles import NotTilesError
from testfields.web import tiles
from testfields.web.heads import head_alone

logger = logging.getLogger("testfields.maps")

ADDRESS = "/maps/ground.pmtiles"
MEDIA_TYPE = "application/vnd.pmtiles"
FOR_GOOD = "public, max-age=31536000, immutable"
# A map asks for some 16 to 200 kB at a time; whoever asks for more gets it in pieces of so many bytes.
PIECE = 1 << 20


def told_to_maps(path: Path | None) -> dict[str, Any] | None:
    """What js/map-tiles.js has to know of the file; None without one, and while it cannot be read."""
    try:
        found = None if path is None else tiles.look_into(path)
    except (OSError, NotTilesError) as error:
        logger.error("maps are shown without %s: %s", path, error)
        return None
    if found is None:
        return None
    return {
        "address": f"{ADDRESS}?v={found.tag}",
        "schema": found.described.schema,
        "credit": found.described.credit,
        "deepest": found.header.zoom_levels[-1],
        "bounds": found.header.bounds,
    }


@get(ADDRESS, include_in_schema=False, guards=[Only(May.LOOK_AROUND)])
async def tile_file(request: Request[Any, Any, Any]) -> Response[Any]:
    """Parts of the file by ``Range``, each answer from one and the same file; raises NotFound."""
    found = tiles.of(await _opened(request.app.state.settings.basemap))
    status, part, headers = _asked(request, found)
    if not part or head_alone(request):
        found.file.close()
        return Response(b"", status_code=status, media_type=MEDIA_TYPE, headers=headers)
    return Stream(_pieces(found, part), status_code=status, media_type=MEDIA_TYPE, headers=headers)


async def _opened(path: Path | None) -> BinaryIO:
    """The file. Of one that is gone the log is told by `told_to_maps`, not by every part; raises NotFound."""
    if path is not None:
        with suppress(OSError):
            return await asyncio.to_thread(path.open, "rb")
    raise NotFound(N_("There is nothing at this address."))


def _asked(request: Request[Any, Any, Any], found: tiles.TileFile) -> tuple[int, range, dict[str, str]]:
    """Status, bytes and headers of the answer (RFC 9110, 13 and 14)."""
    tag = f'"{found.tag}"'
    # At the address of this very file parts may be kept for good; at the address of one before, not at all.
    marked = request.query_params.get("v") == found.tag
    headers = {"ETag": tag, "Accept-Ranges": "bytes", "Cache-Control": FOR_GOOD if marked else "no-store"}
    if tag in request.headers.get("if-none-match", "").replace(" ", "").split(","):
        return 304, range(0), headers
    # Who holds parts of another file cannot go on with this one, and gets the whole of it.
    goes_on = request.headers.get("if-range", tag) == tag
    try:
        part = part_of(request.headers.get("range", ""), found.size) if goes_on else None
    except BeyondError:
        return 416, range(0), headers | {"Content-Range": f"bytes */{found.size}"}
    if part is None:
        return 200, range(found.size), headers | {"Content-Length": str(found.size)}
    told = {"Content-Range": f"bytes {part.start}-{part.stop - 1}/{found.size}", "Content-Length": str(len(part))}
    return 206, part, headers | told


async def _pieces(found: tiles.TileFile, part: range) -> AsyncIterator[bytes]:
    """The part, never more than a piece of it in memory."""
    with found.file:
        for start in range(part.start, part.stop, PIECE):
            yield await asyncio.to_thread(found.read, range(start, min(start + PIECE, part.stop)))


pages = (tile_file,)
