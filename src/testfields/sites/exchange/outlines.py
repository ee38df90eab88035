"""Outlines that change under what has been taken there: bookings keep them where they are, closures follow them."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec

from testfields.core.errors import N_, InvalidInput
from testfields.core.periods import Period
from testfields.db.engine import DB
from testfields.db.values import altitude_range, to_period
from testfields.sites.drafts import SiteDraft
from testfields.sites.exchange import queries
from testfields.sites.rules import FeatureFault, feature_fault

# So many numbers of applications are listed in a fault.
MOST_NUMBERS = 20


async def stranding_faults(sites: Sequence[SiteDraft], now: datetime) -> list[FeatureFault]:
    """What has been applied for stays where it was applied for, until it is over."""
    areas = [(site, area) for site in sites for area in site.areas if not area.geometry.is_empty]
    rows = await queries.STRANDED.rows(
        sites=[site.slug for site, _ in areas],
        areas=[area.slug for _, area in areas],
        shapes=[area.geometry for _, area in areas],
        altitudes=[altitude_range(area.altitude) for _, area in areas],
        now=now,
    )
    message = N_(
        "%(count)s applications that are not over would lie outside this area: No. %(numbers)s."
        " It can be changed afterwards."
    )
    told = [(areas[row["place"] - 1], row["numbers"]) for row in rows]
    faults = [feature_fault(area, "geometry", message, **_counted(numbers)) for (_, area), numbers in told]
    return faults + await _outside_faults(sites, {site.slug for (site, _), _ in told}, now)


def _counted(numbers: Sequence[int]) -> dict[str, object]:
    listed = ", ".join(str(one) for one in numbers[:MOST_NUMBERS])
    return {"count": len(numbers), "numbers": f"{listed}, …" if len(numbers) > MOST_NUMBERS else listed}


async def _outside_faults(sites: Sequence[SiteDraft], told: Set[str], now: datetime) -> list[FeatureFault]:
    """What is taken in areas that are retired, or as a whole area that is smaller by now."""
    rest = [one for one in sites if one.slug not in told and not one.geometry.is_empty]
    rows = await queries.LEFT_OUTSIDE.rows(
        sites=[one.slug for one in rest], shapes=[one.geometry for one in rest], now=now
    )
    message = N_("%(count)s applications that are not over would lie outside this site. It can be changed afterwards.")
    return [feature_fault(rest[row["place"] - 1], "geometry", message, count=row["count"]) for row in rows]


@dataclass(frozen=True)
class Lifted:
    """A closure that is lifted, as nothing is left of its place; without an area it was of the site itself."""

    number: int
    site: str
    area_ja: str | None
    area_en: str | None
    timezone: str
    period: Period
    reason_ja: str
    reason_en: str


async def have_closures_follow(sites: Sequence[SiteDraft]) -> tuple[Lifted, ...]:
    """What is closed follows the outlines; those that are lifted by it, as they have no ground left.

    Raises InvalidInput where one would meet what others have taken.
    """
    before = await _closures_to_come(sites)
    try:
        async with DB.transaction():
            await queries.CLOSURES_FOLLOW.value()
    except asyncpg.ExclusionViolationError as error:
        if error.constraint_name != "closures_follow_ground":
            raise
        raise InvalidInput([_closing_fault(sites, msgspec.json.decode(error.detail or "", type=_Met))]) from error
    kept = {row["number"] for row in await _closures_to_come(sites)}
    gone = [row for row in before if row["number"] not in kept]
    return tuple(Lifted(**{**row, "period": to_period(row["period"])}) for row in gone)


async def _closures_to_come(sites: Sequence[SiteDraft]) -> list[asyncpg.Record]:
    return await queries.CLOSURES_TO_COME.rows(slugs=[one.slug for one in sites])


class _Met(msgspec.Struct):
    """A closure that would meet others, and the numbers of the applications among them."""

    closure: int
    site: str
    area: str | None
    numbers: list[int] | None


def _closing_fault(sites: Sequence[SiteDraft], met: _Met) -> FeatureFault:
    """At the outline that the closure follows."""
    site = next(one for one in sites if one.slug == met.site)
    draft = next((one for one in site.areas if one.slug == met.area), site)
    if not met.numbers:
        message = N_("Closure No. %(closure)s would meet another closure by this. Please lift one of them first.")
        return feature_fault(draft, "geometry", message, closure=met.closure)
    message = N_(
        "Closure No. %(closure)s follows this outline and would meet %(count)s applications: No. %(numbers)s."
        " Please lift it first."
    )
    return feature_fault(draft, "geometry", message, closure=met.closure, **_counted(met.numbers))
