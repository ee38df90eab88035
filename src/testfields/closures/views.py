"""What the desk's page of closures shows: the list, and whom a closing would displace."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import asyncpg

from testfields.accounts.access import allowed
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.availability.kinds import KINDS, ClaimKind
from testfields.closures.rules import KIND_WORDS, ClosureKind
from testfields.closures.service import Met, Preview
from testfields.core.errors import N_
from testfields.core.periods import Period
from testfields.db.values import to_period
from testfields.reservations.stays import STAYS, Stay, StayState
from testfields.web import locale
from testfields.web.words import instant, when


def entered_together(actor: Actor, closings: Iterable[Sequence[asyncpg.Record]], now: datetime) -> list[dict[str, Any]]:
    """The list: those that were entered together as one, which can be lifted at once or one by one."""
    return [_closing([_closure(actor, row, now) for row in rows], rows[0]) for rows in closings]


def _closing(closures: Sequence[Mapping[str, Any]], row: asyncpg.Record) -> dict[str, Any]:
    standing = [one["standing"] for one in closures]
    return {
        "closures": closures,
        "kind": locale.translate(KIND_WORDS[ClosureKind(row["kind"])]),
        "reason": locale.named(row, "reason"),
        "when": when(Period(row["starts_at"], row["ends_at"]), row["timezone"]),
        # As long as one of them stands, all do.
        "standing": next((one for one in ("now", "coming", "over") if one in standing), "lifted"),
        "by": row["created_by"],
        "standing_ones": [one for one in closures if one["may_lift"]],
    }


def _closure(actor: Actor, row: asyncpg.Record, now: datetime) -> dict[str, Any]:
    over = row["lifted_at"] is not None or row["ends_at"] <= now
    standing = "lifted" if row["lifted_at"] else "over" if over else "now" if row["starts_at"] <= now else "coming"
    return {
        "id": row["id"],
        "version": row["version"],
        "place": place_name(row),
        "part": row["footprint"] is not None,
        "standing": standing,
        "lifted": instant(row["lifted_at"], row["timezone"]),
        "may_lift": not over and allowed(actor, May.CLOSE, row["owner_id"]),
    }


def place_name(row: asyncpg.Record) -> str:
    """A place in words."""
    site = locale.named(row, "site_name")
    if row["area_slug"] is None:
        return locale.translate(N_("%(site)s (the whole test field)"), site=site)
    return f"{site} – {locale.named(row, 'area_name')}"


def preview_shown(preview: Preview) -> dict[str, Any]:
    """Whom a closing would displace, by test field and company, and what is in its way."""
    return {
        "count": len(preview.met),
        "stays": preview.stays,
        "companies": preview.companies,
        "numbers": " ".join(str(one.row["id"]) for one in preview.met),
        "sites": [
            {"name": name, "count": len(met := list(found)), "met": [_met(one) for one in met]}
            for name, found in groupby(preview.met, key=lambda one: locale.named(one.row, "site_name"))
        ],
        "closed": [_standing(row, place_name(row)) for row in preview.closed],
        "in_the_way": [
            _standing(row, locale.translate(KINDS[ClaimKind(row["kind"])].word)) for row in preview.in_the_way
        ],
    }


def _met(one: Met) -> dict[str, Any]:
    row, displaced = one.row, one.displaced
    zone = row["timezone"]
    return {
        "number": row["id"],
        "company": locale.named(row, "company_name"),
        "area": locale.named(row, "area_name"),
        "state": displaced.locked.state.value,
        "to": displaced.to.value,
        "stays": [
            {"when": when(was.period, zone), "becomes": _becomes(then, zone)}
            for was, then in zip(displaced.met, displaced.changed, strict=True)
        ],
    }


def _becomes(stay: Stay, zone: str) -> str:
    if stay.state is StayState.DISPLACED:
        return locale.translate(STAYS[stay.state].word)
    return locale.translate(N_("Ends early, at %(until)s"), until=instant(stay.period.end, zone))


def _standing(row: asyncpg.Record, what: str) -> dict[str, str]:
    return {"what": what, "when": when(to_period(row["period"]), row["timezone"])}
