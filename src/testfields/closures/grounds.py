"""Which ground a closing is about: sites, areas and drawn parts, looked up as they are now."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
from shapely.geometry import MultiPolygon

from testfields.closures import queries
from testfields.core.errors import N_, Fault, InvalidInput, NotFound, fault
from testfields.core.shapes import check_points_of_all
from testfields.reservations.displacing import Ground


@dataclass(frozen=True)
class Wanted:
    """One place to be shut: a site, an area of it, both by slug, or the part of either that is `drawn`."""

    site: str
    area: str | None = None
    drawn: MultiPolygon | None = None


@dataclass(frozen=True)
class Scope:
    """What is to be shut: some places, or all sites of the `owner` with that slug.

    `alone`: the place was asked for by itself, so that its fields are not those of a list.
    """

    wanted: tuple[Wanted, ...] = ()
    owner: str | None = None
    alone: bool = False

    def path_of(self, place: int, name: str) -> str:
        """The path of a field of the place with that number, counted from 0."""
        return name if self.alone else f"places[{place}].{name}"


def one_place(site: str, area: str | None = None) -> Scope:
    """A site, or an area of it, both by slug."""
    return Scope((Wanted(site, area),), alone=True)


@dataclass(frozen=True)
class Closed:
    """A place as it is found: its ground, whose it is, and what of it was named or drawn."""

    ground: Ground
    owner_id: int
    area_id: int | None
    drawn: MultiPolygon | None


async def found(scope: Scope, owners: Sequence[int]) -> list[Closed]:
    """The places of a scope on the land of `owners`, in the order of their sites' ids.

    Raises NotFound for a site or an owner that is not there, InvalidInput for places that cannot be closed together.
    """
    wanted = scope.wanted or await _all_of(scope.owner, owners)
    check_points_of_all((one.drawn for one in wanted if one.drawn is not None), "places")
    rows = await queries.CLOSABLE.rows(
        sites=[one.site for one in wanted],
        areas=[one.area for one in wanted],
        drawn=[one.drawn for one in wanted],
        owners=owners,
    )
    if len(rows) < len(wanted):
        raise NotFound(N_("There is no such test field."))
    faults = [one for place, row in enumerate(rows) for one in _faults(scope, place, row)]
    if len({row["owner_id"] for row in rows}) > 1:
        faults.append(fault("places", N_("Please close the test fields of one owner at a time.")))
    faults = faults or await _sharing(scope, wanted, rows)
    if faults:
        raise InvalidInput(faults)
    closed = [_closed(one, row) for one, row in zip(wanted, rows, strict=True)]
    return sorted(closed, key=lambda one: one.ground.site_id)


async def _all_of(owner: str | None, owners: Sequence[int]) -> tuple[Wanted, ...]:
    rows = await queries.SITES_OF.rows(owner=owner, owners=owners)
    if not rows:
        raise NotFound(N_("There is no such owner of test fields."))
    return tuple(Wanted(row["slug"]) for row in rows)


def _closed(wanted: Wanted, row: asyncpg.Record) -> Closed:
    ground = Ground(row["site_id"], row["site_version"], row["footprint"])
    return Closed(ground, row["owner_id"], row["area_id"], wanted.drawn)


def _faults(scope: Scope, place: int, row: asyncpg.Record) -> list[Fault]:
    if not row["inside"]:
        return [fault(scope.path_of(place, "footprint"), N_("The shape lies outside this place."))]
    if row["footprint"] is not None:
        return []
    if row["area_id"] is None and row["named"]:
        return [fault(scope.path_of(place, "area"), N_("This test field has no such area."))]
    return [fault(scope.path_of(place, "footprint"), N_("The shape is too small to be closed."))]


async def _sharing(scope: Scope, wanted: Sequence[Wanted], rows: Sequence[asyncpg.Record]) -> list[Fault]:
    """Two places of one closing may not share ground: which of them would be lifted then?"""
    shared = await queries.SHARING.rows(
        site_ids=[row["site_id"] for row in rows], footprints=[row["footprint"] for row in rows]
    )
    message = N_("This place shares ground with another one that is chosen (“%(other)s”). Please choose one of them.")
    once = {row["place"]: wanted[row["other"] - 1] for row in shared}
    return [
        fault(scope.path_of(place - 1, "site"), message, other=other.area or other.site)
        for place, other in once.items()
    ]
