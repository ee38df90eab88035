"""The plans of sites over HTTP: open data, drawn by the owner's staff."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, Router, get, put
from litestar.params import FromPath, JSONBody, QueryParameter

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller, Visitor
from testfields.core.clock import now
from testfields.core.errors import InvalidInput
from testfields.core.texts import line_faults, tidy
from testfields.sites import planning
from testfields.sites.fields import LONGEST_NAME
from testfields.sites.plan import MOST_PIECES, Piece, parse_piece
from testfields.sites.routes import parse_box
from testfields.sites.vocabulary import PlanKind
from testfields.web.bodies import JsonBody
from testfields.web.openapi import REFUSES
from testfields.web.schemas import GEOJSON
from testfields.web.shared import SHARED
from testfields.web.versions import IfMatch, etag, expected_version

Part = Annotated[str | None, QueryParameter(name="bbox", max_length=100)]


class PointShape(msgspec.Struct, forbid_unknown_fields=True, frozen=True, tag="Point"):
    """A GeoJSON point."""

    coordinates: list[float]


class LineShape(msgspec.Struct, forbid_unknown_fields=True, frozen=True, tag="LineString"):
    """A GeoJSON line."""

    coordinates: list[list[float]]


class PolygonShape(msgspec.Struct, forbid_unknown_fields=True, frozen=True, tag="Polygon"):
    """A GeoJSON polygon."""

    coordinates: list[list[list[float]]]


class PieceName(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A name in both languages, or none."""

    ja: str = ""
    en: str = ""


class PieceProperties(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What is there."""

    kind: PlanKind
    name: PieceName | None = None


class PieceFeature(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One thing on the ground; its `id` is the portal's, and not asked for."""

    type: Literal["Feature"]
    id: int | None = None
    geometry: PointShape | LineShape | PolygonShape
    properties: PieceProperties


class Plan(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The plan of a site's ground, as it is told and as it is drawn anew."""

    type: Literal["FeatureCollection"]
    features: Annotated[list[PieceFeature], msgspec.Meta(max_length=planning.MOST_IN_SIGHT)]


class PlanVersion(msgspec.Struct, frozen=True):
    """The site's version from now on."""

    version: int


def pieces_of(plan: Plan) -> list[Piece]:
    """Raises InvalidInput with the faults of every piece; how many there may be is judged with the site."""
    pieces, faults = [], []
    for place, one in enumerate(plan.features[: MOST_PIECES + 1]):
        told, name = one.properties, one.properties.name or PieceName()
        path = f"features.{place}"
        names = {"ja": tidy(name.ja), "en": tidy(name.en)}
        for language, text in names.items():
            faults += line_faults(f"{path}.properties.name.{language}", text, LONGEST_NAME)
        try:
            shape = parse_piece(
                told.kind, str(one.geometry.__struct_config__.tag), one.geometry.coordinates, f"{path}.geometry"
            )
            pieces.append(Piece(kind=told.kind, name_ja=names["ja"], name_en=names["en"], geometry=shape))
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(faults)
    return pieces


@get("/plans.geojson", media_type=GEOJSON, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def map_plans(visitor: Visitor, bbox: Part = None) -> Response[Plan]:
    """What the plans of all sites show in a part of the map: land, water, roads, buildings and the like."""
    body: Any = await planning.plans_in(visitor, parse_box(bbox))
    return Response(body, media_type=GEOJSON)


@get("/sites/{slug:str}/plan", media_type=GEOJSON, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def show_plan(visitor: Visitor, slug: FromPath[str]) -> Response[Plan]:
    """The plan of one site's ground; its ETag is the site's."""
    found = await planning.plan_of(visitor, slug)
    body: Any = found.body
    return Response(body, media_type=GEOJSON, headers={"ETag": etag(found.version)})


@put(
    "/sites/{slug:str}/plan",
    dto=JsonBody[Plan],
    return_dto=None,
    opt={REFUSES: (404,)},
    guards=[Only(May.DRAW_PLAN)],
)
async def draw_plan(
    actor: Caller, slug: FromPath[str], data: JSONBody[Plan], if_match: IfMatch = None
) -> Response[PlanVersion]:
    """Draw a site's plan anew, as a whole; nothing that can be booked changes by it."""
    drawn = await planning.draw(actor, slug, pieces_of(data), expected_version(if_match), now())
    return Response(PlanVersion(drawn.version), headers={"ETag": etag(drawn.version)})


router = Router("/", tags=["sites"], route_handlers=[map_plans, show_plan, draw_plan])
