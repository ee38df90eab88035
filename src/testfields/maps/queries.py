"""Every statement about what the public may see. Nothing here writes.

What may be seen of a trial stands here and nowhere else: reservations that are confirmed or beyond, at published sites;
of their company the name alone, and that only where the project agrees.

Each statement first finds the numbers of the trials on its page, walking an index in the order of time no further than
the page goes, and builds JSON for those alone: what it costs does not depend on how many trials there are.
"""

from collections.abc import Callable

from testfields.db.statements import Replanned

# The walks end here, so that PostgreSQL plans them as short; a page is shorter still.
_MOST_AT_SITE = 21
_MOST_IN_LIST = 201
_MOST_ON_MAP = 2001
_MOST_COUNTED = 1001

_OF_THE_KIND = "(CAST(:use AS text) IS NULL OR project.use = :use)"


def _shown(volume: str) -> str:
    """What has been used stays on the record, whatever became of the rest; what is to come is shown once permitted."""
    return f"""
        ({volume}.stay_state = 'completed'
         OR {volume}.stay_state = ANY(open_stays()) AND reservation.state = ANY(CAST(:states AS text[])))
    """


_SITE_ASKED_FOR = """
    site.published
    AND (CAST(:owner AS text) IS NULL OR owner.slug = :owner)
    AND (CAST(:site AS text) IS NULL OR site.slug = :site)
"""

# The first volume of a reservation in the days asked for: where the trial stands in the order of time.
_FIRST = f"""
    JOIN reservation ON reservation.id = one.reservation_id
    JOIN project ON project.id = reservation.project_id
    WHERE {_OF_THE_KIND} AND {_shown("one")}
      AND NOT EXISTS (
          SELECT FROM volume earlier
          WHERE earlier.reservation_id = one.reservation_id AND earlier.period && CAST(:window AS tstzrange)
            AND {_shown("earlier")}
            AND (lower(earlier.period), earlier.id) < (lower(one.period), one.id))
"""


def _walk(place: Callable[[str], str], most: int, after: str = "true") -> str:
    """Trials in the order of time, `most` of them: `id` and when they `start`. `place` is a condition on a `site_id`.

    Those that had begun when the days asked for begin are found by their claims (claim_by_site_and_period or
    claim_by_period), the others by volume_by_site_and_start or volume_by_start.
    """
    return f"""
        (SELECT one.reservation_id AS id, lower(one.period) AS starts
         FROM claim JOIN volume one ON one.reservation_id = claim.source_id
         {_FIRST}
           AND {place("claim.site_id")} AND claim.period @> lower(CAST(:window AS tstzrange))
           AND {place("one.site_id")} AND one.period && CAST(:window AS tstzrange)
           AND lower(one.period) < lower(CAST(:window AS tstzrange)) AND {after}
         GROUP BY one.id
         ORDER BY starts, one.reservation_id LIMIT {most})
        UNION ALL
        (SELECT one.reservation_id, lower(one.period)
         FROM volume one
         {_FIRST}
           AND {place("one.site_id")} AND lower(one.period) >= lower(CAST(:window AS tstzrange))
           AND lower(one.period) < coalesce(upper(CAST(:window AS tstzrange)), 'infinity') AND {after}
         ORDER BY lower(one.period), one.reservation_id LIMIT {most})
        ORDER BY starts, id LIMIT {most}
    """


# What is told of the trials whose numbers `page` holds.
_TOLD = f"""
    told AS (
        SELECT reservation.id, times.is_on AND reservation.state = ANY(under_way_states()) AS is_on,
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
                       'slug', area.slug, 'name', jsonb_build_object('ja', places.name_ja, 'en', places.name_en)),
                   'periods', times.periods
               ) AS trial
        FROM reservation
        JOIN project ON project.id = reservation.project_id
        JOIN organisation company ON company.id = reservation.company_id
        JOIN area ON area.id = reservation.area_id
        CROSS JOIN LATERAL areas_of(reservation.id) places
        JOIN site ON site.id = reservation.site_id
        CROSS JOIN LATERAL (
            SELECT bool_or(one.period @> CAST(:now AS timestamptz)) AS is_on,
                   jsonb_agg(jsonb_build_object('start', lower(one.period), 'end', upper(one.period))
                             ORDER BY one.period) AS periods
            FROM (
                SELECT DISTINCT volume.period
                FROM volume
                WHERE volume.reservation_id = reservation.id AND volume.period && CAST(:window AS tstzrange)
                  AND {_shown("volume")}
            ) AS one
        ) AS times
        WHERE reservation.id IN (SELECT id FROM page)
    )
"""

# Which sites the list of trials covers: one that is asked for is walked alone.
_SITES_OF_LIST = f"""
    chosen AS MATERIALIZED (
        SELECT site.id FROM site JOIN organisation owner ON owner.id = site.owner_id WHERE {_SITE_ASKED_FOR}
    )
"""


def _at_chosen(site_id: str) -> str:
    return f"{site_id} IN (SELECT id FROM chosen)"


def _at(site: str) -> Callable[[str], str]:
    return lambda site_id: f"{site_id} = {site}"


_AFTER = """
    (CAST(extract(epoch FROM lower(one.period)) * 1000000 AS bigint), one.reservation_id)
    > (CAST(:after_at AS bigint), CAST(:after_id AS bigint))
    AND lower(one.period) >= to_timestamp(CAST(:after_at AS bigint) / 1000000)
"""

# Keyset paging in the order of time, in microseconds; `last` is where the next page goes on.
TRIALS = Replanned(f"""
    WITH {_SITES_OF_LIST}, found AS MATERIALIZED ({_walk(_at_chosen, _MOST_IN_LIST, _AFTER)}),
    page AS MATERIALIZED (
        SELECT id, CAST(extract(epoch FROM starts) * 1000000 AS bigint) AS at FROM found ORDER BY at, id LIMIT :limit
    ), {_TOLD}
    SELECT coalesce(jsonb_agg(told.trial ORDER BY page.at, page.id), '[]')::text AS body, count(*) AS count,
           (SELECT at || '-' || id FROM page ORDER BY at DESC, id DESC LIMIT 1) AS last
    FROM page JOIN told ON told.id = page.id
""")

# Footprints by volume_reservation_id; a series on one spot is one shape. One more than is returned is counted.
TRIALS_GEOJSON = Replanned(f"""
    WITH {_SITES_OF_LIST}, found AS MATERIALIZED ({_walk(_at_chosen, _MOST_ON_MAP)}),
    page AS MATERIALIZED (SELECT id, starts FROM found ORDER BY starts, id LIMIT :limit), {_TOLD}
    SELECT jsonb_build_object(
               'type', 'FeatureCollection',
               'numberMatched', (SELECT count(*) FROM found),
               'numberReturned', count(*),
               'features', coalesce(jsonb_agg(jsonb_build_object(
                   'type', 'Feature',
                   'id', page.id,
                   'geometry', (
                       SELECT told_shape(ST_Multi(ST_Union(volume.footprint)))
                       FROM volume JOIN reservation ON reservation.id = volume.reservation_id
                       WHERE volume.reservation_id = page.id AND volume.period && CAST(:window AS tstzrange)
                         AND {_shown("volume")}),
                   'properties', told.trial - 'id' - 'title' || jsonb_build_object(
                       'name', told.trial -> 'title', 'note', told.trial -> 'area' -> 'name', 'on', told.is_on)
               ) ORDER BY page.starts, page.id), '[]')
           )::text
    FROM page JOIN told ON told.id = page.id
""")

# Sites in their order: those with something on first, then by what comes next, in microseconds. `begun` is what is on,
# found by claim_by_period; what comes next is the first volume of a trial that has yet to begin.
_PLACES = f"""
    begun AS MATERIALIZED (
        SELECT DISTINCT reservation.site_id, reservation.id
        FROM claim
        JOIN reservation ON reservation.id = claim.source_id
        JOIN project ON project.id = reservation.project_id
        WHERE claim.period @> CAST(:now AS timestamptz) AND CAST(:window AS tstzrange) @> CAST(:now AS timestamptz)
          AND {_OF_THE_KIND} AND reservation.state = ANY(under_way_states())
          AND EXISTS (SELECT FROM volume WHERE volume.reservation_id = reservation.id
                      AND volume.period @> CAST(:now AS timestamptz) AND {_shown("volume")})
    ), busy AS (
        SELECT site_id, count(*) AS on_count FROM begun GROUP BY site_id
    ), places AS MATERIALIZED (
        SELECT site.id, site.slug, coalesce(busy.on_count, 0) AS on_count, ahead.id AS next,
               CASE WHEN busy.on_count > 0 THEN 0 ELSE 100000000000000000 END
               + coalesce(CAST(extract(epoch FROM ahead.starts) * 1000000 AS bigint), 10000000000000000) AS place
        FROM site
        JOIN organisation owner ON owner.id = site.owner_id
        LEFT JOIN busy ON busy.site_id = site.id
        LEFT JOIN LATERAL (
            SELECT one.reservation_id AS id, lower(one.period) AS starts
            FROM volume one
            JOIN reservation ON reservation.id = one.reservation_id
            JOIN project ON project.id = reservation.project_id
            WHERE one.site_id = site.id AND {_OF_THE_KIND} AND {_shown("one")}
              AND lower(one.period) > :now AND lower(one.period) >= lower(CAST(:window AS tstzrange))
              AND lower(one.period) < coalesce(upper(CAST(:window AS tstzrange)), 'infinity')
            ORDER BY lower(one.period), one.reservation_id LIMIT 1
        ) ahead ON true
        WHERE {_SITE_ASKED_FOR}
          AND (NOT :busy OR busy.on_count > 0 OR ahead.id IS NOT NULL OR EXISTS ({_walk(_at("site.id"), 1)}))
          AND (CAST(:use AS text) IS NULL OR :use = ANY(site.uses))
    ), shown AS MATERIALIZED (
        SELECT id, slug, place, next, count(*) OVER () AS ahead
        FROM places
        WHERE (place, slug) > (CAST(:after_place AS bigint), CAST(:after_slug AS text))
        ORDER BY place, slug
        LIMIT :limit
    ), there AS MATERIALIZED (
        SELECT shown.id AS site_id, found.id, found.starts,
               row_number() OVER (PARTITION BY shown.id ORDER BY found.starts, found.id) AS number
        FROM shown CROSS JOIN LATERAL ({_walk(_at("shown.id"), _MOST_AT_SITE)}) found
    ), page AS MATERIALIZED (
        SELECT id FROM there
        UNION SELECT next FROM shown WHERE next IS NOT NULL
        UNION SELECT begun.id FROM begun JOIN shown ON shown.id = begun.site_id
    ), {_TOLD}, listed AS (
        SELECT there.site_id, count(*) AS count,
               coalesce(jsonb_agg(told.trial ORDER BY there.number)
                        FILTER (WHERE there.number <= CAST(:most AS integer)), '[]') AS trials
        FROM there JOIN told ON told.id = there.id
        GROUP BY there.site_id
    ), sites AS (
        SELECT shown.place, site.slug, site.geometry, site.sample, site.uses, site.timezone,
               coalesce(listed.count, 0) AS count,
               coalesce(listed.trials, '[]') AS trials,
               coalesce((SELECT jsonb_agg(told.trial ORDER BY told.trial -> 'periods' -> 0 ->> 'start', told.id)
                         FROM begun JOIN told ON told.id = begun.id WHERE begun.site_id = site.id), '[]') AS on_now,
               (SELECT told.trial FROM told WHERE told.id = shown.next) AS next,
               jsonb_build_object('ja', site.name_ja, 'en', site.name_en) AS name,
               jsonb_build_object(
                   'slug', owner.slug, 'name', jsonb_build_object('ja', owner.name_ja, 'en', owner.name_en)) AS owner
        FROM shown
        JOIN site ON site.id = shown.id
        JOIN organisation owner ON owner.id = site.owner_id
        LEFT JOIN listed ON listed.site_id = shown.id
    )
"""

# How many trials there are is counted no further than anybody reads.
SITES = Replanned(f"""
    WITH {_PLACES}, chosen AS MATERIALIZED (SELECT id FROM places)
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'slug', slug, 'name', name, 'owner', owner, 'uses', uses, 'timezone', timezone, 'sample', sample,
               'count', count, 'now', on_now, 'next', next, 'trials', trials
           ) ORDER BY place, slug), '[]')::text AS body,
           (SELECT place || '-' || slug FROM shown WHERE ahead > :limit ORDER BY place DESC, slug DESC LIMIT 1) AS last,
           (SELECT count(*) FROM places) AS matched,
           (SELECT coalesce(sum(on_count), 0)::bigint FROM places) AS on_now,
           (SELECT count(*) FROM ({_walk(_at_chosen, _MOST_COUNTED)}) counted) AS trials
    FROM sites
""")

SITES_GEOJSON = Replanned(f"""
    WITH {_PLACES}
    SELECT jsonb_build_object(
               'type', 'FeatureCollection',
               'numberMatched', (SELECT count(*) FROM places),
               'numberReturned', count(*),
               'features', coalesce(jsonb_agg(jsonb_build_object(
                   'type', 'Feature',
                   'id', slug,
                   'geometry', told_shape(geometry),
                   'properties', jsonb_build_object(
                       'name', name, 'owner', owner, 'uses', uses, 'count', count, 'now', on_now, 'next', next,
                       'on', on_now <> '[]')
               ) ORDER BY slug), '[]')
           )::text
    FROM sites
""")
