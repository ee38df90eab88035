"""What stands in the way of what is to be taken: found beforehand, or told by the claim guard."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import asyncpg

from testfields.availability import queries
from testfields.availability.kinds import OF_RESERVATIONS
from testfields.core.errors import InTheWay, Taken
from testfields.core.volumes import Volume
from testfields.db.values import volume_arrays


def told_to_anybody(standing: dict[str, Any]) -> InTheWay:
    """One standing claim of the claim guard's detail, without whose it is."""
    return InTheWay(
        standing["kind"],
        datetime.fromisoformat(standing["start"]),
        datetime.fromisoformat(standing["end"]),
        standing["lower"],
        standing["upper"],
        standing["footprint"],
    )


def number_of(kind: str, source: int) -> int | None:
    """The application that took a standing claim; None for a closure or whatever else did."""
    return source if kind in OF_RESERVATIONS else None


@contextmanager
def refusals(told: Callable[[dict[str, Any]], InTheWay] = told_to_anybody) -> Iterator[None]:
    """Turn the claim guard's refusal into `Taken`; `told` decides how much of each standing claim is told."""
    try:
        yield
    except asyncpg.ExclusionViolationError as error:
        if error.constraint_name != "claim_no_overlap":
            raise
        standing = json.loads(error.detail or "[]")
        raise Taken(
            [told(one) for one in standing], numbers=[number_of(one["kind"], one["source"]) for one in standing]
        ) from error


async def refusal_of(site_id: int, volumes: Sequence[Volume], besides: int) -> Taken:
    """The claims that would refuse `volumes` now; those of the reservation `besides` would not, 0 for none."""
    return taken_by(await queries.IN_THE_WAY.rows(site_id=site_id, besides=besides, **volume_arrays(volumes)))


async def refusals_of_each(site_id: int, volumes: Sequence[Volume], besides: int = 0) -> list[Taken | None]:
    """The same for each of the volumes by itself, None where nothing is in its way."""
    rows = await queries.IN_THE_WAY_OF_EACH.rows(site_id=site_id, besides=besides, **volume_arrays(volumes))
    by_place = [[row for row in rows if row["place"] == place] for place in range(1, len(volumes) + 1)]
    return [taken_by(standing) if standing else None for standing in by_place]


def taken_by(rows: Sequence[asyncpg.Record]) -> Taken:
    """A refusal by the claims that a query has found, each with what `queries.STANDING` tells."""
    in_the_way = [
        InTheWay(
            row["kind"], row["starts_at"], row["ends_at"], row["lower"], row["upper"], json.loads(row["footprint"])
        )
        for row in rows
    ]
    return Taken(in_the_way, numbers=[number_of(row["kind"], row["source"]) for row in rows])
