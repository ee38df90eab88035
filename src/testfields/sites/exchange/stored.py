"""Whole sites in the database: stored from drafts, and read back as drafts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import asyncpg
import msgspec

from testfields.db.engine import to_ewkb
from testfields.db.values import to_band
from testfields.sites.drafts import AREA, SITE, AreaDraft, ExceptionDraft, OpeningDraft, SiteDraft, told_of
from testfields.sites.exchange import queries
from testfields.sites.fields import POLICY, Policy, policy_values
from testfields.sites.plan import Piece
from testfields.sites.vocabulary import FacilityValue, PlanKind


async def write_sites(sites: Sequence[SiteDraft], owners: Mapping[str, int], now: datetime) -> dict[str, int]:
    """Store these sites whole, `owners` by slug: areas in their order, hours anew. Their ids by slug."""
    rows = await queries.UPSERT_SITES.rows(sites=_json([_site_row(one, owners) for one in sites]), now=now)
    ids = {row["slug"]: row["id"] for row in rows}
    areas = [_area_row(area, ids[site.slug], place) for site in sites for place, area in enumerate(site.areas)]
    await queries.UPSERT_AREAS.run(areas=_json(areas))
    await queries.FORGET_PLANS.run(site_ids=list(ids.values()))
    pieces = [piece_row(one, ids[site.slug], place) for site in sites for place, one in enumerate(site.plan or ())]
    await queries.ADD_PIECES.run(pieces=_json(pieces))
    await queries.FORGET_HOURS.run(site_ids=list(ids.values()))
    hours = [(ids[site.slug], one) for site in sites for one in site.hours]
    await queries.ADD_HOURS.run(
        site_ids=[site_id for site_id, _ in hours],
        weekdays=[one.weekday for _, one in hours],
        opens=[one.opens_minute for _, one in hours],
        closes=[one.closes_minute for _, one in hours],
    )
    await queries.FORGET_EXCEPTIONS.run(site_ids=list(ids.values()))
    days = [(ids[site.slug], one) for site in sites for one in site.exceptions]
    await queries.ADD_EXCEPTIONS.run(
        site_ids=[site_id for site_id, _ in days],
        days=[one.day for _, one in days],
        opens=[one.opens_minute for _, one in days],
        closes=[one.closes_minute for _, one in days],
    )
    return ids


def _json(rows: Sequence[Mapping[str, object]]) -> str:
    return msgspec.json.encode(rows).decode()


def _site_row(site: SiteDraft, owners: Mapping[str, int]) -> dict[str, object]:
    """A site as PostgreSQL reads a row of its table from JSON."""
    return {**told_of(site), "owner_id": owners[site.owner], "geometry": to_ewkb(site.geometry).hex()}


def _area_row(area: AreaDraft, site_id: int, position: int) -> dict[str, object]:
    return {
        **told_of(area),
        "site_id": site_id,
        "position": position,
        "parent_slug": area.parent_slug,
        "geometry": to_ewkb(area.geometry).hex(),
        "altitude": f"[{area.altitude.lower},{area.altitude.upper})",
    }


def piece_row(piece: Piece, site_id: int, position: int) -> dict[str, object]:
    """A piece of a plan as PostgreSQL reads a row of its table from JSON."""
    return {
        "site_id": site_id,
        "position": position,
        "kind": piece.kind,
        "name_ja": piece.name_ja,
        "name_en": piece.name_en,
        "geometry": to_ewkb(piece.geometry).hex(),
    }


async def stored_sites(slugs: Sequence[str] | None = None) -> list[SiteDraft]:
    """Sites as they stand, in the order of their slugs; None is all of them."""
    rows = await queries.STORED_SITES.rows(slugs=None if slugs is None else list(slugs))
    ids = [row["id"] for row in rows]
    areas: dict[int, list[AreaDraft]] = {site_id: [] for site_id in ids}
    for area in await queries.STORED_AREAS.rows(site_ids=ids):
        areas[area["site_id"]].append(_area_of(area))
    plans: dict[int, list[Piece]] = {site_id: [] for site_id in ids}
    for one in await queries.STORED_PLANS.rows(site_ids=ids):
        plans[one["site_id"]].append(_piece_of(one))
    hours: dict[int, list[OpeningDraft]] = {site_id: [] for site_id in ids}
    for one in await queries.STORED_HOURS.rows(site_ids=ids):
        hours[one["site_id"]].append(OpeningDraft(one["weekday"], one["opens_minute"], one["closes_minute"]))
    days: dict[int, list[ExceptionDraft]] = {site_id: [] for site_id in ids}
    for one in await queries.STORED_EXCEPTIONS.rows(site_ids=ids):
        days[one["site_id"]].append(ExceptionDraft(one["day"], one["opens_minute"], one["closes_minute"]))
    return [
        _site_of(row, {"hours": tuple(hours[site]), "exceptions": tuple(days[site])}, areas[site], plans[site])
        for row in rows
        for site in (row["id"],)
    ]


FACILITIES = msgspec.json.Decoder(dict[str, FacilityValue])


def _piece_of(row: asyncpg.Record) -> Piece:
    return Piece(kind=PlanKind(row["kind"]), name_ja=row["name_ja"], name_en=row["name_en"], geometry=row["geometry"])


def _site_of(
    row: asyncpg.Record, open_when: Mapping[str, Any], areas: Sequence[AreaDraft], plan: Sequence[Piece]
) -> SiteDraft:
    told = {name: _told(row[name]) for name in SITE if name not in POLICY and name not in queries.IN_ROWS_OF_THEIR_OWN}
    policy = Policy(**policy_values(row))
    more = {"facilities": FACILITIES.decode(row["facilities"]), **open_when}
    parts = {"areas": tuple(areas), "plan": tuple(plan)}
    return SiteDraft(**{**told, **more, **parts}, geometry=row["geometry"], policy=policy)


def _area_of(row: asyncpg.Record) -> AreaDraft:
    return AreaDraft(
        **{name: _told(row[name]) for name in AREA},
        parent_slug=row["parent_slug"],
        altitude=to_band(row["altitude"]),
        geometry=row["geometry"],
    )


def _told(value: Any) -> Any:
    """A column's value as a draft holds it."""
    if isinstance(value, Decimal):
        return float(value)
    return tuple(value) if isinstance(value, list) else value
