"""Every statement of importing and exporting the catalogue."""

from collections.abc import Sequence

from testfields.db.statements import Statement
from testfields.sites.drafts import AREA, SITE
from testfields.sites.fields import POLICY

# Rows come as JSON: a site's uses are an array, and unnest would flatten an array of arrays.

# Told of a site, and stored beside it.
IN_ROWS_OF_THEIR_OWN = frozenset({"hours", "exceptions"})
_SITE_COLUMNS = ("owner_id", "geometry", *(name for name in SITE if name not in {"owner", *IN_ROWS_OF_THEIR_OWN}))
_AREA_COLUMNS = ("site_id", "position", "parent_slug", "geometry", "altitude", *AREA)


def _listed(columns: Sequence[str], table: str = "") -> str:
    return ", ".join(f"{table}{name}" for name in columns)


# The lock that the trigger site_guard takes: one import at a time, and no site is published meanwhile.
LOCK_CATALOGUE = Statement("SELECT pg_advisory_xact_lock(hashtext('testfields.site.published'))")

# Sites are written batch by batch, and one may move to where another stands that a later batch moves away.
# Closures follow when all outlines are as they will be.
COMPARE_SITES_AT_THE_END = Statement("SET CONSTRAINTS site_guard, closures_follow_site, closures_follow_area DEFERRED")

# Closures take the ground of their places as it is by now.
CLOSURES_FOLLOW = Statement("SET CONSTRAINTS closures_follow_site, closures_follow_area IMMEDIATE")

# Closures at these sites that are neither lifted nor over; by SQL alone, as their room stands above this one.
# Served by closure_site_id.
CLOSURES_TO_COME = Statement("""
    SELECT closure.id AS number, site.slug AS site, area.name_ja AS area_ja, area.name_en AS area_en, site.timezone,
           closure.period, closure.reason_ja, closure.reason_en
    FROM site
    JOIN closure ON closure.site_id = site.id AND closure.lifted_at IS NULL AND upper(closure.period) > now()
    LEFT JOIN area ON area.id = closure.area_id
    WHERE site.slug = ANY(CAST(:slugs AS text[]))
    ORDER BY closure.id
""")

COMPARE_NOW = Statement("SET CONSTRAINTS ALL IMMEDIATE")

# Served by organisation's unique index on slug.
OWNERS = Statement("""
    SELECT slug, id FROM organisation WHERE kind = 'owner' AND slug = ANY(CAST(:slugs AS text[]))
""")

# pg_timezone_names reads every file of a zone, which takes tens of milliseconds.
UNKNOWN_ZONES = Statement("""
    SELECT name FROM unnest(CAST(:names AS text[])) AS one (name)
    WHERE NOT EXISTS (SELECT FROM pg_timezone_names known WHERE known.name = one.name)
""")

# Raises an error where PROJ knows no way from `srid` to WGS 84.
TO_WGS84 = Statement("""
    SELECT one.place::int AS place,
           ST_Transform(ST_SetSRID(ST_GeomFromWKB(one.shape), CAST(:srid AS int)), 4326) AS shape
    FROM unnest(CAST(:shapes AS bytea[])) WITH ORDINALITY AS one (shape, place)
""")

# Published sites that are not among `slugs` and share ground with one of `shapes`; served by site_geometry.
OVERLAPPED = Statement("""
    SELECT one.place::int AS place, site.slug
    FROM unnest(CAST(:shapes AS geometry[])) WITH ORDINALITY AS one (shape, place)
    JOIN site ON site.geometry && one.shape AND ST_Relate(site.ground, inset(one.shape), 'T********')
    WHERE site.published
      AND NOT EXISTS (SELECT FROM unnest(CAST(:slugs AS text[])) AS told (slug) WHERE told.slug = site.slug)
    ORDER BY one.place, site.slug
""")

# How many applications are still to be decided or to take place, where there are any; served by reservation_by_site.
UNDER_WAY = Statement("""
    SELECT site.slug, count(*) AS count
    FROM site JOIN reservation ON reservation.site_id = site.id
    WHERE site.slug = ANY(CAST(:slugs AS text[]))
      AND reservation.state = ANY(under_way_states())
    GROUP BY site.slug
""")

# Of the sites that are there, in the order in which they are held; served by site's unique index on slug.
IDS = Statement("SELECT id FROM site WHERE slug = ANY(CAST(:slugs AS text[])) ORDER BY id")

# What is about to change is nobody's to book meanwhile; in one order, so that none waits for another.
HOLD_SITES = Statement("SELECT id FROM site WHERE slug = ANY(CAST(:slugs AS text[])) ORDER BY id FOR UPDATE")

# Applications that are not over and would lie outside their area as it shall be; served by area_once and by
# volume_area_id.
STRANDED = Statement("""
    SELECT one.place::int AS place, array_agg(DISTINCT reservation.id) AS numbers
    FROM unnest(CAST(:sites AS text[]), CAST(:areas AS text[]), CAST(:shapes AS geometry[]),
                CAST(:altitudes AS numrange[])) WITH ORDINALITY AS one (site, area, shape, altitude, place)
    JOIN site ON site.slug = one.site
    JOIN area ON area.site_id = site.id AND area.slug = one.area
    JOIN volume ON volume.area_id = area.id AND upper(volume.period) > :now AND volume.stay_state = ANY(open_stays())
    JOIN reservation ON reservation.id = volume.reservation_id
    WHERE reservation.state = ANY(under_way_states())
      AND NOT (is_inside(volume.footprint, one.shape) AND one.altitude @> volume.altitude)
    GROUP BY one.place
""")

# What other than their areas' outlines keeps these sites where they are: how much that was taken there and is not over
# would lie outside; closures follow the ground. Served by claim_by_site_and_period.
LEFT_OUTSIDE = Statement("""
    SELECT one.place::int AS place, count(DISTINCT (claim.source_kind, claim.source_id)) AS count
    FROM unnest(CAST(:sites AS text[]), CAST(:shapes AS geometry[])) WITH ORDINALITY AS one (site, shape, place)
    JOIN site ON site.slug = one.site AND NOT ST_Equals(site.geometry, one.shape)
    JOIN claim ON claim.site_id = site.id AND upper(claim.period) > :now
        AND claim_source(claim.source_kind) IS DISTINCT FROM 'closure'
    WHERE NOT is_inside(claim.footprint, one.shape)
    GROUP BY one.place
""")

# What is under way at these sites and not over, volume by volume, with all that the sites say of it now.
# Served by reservation_by_site, volume_reservation_id, opening_hours_site_id and primary keys.
UNDER_WAY_AS_IT_FITS = Statement(f"""
    SELECT reservation.id AS number, site.slug AS site, site.timezone, {", ".join(f"site.{name}" for name in POLICY)},
           area.name_ja AS area_ja, area.name_en AS area_en, area.retired_at IS NOT NULL AS retired,
           coalesce(nullif(area.uses, '{{}}'), site.uses) AS uses, project.use,
           company.name_ja AS company_ja, company.name_en AS company_en,
           volume.period, coalesce(reservation.submitted_at, reservation.created_at) AS asked_at,
           coalesce((SELECT range_agg(opening.period) @> volume.period
                     FROM opening(volume.period) WHERE opening.site_id = site.id), false) AS open,
           EXISTS (SELECT FROM permit
                   WHERE permit.reservation_id = reservation.id AND permit.revoked_at IS NULL) AS permitted
    FROM site
    JOIN reservation ON reservation.site_id = site.id
    JOIN volume ON volume.reservation_id = reservation.id AND upper(volume.period) > :now
        AND volume.stay_state = ANY(open_stays())
    JOIN area ON area.id = volume.area_id
    JOIN project ON project.id = reservation.project_id
    JOIN organisation company ON company.id = reservation.company_id
    WHERE site.slug = ANY(CAST(:slugs AS text[])) AND reservation.state = ANY(under_way_states())
    ORDER BY reservation.id, lower(volume.period), volume.id
""")

UPSERT_SITES = Statement(f"""
    INSERT INTO site ({_listed(_SITE_COLUMNS)}, updated_at)
    SELECT {_listed(_SITE_COLUMNS)}, :now
    FROM jsonb_populate_recordset(CAST(NULL AS site), CAST(:sites AS jsonb))
    ON CONFLICT (slug) DO UPDATE SET
        ({_listed(_SITE_COLUMNS)}) = ROW ({_listed(_SITE_COLUMNS, "excluded.")}),
        version = site.version + 1, updated_at = excluded.updated_at
    RETURNING id, slug
""")

UPSERT_AREAS = Statement(f"""
    INSERT INTO area ({_listed(_AREA_COLUMNS)})
    SELECT {_listed(_AREA_COLUMNS)}
    FROM jsonb_populate_recordset(CAST(NULL AS area), CAST(:areas AS jsonb))
    ON CONFLICT (site_id, slug) DO UPDATE SET
        ({_listed(_AREA_COLUMNS)}) = ROW ({_listed(_AREA_COLUMNS, "excluded.")}), retired_at = NULL
""")

# Served by area_once.
REMOVE_AREA = Statement("""
    DELETE FROM area USING site WHERE site.id = area.site_id AND site.slug = :site AND area.slug = :area
""")

# Served by area_once.
RETIRE_AREA = Statement("""
    UPDATE area SET retired_at = :now
    FROM site WHERE site.id = area.site_id AND site.slug = :site AND area.slug = :area
""")

# Served by plan_piece_site_id.
FORGET_PLANS = Statement("DELETE FROM plan_piece WHERE site_id = ANY(CAST(:site_ids AS bigint[]))")

ADD_PIECES = Statement("""
    INSERT INTO plan_piece (site_id, position, kind, name_ja, name_en, geometry)
    SELECT site_id, position, kind, name_ja, name_en, geometry
    FROM jsonb_populate_recordset(CAST(NULL AS plan_piece), CAST(:pieces AS jsonb))
""")

# Served by opening_hours_site_id.
FORGET_HOURS = Statement("DELETE FROM opening_hours WHERE site_id = ANY(CAST(:site_ids AS bigint[]))")

ADD_HOURS = Statement("""
    INSERT INTO opening_hours (site_id, weekday, opens_minute, closes_minute)
    SELECT * FROM unnest(CAST(:site_ids AS bigint[]), CAST(:weekdays AS int[]), CAST(:opens AS int[]),
                         CAST(:closes AS int[]))
""")

# Served by exception_day_site_id.
FORGET_EXCEPTIONS = Statement("DELETE FROM exception_day WHERE site_id = ANY(CAST(:site_ids AS bigint[]))")

ADD_EXCEPTIONS = Statement("""
    INSERT INTO exception_day (site_id, day, opens_minute, closes_minute)
    SELECT * FROM unnest(CAST(:site_ids AS bigint[]), CAST(:days AS date[]), CAST(:opens AS int[]),
                         CAST(:closes AS int[]))
""")

# --- The catalogue as it is stored, for exports and to tell what an import changes. No slugs means every site.

STORED_SITES = Statement("""
    SELECT site.*, site.facilities::text AS facilities, owner.slug AS owner
    FROM site JOIN organisation owner ON owner.id = site.owner_id
    WHERE CAST(:slugs AS text[]) IS NULL OR site.slug = ANY(CAST(:slugs AS text[]))
    ORDER BY site.slug
""")

# Served by area_once.
STORED_AREAS = Statement("""
    SELECT * FROM area WHERE site_id = ANY(CAST(:site_ids AS bigint[])) AND retired_at IS NULL
    ORDER BY site_id, position, id
""")

# Served by plan_piece_site_id.
STORED_PLANS = Statement("""
    SELECT * FROM plan_piece WHERE site_id = ANY(CAST(:site_ids AS bigint[])) ORDER BY site_id, position, id
""")

# Served by opening_hours_site_id.
STORED_HOURS = Statement("""
    SELECT site_id, weekday, opens_minute, closes_minute FROM opening_hours
    WHERE site_id = ANY(CAST(:site_ids AS bigint[])) ORDER BY site_id, weekday, opens_minute
""")

# Served by exception_day_site_id.
STORED_EXCEPTIONS = Statement("""
    SELECT site_id, day, opens_minute, closes_minute FROM exception_day
    WHERE site_id = ANY(CAST(:site_ids AS bigint[])) ORDER BY site_id, day, opens_minute
""")
