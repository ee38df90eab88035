"""What lies around what is asked for, told before anything clashes: its size, and what else is taken at its site."""

from collections.abc import Sequence
from dataclasses import dataclass

from shapely.geometry import MultiPolygon

from testfields.accounts.rules import Actor
from testfields.availability.refusals import taken_by
from testfields.availability.rules import LONGEST_STAY
from testfields.core.errors import InTheWay
from testfields.core.periods import Period
from testfields.core.shapes import check_points_of_all
from testfields.db.values import period_range
from testfields.reservations import around_queries
from testfields.reservations.reading import own
from testfields.reservations.refusals import own_told


@dataclass(frozen=True)
class Size:
    """How large a shape is; its sides are those of the smallest rectangle around it, the longer one first."""

    square_metres: float
    width_m: float
    depth_m: float


@dataclass(frozen=True)
class Beside:
    """Something taken at the site at that time, and whether it stands over the ground that is asked for."""

    told: InTheWay
    over: bool


Grounds = Sequence[tuple[int, MultiPolygon | None]]


async def sizes_of(grounds: Grounds) -> list[Size]:
    """The size of each, an area by its id and the part of it, None for all; in the owner's metric system.

    Raises InvalidInput for more points than are judged at once.
    """
    check_points_of_all((shape for _, shape in grounds if shape is not None), "volumes")
    rows = await around_queries.SIZES.rows(**_arrays(grounds))
    return [Size(row["square_metres"], row["width_m"], row["depth_m"]) for row in rows]


async def beside(actor: Actor, grounds: Grounds, periods: Sequence[Period], besides: int = 0) -> list[Beside]:
    """The first of what is taken in any of the periods at the site of `grounds`, first what stands over these.

    Nothing says whose it is, but for the actor's own. What the reservation `besides` holds does not count; raises
    NotFound where that is not the actor's own, since what is then missing would tell of it.
    """
    if besides:
        await own(actor, besides)
    judged = [period_range(one) for one in periods if one.duration <= LONGEST_STAY]
    rows = await around_queries.BESIDE.rows(**_arrays(grounds), periods=judged, besides=besides) if judged else []
    told = await own_told(actor, taken_by(rows)) if rows else []
    return [Beside(one, row["over"]) for one, row in zip(told, rows, strict=True)]


def _arrays(grounds: Grounds) -> dict[str, list[object]]:
    return {"area_ids": [area_id for area_id, _ in grounds], "footprints": [shape for _, shape in grounds]}
