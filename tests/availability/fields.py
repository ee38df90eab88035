"""Places and claims that the tests of this feature start from."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from asyncpg import Range
from shapely.geometry import MultiPolygon, box

from testfields.availability import service
from testfields.availability.rules import check_volumes, claims_for
from testfields.availability.service import Asked
from testfields.core.errors import InvalidInput, Taken
from testfields.core.periods import Period
from testfields.core.volumes import EVERY_HEIGHT, AltitudeBand, Volume
from testfields.db.engine import DB
from testfields.db.values import altitude_range, period_range
from testfields.sites.tables import OpeningHours

INSERT = """
    INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period) VALUES ($1, $2, $3, $4, $5, $6)
"""
# Pairs of claims that intersect: what must never be.
OVERLAPS = """
    SELECT count(*) FROM claim one JOIN claim other
      ON one.site_id = other.site_id AND one.id < other.id AND one.period && other.period
     AND one.altitude && other.altitude AND ST_Relate(one.footprint, other.footprint, 'T********')
"""


async def claim(
    site_id: int,
    footprint: MultiPolygon,
    period: Period,
    altitude: AltitudeBand = EVERY_HEIGHT,
    kind: str = "allotment",
) -> None:
    """Take a volume with a bare INSERT, as by hand.

    Of a kind that belongs to a reservation or a closure it stands alone, which no COMMIT would let pass: such a one is
    laid down without the triggers, for tests of what is told of a claim.
    """
    triggers = "origin" if kind == "allotment" else "replica"
    async with DB.transaction(), DB.connection() as connection:
        await connection.execute(f"SET LOCAL session_replication_role = {triggers}")
        await connection.execute(INSERT, site_id, kind, 1, footprint, altitude_range(altitude), period_range(period))
        await connection.execute("SET LOCAL session_replication_role = origin")


async def open_at(site_id: int, hours: Sequence[tuple[int, int, int]]) -> None:
    """Give a site other hours: (ISO weekday, minute it opens, minute it closes)."""
    await OpeningHours.delete().where(OpeningHours.site_id == site_id)
    for weekday, opens, closes in hours:
        await OpeningHours(site_id=site_id, weekday=weekday, opens_minute=opens, closes_minute=closes).save()


def local(zone: str, *when: int, fold: int = 0) -> datetime:
    """A wall-clock time in `zone` as an instant; `fold` 1 is the second of two."""
    return datetime(*when, fold=fold, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[misc,arg-type]


def part(footprint: MultiPolygon, west: float, east: float) -> MultiPolygon:
    """The slice of a square between two shares of its width."""
    x0, y0, x1, y1 = footprint.bounds
    return MultiPolygon([box(x0 + west * (x1 - x0), y0, x0 + east * (x1 - x0), y1)])


def metres(lower: int, upper: int) -> Range:  # type: ignore[type-arg]
    """Heights of an area."""
    return Range(lower, upper)


class Undone(Exception):
    """Ends a trial so that nothing of it stays."""


async def refusal(area_id: int, asked: Sequence[Asked], now: datetime) -> list[str]:
    """Why these volumes cannot be booked now: messages of rules, or "taken"; empty when they can. Nothing stays."""
    try:
        async with DB.transaction():
            place = await service.place(area_id, asked)
            check_volumes(place.policy, place.placed, now)
            claims: list[Volume] = claims_for(place.placed)
            await service.take(place.site_id, "allotment", 999_999, claims)
            raise Undone
    except Undone:
        return []
    except InvalidInput as error:
        return [one.message.id for one in error.faults]
    except Taken:
        return ["taken"]
