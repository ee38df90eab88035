"""What is under way at a site and fits it no more as an import describes it.

Told while the import can still be taken back. Nothing is displaced by it: what was applied for keeps its place, a
permit holds, and whoever reviews an application sees the same faults there.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import asyncpg

from testfields.core.errors import Message
from testfields.core.periods import Period
from testfields.db.values import to_period
from testfields.sites.exchange import queries
from testfields.sites.fields import policy_values
from testfields.sites.stays import Policy, place_faults, stay_faults


@dataclass(frozen=True)
class Misfit:
    """An application that is under way, the first of its times that does not fit, and what of it does not.

    `permitted`: there is a permit for it.
    """

    number: int
    permitted: bool
    company_ja: str
    company_en: str
    site: str
    area_ja: str
    area_en: str
    timezone: str
    period: Period
    faults: tuple[Message, ...]


async def misfits(slugs: Sequence[str], now: datetime) -> list[Misfit]:
    """All that does not fit these sites as they are stored, in the order of numbers."""
    rows = await queries.UNDER_WAY_AS_IT_FITS.rows(slugs=list(slugs), now=now)
    return [found for _, volumes in groupby(rows, key=itemgetter("number")) for found in _misfit_of(list(volumes))]


def newly(before: Iterable[Misfit], after: Iterable[Misfit]) -> tuple[Misfit, ...]:
    """What does not fit `after` a change, without what did not fit `before` it for the same reasons."""
    known = {(one.number, fault.id) for one in before for fault in one.faults}
    left = (replace(one, faults=tuple(_besides(known, one))) for one in after)
    return tuple(one for one in left if one.faults)


def _besides(known: Collection[tuple[int, str]], one: Misfit) -> list[Message]:
    return [fault for fault in one.faults if (one.number, fault.id) not in known]


def _misfit_of(volumes: Sequence[asyncpg.Record]) -> list[Misfit]:
    """An application's volumes as one misfit, if they are one; each fault once."""
    faults = [(row, fault) for row in volumes for fault in _faults(row)]
    if not faults:
        return []
    first, _ = faults[0]
    told = {name: first[name] for name in Misfit.__dataclass_fields__ if name not in {"period", "faults"}}
    once = {(one.id, str(one.values)): one for _, one in faults}
    return [Misfit(**told, period=to_period(first["period"]), faults=tuple(once.values()))]


def _faults(row: asyncpg.Record) -> list[Message]:
    policy = Policy(timezone=row["timezone"], **policy_values(row))
    times = stay_faults(policy, to_period(row["period"]), row["open"], row["asked_at"], "period")
    return [one.message for one in (*place_faults(row["uses"], row["use"], row["retired"]), *times)]
