"""The numbers of a month of the owners whose staff ask."""

from datetime import date

import asyncpg

from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.dashboard import queries
from testfields.dashboard.rules import MONTHS_BEFORE, Figures, Numbers, OfMonth, OfSite, shifted
from testfields.reservations.actions import Action

FIELDS = tuple(Figures.__dataclass_fields__)


async def numbers(actor: Actor, month: date) -> Numbers:
    """What happened in the month that begins on `month`, and in those before it; months without anything have zeros."""
    rows = await queries.NUMBERS.rows(
        owners=reach(actor, May.SEE_DESK).owners,
        first=shifted(month, -MONTHS_BEFORE),
        month=month,
        approved=Action.APPROVE,
        rejected=Action.REJECT,
        returned=Action.RETURN,
        taken_back=Action.TAKE_BACK,
    )
    by_month = {row["month"]: _figures(row) for row in rows if row["slug"] is None}
    return Numbers(
        [
            OfSite(row["slug"], row["name_ja"], row["name_en"], _figures(row), row["open"])
            for row in rows
            if row["slug"] is not None
        ],
        [OfMonth(one, by_month.get(one, Figures())) for one in (shifted(month, by) for by in range(-MONTHS_BEFORE, 1))],
    )


def _figures(row: asyncpg.Record) -> Figures:
    return Figures() if row["month"] is None else Figures(**{name: row[name] for name in FIELDS})
