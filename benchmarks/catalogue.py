"""Importing 10,000 sites, again unchanged, and exporting them: seconds, printed as JSON.

uv run python -m benchmarks.catalogue
"""

import asyncio
import json
import tempfile
import time
from pathlib import Path

from shapely.affinity import translate
from tests.sites.catalogue import GROUND, NOW, TRACK, owner, site, track, write

from testfields import schema
from testfields.db import cluster
from testfields.db.engine import DB
from testfields.sites.exchange import exporting, importing

SITES = 10_000
PER_ROW = 100
APART_DEGREES = 0.02


def catalogue(path: Path) -> Path:
    """A file of SITES sites, with an area each."""
    features = []
    for number in range(SITES):
        east, north = number % PER_ROW * APART_DEGREES, number // PER_ROW * APART_DEGREES
        slug = f"site-{number}"
        features += [
            site(translate(GROUND, east, north), slug=slug),
            track(translate(TRACK, east, north), site=slug),
        ]
    return write(path, features)


async def measure(url: str, folder: Path) -> dict[str, float]:
    """Seconds for each step, in an empty database at `url`."""
    DB.use(url)
    await schema.upgrade()
    path = catalogue(folder / "sites.geojson")
    seconds: dict[str, float] = {}
    async with DB.open(2):
        await owner()
        for name in ("import", "import again"):
            began = time.perf_counter()
            await importing.import_file(path, None, NOW)
            seconds[name] = round(time.perf_counter() - began, 1)
        for ending in ("geojson", "gpkg", "shp"):
            began = time.perf_counter()
            await exporting.export_file(folder / f"out.{ending}")
            seconds[f"export {ending}"] = round(time.perf_counter() - began, 1)
    return seconds


if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory(prefix="tf") as data,
        tempfile.TemporaryDirectory() as files,
        cluster.running(Path(data)) as running,
    ):
        print(json.dumps(asyncio.run(measure(running.url(), Path(files)))))
