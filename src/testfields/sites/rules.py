"""What makes a catalogue of sites fit to be published.

Values in, faults out: every check looks at all of the catalogue and tells all it finds.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import shapely
from shapely.geometry import MultiPolygon

from testfields.core.errors import N_, Fault, Message
from testfields.core.local_time import zones
from testfields.core.shapes import inside, share_ground, widest_common
from testfields.sites.bookable import never_kept
from testfields.sites.drafts import AREA, DAY_MINUTES, SITE, AreaDraft, SiteDraft, told_of
from testfields.sites.fields import POLICY
from testfields.sites.plan import plan_faults
from testfields.sites.vocabulary import RoadAnswer

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
# What stands for a shape that could not be read; nothing more is said of it.
NOWHERE = MultiPolygon()
# Wider than this, two areas overlap because they are meant to.
WIDEST_STRIP_M = 2.0


@dataclass(frozen=True)
class FeatureFault(Fault):
    """A fault with its place in a file: the feature's number from 0, its slug, and the field."""

    feature: int = -1
    slug: str = ""
    field: str = ""


def feature_fault(draft: SiteDraft | AreaDraft, field_name: str, message: str, **values: object) -> FeatureFault:
    """A fault of one feature's field."""
    return placed_fault(draft.feature, draft.slug, field_name, Message(message, values))


def placed_fault(feature: int, slug: str, field_name: str, message: Message) -> FeatureFault:
    """A message as the fault of one feature's field."""
    return FeatureFault(f"features[{feature}].{field_name}", message, feature, slug, field_name)


def check_catalogue(sites: Sequence[SiteDraft], today: date) -> list[FeatureFault]:
    """Everything that keeps these sites from being stored together; `today` is the date at the sites."""
    faults = [*_doubled(sites, N_("Another site of the file has the same slug."))]
    for site in sites:
        faults += _check_site(site, today)
        faults += _doubled(site.areas, N_("Another area of the site has the same slug."))
        for area in site.areas:
            faults += _check_area(area, site)
        faults += _check_strips(site)
        faults += _check_plan(site)
    return faults + list(_check_overlaps(sites))


def _doubled(drafts: Sequence[SiteDraft] | Sequence[AreaDraft], message: str) -> Iterator[FeatureFault]:
    counts = Counter(one.slug for one in drafts)
    for one in drafts:
        if counts[one.slug] > 1:
            yield feature_fault(one, "slug", message)


def _check_site(site: SiteDraft, today: date) -> Iterator[FeatureFault]:
    yield from _check_slug(site)
    yield from _check_numbers(site)
    yield from _check_grid(site)
    if site.policy.minimum_minutes > site.policy.maximum_minutes:
        yield feature_fault(site, "maximum_minutes", N_("The longest stay is shorter than the shortest."))
    if site.timezone not in zones():
        yield feature_fault(site, "timezone", NO_SUCH_ZONE)
    if site.published:
        yield from _check_whole(site)
    yield from _check_road(site, today)


def _check_whole(site: SiteDraft) -> Iterator[FeatureFault]:
    """What nobody sees yet may still lack what makes it bookable."""
    yield from _check_hours(site)
    if not site.uses:
        yield feature_fault(site, "uses", N_("The site needs at least one use."))
    if not site.areas:
        yield feature_fault(site, "areas", N_("The site needs at least one area that can be booked."))


def _check_plan(site: SiteDraft) -> Iterator[FeatureFault]:
    plan = site.plan or ()
    for place, message in plan_faults(plan, site.geometry):
        yield placed_fault(plan[place].feature, site.slug, "geometry", message)


def _check_slug(draft: SiteDraft | AreaDraft) -> Iterator[FeatureFault]:
    if not SLUG.fullmatch(draft.slug):
        message = N_("A slug is 1 to 63 small letters a–z, digits and hyphens, and begins with a letter or a digit.")
        yield feature_fault(draft, "slug", message)


def _check_numbers(draft: SiteDraft | AreaDraft) -> Iterator[FeatureFault]:
    rows = AREA if isinstance(draft, AreaDraft) else SITE
    for name, value in told_of(draft).items():
        least, most = rows[name].field.limits
        if rows[name].type in {int, float} and value is not None and not least <= value <= most:
            message = N_("The number must be between %(least)s and %(most)s.")
            yield feature_fault(draft, name, message, least=least, most=most)


def _check_grid(site: SiteDraft) -> Iterator[FeatureFault]:
    """Slots are counted from midnight, so a day and every stay must be whole numbers of them."""
    slot = site.policy.slot_minutes
    if slot < 1:
        return
    if DAY_MINUTES % slot:
        yield feature_fault(
            site, "slot_minutes", N_("The grid must divide the day of 1440 minutes, as 10, 15 or 30 do.")
        )
    for name in ("minimum_minutes", "maximum_minutes"):
        if getattr(site.policy, name) % slot:
            message = N_("The stay must be a whole number of the grid's %(slot)s minutes.")
            yield feature_fault(site, name, message, slot=slot)


def _check_hours(site: SiteDraft) -> Iterator[FeatureFault]:
    """Somebody has to be able to book; of numbers that make no sense by themselves nobody knows."""
    if not site.hours:
        yield feature_fault(site, "hours", NO_OPENING)
    elif _makes_sense(site) and (found := never_kept(site.hours, site.policy)):
        yield placed_fault(site.feature, site.slug, *found)


def _makes_sense(site: SiteDraft) -> bool:
    limits = {name: one.field.limits for name, one in POLICY.items()}
    in_limits = all(least <= getattr(site.policy, name) <= most for name, (least, most) in limits.items())
    return in_limits and DAY_MINUTES % site.policy.slot_minutes == 0


def _check_road(site: SiteDraft, today: date) -> Iterator[FeatureFault]:
    asked, day = site.road_answer != RoadAnswer.NOT_ASKED, site.road_answered_on
    if asked and day is None:
        yield feature_fault(site, "road_answered_on", N_("Please give the date of the police's answer."))
    elif not asked and day is not None:
        yield feature_fault(site, "road_answered_on", N_("There is a date but no answer of the police."))
    elif day is not None and day > today:
        yield feature_fault(site, "road_answered_on", N_("The date of the police's answer lies in the future."))


def _check_area(area: AreaDraft, site: SiteDraft) -> Iterator[FeatureFault]:
    yield from _check_slug(area)
    yield from _check_numbers(area)
    if site.uses and not set(area.uses) <= set(site.uses):
        yield feature_fault(area, "uses", N_("The area allows a use that its site does not."))
    if _leaves(area.geometry, site.geometry):
        yield feature_fault(area, "geometry", N_("The area must lie inside its site."))
    if area.parent_slug is not None:
        yield from _check_nesting(area, {one.slug: one for one in site.areas})


def _check_nesting(area: AreaDraft, areas: Mapping[str, AreaDraft]) -> Iterator[FeatureFault]:
    parent = areas.get(area.parent_slug or "")
    if parent is None:
        yield feature_fault(area, "parent", N_("The site has no area “%(parent)s”."), parent=area.parent_slug)
    elif area.slug in _ancestors(area, areas):
        yield feature_fault(area, "parent", N_("The area lies, by way of its parents, inside itself."))
    elif _leaves(area.geometry, parent.geometry):
        message = N_("The area must lie inside its parent “%(parent)s”.")
        yield feature_fault(area, "geometry", message, parent=parent.slug)


def _ancestors(area: AreaDraft, areas: Mapping[str, AreaDraft]) -> list[str]:
    """Slugs from the parent upwards, each once."""
    found: list[str] = []
    slug = area.parent_slug
    while slug is not None and slug in areas and slug not in found:
        found.append(slug)
        slug = areas[slug].parent_slug
    return found


def _leaves(inner: MultiPolygon, outer: MultiPolygon) -> bool:
    return not (inner.is_empty or outer.is_empty or inside(inner, outer))


def _check_strips(site: SiteDraft) -> Iterator[FeatureFault]:
    """Areas that overlap in a strip, as edges do that were meant to be one: each would stand in the other's way."""
    areas = {one.slug: one for one in site.areas if not one.geometry.is_empty}
    for other, area in _near(list(areas.values())):
        if other.slug in _ancestors(area, areas) or area.slug in _ancestors(other, areas):
            continue
        strip = widest_common(area.geometry, other.geometry)
        if strip is not None and strip.width_m <= WIDEST_STRIP_M:
            message = N_(
                "The area overlaps the area “%(other)s” in a strip %(width)s m wide at [%(place)s]."
                " Let the two share an edge, or draw one inside the other."
            )
            place = f"{strip.longitude:.6f}, {strip.latitude:.6f}"
            yield feature_fault(area, "geometry", message, other=other.slug, width=f"{strip.width_m:.2f}", place=place)


def _check_overlaps(sites: Iterable[SiteDraft]) -> Iterator[FeatureFault]:
    """Published sites that share ground; neighbours share none."""
    for site, other in _near([one for one in sites if one.published and not one.geometry.is_empty]):
        if share_ground(site.geometry, other.geometry):
            yield feature_fault(other, "geometry", OVERLAPS, other=site.slug)


D = TypeVar("D", SiteDraft, AreaDraft)


def _near(drafts: Sequence[D]) -> Iterator[tuple[D, D]]:
    """Each with every later one whose bounds meet its own."""
    tree = shapely.STRtree([one.geometry for one in drafts])
    for place, one in enumerate(drafts):
        yield from ((one, drafts[later]) for later in sorted(tree.query(one.geometry)) if later > place)


NO_SUCH_ZONE = N_("There is no such time zone. In Japan it is Asia/Tokyo.")
NO_OPENING = N_("The site needs at least one opening a week.")
OVERLAPS = N_("The site overlaps the published site “%(other)s”.")
