"""What the public sees on the map: trials of today and to come, and the sites they take place at."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from asyncpg import Range

from testfields.core.local_time import JAPANS_ZONE, local_date, midnight
from testfields.maps import queries
from testfields.maps.rules import Sought
from testfields.projects.vocabulary import Theme
from testfields.reservations.states import PUBLIC
from testfields.sites import service as catalogue
from testfields.sites.vocabulary import Use
from testfields.web.schemas import NamedText, TimeRange

MOST_ON_MAP = 2000
# Beside the map; the rest of a busy site's trials is a page of its own, and only that there are more is looked for.
MOST_AT_SITE = 20
# Nobody reads how many there are beyond this.
MOST_COUNTED = 1000


class NamedPlace(msgspec.Struct, frozen=True):
    """An area or an owner by name."""

    slug: str
    name: NamedText


class TrialSite(NamedPlace, frozen=True):
    """Where a trial takes place; `timezone` is the one its times are told in."""

    timezone: str


class Trial(msgspec.Struct, frozen=True):
    """A trial as everybody may see it; the company is named only where it agreed."""

    id: int
    title: NamedText
    theme: Theme
    use: Use
    company: NamedText | None
    site: TrialSite
    area: NamedPlace
    periods: list[TimeRange]


class SiteNow(msgspec.Struct, frozen=True):
    """A site with what is on there now, what comes next, and the soonest MOST_AT_SITE of its trials in the days asked
    for, among which the others may stand again; `count` is how many there are, or one more where they are not all."""

    slug: str
    name: NamedText
    owner: NamedPlace
    uses: list[Use]
    timezone: str
    sample: bool
    count: int
    now: list[Trial]
    next: Trial | None
    trials: list[Trial]


@dataclass(frozen=True)
class Page:
    """A JSON array of trials; `last` is the place to go on after, None where there is no more."""

    body: bytes
    last: str | None


@dataclass(frozen=True)
class SitePage:
    """Some of the sites that match, with figures of all that do; `last` is None where no more come after.

    `matched` is how many sites, `on_now` how many trials take place at them, `trials` how many in the days asked for,
    or MOST_COUNTED + 1 where there are more.
    """

    sites: list[SiteNow]
    last: str | None
    matched: int
    on_now: int
    trials: int


def today(now: datetime) -> date:
    """The day in Japan."""
    return local_date(now, JAPANS_ZONE)


async def trials(sought: Sought, now: datetime, after: str = "", limit: int = 50) -> Page:
    """Trials in the order of time, as JSON; `after` is another page's `last`."""
    at, _, number = after.partition("-")
    (row,) = await queries.TRIALS.rows(
        **_conditions(sought, now), after_at=int(at or 0), after_id=int(number or 0), limit=limit
    )
    return Page(row["body"].encode(), row["last"] if row["count"] == limit else None)


async def trials_geojson(sought: Sought, now: datetime) -> bytes:
    """Where the trials take place, as a GeoJSON FeatureCollection of at most MOST_ON_MAP, the soonest first."""
    return await queries.TRIALS_GEOJSON.json(**_conditions(sought, now), limit=MOST_ON_MAP)


async def sites(sought: Sought, now: datetime, after: str = "", limit: int = 50) -> SitePage:
    """Sites, those with something on first, then by what comes next; with a last day, those with a trial by then.

    `after` is another page's `last`.
    """
    (row,) = await queries.SITES.rows(**_site_conditions(sought, now, after), most=MOST_AT_SITE, limit=limit)
    listed = msgspec.json.decode(row["body"], type=list[SiteNow])
    return SitePage(listed, row["last"], row["matched"], row["on_now"], row["trials"])


async def sites_geojson(sought: Sought, now: datetime) -> bytes:
    """The same sites as a GeoJSON FeatureCollection of at most MOST_ON_MAP, in the order of their slugs."""
    return await queries.SITES_GEOJSON.json(**_site_conditions(sought, now), most=0, limit=MOST_ON_MAP)


def _site_conditions(sought: Sought, now: datetime, after: str = "") -> dict[str, Any]:
    place, _, slug = after.partition("-")
    page = {"after_place": int(place or -1), "after_slug": slug}
    return {**_conditions(sought, now), **page, "busy": sought.last is not None}


async def owners() -> list[NamedPlace]:
    """Owners with a published site."""
    return [NamedPlace(one.slug, NamedText(one.name_ja, one.name_en)) for one in await catalogue.owners()]


def _conditions(sought: Sought, now: datetime) -> dict[str, Any]:
    return {
        "window": _window(sought),
        "now": now,
        "states": [state.value for state in PUBLIC],
        "use": sought.use,
        "owner": sought.owner,
        "site": sought.site,
    }


def _window(sought: Sought) -> Range[datetime]:
    if sought.last is None:
        return Range(midnight(sought.first, JAPANS_ZONE), None)
    if sought.last < sought.first:
        return Range(empty=True)
    return Range(midnight(sought.first, JAPANS_ZONE), midnight(sought.last + timedelta(days=1), JAPANS_ZONE))
