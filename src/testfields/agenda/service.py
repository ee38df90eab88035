"""The calendar of all test fields of the owners whose staff ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import asyncpg

from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.agenda import queries
from testfields.agenda.rules import STATES_OF, Span, What
from testfields.core.periods import Period
from testfields.db.values import to_period
from testfields.reservations.states import State


@dataclass(frozen=True)
class Row:
    """An area of a site: a row of the calendar."""

    id: int
    slug: str
    name_ja: str
    name_en: str
    site_slug: str
    site_name_ja: str
    site_name_en: str
    timezone: str


@dataclass(frozen=True)
class Entry:
    """Something that takes place: an application's time, or a closure, whose `state` is None and whose name is its
    reason. Of a whole site without an area."""

    area_id: int | None
    site_slug: str
    period: Period
    number: int
    state: State | None
    name_ja: str
    name_en: str
    title_ja: str
    title_en: str


@dataclass(frozen=True)
class Day:
    """What takes place in an area, or at a whole site, on one local day, counted."""

    area_id: int | None
    site_slug: str
    day: date
    booked: int
    closed: int
    undecided: int


async def sites(actor: Actor) -> list[asyncpg.Record]:
    """The sites that the calendar may be narrowed to."""
    return await queries.SITES.rows(owners=reach(actor, May.SEE_DESK).owners)


async def rows(actor: Actor, site: str | None) -> list[Row]:
    """The areas of one site, or of all of one's owners."""
    return await queries.AREAS.all(Row, owners=reach(actor, May.SEE_DESK).owners, site=site)


async def entries(actor: Actor, span: Span, site: str | None, what: What) -> list[Entry]:
    """All that takes place in those days, by the clock of each site, in the order of time."""
    found = await queries.ENTRIES.rows(**_asked(actor, span, site, what))
    return [
        Entry(
            **dict(row.items())
            | {"period": to_period(row["period"]), "state": State(row["state"]) if row["state"] else None}
        )
        for row in found
    ]


async def days(actor: Actor, span: Span, site: str | None, what: What) -> Sequence[Day]:
    """The same counted by area and day."""
    undecided = sorted(STATES_OF[What.UNDECIDED])
    return await queries.DAYS.all(Day, **_asked(actor, span, site, what), undecided=undecided)


def _asked(actor: Actor, span: Span, site: str | None, what: What) -> dict[str, object]:
    return {
        "owners": reach(actor, May.SEE_DESK).owners,
        "site": site,
        "first": span.first,
        "last": span.last,
        "states": sorted(STATES_OF[what]),
        "with_closures": what in {What.ALL, What.CLOSED},
    }
