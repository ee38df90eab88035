"""Entering test fields and changing them, as the staff of their owner do on the desk and by API.

A site is described as a whole, in the words of a file (maps/README.md): itself, its areas, its plan. So whatever a
file may not bring in, no page and no program stores either, and what would no longer fit is told alike.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import asyncpg

from testfields.accounts.access import reach, roles_by
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.core.errors import N_, InvalidInput, Message, NotFound, fault, refuse_stale
from testfields.core.local_time import JAPANS_ZONE, local_date
from testfields.core.shapes import check_points_of_all
from testfields.db.engine import transactional
from testfields.sites import queries
from testfields.sites.drafts import SiteDraft
from testfields.sites.exchange import queries as exchange
from testfields.sites.exchange.features import A_SITE, Feature, read_catalogue, write_catalogue
from testfields.sites.exchange.stored import stored_sites
from testfields.sites.exchange.storing import By, ImportReport, hold, store
from testfields.sites.rules import FeatureFault, feature_fault, placed_fault
from testfields.sites.service import NO_SUCH_SITE

# More than a site has that people draw.
MOST_FEATURES = 1000


@dataclass(frozen=True)
class Described:
    """A site as it is stored, the same as the features of a file, and its version."""

    draft: SiteDraft
    features: Sequence[Feature]
    version: int

    @property
    def values(self) -> Mapping[str, object]:
        """What the file's feature of the site itself holds."""
        return self.features[0].values


@dataclass(frozen=True)
class Kept:
    """What was stored, or would have been: the site, its version from now on, and what an import would tell."""

    slug: str
    version: int
    report: ImportReport


async def own_sites(actor: Actor) -> list[asyncpg.Record]:
    """The actor's owners' sites, unpublished ones first."""
    return await queries.OWN.rows(owners=_owners(actor))


async def own_owners(actor: Actor) -> Mapping[str, int]:
    """The owners for whom the actor may enter sites: ids by slug."""
    return {row["slug"]: row["id"] for row in await queries.OWNER_SLUGS.rows(owners=_owners(actor))}


async def described(actor: Actor, slug: str) -> Described:
    """One of the actor's owners' sites; raises NotFound."""
    row = await _own(actor, slug)
    (draft,) = await stored_sites([slug])
    return Described(draft, write_catalogue([draft]), row["version"])


@transactional
async def enter(actor: Actor, features: Sequence[Feature], now: datetime, *, only_try: bool = False) -> Kept:
    """Store a site that is new, or `only_try` to; raises InvalidInput with faults by the feature and its field."""
    site, faults = await _read(features, now)
    await exchange.LOCK_CATALOGUE.run()
    owners = await own_owners(actor)
    if site.owner not in owners:
        raise InvalidInput([*faults, feature_fault(site, "owner", N_("Please choose whose land it is."))])
    if await stored_sites([site.slug]):
        raise InvalidInput([*faults, feature_fault(site, "slug", TAKEN)])
    by = By("enter", min(roles_by(actor, May.DESCRIBE_SITES, owners[site.owner])), actor.person_id)
    report = await store([site], faults, now, by, only_try=only_try)
    return Kept(site.slug, 1, report)


@transactional
async def describe(
    actor: Actor,
    slug: str,
    features: Sequence[Feature],
    version: int | None,
    now: datetime,
    *,
    only_try: bool = False,
) -> Kept:
    """Put this in the place of what the site was when the actor saw its `version`, or `only_try` to.

    Raises NotFound, Stale, and InvalidInput with faults by the feature and its field.
    """
    await _own(actor, slug)
    site, faults = await _read(features, now)
    await exchange.LOCK_CATALOGUE.run()
    await hold([slug])
    row = await _own(actor, slug)
    refuse_stale(version, row["version"])
    if site.slug != slug:
        raise InvalidInput([feature_fault(site, "slug", N_("The site keeps its short name: “%(slug)s”."), slug=slug)])
    by = By("change", min(roles_by(actor, May.DESCRIBE_SITES, row["owner_id"])), actor.person_id)
    report = await store([site], faults, now, by, only_try=only_try)
    return Kept(slug, (await _own(actor, slug))["version"], report)


@dataclass(eq=False)
class Unfit(Exception):
    """Something would no longer fit that whoever changes the site has not seen."""

    report: ImportReport


async def describe_seen(
    actor: Actor, slug: str, features: Sequence[Feature], version: int, now: datetime, seen: Collection[str]
) -> Kept:
    """Like `describe`, by somebody who has `seen` what no longer fits (`unfit`); raises Unfit for anything else."""
    would = await describe(actor, slug, features, version, now, only_try=True)
    if not set(unfit(would.report)) <= set(seen):
        raise Unfit(would.report)
    return await describe(actor, slug, features, version, now)


def unfit(report: ImportReport) -> list[str]:
    """What no longer fits, by names that a form can send back: numbers of applications, and of closures after a “c”."""
    return [*(f"{one.number}" for one in report.misfits), *(f"c{one.number}" for one in report.lifted)]


async def _read(features: Sequence[Feature], now: datetime) -> tuple[SiteDraft, list[FeatureFault]]:
    """The one site of these features, and what is wrong with it; a plan that is left out is none."""
    if len(features) > MOST_FEATURES:
        message = N_("There are %(count)s features; at most %(most)s are accepted.")
        raise InvalidInput([fault("features", message, count=len(features), most=MOST_FEATURES)])
    check_points_of_all((one.shape for one in features if one.shape is not None), "features")
    if [one.values.get("kind") for one in features].count(A_SITE) != 1 or features[0].values.get("kind") != A_SITE:
        only_one = Message(N_("The first feature, and no other, is the site itself."))
        raise InvalidInput([placed_fault(0, "", "kind", only_one)])
    # Comparing outlines is work for the processor: others go on meanwhile.
    sites, faults = await asyncio.to_thread(read_catalogue, features, None, local_date(now, JAPANS_ZONE))
    return replace(sites[0], plan=sites[0].plan or ()), faults


async def _own(actor: Actor, slug: str) -> asyncpg.Record:
    row = await queries.OWN_SITE.row(slug=slug, owners=_owners(actor))
    if row is None:
        raise NotFound(NO_SUCH_SITE)
    return row


def _owners(actor: Actor) -> list[int]:
    return reach(actor, May.DESCRIBE_SITES).owners


TAKEN = N_("There is a site with this short name. Please choose another.")
