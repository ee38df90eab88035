"""Zones over HTTP: open data, with their source and how sure it is."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.params import FromQuery, QueryParameter

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.core.clock import now
from testfields.sites.routes import parse_box
from testfields.web.paging import next_link
from testfields.web.parameters import QueryId
from testfields.web.schemas import GEOJSON, NamedText
from testfields.web.shared import SHARED
from testfields.zones import service
from testfields.zones.vocabulary import Confidence, LayerKind

Box = Annotated[str | None, QueryParameter(name="bbox", max_length=100)]


class LayerView(msgspec.Struct, frozen=True):
    """A layer that holds now; `confidence` A is read in an official document, B second-hand, C background knowledge."""

    slug: str
    kind: LayerKind
    name: NamedText
    source: str
    licence: str
    as_of: date
    confidence: Confidence
    published_at: datetime
    zones: int


class ZoneProperties(msgspec.Struct, frozen=True):
    """Heights in metres by `reference`; `hours` as in ``03-01/07-31 Mon-Fri 08:00-sunset``, empty for always."""

    kind: LayerKind
    layer: str
    identifier: str
    name: NamedText
    lower: float | None
    upper: float | None
    reference: str
    first_day: date | None
    last_day: date | None
    hours: str
    source: str
    as_of: date
    confidence: Confidence


class ZoneFeature(msgspec.Struct, frozen=True):
    """A zone as GeoJSON."""

    type: str
    id: int
    geometry: dict[str, Any]
    properties: ZoneProperties


class ZoneFeatures(msgspec.Struct, frozen=True):
    """Zones as GeoJSON."""

    type: str
    features: list[ZoneFeature]


@get("/zones", guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def list_layers() -> list[LayerView]:
    """The layers of zones that hold now. What is in none of them is not known here."""
    return [
        LayerView(
            one.slug,
            one.kind,
            NamedText(one.name_ja, one.name_en),
            one.source,
            one.licence,
            one.as_of,
            one.confidence,
            one.published_at,
            one.zones,
        )
        for one in await service.layers(now())
    ]


@get("/zones.geojson", media_type=GEOJSON, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def map_zones(
    request: Request[Any, Any, Any], bbox: Box = None, kind: FromQuery[LayerKind | None] = None, after: QueryId = None
) -> Response[ZoneFeatures]:
    """The zones that hold now, a thousand at a time; the next page stands in `Link`.

    Of a part of the map the outlines are as fine as the part is small; without `bbox` they are whole.
    """
    drawn = await service.zones_in(parse_box(bbox) if bbox else None, kind, after or 0, now())
    body: Any = drawn.body
    return Response(body, media_type=GEOJSON, headers=next_link(request, "after", drawn.last))


router = Router("/", tags=["zones"], route_handlers=[list_layers, map_zones])
