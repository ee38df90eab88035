"""Applications that the law or the place has caught up with: what zones published since ask of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg

from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.core.periods import Period
from testfields.db.engine import transactional
from testfields.db.values import to_period
from testfields.projects.rules import craft_of
from testfields.projects.service import facts_in
from testfields.reservations.actions import DECISIONS
from testfields.reservations.reading import volumes_with_stays
from testfields.reservations.stays import OPEN
from testfields.reviews import affected_queries as queries
from testfields.zones.importing import Published, Wanted, import_layer
from testfields.zones.rules import Finding, come_gravely, compared
from testfields.zones.service import findings_of

# More than anybody reads; what takes place first is told.
MOST_TOLD = 500
A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Affected:
    """An application under way, the first of its times to come, and what is found of them by now that forbids it or
    needs a permission and was not found before. `permitted`: there is a permit for it."""

    number: int
    permitted: bool
    company_ja: str
    company_en: str
    site: str
    site_ja: str
    site_en: str
    area_ja: str
    area_en: str
    timezone: str
    period: Period
    findings: tuple[Finding, ...]


async def by_publication(at: datetime) -> list[Affected]:
    """All that a publication at a time makes graver, on anybody's land."""
    return await _affected(None, at - A_MOMENT, at)


async def since_decision(actor: Actor, now: datetime) -> list[Affected]:
    """What zones published since the last decision make graver, on the land of the actor's owners."""
    return await _affected(reach(actor, May.SEE_DESK).owners, None, now)


async def _affected(owners: Sequence[int] | None, since: datetime | None, now: datetime) -> list[Affected]:
    rows = await queries.TOUCHED.rows(owners=owners, since=since, now=now, decisions=sorted(DECISIONS), limit=MOST_TOLD)
    found = [(row, await _graver(row, now)) for row in rows]
    return [_told(row, findings) for row, findings in found if findings]


async def _graver(row: asyncpg.Record, now: datetime) -> tuple[Finding, ...]:
    """What is found by now of the times to come and was not `since`."""
    volumes = await volumes_with_stays(row["number"])
    ahead = [one for one, state in volumes if state in OPEN and one.volume.period.end > now]
    craft = craft_of(facts_in(row))
    return come_gravely(compared(await findings_of(craft, ahead, row["since"]), await findings_of(craft, ahead, now)))


def _told(row: asyncpg.Record, findings: tuple[Finding, ...]) -> Affected:
    names = Affected.__dataclass_fields__.keys() - {"period", "findings"}
    return Affected(**{name: row[name] for name in names}, period=to_period(row["period"]), findings=findings)


@dataclass(eq=False)
class _OnlyTried(Exception):
    """Takes back what was published, as it was only to be tried."""

    published: Published
    affected: list[Affected]


async def import_zones(
    path: Path, wanted: Wanted, now: datetime, *, only_try: bool = False
) -> tuple[Published, list[Affected]]:
    """Publish the layer of a file, or `only_try` to, and tell what it makes graver; raises as `import_layer` does."""
    try:
        return await _import_zones(path, wanted, now, only_try)
    except _OnlyTried as tried:
        return tried.published, tried.affected


@transactional
async def _import_zones(path: Path, wanted: Wanted, now: datetime, only_try: bool) -> tuple[Published, list[Affected]]:
    published = await import_layer(path, wanted, now)
    affected = await by_publication(now)
    if only_try:
        raise _OnlyTried(published, affected)
    return published, affected
