"""What the form of an application needs to know of the sites: their names, areas, policy and owners."""

from collections.abc import Sequence

import msgspec

from testfields.core.errors import NotFound
from testfields.reservations.apply import queries
from testfields.sites import service as sites
from testfields.sites.fields import Policy
from testfields.web.schemas import Heights, HeightsAboveSea, NamedText


class AreaChoice(msgspec.Struct, frozen=True):
    """An area that may be chosen."""

    id: int
    slug: str
    name: NamedText
    mode: str
    altitude: Heights
    above_sea: HeightsAboveSea | None
    uses: list[str]


class Owner(msgspec.Struct, frozen=True):
    """Whose land it is."""

    name: NamedText


class Hours(msgspec.Struct, frozen=True):
    """One weekly opening; 1 is Monday, times are local."""

    weekday: int
    opens: str
    closes: str


class SiteChoice(msgspec.Struct, frozen=True):
    """A site that may be chosen, with its areas in their order."""

    slug: str
    name: NamedText
    owner: Owner
    timezone: str
    contact: str
    hours: list[Hours]
    policy: Policy
    areas: list[AreaChoice]

    def area(self, wanted: str) -> AreaChoice | None:
        """The area with that slug, or with that id."""
        return next((one for one in self.areas if wanted in (one.slug, str(one.id))), None)


class SiteName(msgspec.Struct, frozen=True):
    """A site as a list names it."""

    slug: str
    name_ja: str
    name_en: str


_SITE = msgspec.json.Decoder(SiteChoice)


async def site_choice(slug: str) -> SiteChoice | None:
    """A published site, or None where there is no such."""
    try:
        return _SITE.decode(await sites.find(None, slug))
    except NotFound:
        return None


async def site_names(owners: Sequence[int] | None = None) -> list[SiteName]:
    """Every published site, or those of these owners, in the order of their slugs."""
    return await queries.SITE_NAMES.all(SiteName, owners=owners)


async def site_of_area(area_id: int) -> str | None:
    """The slug of the published site that an area belongs to."""
    slug: str | None = await queries.SITE_OF_AREA.value(area_id=area_id)
    return slug
