"""Every statement about what the public may see. Nothing here writes.

What may be seen of a trial stands in `_SHOWN` and nowhere else: reservations that are confirmed or beyond, at published
sites; of their company the name alone, and that only where the project agrees.
"""

from testfields.db.statements import Statement

# Claims find what stands in the window (claim_by_period); buffers make them wider than the volumes that are shown.
_SHOWN = """
    WITH taken AS (
        SELECT DISTINCT source_id AS reservation_id
        FROM claim
        WHERE period && CAST(:window AS tstzrange) AND source_kind IN ('hold', 'reservation')
    ), shown AS (
        SELECT reservation.id, reservation.site_id, times.starts, times.next_start,
               times.is_on AND reservation.state IN ('confirmed', 'active') AS is_on,
               jsonb_build_object(
                   'id', reservation.id,
                   'title', jsonb_build_object('ja', project.title_ja, 'en', project.title_en),
                   'theme', project.theme,
                   'use', project.use,
                   'company', CASE WHEN project.name_public
                       THEN jsonb_build_object('ja', company.name_ja, 'en', company.name_en) END,
                   'site', jsonb_build_object(
                       'slug', site.slug, 'name', jsonb_build_object('ja', site.name_ja, 'en', site.name_en),
                       'timezone', site.timezone),
                   'area', jsonb_build_object(
                       'slug', area.slug, 'name', jsonb_build_object('ja', area.name_ja, 'en', area.name_en)),
                   'periods', times.periods
               ) AS trial
        FROM taken
        JOIN reservation ON reservation.id = taken.reservation_id
        JOIN project ON project.id = reservation.project_id
        JOIN organisation company ON company.id = reservation.company_id
        JOIN area ON area.id = reservation.area_id
        JOIN site ON site.id = reservation.site_id
        JOIN organisation owner ON owner.id = site.owner_id
        CROSS JOIN LATERAL (
            SELECT min(lower(one.period)) AS starts,
                   min(lower(one.period)) FILTER (WHERE lower(one.period) > :now) AS next_start,
                   bool_or(one.period @> CAST(:now AS timestamptz)) AS is_on,
                   jsonb_agg(jsonb_build_object('start', lower(one.period), 'end', upper(one.period))
                             ORDER BY one.period) AS periods
            FROM (
                SELECT DISTINCT volume.period
                FROM volume
                WHERE volume.reservation_id = reservation.id AND volume.period && CAST(:window AS tstzrange)
            ) AS one
        ) AS times
        WHERE reservation.state = ANY(CAST(:states AS text[]))
          AND site.published
          AND times.starts IS NOT NULL
          AND (CAST(:use AS text) IS NULL OR project.use = :use)
          AND (CAST(:owner AS text) IS NULL OR owner.slug = :owner)
          AND (CAST(:site AS text) IS NULL OR site.slug = :site)
    )
"""

# Keyset paging in the order of time; `place` is where the next page goes on.
TRIALS = Statement(f"""
    {_SHOWN}, placed AS (
        SELECT id, trial, CAST(extract(epoch FROM starts) * 1000000 AS bigint) AS at FROM shown
    ), page AS (
        SELECT * FROM placed
        WHERE (at, id) > (CAST(:after_at AS bigint), CAST(:after_id AS bigint))
        ORDER BY at, id
        LIMIT :limit
    )
    SELECT coalesce(jsonb_agg(trial ORDER BY at, id), '[]')::text AS body, count(*) AS count,
           (SELECT at || '-' || id FROM page ORDER BY at DESC, id DESC LIMIT 1) AS last
    FROM page
""")

# Footprints by volume_reservation_id; a series on one spot is one shape.
TRIALS_GEOJSON = Statement(f"""
    {_SHOWN}, page AS (
        SELECT *, count(*) OVER () AS matched FROM shown ORDER BY starts, id LIMIT :limit
    )
    SELECT jsonb_build_object(
               'type', 'FeatureCollection',
               'numberMatched', coalesce(max(page.matched), 0),
               'numberReturned', count(*),
               'features', coalesce(jsonb_agg(jsonb_build_object(
                   'type', 'Feature',
                   'id', page.id,
                   'geometry', (
                       SELECT ST_AsGeoJSON(ST_Multi(ST_Union(volume.footprint)), 7)::jsonb
                       FROM volume
                       WHERE volume.reservation_id = page.id AND volume.period && CAST(:window AS tstzrange)),
                   'properties', page.trial - 'id' - 'title' || jsonb_build_object(
                       'name', page.trial -> 'title', 'note', page.trial -> 'area' -> 'name', 'on', page.is_on)
               ) ORDER BY page.starts, page.id), '[]')
           )::text
    FROM page
""")

# What is on at each site, what comes next there, and the soonest of all; reservation_by_site_and_state is not needed,
# as `shown` is small. `place` orders sites, those with something on first, then by what comes next, in microseconds;
# all of them are counted, and told of is a page. Keyset paging.
_SITES = """
    there AS (
        SELECT site_id, count(*) AS count, count(*) FILTER (WHERE is_on) AS on_count,
               coalesce(jsonb_agg(trial ORDER BY starts, id) FILTER (WHERE is_on), '[]') AS on_now,
               (array_agg(trial ORDER BY next_start, id) FILTER (WHERE next_start IS NOT NULL))[1] AS next,
               min(next_start) AS next_start,
               to_jsonb((array_agg(trial ORDER BY starts, id))[1:CAST(:most AS integer)]) AS trials
        FROM shown
        GROUP BY site_id
    ), places AS MATERIALIZED (
        SELECT site.id, site.slug, coalesce(there.count, 0) AS count, coalesce(there.on_count, 0) AS on_count,
               CASE WHEN there.on_count > 0 THEN 0 ELSE 100000000000000000 END
               + coalesce(CAST(extract(epoch FROM there.next_start) * 1000000 AS bigint), 10000000000000000) AS place
        FROM site
        JOIN organisation owner ON owner.id = site.owner_id
        LEFT JOIN there ON there.site_id = site.id
        WHERE site.published
          AND (there.count > 0 OR NOT :busy)
          AND (CAST(:use AS text) IS NULL OR :use = ANY(site.uses))
          AND (CAST(:owner AS text) IS NULL OR owner.slug = :owner)
          AND (CAST(:site AS text) IS NULL OR site.slug = :site)
    ), page AS (
        SELECT id, slug, place, count(*) OVER () AS ahead
        FROM places
        WHERE (place, slug) > (CAST(:after_place AS bigint), CAST(:after_slug AS text))
        ORDER BY place, slug
        LIMIT :limit
    ), told AS (
        SELECT page.place, site.slug, site.geometry, site.sample, site.uses, site.timezone,
               coalesce(there.count, 0) AS count,
               coalesce(there.on_now, '[]') AS on_now,
               there.next,
               coalesce(there.trials, '[]') AS trials,
               jsonb_build_object('ja', site.name_ja, 'en', site.name_en) AS name,
               jsonb_build_object(
                   'slug', owner.slug, 'name', jsonb_build_object('ja', owner.name_ja, 'en', owner.name_en)) AS owner
        FROM page
        JOIN site ON site.id = page.id
        JOIN organisation owner ON owner.id = site.owner_id
        LEFT JOIN there ON there.site_id = site.id
    )
"""

SITES = Statement(f"""
    {_SHOWN}, {_SITES}
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'slug', slug, 'name', name, 'owner', owner, 'uses', uses, 'timezone', timezone, 'sample', sample,
               'count', count, 'now', on_now, 'next', next, 'trials', trials
           ) ORDER BY place, slug), '[]')::text AS body,
           (SELECT place || '-' || slug FROM page WHERE ahead > :limit ORDER BY place DESC, slug DESC LIMIT 1) AS last,
           (SELECT count(*) FROM places) AS matched,
           (SELECT coalesce(sum(on_count), 0)::bigint FROM places) AS on_now,
           (SELECT coalesce(sum(count), 0)::bigint FROM places) AS trials
    FROM told
""")

SITES_GEOJSON = Statement(f"""
    {_SHOWN}, {_SITES}
    SELECT jsonb_build_object(
               'type', 'FeatureCollection',
               'numberMatched', (SELECT count(*) FROM places),
               'numberReturned', count(*),
               'features', coalesce(jsonb_agg(jsonb_build_object(
                   'type', 'Feature',
                   'id', slug,
                   'geometry', ST_AsGeoJSON(geometry, 7)::jsonb,
                   'properties', jsonb_build_object(
                       'name', name, 'owner', owner, 'uses', uses, 'count', count, 'now', on_now, 'next', next,
                       'on', on_now <> '[]')
               ) ORDER BY slug), '[]')
           )::text
    FROM told
""")
