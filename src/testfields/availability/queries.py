"""Every statement about claims and free time."""

from testfields.db.statements import Statement

# One round trip tells all that the rules want to know of an area and of the places asked for in it: whether they lie
# inside, whether the site is open, and what they would take.
# An area is found by its primary key, its hours by opening_hours_site_id. The places are counted through instead of
# unnested: of an array that it does not know yet PostgreSQL expects so many elements that it would rather plan anew for
# each booking, which takes longer than the answer.
PLACE = Statement("""
    SELECT site.id AS site_id, site.version AS site_version, site.owner_id, site.published, site.timezone,
           site.uses AS site_uses, site.slot_minutes, site.minimum_minutes, site.maximum_minutes,
           site.notice_minutes, site.horizon_days, site.turnaround_minutes, site.hold_minutes, site.processing_days,
           area.id, area.uses, area.geometry, area.altitude,
           asked.inside, asked.open, asked.footprints, asked.altitudes, asked.periods
    FROM area
    JOIN site ON site.id = area.site_id
    JOIN organisation owner ON owner.id = site.owner_id
    CROSS JOIN LATERAL (
        SELECT array_agg(
                   ST_CoveredBy(coalesce(one.footprint, area.geometry), area.geometry) ORDER BY place
               ) AS inside,
               array_agg((
                   SELECT coalesce(range_agg(opening.period), '{}'::tstzmultirange) @> one.period
                   FROM opening(one.period) WHERE opening.site_id = site.id
               ) ORDER BY place) AS open,
               array_agg(taken.footprint ORDER BY place) AS footprints,
               array_agg(taken.altitude ORDER BY place) AS altitudes,
               array_agg(taken.period ORDER BY place) AS periods
        FROM generate_subscripts(CAST(:periods AS tstzrange[]), 1) place
        CROSS JOIN LATERAL (
            SELECT (CAST(:footprints AS geometry[]))[place] AS footprint,
                   (CAST(:altitudes AS numrange[]))[place] AS altitude,
                   (CAST(:periods AS tstzrange[]))[place] AS period
        ) one
        CROSS JOIN LATERAL taken(area, site, owner.metric_crs, one.footprint, one.altitude, one.period) taken
    ) asked
    WHERE area.id = :area_id
""")

# Held until the transaction ends, if it is still as it was when PLACE looked. Served by the primary key.
HOLD_SITE = Statement("SELECT true FROM site WHERE id = :id AND version = :version FOR SHARE")

# Served by claim_by_source.
RELEASE = Statement("""
    DELETE FROM claim WHERE source_kind = ANY(CAST(:kinds AS text[])) AND source_id = :source_id
""")

SETTLE_HOLD = Statement("""
    UPDATE claim SET source_kind = 'reservation' WHERE source_kind = 'hold' AND source_id = :source_id
""")

TAKE = Statement("""
    INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
    SELECT :site_id, :kind, :source_id, one.footprint, one.altitude, one.period
    FROM unnest(CAST(:footprints AS geometry[]), CAST(:altitudes AS numrange[]), CAST(:periods AS tstzrange[]))
         AS one (footprint, altitude, period)
""")

# What a closure would shut: an area where one is named, else the whole site. Served by the unique slugs.
CLOSABLE = Statement("""
    SELECT site.id AS site_id, site.owner_id, area.id AS area_id,
           coalesce(area.geometry, site.geometry) AS footprint
    FROM site LEFT JOIN area ON area.site_id = site.id AND area.slug = CAST(:area AS text)
    WHERE site.slug = :site AND site.owner_id = ANY(CAST(:owners AS bigint[]))
""")

CLOSE = Statement("""
    INSERT INTO closure (site_id, area_id, kind, reason_ja, reason_en, period, created_by, created_at)
    VALUES (:site_id, :area_id, :kind, :reason_ja, :reason_en, :period, :person_id, :now)
    RETURNING id, version
""")

LOCK_CLOSURE = Statement("""
    SELECT closure.id, closure.site_id, closure.version, closure.lifted_at, upper(closure.period) AS ends_at,
           site.owner_id
    FROM closure JOIN site ON site.id = closure.site_id
    WHERE closure.id = :id AND site.owner_id = ANY(CAST(:owners AS bigint[]))
    FOR UPDATE OF closure
""")

LIFT = Statement("UPDATE closure SET lifted_at = :now, version = version + 1 WHERE id = :id RETURNING version")

# Keyset paging, newest first; served by closure_site_id.
CLOSURES = Statement("""
    SELECT closure.id, closure.kind, closure.reason_ja, closure.reason_en, closure.version, closure.created_at,
           closure.lifted_at, lower(closure.period) AS starts_at, upper(closure.period) AS ends_at,
           site.owner_id, site.slug AS site_slug, site.name_ja AS site_name_ja, site.name_en AS site_name_en,
           site.timezone, area.slug AS area_slug, area.name_ja AS area_name_ja, area.name_en AS area_name_en,
           person.name AS created_by
    FROM closure
    JOIN site ON site.id = closure.site_id
    JOIN person ON person.id = closure.created_by
    LEFT JOIN area ON area.id = closure.area_id
    WHERE site.owner_id = ANY(CAST(:owners AS bigint[])) AND closure.id < :before
      AND (CAST(:site AS text) IS NULL OR site.slug = :site)
    ORDER BY closure.id DESC
    LIMIT :limit
""")

# What the actor may close, a row for each whole site (no area) and for each area; served by site_owner_id.
PLACES = Statement("""
    SELECT site.slug AS site_slug, site.name_ja AS site_name_ja, site.name_en AS site_name_en, site.timezone,
           area.slug AS area_slug, area.name_ja AS area_name_ja, area.name_en AS area_name_en
    FROM site CROSS JOIN LATERAL (
        SELECT NULL AS slug, NULL AS name_ja, NULL AS name_en, -1 AS position
        UNION ALL SELECT slug, name_ja, name_en, position FROM area WHERE area.site_id = site.id
    ) area
    WHERE site.owner_id = ANY(CAST(:owners AS bigint[]))
    ORDER BY site.slug, area.position, area.slug
""")

# The claim guard's question, asked beforehand and without its lock; a reservation's own claims are not in its way.
# Served by claim_by_site_and_period.
IN_THE_WAY = Statement("""
    SELECT DISTINCT standing.id, standing.source_kind AS kind, standing.source_id AS source,
           lower(standing.period) AS starts_at, upper(standing.period) AS ends_at,
           lower(standing.altitude)::float8 AS lower, upper(standing.altitude)::float8 AS upper,
           ST_AsGeoJSON(standing.footprint, 7) AS footprint
    FROM unnest(CAST(:footprints AS geometry[]), CAST(:altitudes AS numrange[]), CAST(:periods AS tstzrange[]))
         AS asked (footprint, altitude, period)
    JOIN claim standing
      ON standing.site_id = :site_id
     AND standing.period && asked.period
     AND standing.altitude && asked.altitude
     AND standing.footprint && asked.footprint
     AND ST_Relate(standing.footprint, asked.footprint, 'T********')
    WHERE NOT (standing.source_kind IN ('hold', 'reservation') AND standing.source_id = :besides)
    ORDER BY starts_at, standing.id
    LIMIT 20
""")
