"""Placing volumes at a site, and taking and giving back claims."""

import asyncio
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import asyncpg
from shapely.geometry import MultiPolygon

from testfields.availability import queries
from testfields.availability.kinds import OF_RESERVATIONS, ClaimKind
from testfields.availability.refusals import refusals, told_to_anybody
from testfields.availability.rules import BookableArea, Placed, claims_for
from testfields.core.errors import N_, InTheWay, InvalidInput, NotFound, Taken, WrongState, fault
from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand, Volume
from testfields.db.engine import DB
from testfields.db.values import altitude_range, period_range, to_band, to_period, volume_arrays
from testfields.sites.fields import policy_values
from testfields.sites.stays import Policy

# What PLACE tells of the areas and of each volume, in parallel arrays; null for none.
AREAS = ("ids", "geometries", "bands")
PLACED = ("inside", "open", "footprints", "altitudes", "periods")

NO_SUCH_AREA = N_("There is no such area.")


@dataclass(frozen=True)
class Asked:
    """A volume as the caller asked for it; no footprint is the whole area, no altitude the area's whole band.

    `area_id` None is the area that the whole is asked for in.
    """

    period: Period
    footprint: MultiPolygon | None = None
    altitude: AltitudeBand | None = None
    area_id: int | None = None


@dataclass(frozen=True)
class InArea:
    """A volume as it is kept: with nothing left open, in an area."""

    area_id: int
    volume: Volume

    @property
    def asked(self) -> Asked:
        """As it would be asked for now."""
        return Asked(self.volume.period, self.volume.footprint, self.volume.altitude, self.area_id)


def in_area_arrays(volumes: Sequence[InArea]) -> dict[str, list[Any]]:
    """Volumes in their areas as parallel arrays, named as the statements that keep them want them."""
    return {"area_ids": [one.area_id for one in volumes], **volume_arrays([one.volume for one in volumes])}


@dataclass(frozen=True)
class Place:
    """A site with its policy, and the volumes asked for as they lie in its areas. `uses` are what these allow."""

    site_id: int
    # Of the site as it was looked at: its ground, hours and policy may change until something is taken.
    site_version: int
    owner_id: int
    published: bool
    # Whether its owner is there to decide.
    takes_applications: bool
    # Whether one of the areas has a past and nothing ahead but what is under way in it.
    retired: bool
    uses: frozenset[str]
    policy: Policy
    placed: tuple[Placed, ...]

    @property
    def volumes(self) -> tuple[InArea, ...]:
        """What was asked for, as it is kept."""
        return tuple(InArea(one.area.id, one.volume) for one in self.placed)


async def place(area_id: int, asked: Sequence[Asked]) -> Place:
    """Look up an area and how `asked` lies in it, or in others of its site.

    Raises NotFound, or InvalidInput for an area of another site.
    """
    area_ids = [one.area_id or area_id for one in asked] or [area_id]
    row = await queries.PLACE.row(
        area_id=area_id,
        area_ids=area_ids,
        footprints=[one.footprint for one in asked],
        altitudes=[None if one.altitude is None else altitude_range(one.altitude) for one in asked],
        periods=[period_range(one.period) for one in asked],
    )
    if row is None:
        raise NotFound(NO_SUCH_AREA)
    areas = _areas(row)
    _check_areas(areas, area_ids)
    placed = tuple(
        Placed(
            areas[number],
            Volume(one.footprint or areas[number].footprint, one.altitude or areas[number].altitude, one.period),
            inside,
            is_open,
            Volume(footprint, to_band(altitude), to_period(period)),
        )
        for one, number, inside, is_open, footprint, altitude, period in zip(
            asked, area_ids if asked else (), *(row[name] or () for name in PLACED), strict=True
        )
    )
    return Place(
        row["site_id"],
        row["site_version"],
        row["owner_id"],
        row["published"],
        row["takes_applications"],
        row["retired"],
        frozenset.intersection(*(frozenset(one.split()) for one in row["uses"])),
        Policy(timezone=row["timezone"], **policy_values(row)),
        placed,
    )


def _areas(row: asyncpg.Record) -> dict[int, BookableArea]:
    return {
        number: BookableArea(number, row["site_id"], geometry, to_band(band))
        for number, geometry, band in zip(*(row[name] or () for name in AREAS), strict=True)
    }


def _check_areas(areas: Container[int], area_ids: Sequence[int]) -> None:
    """Raise InvalidInput where one of these is no area of the site."""
    message = N_("This test field has no such area.")
    faults = [
        fault(f"volumes[{place}].area_id", message) for place, number in enumerate(area_ids) if number not in areas
    ]
    if faults:
        raise InvalidInput(faults)


async def claims_of(place: Place) -> list[Volume]:
    """What is taken when a place's volumes are; raises InvalidInput as `claims_for` does."""
    if len(place.placed) == 1:
        return claims_for(place.placed)
    # Joining shapes may take longer than others should wait.
    return await asyncio.to_thread(claims_for, place.placed)


def changed_meanwhile() -> WrongState:
    """The refusal of what was asked for at a site that has been changed since it was looked at."""
    return WrongState(N_("The test field has been changed a moment ago. Please look at it again."))


async def hold_site(place: Place) -> None:
    """Keep a place's site as it was looked at until the transaction ends; raises WrongState where it has changed."""
    async with DB.turn_at(place.site_id):
        held = await queries.HOLD_SITE.value(id=place.site_id, version=place.site_version)
    if held is None:
        raise changed_meanwhile()


async def turns_at(site_ids: Iterable[int]) -> None:
    """Have a turn at each of these sites until the transaction ends; asked for before anything is held."""
    for site_id in sorted(site_ids):
        async with DB.turn_at(site_id):
            # Inside a transaction the turn lasts until that ends.
            pass


async def hold_sites(versions: Mapping[int, int]) -> None:
    """Keep sites as they were looked at, by their versions, and let nobody take anything there until the transaction
    ends; raises WrongState where one has changed."""
    ids = sorted(versions)
    await turns_at(ids)
    held = await queries.HOLD_SITES.rows(ids=ids, versions=[versions[one] for one in ids])
    if len(held) != len(ids):
        raise changed_meanwhile()
    await queries.LOCK_SITES.run(ids=ids)


async def take(
    site_id: int,
    kind: ClaimKind,
    source_id: int,
    volumes: Sequence[Volume],
    told: Callable[[dict[str, Any]], InTheWay] = told_to_anybody,
) -> None:
    """Claim `volumes` for a source; raises Taken."""
    async with DB.turn_at(site_id):
        with refusals(told):
            await queries.TAKE.run(site_id=site_id, kind=kind, source_id=source_id, **volume_arrays(volumes))


async def close(
    wanted: Sequence[tuple[int, int, MultiPolygon]],
    period: Period,
    told: Callable[[dict[str, Any]], InTheWay] = told_to_anybody,
    *,
    makes_room: bool = False,
) -> None:
    """Claim grounds for closures at every height, each as (site, closure, footprint), without what is closed already.

    With `makes_room` applications let go of what they take of it for distance or turnaround. Raises Taken, or
    WrongState where nothing is left to be closed. Belongs into a transaction that has `hold_sites`.
    """
    grounds = {
        "site_ids": [site_id for site_id, _, _ in wanted],
        "footprints": [footprint for _, _, footprint in wanted],
        "period": period_range(period),
    }
    with refusals(told):
        if makes_room:
            await queries.MAKE_ROOM.run(**grounds)
        taken = await queries.CLOSE.rows(source_ids=[number for _, number, _ in wanted], **grounds)
    if not taken:
        raise WrongState(N_("All of this is closed already at that time."))


async def lock(site_id: int) -> None:
    """Let nobody take anything at a site until the transaction ends; what others have taken by then is seen."""
    async with DB.turn_at(site_id):
        await queries.LOCK_SITE.run(site_id=site_id)


async def release(source_id: int, kinds: Iterable[ClaimKind] = OF_RESERVATIONS) -> None:
    """Give back every claim of a source."""
    await queries.RELEASE.run(source_id=source_id, kinds=list(kinds))


async def release_all(source_ids: Sequence[int]) -> None:
    """Give back every claim of these reservations."""
    await queries.RELEASE_ALL.run(source_ids=list(source_ids))


async def release_from(source_id: int, from_at: datetime) -> None:
    """Give back what a reservation takes from then on."""
    await queries.RELEASE_FROM.run(source_id=source_id, from_at=from_at)


async def keep(place: Place, kind: ClaimKind, source_id: int, from_at: datetime) -> None:
    """From then on a reservation takes what the place's volumes want, and gives back the rest of what it took."""
    claims = [
        replace(one, period=Period(max(one.period.start, from_at), one.period.end))
        for one in await claims_of(place)
        if one.period.end > from_at
    ]
    # First the site, then what is taken there, as everybody does: it may be offered to others next.
    await lock(place.site_id)
    try:
        async with DB.transaction():
            await release_from(source_id, from_at)
            await take(place.site_id, kind, source_id, claims)
    except Taken:
        # The site keeps wider distances by now than when they were taken: what is kept stays as it was.
        periods = [period_range(one.volume.period) for one in place.placed]
        await queries.RELEASE_BESIDES.run(source_id=source_id, from_at=from_at, periods=periods)


async def change_kind(site_id: int, source_id: int, was: ClaimKind, becomes: ClaimKind) -> None:
    """A claim becomes one of another kind, as a hold does that is submitted; what it takes stays the same."""
    async with DB.turn_at(site_id):
        await queries.CHANGE_KIND.run(source_id=source_id, was=was, becomes=becomes)
