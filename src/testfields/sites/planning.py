"""Showing the plan of a site's ground, and drawing it anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from testfields.accounts.access import reach, roles_by
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.core.errors import Fault, InvalidInput, NotFound, refuse_stale
from testfields.db.engine import transactional
from testfields.events import service as events
from testfields.events.rules import Event, Subject
from testfields.sites import plan_queries
from testfields.sites.exchange import queries as stored
from testfields.sites.exchange.stored import piece_row
from testfields.sites.plan import Piece, plan_faults
from testfields.sites.service import NO_SUCH_SITE, Box, Found

MOST_IN_SIGHT = 5000


@dataclass(frozen=True)
class Drawn:
    """What was drawn on: the site's version from now on."""

    version: int


async def plan_of(actor: Actor | None, slug: str) -> Found:
    """The plan of one site as a GeoJSON FeatureCollection, with the site's version; raises NotFound."""
    row = await plan_queries.PLAN.row(owners=reach(actor, May.SEE_UNPUBLISHED).owners, slug=slug)
    if row is None:
        raise NotFound(NO_SUCH_SITE)
    return Found(row["body"].encode(), row["version"])


async def plans_in(actor: Actor | None, part: Box) -> bytes:
    """What the plans of all sites show in a part of the map, at most MOST_IN_SIGHT pieces, as GeoJSON."""
    return await plan_queries.PLANS.json(
        owners=reach(actor, May.SEE_UNPUBLISHED).owners,
        west=part.west,
        south=part.south,
        east=part.east,
        north=part.north,
        limit=MOST_IN_SIGHT,
    )


@transactional
async def draw(actor: Actor, slug: str, plan: Sequence[Piece], version: int | None, now: datetime) -> Drawn:
    """Put `plan` in the place of the one that is there; raises NotFound, Stale, InvalidInput by the piece."""
    site = await plan_queries.HOLD.row(slug=slug, owners=reach(actor, May.DRAW_PLAN).owners)
    if site is None:
        raise NotFound(NO_SUCH_SITE)
    refuse_stale(version, site["version"])
    faults = [Fault(f"features.{place}.geometry", reason) for place, reason in plan_faults(plan, site["geometry"])]
    if faults:
        raise InvalidInput(faults)
    await stored.FORGET_PLANS.run(site_ids=[site["id"]])
    rows = [piece_row(one, site["id"], place) for place, one in enumerate(plan)]
    await stored.ADD_PIECES.run(pieces=msgspec.json.encode(rows).decode())
    event = Event(
        Subject.SITE,
        site["id"],
        "draw_plan",
        min(roles_by(actor, May.DRAW_PLAN, site["owner_id"])),
        site_id=site["id"],
        tenant_id=site["owner_id"],
        actor_id=actor.person_id,
        details={"pieces": len(plan)},
    )
    await events.tell([event], now)
    return Drawn(await plan_queries.CHANGED.value(site_id=site["id"], now=now))
