"""Bringing sites in from a file.

Work of the command line: it reads and checks without pause, so a server would do it in a process of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import asyncpg
import shapely
from shapely.geometry.base import BaseGeometry

from testfields.core.errors import N_, Fault, InvalidInput, fault
from testfields.core.local_time import JAPANS_ZONE, local_date
from testfields.db.engine import DB
from testfields.sites.exchange import files, queries
from testfields.sites.exchange.features import Feature, read_catalogue
from testfields.sites.exchange.reference_systems import WGS84
from testfields.sites.exchange.storing import BY_FILE, ImportReport, Progress, Step, silent, store
from testfields.sites.rules import FeatureFault, placed_fault


async def import_file(
    path: Path, owner: str | None, now: datetime, progress: Progress = silent, *, only_try: bool = False
) -> ImportReport:
    """Store the sites of a file, or `only_try` to; `owner` is their owner's slug where they do not name one.

    A site in the file is described there as a whole: areas that are missing are removed, or retired where they have a
    past. What is under way and fits no more is told and stays as it is; a closure
    whose place has no ground left is told and lifted. One fault, and nothing is
    stored; raises InvalidInput with every fault found, those of features as `FeatureFault`, by the names of fields that
    stand in the file.
    """
    progress(Step.READ, 0, None)
    file = files.read(path)
    shapes = await on_wgs84([one.shape for one in file.features], file.srid)
    features = [replace(one, shape=shape) for one, shape in zip(file.features, shapes, strict=True)]
    progress(Step.READ, len(features), len(features))
    sites, faults = read_catalogue(_watched(features, progress), owner, local_date(now, JAPANS_ZONE))
    if not sites and not faults:
        raise InvalidInput([fault("file", N_("The file holds no site."))])
    try:
        report = await store(sites, faults, now, BY_FILE, progress, only_try)
    except InvalidInput as error:
        raise InvalidInput([_as_in_file(one, file.names) for one in error.faults]) from error
    return replace(report, notes=file.notes)


def _as_in_file(one: Fault, names: Mapping[str, str]) -> Fault:
    """A fault by the names that stand in the file, such as a Shapefile's short ones."""
    if not isinstance(one, FeatureFault):
        return one
    values = one.message.values
    near = {"near": names.get(str(values["near"]), values["near"])} if "near" in values else {}
    name = names.get(one.field, one.field)
    return placed_fault(one.feature, one.slug, name, replace(one.message, values={**values, **near}))


def _watched(features: Sequence[Feature], progress: Progress) -> Iterator[Feature]:
    """The features one by one; each has been checked by itself when the next is asked for."""
    for place, one in enumerate(features):
        progress(Step.CHECK, place, len(features))
        yield one
    progress(Step.CHECK, len(features), len(features))


async def on_wgs84(shapes: Sequence[BaseGeometry | None], srid: int) -> Sequence[BaseGeometry | None]:
    """A file's shapes in EPSG:4326, into which PostGIS turns those of other systems; raises InvalidInput."""
    if srid == WGS84:
        return shapes
    written = [None if one is None else shapely.to_wkb(one) for one in shapes]
    try:
        async with DB.transaction():
            rows = await queries.TO_WGS84.rows(shapes=written, srid=srid)
    except asyncpg.PostgresError as error:
        message = N_("The shapes cannot be turned from EPSG:%(srid)s into EPSG:4326: %(reason)s")
        raise InvalidInput([fault("file", message, srid=str(srid), reason=str(error))]) from error
    turned = {row["place"]: row["shape"] for row in rows}
    return [turned[place] for place in range(1, len(shapes) + 1)]
