"""Sites entered and changed over HTTP, in the format of files: a FeatureCollection whose first feature is the site."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, Router, get, post, put
from litestar.params import FromPath, JSONBody
from shapely.geometry import LineString, Point, mapping
from shapely.geometry.base import BaseGeometry

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.core.errors import Fault, InvalidInput, tried
from testfields.core.shapes import parse_points, parse_shape
from testfields.sites import describing
from testfields.sites.describing import MOST_FEATURES, Kept
from testfields.sites.exchange.features import Feature
from testfields.sites.plan_routes import LineShape, PointShape, PolygonShape
from testfields.web import locale
from testfields.web.bodies import JsonBody
from testfields.web.idempotency import NEVER_KEPT
from testfields.web.openapi import REFUSES
from testfields.web.schemas import GEOJSON, NamedText, TimeRange
from testfields.web.versions import IfMatch, etag, expected_version


class MultiPolygonShape(msgspec.Struct, forbid_unknown_fields=True, frozen=True, tag="MultiPolygon"):
    """A GeoJSON shape of several polygons."""

    coordinates: list[list[list[list[float]]]]


Value = str | float | int | bool | None


class DescribedFeature(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The site, an area or a piece of the plan; its properties are the fields of files of sites."""

    type: Literal["Feature"]
    geometry: PointShape | LineShape | PolygonShape | MultiPolygonShape | None
    properties: dict[str, Value]


class DescribedSite(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A site as a whole, as `testfields sites export` writes it: itself first, then its areas and its plan."""

    type: Literal["FeatureCollection"]
    features: Annotated[list[DescribedFeature], msgspec.Meta(min_length=1, max_length=MOST_FEATURES)]


class MisfitView(msgspec.Struct, frozen=True):
    """An application that no longer fits, the first of its times that does not, and why; it keeps its place."""

    reservation_id: int
    permitted: bool
    company_name: NamedText
    area_name: NamedText
    period: TimeRange
    reasons: list[str]


class LiftedView(msgspec.Struct, frozen=True):
    """A closure that has no ground left, and is lifted."""

    closure_id: int
    period: TimeRange


class KeptView(msgspec.Struct, frozen=True):
    """The site's version from now on, and what would no longer fit it."""

    slug: str
    version: int
    misfits: list[MisfitView]
    lifted: list[LiftedView]


@get("/sites/{slug:str}/description", media_type=GEOJSON, guards=[Only(May.DESCRIBE_SITES)])
async def show_description(actor: Caller, slug: FromPath[str]) -> Response[DescribedSite]:
    """A site of one's own as a whole, published or not: what is sent back, changed, to change it."""
    found = await describing.described(actor, slug)
    body: Any = {"type": "FeatureCollection", "features": [_told(one) for one in found.features]}
    return Response(body, media_type=GEOJSON, headers={"ETag": etag(found.version)})


@post(
    "/sites",
    dto=JsonBody[DescribedSite],
    return_dto=None,
    guards=[Only(May.DESCRIBE_SITES)],
)
async def enter_site(actor: Caller, data: JSONBody[DescribedSite]) -> Response[KeptView]:
    """Enter a new site; as long as it is not published it may lack what makes it bookable."""
    kept = await describing.enter(actor, _features(data), now())
    return Response(_view(kept), headers={"ETag": etag(kept.version), "Location": f"/api/v1/sites/{kept.slug}"})


@put(
    "/sites/{slug:str}",
    dto=JsonBody[DescribedSite],
    return_dto=None,
    opt={REFUSES: (404,)},
    guards=[Only(May.DESCRIBE_SITES)],
)
async def describe_site(
    actor: Caller, slug: FromPath[str], data: JSONBody[DescribedSite], if_match: IfMatch = None
) -> Response[KeptView]:
    """Describe a site anew, as a whole: areas that are missing are taken out, `published` publishes and hides it."""
    kept = await describing.describe(actor, slug, _features(data), expected_version(if_match), now())
    return Response(_view(kept), headers={"ETag": etag(kept.version)})


@post(
    "/sites/{slug:str}/preview",
    dto=JsonBody[DescribedSite],
    return_dto=None,
    status_code=200,
    opt={NEVER_KEPT: True, REFUSES: (404,)},
    guards=[Only(May.DESCRIBE_SITES)],
)
async def preview_site(actor: Caller, slug: FromPath[str], data: JSONBody[DescribedSite]) -> KeptView:
    """What would no longer fit if the site were described anew like this; nothing is written or kept."""
    return _view(await describing.describe(actor, slug, _features(data), None, now(), only_try=True))


def _told(one: Feature) -> dict[str, object]:
    values = {name: value for name, value in one.values.items() if value is not None}
    return {"type": "Feature", "geometry": one.shape and mapping(one.shape), "properties": values}


def _features(data: DescribedSite) -> list[Feature]:
    """The features as files have them; raises InvalidInput with every shape that is none."""
    faults: list[Fault] = []
    features = [
        Feature(one.properties, tried(faults, _shape, one, f"features[{place}].geometry") if one.geometry else None)
        for place, one in enumerate(data.features)
    ]
    if faults:
        raise InvalidInput(faults)
    return features


def _shape(one: DescribedFeature, path: str) -> BaseGeometry | None:
    match one.geometry:
        case PointShape(coordinates):
            return Point(parse_points([coordinates], path)[0])
        case LineShape(coordinates):
            points = parse_points(coordinates, path)
            return LineString(points if len(points) > 1 else points * 2)
        case PolygonShape(coordinates):
            return parse_shape([coordinates], path)
        case MultiPolygonShape(coordinates):
            return parse_shape(coordinates, path)
    return None


def _view(kept: Kept) -> KeptView:
    return KeptView(
        kept.slug,
        kept.version,
        [
            MisfitView(
                reservation_id=one.number,
                permitted=one.permitted,
                company_name=NamedText(one.company_ja, one.company_en),
                area_name=NamedText(one.area_ja, one.area_en),
                period=TimeRange(one.period.start, one.period.end),
                reasons=[locale.said(reason) for reason in one.faults],
            )
            for one in kept.report.misfits
        ],
        [LiftedView(one.number, TimeRange(one.period.start, one.period.end)) for one in kept.report.lifted],
    )


router = Router("/", tags=["sites"], route_handlers=[show_description, enter_site, describe_site, preview_site])
