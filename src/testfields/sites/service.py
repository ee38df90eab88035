"""Finding sites in the catalogue and showing them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import msgspec

from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.core.errors import N_, NotFound
from testfields.core.heights import GEOID_MODEL, geoid_m
from testfields.core.shapes import DECIMALS
from testfields.sites import queries
from testfields.sites.vocabulary import FacilityValue

MOST_ON_MAP = 5000


@dataclass(frozen=True)
class Box:
    """West, south, east, north in degrees."""

    west: float = -180
    south: float = -90
    east: float = 180
    north: float = 90


@dataclass(frozen=True)
class Search:
    """What is looked for; None is anything. Sizes in square metres, facilities as of `notation.parse_wanted`."""

    use: str | None = None
    facilities: Mapping[str, FacilityValue] = field(default_factory=dict)
    owner: str | None = None
    least_m2: float | None = None
    most_m2: float | None = None
    words: str | None = None
    box: Box = Box()
    # Only these slugs, where another search has found them.
    among: Sequence[str] | None = None


@dataclass(frozen=True)
class Page:
    """A JSON array of sites; `last` is the slug to go on after, None where there is no more."""

    body: bytes
    last: str | None


@dataclass(frozen=True)
class Found:
    """What belongs to one site as JSON, and its version."""

    body: bytes
    version: int


async def search(actor: Actor | None, wanted: Search, after: str = "", limit: int = 50) -> Page:
    """Published sites, and the unpublished ones of the actor's own owners, in the order of their slugs."""
    (row,) = await queries.LIST.rows(**_conditions(actor, wanted), after=after, limit=limit)
    return Page(row["body"].encode(), row["last"] if row["count"] == limit else None)


async def sites_geojson(actor: Actor | None, wanted: Search) -> bytes:
    """The same as a GeoJSON FeatureCollection, at most MOST_ON_MAP of them."""
    return await queries.SITES_GEOJSON.json(**_conditions(actor, wanted), limit=MOST_ON_MAP)


async def find(actor: Actor | None, slug: str) -> bytes:
    """One site with its shape, hours and areas as a JSON object; raises NotFound."""
    row = await queries.FIND.row(owners=_owners(actor), slug=slug)
    if row is None:
        raise NotFound(NO_SUCH_SITE)
    site = msgspec.json.decode(row["body"], type=dict[str, msgspec.Raw])
    return msgspec.json.encode({**site, "geoid": _geoid_at(row["longitude"], row["latitude"])})


def _geoid_at(longitude: float, latitude: float) -> dict[str, object] | None:
    """As `schemas.GeoidView` says it."""
    height = geoid_m(longitude, latitude)
    if height is None:
        return None
    place = {"longitude": round(longitude, DECIMALS), "latitude": round(latitude, DECIMALS)}
    return {"height_m": round(height, 2), "model": GEOID_MODEL, **place}


async def areas(actor: Actor | None, slug: str) -> bytes:
    """A site's areas as a JSON array; raises NotFound."""
    return _there(await queries.AREAS.value(owners=_owners(actor), slug=slug))


async def areas_geojson(actor: Actor | None, slug: str) -> bytes:
    """A site's areas as a GeoJSON FeatureCollection; raises NotFound."""
    return _there(await queries.AREAS_GEOJSON.value(owners=_owners(actor), slug=slug))


@dataclass(frozen=True)
class OwnerName:
    """An owner with a published site."""

    slug: str
    name_ja: str
    name_en: str


async def owners() -> list[OwnerName]:
    """Owners with a published site, in the order of their slugs."""
    return await queries.OWNERS_OF_SITES.all(OwnerName)


@dataclass(frozen=True)
class AreaBand:
    """An area of a site, and the metres above ground that may be asked for in it."""

    id: int
    site: str
    lower: Decimal
    upper: Decimal


async def bands(slugs: Sequence[str]) -> list[AreaBand]:
    """Every area of these sites."""
    return await queries.BANDS.all(AreaBand, slugs=list(slugs))


NO_SUCH_SITE = N_("There is no such site.")


def _there(body: str | None) -> bytes:
    if body is None:
        raise NotFound(NO_SUCH_SITE)
    return body.encode()


def _owners(actor: Actor | None) -> list[int]:
    """Whose sites are shown before they are published."""
    return reach(actor, May.SEE_UNPUBLISHED).owners


def _conditions(actor: Actor | None, wanted: Search) -> dict[str, object]:
    return {
        "owners": _owners(actor),
        "use": wanted.use,
        "owner": wanted.owner,
        "least_m2": wanted.least_m2,
        "most_m2": wanted.most_m2,
        "words": wanted.words,
        "facilities": json.dumps(dict(wanted.facilities)),
        "west": wanted.box.west,
        "south": wanted.box.south,
        "east": wanted.box.east,
        "north": wanted.box.north,
        "among": None if wanted.among is None else list(wanted.among),
    }
