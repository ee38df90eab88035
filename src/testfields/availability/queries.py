"""Every statement about claims and free time."""

from testfields.db.statements import Statement
from testfields.sites.fields import POLICY

# One round trip tells all that the rules want to know of areas of one site and of the places asked for in them: whether
# they lie inside, whether the site is open, and what they would take. The site is that of the area that names it.
# Areas are found by their primary key, hours by opening_hours_site_id. The places are counted through instead of
# unnested: of an array that it does not know yet PostgreSQL expects so many elements that it would rather plan anew for
# each booking, which takes longer than the answer.
PLACE = Statement(f"""
    SELECT site.id AS site_id, site.version AS site_version, site.owner_id, site.published, site.timezone,
           owner.active AS takes_applications,
           {", ".join(f"site.{name}" for name in POLICY)},
           there.ids, there.uses, there.geometries, there.bands, there.retired,
           asked.inside, asked.open, asked.footprints, asked.altitudes, asked.periods
    FROM site
    JOIN organisation owner ON owner.id = site.owner_id
    CROSS JOIN LATERAL (
        SELECT array_agg(area.id) AS ids,
               array_agg(array_to_string(CASE WHEN area.uses = '{{}}' THEN site.uses ELSE area.uses END, ' ')) AS uses,
               array_agg(area.geometry) AS geometries, array_agg(area.altitude) AS bands,
               bool_or(area.retired_at IS NOT NULL) AS retired
        FROM area WHERE area.id = ANY(CAST(:area_ids AS bigint[])) AND area.site_id = site.id
    ) there
    CROSS JOIN LATERAL (
        SELECT array_agg(
                   one.footprint IS NULL OR is_inside(one.footprint, area.geometry) ORDER BY place
               ) AS inside,
               array_agg((
                   SELECT coalesce(range_agg(opening.period), '{{}}'::tstzmultirange) @> one.period
                   FROM opening(one.period) WHERE opening.site_id = site.id
               ) ORDER BY place) AS open,
               array_agg(taken.footprint ORDER BY place) AS footprints,
               array_agg(taken.altitude ORDER BY place) AS altitudes,
               array_agg(taken.period ORDER BY place) AS periods
        FROM generate_subscripts(CAST(:periods AS tstzrange[]), 1) place
        CROSS JOIN LATERAL (
            SELECT (CAST(:area_ids AS bigint[]))[place] AS area_id,
                   (CAST(:footprints AS geometry[]))[place] AS footprint,
                   (CAST(:altitudes AS numrange[]))[place] AS altitude,
                   (CAST(:periods AS tstzrange[]))[place] AS period
        ) one
        JOIN area ON area.id = one.area_id AND area.site_id = site.id
        CROSS JOIN LATERAL taken(area, site, owner.metric_crs, one.footprint, one.altitude, one.period) taken
    ) asked
    WHERE site.id = (SELECT named.site_id FROM area named WHERE named.id = :area_id)
""")

# Held until the transaction ends, if it is still as it was when PLACE looked. Served by the primary key.
HOLD_SITE = Statement("SELECT true FROM site WHERE id = :id AND version = :version FOR SHARE")

# As the claim guard takes it, so that nobody takes anything at the site until the transaction ends. The site itself is
# held first, as whoever books does and an import that changes it.
LOCK_SITE = Statement("""
    WITH held AS (SELECT id FROM site WHERE id = :site_id FOR SHARE)
    UPDATE site_lock SET claims_taken = claims_taken + 1 FROM held WHERE site_lock.site_id = held.id
""")

# Several sites, if all are still as they were looked at; both in one order, so that none who hold several wait for each
# other in a ring. Served by primary keys.
HOLD_SITES = Statement("""
    SELECT site.id FROM unnest(CAST(:ids AS bigint[]), CAST(:versions AS bigint[])) AS seen (id, version)
    JOIN site ON site.id = seen.id AND site.version = seen.version
    ORDER BY site.id FOR SHARE OF site
""")
LOCK_SITES = Statement("""
    SELECT site_id FROM site_lock WHERE site_id = ANY(CAST(:ids AS bigint[])) ORDER BY site_id FOR UPDATE
""")

# Served by claim_by_source.
RELEASE = Statement("""
    DELETE FROM claim WHERE source_kind = ANY(CAST(:kinds AS text[])) AND source_id = :source_id
""")

# Of many reservations; served by claim_by_source.
RELEASE_ALL = Statement("""
    DELETE FROM claim
    WHERE source_kind = ANY(claims_of_reservations()) AND source_id = ANY(CAST(:source_ids AS bigint[]))
""")

# What is over by then stays as it was taken. Served by claim_by_source.
RELEASE_FROM = Statement("""
    WITH gone AS (
        DELETE FROM claim
        WHERE source_kind = ANY(claims_of_reservations()) AND source_id = :source_id AND lower(period) >= :from_at
    )
    UPDATE claim SET period = tstzrange(lower(period), :from_at)
    WHERE source_kind = ANY(claims_of_reservations()) AND source_id = :source_id
      AND lower(period) < :from_at AND upper(period) > :from_at
""")

# All but what meets one of these periods. Served by claim_by_source.
RELEASE_BESIDES = Statement("""
    DELETE FROM claim
    WHERE source_kind = ANY(claims_of_reservations()) AND source_id = :source_id AND upper(period) > :from_at
      AND NOT EXISTS (SELECT FROM unnest(CAST(:periods AS tstzrange[])) AS kept WHERE kept && claim.period)
""")

# Served by claim_by_source.
CHANGE_KIND = Statement("""
    UPDATE claim SET source_kind = :becomes WHERE source_kind = :was AND source_id = :source_id
""")

TAKE = Statement("""
    INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
    SELECT :site_id, :kind, :source_id, one.footprint, one.altitude, one.period
    FROM unnest(CAST(:footprints AS geometry[]), CAST(:altitudes AS numrange[]), CAST(:periods AS tstzrange[]))
         AS one (footprint, altitude, period)
""")

# What applications take of these grounds in a period, for distance or turnaround, is cut out of it: what they take
# before and after stays as it was, and so does what lies beside, a millimetre away, which rounding cannot bridge.
# Served by claim_by_site_and_period.
MAKE_ROOM = Statement("""
    WITH wanted AS (
        SELECT site_id, ST_Union(footprint) AS ground
        FROM unnest(CAST(:site_ids AS bigint[]), CAST(:footprints AS geometry[])) AS one (site_id, footprint)
        GROUP BY site_id
    ), met AS (
        DELETE FROM claim USING wanted
        WHERE claim.site_id = wanted.site_id AND claim.source_kind = ANY(claims_of_reservations())
          AND claim.period && CAST(:period AS tstzrange) AND claim.footprint && wanted.ground
          AND ST_Relate(claim.footprint, wanted.ground, 'T********')
        RETURNING claim.*, wanted.ground
    )
    INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
    SELECT met.site_id, met.source_kind, met.source_id, part.footprint, met.altitude, part.period
    FROM met, CAST(:period AS tstzrange) AS wanted (period), LATERAL (
        SELECT met.footprint, tstzrange(lower(met.period), lower(wanted.period)) AS period
        WHERE lower(met.period) < lower(wanted.period)
        UNION ALL
        SELECT met.footprint, tstzrange(upper(wanted.period), upper(met.period))
        WHERE upper(met.period) > upper(wanted.period)
        UNION ALL
        SELECT ST_Multi(ST_CollectionExtract(ST_Difference(met.footprint, grown(met.ground, 0.001)), 3)),
               met.period * wanted.period
    ) part
    WHERE NOT ST_IsEmpty(part.footprint)
""")

# As TAKE, for many sources at many sites, each at every height.
# What other closures have taken already they keep.
CLOSE = Statement("""
    INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
    SELECT one.site_id, 'closure', one.source_id, still.footprint, '(,)', still.period
    FROM unnest(CAST(:site_ids AS bigint[]), CAST(:source_ids AS bigint[]), CAST(:footprints AS geometry[]))
         AS one (site_id, source_id, footprint)
    CROSS JOIN LATERAL left_open(one.site_id, one.footprint, CAST(:period AS tstzrange)) still
    RETURNING source_id
""")

# What is told of a standing claim, and to whom it belongs.
STANDING = """
           standing.source_kind AS kind, standing.source_id AS source,
           lower(standing.period) AS starts_at, upper(standing.period) AS ends_at,
           lower(standing.altitude)::float8 AS lower, upper(standing.altitude)::float8 AS upper,
           told_shape(standing.footprint)::text AS footprint
"""
# The claim guard's question, asked beforehand and without its lock; a reservation's own claims are not in its way.
# Served by claim_by_site_and_period.
_IS_IN_THE_WAY = """
    standing.site_id = :site_id AND standing.period && asked.period AND standing.altitude && asked.altitude
    AND standing.footprint && asked.footprint AND ST_Relate(standing.footprint, asked.footprint, 'T********')
    AND NOT (standing.source_kind = ANY(claims_of_reservations()) AND standing.source_id = :besides)
"""
IN_THE_WAY = Statement(f"""
    SELECT DISTINCT standing.id, {STANDING}
    FROM unnest(CAST(:footprints AS geometry[]), CAST(:altitudes AS numrange[]), CAST(:periods AS tstzrange[]))
         AS asked (footprint, altitude, period)
    JOIN claim standing ON {_IS_IN_THE_WAY}
    ORDER BY starts_at, standing.id
    LIMIT 20
""")

# The same of each volume by itself, by its place; of what is in the way of one the first few are told.
IN_THE_WAY_OF_EACH = Statement(f"""
    SELECT asked.place, standing.*
    FROM unnest(CAST(:footprints AS geometry[]), CAST(:altitudes AS numrange[]), CAST(:periods AS tstzrange[]))
         WITH ORDINALITY AS asked (footprint, altitude, period, place)
    CROSS JOIN LATERAL (
        SELECT {STANDING} FROM claim standing WHERE {_IS_IN_THE_WAY} ORDER BY starts_at, standing.id LIMIT 2
    ) standing
    ORDER BY asked.place, standing.starts_at
""")
