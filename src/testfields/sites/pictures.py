"""Pictures of sites in the reader's language: the ground as every map shows it, and what a page draws on it."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
from litestar import Response
from shapely.geometry.base import BaseGeometry

from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.core.errors import N_, NotFound
from testfields.core.pictures import Shape, Words, draw
from testfields.core.previews import preview
from testfields.sites import plan_queries
from testfields.sites.service import NO_SUCH_SITE
from testfields.web import basemap, locale
from testfields.web.hands import Hand

SVG, PNG = "image/svg+xml", "image/png"
# A preview takes a processor a fifth of a second: those who ask for many get them one after the other.
_HAND = Hand("previews")


@dataclass(frozen=True)
class Ground:
    """A site with its areas, the plan of its ground, and the sites around it."""

    site: str
    outline: BaseGeometry
    shapes: tuple[Shape, ...]


async def ground(slug: str) -> Ground:
    """The ground of a site; the caller has made sure that it may be seen."""
    return _ground(await plan_queries.GROUND.rows(slug=slug, owners=None))


async def ground_for(actor: Actor | None, slug: str) -> Ground:
    """The same; raises NotFound where the actor may not see it."""
    return _ground(await plan_queries.GROUND.rows(slug=slug, owners=reach(actor, May.SEE_UNPUBLISHED).owners))


def _ground(rows: Sequence[asyncpg.Record]) -> Ground:
    site = next((row for row in rows if row["look"] == "site"), None)
    if site is None:
        raise NotFound(NO_SUCH_SITE)
    # The picture itself is called after its site.
    shapes = (Shape(one["look"], one["geometry"], "" if one is site else locale.named(one, "name")) for one in rows)
    return Ground(locale.named(site, "name"), site["geometry"], tuple(shapes))


def _coast() -> list[Shape]:
    return [Shape("coast", one) for one in basemap.land()]


async def link_preview(shapes: Sequence[Shape], looked_at: Sequence[BaseGeometry]) -> Response[bytes]:
    """A PNG of shapes on the base map, for previews of links, as an answer; raises Crowded where too many wait."""
    body = await _HAND.do(preview, [*_coast(), *shapes], looked_at, basemap.credit()["text"])
    return Response(body, media_type=PNG, headers={"Cache-Control": "no-store"})


def picture(shapes: Sequence[Shape], looked_at: Sequence[BaseGeometry], title: str, about: str) -> Response[str]:
    """An SVG of shapes on the base map, as an answer."""
    words = Words(title, about, basemap.credit()["text"], locale.current())
    # What is one's own is kept by no cache; of what is everybody's, `web.shared` says more.
    return Response(draw([*_coast(), *shapes], looked_at, words), media_type=SVG, headers={"Cache-Control": "no-store"})


def picture_of_asked(ground: Ground, on_it: Sequence[Shape], looked_at: Sequence[BaseGeometry] = ()) -> Response[str]:
    """A site's ground with what is asked for, or stands, `on_it`, close enough to see what is looked at."""
    title = locale.translate(N_("Map of %(site)s"), None, site=ground.site)
    about = locale.translate(N_("What is asked for, on the ground of the field with its areas; north is up."))
    looked_at = looked_at or [one.geometry for one in on_it] or [ground.outline]
    return picture([*ground.shapes, *on_it], looked_at, title, about)
