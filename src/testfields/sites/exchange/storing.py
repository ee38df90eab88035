"""Storing whole sites as they are described, or only trying to: what an import and the pages of the desk share."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import asyncpg

from testfields.core.errors import N_, InvalidInput, Message
from testfields.core.local_time import JAPANS_ZONE, zones
from testfields.db.engine import DB, transactional
from testfields.events import service as events
from testfields.events.rules import OPERATOR, Event, Subject
from testfields.sites.bookable import undecided_in_time
from testfields.sites.drafts import SiteDraft
from testfields.sites.exchange import queries
from testfields.sites.exchange.features import in_order
from testfields.sites.exchange.misfits import Misfit, misfits, newly
from testfields.sites.exchange.outlines import Lifted, have_closures_follow, stranding_faults
from testfields.sites.exchange.stored import stored_sites, write_sites
from testfields.sites.plan import Piece
from testfields.sites.rules import NO_SUCH_ZONE, OVERLAPS, FeatureFault, feature_fault

BATCH = 500


class Step(StrEnum):
    """What an import is doing."""

    READ = "read"
    CHECK = "check"
    STORE = "store"


# Told as a step begins and after each stretch of it: the step, how many pieces are done, and of how many; None where
# that is not known yet.
Progress = Callable[[Step, int, int | None], None]


def silent(_step: Step, _done: int, _total: int | None) -> None:
    """Nobody is watching."""


@dataclass(frozen=True)
class ImportReport:
    """Slugs of the sites that an import made, changed, and found as they were; and what of the file it passed over."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    notes: tuple[Message, ...] = ()
    # What is under way at the sites that were changed, and fits them no more.
    misfits: tuple[Misfit, ...] = ()
    # Closures that nothing was left of.
    lifted: tuple[Lifted, ...] = ()
    # Of the sites that were made or changed, those where one may book what begins before staff ought to have decided.
    undecided: tuple[str, ...] = ()


@dataclass(eq=False)
class _OnlyTried(Exception):
    """Takes back what was stored, as it was only to be tried."""

    report: ImportReport


@dataclass(frozen=True)
class By:
    """Who stores, and what they call it: the action, the role and the person of its event."""

    action: str
    role: str
    person_id: int | None = None


BY_FILE = By("import", OPERATOR)


async def store(
    sites: Sequence[SiteDraft],
    faults: Sequence[FeatureFault],
    now: datetime,
    by: By,
    progress: Progress = silent,
    only_try: bool = False,
) -> ImportReport:
    """Store these sites, or `only_try` to; `faults` are those that were found in reading them.

    Raises InvalidInput with these and with every fault that what is stored makes of them.
    """
    try:
        return await _store(sites, faults, now, by, progress, only_try)
    except _OnlyTried as tried:
        return tried.report


@transactional
async def _store(
    sites: Sequence[SiteDraft],
    faults: Sequence[FeatureFault],
    now: datetime,
    by: By,
    progress: Progress,
    only_try: bool,
) -> ImportReport:
    await queries.LOCK_CATALOGUE.run()
    owners = {row["slug"]: row["id"] for row in await queries.OWNERS.rows(slugs=[one.owner for one in sites])}
    stored = {one.slug: one for one in await stored_sites([one.slug for one in sites])}
    sites = [one if one.plan is not None else replace(one, plan=_kept_plan(stored.get(one.slug))) for one in sites]
    changed = [one for one in sites if stored.get(one.slug) != one]
    await hold([one.slug for one in changed])
    found: list[FeatureFault] = [
        *faults,
        *_owner_faults(sites, owners, stored),
        *await _zone_faults(sites),
        *await _overlap_faults(sites),
        *await _hiding_faults(sites, stored),
        # Of shapes and heights that make no sense nobody knows what lies outside.
        *([] if faults else await stranding_faults(changed, now)),
    ]
    if found:
        raise InvalidInput(in_order(found))
    known = [one.slug for one in changed if one.slug in stored]
    before = await misfits(known, now)
    await _take_out_areas(changed, stored, now)
    await queries.COMPARE_SITES_AT_THE_END.value()
    progress(Step.STORE, 0, len(changed))
    for start in range(0, len(changed), BATCH):
        batch = changed[start : start + BATCH]
        ids = await write_sites(batch, owners, now)
        told = [_event(one, ids[one.slug], owners[one.owner], stored.get(one.slug), by) for one in batch]
        await events.tell(told, now)
        progress(Step.STORE, start + len(batch), len(changed))
    lifted = await have_closures_follow(changed)
    fresh = {one.slug for one in changed}
    report = ImportReport(
        created=tuple(one.slug for one in changed if one.slug not in stored),
        changed=tuple(known),
        unchanged=tuple(one.slug for one in sites if one.slug not in fresh),
        undecided=tuple(one.slug for one in changed if undecided_in_time(one.policy)),
        lifted=lifted,
        misfits=newly(before, await misfits(known, now)),
    )
    if only_try:
        # What the database would refuse at the very end, it refuses now.
        await queries.COMPARE_NOW.value()
        raise _OnlyTried(report)
    return report


def _kept_plan(stored: SiteDraft | None) -> tuple[Piece, ...]:
    """A file without a plan leaves the one that is there."""
    return (stored.plan if stored else None) or ()


async def hold(slugs: Sequence[str]) -> None:
    """Nobody books at these sites until the end; where others are at one of them, an import waits for its turn."""
    for row in await queries.IDS.rows(slugs=slugs):
        async with DB.turn_at(row["id"]):
            # Inside a transaction the turn lasts until that ends.
            pass
    await queries.HOLD_SITES.rows(slugs=slugs)


def _event(site: SiteDraft, site_id: int, owner_id: int, before: SiteDraft | None, by: By) -> Event:
    states = {True: "published", False: "unpublished"}
    return Event(
        Subject.SITE,
        site_id,
        by.action,
        by.role,
        site_id=site_id,
        tenant_id=owner_id,
        actor_id=by.person_id,
        from_state=states[before.published] if before else None,
        to_state=states[site.published],
    )


def _owner_faults(
    sites: Iterable[SiteDraft], owners: Mapping[str, int], stored: Mapping[str, SiteDraft]
) -> Iterator[FeatureFault]:
    for site in sites:
        if site.owner and site.owner not in owners:
            message = N_(
                "There is no owner “%(owner)s”. Add it with “testfields owners add” or at /admin/organisations."
            )
            yield feature_fault(site, "owner", message, owner=site.owner)
        elif site.owner and site.slug in stored and stored[site.slug].owner != site.owner:
            yield feature_fault(site, "slug", N_("Another owner has a site with this slug. Please choose another."))


async def _zone_faults(sites: Sequence[SiteDraft]) -> list[FeatureFault]:
    """The database has a list of zones of its own, and a search over all sites fails by one that is not on it."""
    wanted = {one.timezone for one in sites} & zones() - {JAPANS_ZONE}
    unknown = {row["name"] for row in await queries.UNKNOWN_ZONES.rows(names=sorted(wanted))} if wanted else set()
    return [feature_fault(one, "timezone", NO_SUCH_ZONE) for one in sites if one.timezone in unknown]


async def _overlap_faults(sites: Sequence[SiteDraft]) -> list[FeatureFault]:
    published = [one for one in sites if one.published and not one.geometry.is_empty]
    rows = await queries.OVERLAPPED.rows(shapes=[one.geometry for one in published], slugs=[one.slug for one in sites])
    return [feature_fault(published[row["place"] - 1], "geometry", OVERLAPS, other=row["slug"]) for row in rows]


async def _hiding_faults(sites: Iterable[SiteDraft], stored: Mapping[str, SiteDraft]) -> list[FeatureFault]:
    """Companies cannot change or send again what they applied for at a site that nobody sees any more."""
    hiding = {one.slug: one for one in sites if not one.published and one.slug in stored and stored[one.slug].published}
    rows = await queries.UNDER_WAY.rows(slugs=list(hiding))
    message = N_("%(count)s applications at this site are under way. It can be hidden when they are over.")
    return [feature_fault(hiding[row["slug"]], "published", message, count=row["count"]) for row in rows]


async def _take_out_areas(sites: Sequence[SiteDraft], stored: Mapping[str, SiteDraft], now: datetime) -> None:
    """Remove areas that the file no longer has; retire those that something still refers to."""
    for site in sites:
        before = stored[site.slug].areas if site.slug in stored else ()
        kept = {one.slug for one in site.areas}
        for area in (one.slug for one in before if one.slug not in kept):
            try:
                async with DB.transaction():
                    await queries.REMOVE_AREA.run(site=site.slug, area=area)
            except asyncpg.ForeignKeyViolationError:
                await queries.RETIRE_AREA.run(site=site.slug, area=area, now=now)
