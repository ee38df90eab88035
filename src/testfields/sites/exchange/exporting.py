"""Giving sites out as a file."""

from collections.abc import Sequence
from pathlib import Path

from testfields.core.errors import N_, NotFound
from testfields.sites.exchange.features import write_catalogue
from testfields.sites.exchange.stored import stored_sites
from testfields.sites.exchange.writing import write


async def export_file(path: Path, slugs: Sequence[str] = ()) -> int:
    """Write sites, all where no slug is given, to a new file that an import reads back; how many there were.

    Raises NotFound for an unknown slug, InvalidInput where the file is there already or cannot hold a text.
    """
    sites = await stored_sites(slugs or None)
    missing = sorted(set(slugs) - {one.slug for one in sites})
    if missing:
        raise NotFound(N_("There is no site “%(slug)s”."), slug=", ".join(missing))
    write(path, write_catalogue(sites))
    return len(sites)
