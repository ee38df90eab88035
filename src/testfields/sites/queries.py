"""Reading the catalogue: sites, their areas and their hours."""

from typing import Any

from geoalchemy2 import functions as spatial
from sqlalchemy import (
    Float,
    Integer,
    Numeric,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, aggregate_order_by
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import BigInteger

from testfields.accounts.tables import Organisation
from testfields.db.statements import Statement, core_table
from testfields.sites.fields import AREA_FACTS, POLICY, SITE_FACTS
from testfields.sites.photo_queries import PHOTOS_OF_SITE
from testfields.sites.tables import Area, ExceptionDay, OpeningHours, Site

SITE = core_table(Site)
AREA = core_table(Area)
HOURS = core_table(OpeningHours)
EXCEPTION = core_table(ExceptionDay)
OWNER = core_table(Organisation).alias("owner")

# JSON is built here and sent on as it is.

Json = ColumnElement[Any]

# What is not published is for the staff of its owner alone.
_SHOWN = or_(SITE.c.published, SITE.c.owner_id == any_(bindparam("owners", type_=ARRAY(BigInteger))))


def _word(word: str) -> ColumnElement[Any]:
    return literal_column(f"'{word}'")


def _object(**members: ColumnElement[Any]) -> Json:
    pairs = [part for name, member in members.items() for part in (_word(name), member)]
    return func.json_build_object(*pairs)


def _list_of(member: Json, *order: ColumnElement[Any]) -> Json:
    return func.coalesce(func.json_agg(aggregate_order_by(member, *order)), literal_column("CAST('[]' AS json)"))


def _geojson(shape: ColumnElement[Any]) -> Json:
    """As every door tells it: `told_shape` of ``db/shapes.sql``."""
    return cast(func.told_shape(shape), JSON)


def _square_metres(shape: ColumnElement[Any]) -> ColumnElement[Any]:
    """Measured in the owner's plane rectangular system."""
    area = spatial.ST_Area(spatial.ST_Transform(shape, cast(OWNER.c.metric_crs, Integer)))
    return func.round(cast(area, Numeric))


def _clock(minutes: ColumnElement[Any]) -> ColumnElement[Any]:
    """Minutes after midnight as 09:00; two in the morning of the next day is 26:00."""
    return func.to_char(func.make_interval(0, 0, 0, 0, 0, minutes), _word("HH24:MI"))


_OPENINGS = (
    select(
        _list_of(
            _object(weekday=HOURS.c.weekday, opens=_clock(HOURS.c.opens_minute), closes=_clock(HOURS.c.closes_minute)),
            HOURS.c.weekday,
            HOURS.c.opens_minute,
        )
    )
    .where(HOURS.c.site_id == SITE.c.id)
    .scalar_subquery()
)
# A closed day has no clocks.
_EXCEPTIONS = (
    select(
        _list_of(
            _object(
                day=EXCEPTION.c.day,
                opens=_clock(EXCEPTION.c.opens_minute),
                closes=_clock(EXCEPTION.c.closes_minute),
            ),
            EXCEPTION.c.day,
            EXCEPTION.c.opens_minute,
        )
    )
    .where(EXCEPTION.c.site_id == SITE.c.id)
    .scalar_subquery()
)
_NAME = _object(ja=SITE.c.name_ja, en=SITE.c.name_en)
_OWNER = _object(slug=OWNER.c.slug, name=_object(ja=OWNER.c.name_ja, en=OWNER.c.name_en))
_POLICY = _object(**{name: SITE.c[name] for name in POLICY})
_SITE = {
    **{name: SITE.c[name] for name in SITE_FACTS},
    "id": SITE.c.id,
    "slug": SITE.c.slug,
    "version": SITE.c.version,
    "owner": _OWNER,
    "takes_applications": OWNER.c.active,
    "name": _NAME,
    "description": _object(ja=SITE.c.description_ja, en=SITE.c.description_en),
    "address": _object(ja=SITE.c.address_ja, en=SITE.c.address_en),
    "area_m2": _square_metres(SITE.c.geometry),
    "road": _object(answer=SITE.c.road_answer, answered_on=SITE.c.road_answered_on),
    "hours": _OPENINGS,
    "exceptions": _EXCEPTIONS,
    "policy": _POLICY,
    "photos": cast(literal_column(PHOTOS_OF_SITE), JSON),
}
_AREA = {
    **{name: AREA.c[name] for name in AREA_FACTS},
    "id": AREA.c.id,
    "slug": AREA.c.slug,
    "parent": AREA.c.parent_slug,
    "name": _object(ja=AREA.c.name_ja, en=AREA.c.name_en),
    "altitude": _object(lower=func.lower(AREA.c.altitude), upper=func.upper(AREA.c.altitude), reference=_word("AGL")),
    "above_sea": case(
        (
            SITE.c.ground_elevation.is_not(None),
            _object(
                lower=func.lower(AREA.c.altitude) + SITE.c.ground_elevation,
                upper=func.upper(AREA.c.altitude) + SITE.c.ground_elevation,
                reference=_word("TP"),
            ),
        )
    ),
    # An area without uses of its own has those of its site.
    "uses": func.coalesce(func.nullif(AREA.c.uses, literal_column("CAST('{}' AS text[])")), SITE.c.uses),
    "area_m2": _square_metres(AREA.c.geometry),
}
# Each facility asked for is there; a number is at least the number asked for.
_EQUIPPED = text("""
    NOT EXISTS (
        SELECT FROM jsonb_each(CAST(:facilities AS jsonb)) AS wanted
        WHERE NOT coalesce(
            CASE jsonb_typeof(wanted.value)
                WHEN 'number' THEN CAST(site.facilities ->> wanted.key AS numeric) >= CAST(wanted.value AS numeric)
                WHEN 'string' THEN site.facilities -> wanted.key = wanted.value
                ELSE site.facilities ? wanted.key
            END, false)
    )
""")
# Each word that was typed is there; without one, every site has them all.
_NAMED = text("site.found_by LIKE ALL (SELECT pattern FROM sought(CAST(:words AS text)))")
_BOX = spatial.ST_MakeEnvelope(
    *(bindparam(side, type_=Float) for side in ("west", "south", "east", "north")), literal_column("4326")
)


def _unless_none(
    name: str, kind: type[Text] | type[Float[float]], condition: ColumnElement[bool]
) -> ColumnElement[bool]:
    return or_(bindparam(name, type_=kind).is_(None), condition)


_AMONG = bindparam("among", type_=ARRAY(Text))
_SOUGHT = and_(
    _SHOWN,
    SITE.c.geometry.intersects(_BOX),
    _unless_none("use", Text, bindparam("use", type_=Text) == any_(SITE.c.uses)),
    _unless_none("owner", Text, bindparam("owner", type_=Text) == OWNER.c.slug),
    _unless_none("least_m2", Float, _square_metres(SITE.c.geometry) >= bindparam("least_m2", type_=Float)),
    _unless_none("most_m2", Float, _square_metres(SITE.c.geometry) <= bindparam("most_m2", type_=Float)),
    _NAMED,
    _EQUIPPED,
    # Unnested it is a hash to look into, in a plan of any kind; as an array, ten thousand slugs to go through for each.
    or_(_AMONG.is_(None), SITE.c.slug.in_(select(func.unnest(_AMONG)))),
)
_SITES = SITE.join(OWNER, OWNER.c.id == SITE.c.owner_id)

# Keyset paging in the order of slugs, served by site's unique index on slug; a narrow box by site_geometry.
_PAGE = (
    select(SITE.c.slug, _object(**_SITE).label("record"))
    .select_from(_SITES)
    .where(_SOUGHT, SITE.c.slug > bindparam("after", type_=Text))
    .order_by(SITE.c.slug)
    .limit(bindparam("limit", type_=BigInteger))
    .subquery("page")
)
LIST = Statement(
    select(
        cast(_list_of(_PAGE.c.record, _PAGE.c.slug), Text).label("body"),
        func.max(_PAGE.c.slug).label("last"),
        func.count().label("count"),
    ).select_from(_PAGE)
)

_OFFERED = and_(AREA.c.site_id == SITE.c.id, AREA.c.retired_at.is_(None))
_AREAS_OF_SITE = select(_list_of(_object(**_AREA), AREA.c.position, AREA.c.id)).where(_OFFERED).scalar_subquery()
_MIDDLE = spatial.ST_Centroid(SITE.c.geometry)
# Served by site's unique index on slug and by area_once.
FIND = Statement(
    select(
        spatial.ST_X(_MIDDLE).label("longitude"),
        spatial.ST_Y(_MIDDLE).label("latitude"),
        cast(_object(**_SITE, geometry=_geojson(SITE.c.geometry), areas=_AREAS_OF_SITE), Text).label("body"),
    )
    .select_from(_SITES)
    .where(_SHOWN, SITE.c.slug == bindparam("slug", type_=Text))
)
AREAS = Statement(
    select(cast(_AREAS_OF_SITE, Text)).select_from(_SITES).where(_SHOWN, SITE.c.slug == bindparam("slug", type_=Text))
)


def _feature(identity: ColumnElement[Any], shape: ColumnElement[Any], properties: Json) -> Json:
    return _object(type=_word("Feature"), id=identity, geometry=_geojson(shape), properties=properties)


def _collection(features: Json, matched: ColumnElement[Any], returned: ColumnElement[Any]) -> Json:
    """Counts are named as OGC API Features names them."""
    return _object(type=_word("FeatureCollection"), numberMatched=matched, numberReturned=returned, features=features)


_ON_MAP = (
    select(
        SITE.c.slug,
        func.count().over().label("matched"),
        _feature(
            SITE.c.slug,
            SITE.c.geometry,
            _object(slug=SITE.c.slug, name=_NAME, owner=_OWNER, uses=SITE.c.uses, sample=SITE.c.sample),
        ).label("feature"),
    )
    .select_from(_SITES)
    .where(_SOUGHT)
    .order_by(SITE.c.slug)
    .limit(bindparam("limit", type_=BigInteger))
    .subquery("on_map")
)
# Served by site_geometry.
SITES_GEOJSON = Statement(
    select(
        cast(
            _collection(
                _list_of(_ON_MAP.c.feature, _ON_MAP.c.slug),
                func.coalesce(func.max(_ON_MAP.c.matched), 0),
                func.count(),
            ),
            Text,
        )
    ).select_from(_ON_MAP)
)

_AREA_FEATURES = (
    select(
        _collection(
            _list_of(_feature(AREA.c.id, AREA.c.geometry, _object(**_AREA)), AREA.c.position, AREA.c.id),
            func.count(),
            func.count(),
        )
    )
    .where(_OFFERED)
    .scalar_subquery()
)
AREAS_GEOJSON = Statement(
    select(cast(_AREA_FEATURES, Text)).select_from(_SITES).where(_SHOWN, SITE.c.slug == bindparam("slug", type_=Text))
)

# Owners are few; a site of each is found by site_owner_id.
OWNERS_OF_SITES = Statement("""
    SELECT owner.slug, owner.name_ja, owner.name_en
    FROM organisation owner
    WHERE EXISTS (SELECT FROM site WHERE site.owner_id = owner.id AND site.published)
    ORDER BY owner.slug
""")

# Served by site's unique index on slug and by area_once.
BANDS = Statement("""
    SELECT area.id, site.slug AS site, lower(area.altitude) AS lower, upper(area.altitude) AS upper
    FROM site JOIN area ON area.site_id = site.id
    WHERE site.slug = ANY(CAST(:slugs AS text[])) AND area.retired_at IS NULL
""")

# One's own sites, with what a list of them tells; served by site_owner_id and by area_once.
OWN = Statement("""
    SELECT site.slug, site.name_ja, site.name_en, site.published, site.version, site.updated_at, site.timezone,
           owner.name_ja AS owner_name_ja, owner.name_en AS owner_name_en,
           (SELECT count(*) FROM area WHERE area.site_id = site.id AND area.retired_at IS NULL) AS areas
    FROM site JOIN organisation owner ON owner.id = site.owner_id
    WHERE site.owner_id = ANY(CAST(:owners AS bigint[]))
    ORDER BY site.published, site.updated_at DESC, site.id
""")

# Served by site's unique index on slug.
OWN_SITE = Statement("""
    SELECT id, owner_id, version FROM site WHERE slug = :slug AND owner_id = ANY(CAST(:owners AS bigint[]))
""")

# Served by the primary key.
OWNER_SLUGS = Statement("SELECT id, slug FROM organisation WHERE id = ANY(CAST(:owners AS bigint[])) ORDER BY id")
