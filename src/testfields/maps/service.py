"""What the public sees: trials of today, to come and gone by, and the sites they take place at."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from asyncpg import Range

from testfields.core.errors import N_, NotFound
from testfields.core.local_time import JAPANS_ZONE, local_date, midnight
from testfields.maps import queries
from testfields.maps.rules import Days, Sought, cell_metres
from testfields.projects.vocabulary import Theme
from testfields.reservations.states import PUBLIC
from testfields.sites import service as catalogue
from testfields.sites.vocabulary import Use
from testfields.web.schemas import BandView, NamedText, TimeRange

MOST_ON_MAP = 2000
# Nobody reads how many there are beyond this.
MOST_COUNTED = 1000
ALL_DAYS = Days(None)


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
    """A site with what is on there now and what comes next."""

    slug: str
    name: NamedText
    owner: NamedPlace
    takes_applications: bool
    uses: list[Use]
    sample: bool
    now: list[Trial]
    next: Trial | None


class TrialInFull(Trial, frozen=True, kw_only=True):
    """A trial with all of its times; `purpose` and `safety_plan` where the company agreed, in its own words.

    `contact` is whom to ask about the place.
    """

    on: bool
    purpose: str | None
    safety_plan: str | None
    owner: NamedPlace
    address: NamedText
    contact: str
    sample: bool
    altitudes: list[BandView]


@dataclass(frozen=True)
class Page:
    """A JSON array of trials; `last` is the place to go on after, None where there is no more."""

    body: bytes
    last: str | None


@dataclass(frozen=True)
class Figures:
    """How many sites match, how many trials take place at them now, and how many in the days asked for.

    Of these there are MOST_COUNTED + 1 where there are more.
    """

    matched: int
    on_now: int
    trials: int


def today(now: datetime) -> date:
    """The day in Japan."""
    return local_date(now, JAPANS_ZONE)


async def trials(sought: Sought, now: datetime, after: str = "", limit: int = 50) -> Page:
    """Trials in the order of time, those of the past from the latest on, as JSON; `after` is another page's `last`."""
    if sought.days.past:
        statement = queries.PAST_TRIALS
    else:
        statement = queries.TRIALS_AT_FEW if sought.at_few_sites else queries.TRIALS
    at, _, number = after.partition("-")
    (row,) = await statement.rows(
        **_conditions(sought, now), after_at=int(at or 0), after_id=int(number or 0), limit=limit
    )
    return Page(row["body"].encode(), row["last"] if row["count"] == limit else None)


async def trials_geojson(sought: Sought, now: datetime) -> bytes:
    """Where the trials take place, as a GeoJSON FeatureCollection of at most MOST_ON_MAP: the first of the list."""
    if sought.days.past:
        statement = queries.PAST_TRIALS_GEOJSON
    else:
        statement = queries.TRIALS_AT_FEW_GEOJSON if sought.at_few_sites else queries.TRIALS_GEOJSON
    return await statement.json(**_conditions(sought, now), limit=MOST_ON_MAP)


async def trial(trial_id: int, now: datetime) -> TrialInFull:
    """One trial; raises NotFound where the public may see none of that number."""
    found = await queries.TRIAL.value(id=trial_id, **_conditions(Sought(ALL_DAYS), now))
    if found is None:
        raise NotFound(N_("There is no such trial to see. It may have been called off, or not be permitted yet."))
    return msgspec.json.decode(found, type=TrialInFull)


async def trial_geojson(trial_id: int, now: datetime) -> bytes:
    """Where one trial takes place, as a GeoJSON FeatureCollection; empty where the public may see none."""
    return await queries.TRIAL_GEOJSON.json(id=trial_id, **_conditions(Sought(ALL_DAYS), now))


async def site(sought: Sought, now: datetime) -> SiteNow | None:
    """The site asked for, with what is on there and next; None where none is published."""
    found = await queries.SITES.value(**_site_conditions(sought, now), limit=1)
    return next(iter(msgspec.json.decode(found, type=list[SiteNow])), None)


async def figures(sought: Sought, now: datetime) -> Figures:
    """What there is, in numbers."""
    (row,) = await queries.FIGURES.rows(**_site_conditions(sought, now))
    return Figures(row["matched"], row["on_now"], row["trials"])


async def sites_geojson(sought: Sought, now: datetime, zoom: int | None = None) -> bytes:
    """Sites as a GeoJSON FeatureCollection of at most MOST_ON_MAP, in the order of their slugs; with a last day, those
    with a trial by then. On a map of a `zoom` level, those that lie in one cell of it are one."""
    cell = None if zoom is None else cell_metres(zoom)
    return await queries.SITES_GEOJSON.json(**_site_conditions(sought, now), limit=MOST_ON_MAP, cell=cell)


def _site_conditions(sought: Sought, now: datetime) -> dict[str, Any]:
    return {**_conditions(sought, now), "busy": sought.days.last is not None and not sought.days.past}


async def owners() -> list[NamedPlace]:
    """Owners with a published site."""
    return [NamedPlace(one.slug, NamedText(one.name_ja, one.name_en)) for one in await catalogue.owners()]


def _conditions(sought: Sought, now: datetime) -> dict[str, Any]:
    return {
        "window": _window(sought.days),
        "now": now,
        "states": [state.value for state in PUBLIC],
        "use": sought.use,
        "theme": sought.theme,
        "owner": sought.owner,
        "site": sought.site,
        "box": sought.box,
    }


def _window(days: Days) -> Range[datetime]:
    if days.first is not None and days.last is not None and days.last < days.first:
        return Range(empty=True)
    return Range(
        None if days.first is None else midnight(days.first, JAPANS_ZONE),
        None if days.last is None else midnight(days.last + timedelta(days=1), JAPANS_ZONE),
    )
