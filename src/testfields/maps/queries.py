"""Every statement about what the public may see, made of `pieces`. Nothing here writes."""

from testfields.db.statements import Replanned
from testfields.maps.pieces import (
    OF_THE_KIND,
    PLACE_OF_TRIAL,
    SITE_ASKED_FOR,
    SITES_OF_LIST,
    TOLD,
    at,
    at_chosen,
    shown,
    walk,
    walk_back,
)

# The walks end here, so that PostgreSQL plans them as short; a page is shorter still, and what is counted is enough.
_MOST_AT_SITE = 21
_MOST_IN_LIST = 201
_MOST_ON_MAP = 2001
_MOST_COUNTED = 1001

_PLACE_IN_LIST = """
    (CAST(extract(epoch FROM lower(one.period)) * 1000000 AS bigint), one.reservation_id)
"""
_AFTER = f"""
    {_PLACE_IN_LIST} > (CAST(:after_at AS bigint), CAST(:after_id AS bigint))
    AND lower(one.period) >= to_timestamp(CAST(:after_at AS bigint) / 1000000)
"""
_BEFORE = f"""
    (CAST(:after_at AS bigint) = 0 OR {_PLACE_IN_LIST} < (CAST(:after_at AS bigint), CAST(:after_id AS bigint))
     AND lower(one.period) <= to_timestamp(CAST(:after_at AS bigint) / 1000000 + 1))
"""


def _of_each(found: str) -> str:
    """Of few sites each is walked by itself, however many trials the others have."""
    return f"SELECT walked.* FROM chosen CROSS JOIN LATERAL ({found}) walked"


def _listed(found: str, order: str) -> Replanned:
    """A page of those that are `found`. Keyset paging in the order of time, in microseconds; `last` is where the next
    page goes on."""
    return Replanned(f"""
        WITH {SITES_OF_LIST}, found AS MATERIALIZED ({found}),
        page AS MATERIALIZED (
            SELECT id, CAST(extract(epoch FROM starts) * 1000000 AS bigint) AS at
            FROM found ORDER BY at {order}, id {order} LIMIT :limit
        ), {TOLD}
        SELECT coalesce(jsonb_agg(told.trial ORDER BY page.at {order}, page.id {order}), '[]')::text AS body,
               count(*) AS count,
               (array_agg(page.at || '-' || page.id ORDER BY page.at {order}, page.id {order}))[count(*)] AS last
        FROM page JOIN told ON told.id = page.id
    """)


TRIALS = _listed(walk(at_chosen, _MOST_IN_LIST, _AFTER), "ASC")
TRIALS_AT_FEW = _listed(_of_each(walk(at("chosen.id"), _MOST_IN_LIST, _AFTER)), "ASC")
PAST_TRIALS = _listed(walk_back(at_chosen, _MOST_IN_LIST, _BEFORE), "DESC")


_FEATURE = f"""
    jsonb_build_object(
        'type', 'Feature',
        'id', page.id,
        'geometry', ({PLACE_OF_TRIAL}),
        'properties', told.trial - 'id' - 'title' || jsonb_build_object(
            'name', told.trial -> 'title', 'note', told.trial -> 'area' -> 'name', 'on', told.is_on)
    )
"""


def _drawn(found: str, order: str) -> Replanned:
    """Footprints by volume_reservation_id; a series on one spot is one shape. One more than is returned is counted."""
    return Replanned(f"""
        WITH {SITES_OF_LIST}, found AS MATERIALIZED ({found}),
        page AS MATERIALIZED (SELECT id, starts FROM found ORDER BY starts {order}, id {order} LIMIT :limit), {TOLD}
        SELECT jsonb_build_object(
                   'type', 'FeatureCollection',
                   'numberMatched', (SELECT count(*) FROM found),
                   'numberReturned', count(*),
                   'features', coalesce(jsonb_agg({_FEATURE} ORDER BY page.starts {order}, page.id {order}), '[]')
               )::text
        FROM page JOIN told ON told.id = page.id
    """)


TRIALS_GEOJSON = _drawn(walk(at_chosen, _MOST_ON_MAP), "ASC")
TRIALS_AT_FEW_GEOJSON = _drawn(_of_each(walk(at("chosen.id"), _MOST_ON_MAP)), "ASC")
PAST_TRIALS_GEOJSON = _drawn(_of_each(walk_back(at("chosen.id"), _MOST_ON_MAP)), "DESC")

# Sites in their order: those with something on first, then by what comes next, in microseconds. `begun` is what is on,
# found by claim_by_period; what comes next is the first volume of a trial that has yet to begin.
_PLACES = f"""
    begun AS MATERIALIZED (
        SELECT DISTINCT reservation.site_id, reservation.id
        FROM claim
        JOIN reservation ON reservation.id = claim.source_id
        JOIN project ON project.id = reservation.project_id
        WHERE claim.period @> CAST(:now AS timestamptz) AND CAST(:window AS tstzrange) @> CAST(:now AS timestamptz)
          AND {OF_THE_KIND} AND reservation.state = ANY(under_way_states())
          AND EXISTS (SELECT FROM volume WHERE volume.reservation_id = reservation.id
                      AND volume.period @> CAST(:now AS timestamptz) AND {shown("volume")})
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
            WHERE one.site_id = site.id AND {OF_THE_KIND} AND {shown("one")}
              AND lower(one.period) > :now AND lower(one.period) >= lower(CAST(:window AS tstzrange))
              AND lower(one.period) < coalesce(upper(CAST(:window AS tstzrange)), 'infinity')
            ORDER BY lower(one.period), one.reservation_id LIMIT 1
        ) ahead ON true
        WHERE {SITE_ASKED_FOR}
          AND (NOT :busy OR busy.on_count > 0 OR ahead.id IS NOT NULL OR EXISTS ({walk(at("site.id"), 1)}))
          AND (CAST(:use AS text) IS NULL OR :use = ANY(site.uses))
    )
"""
_SITES = f"""
    {_PLACES}, chosen AS MATERIALIZED (
        SELECT id, slug, place, next FROM places ORDER BY place, slug LIMIT :limit
    ), there AS MATERIALIZED (
        SELECT chosen.id AS site_id, count(*) AS count
        FROM chosen CROSS JOIN LATERAL ({walk(at("chosen.id"), _MOST_AT_SITE)}) found
        GROUP BY chosen.id
    ), page AS MATERIALIZED (
        SELECT next AS id FROM chosen WHERE next IS NOT NULL
        UNION SELECT begun.id FROM begun JOIN chosen ON chosen.id = begun.site_id
    ), {TOLD}, sites AS (
        SELECT chosen.place, site.slug, site.geometry, site.sample, site.uses, owner.active AS takes_applications,
               coalesce(there.count, 0) AS count,
               coalesce((SELECT jsonb_agg(told.trial ORDER BY told.trial -> 'periods' -> 0 ->> 'start', told.id)
                         FROM begun JOIN told ON told.id = begun.id WHERE begun.site_id = site.id), '[]') AS on_now,
               (SELECT told.trial FROM told WHERE told.id = chosen.next) AS next,
               jsonb_build_object('ja', site.name_ja, 'en', site.name_en) AS name,
               jsonb_build_object(
                   'slug', owner.slug, 'name', jsonb_build_object('ja', owner.name_ja, 'en', owner.name_en)) AS owner
        FROM chosen
        JOIN site ON site.id = chosen.id
        JOIN organisation owner ON owner.id = site.owner_id
        LEFT JOIN there ON there.site_id = chosen.id
    )
"""

SITES = Replanned(f"""
    WITH {_SITES}
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'slug', slug, 'name', name, 'owner', owner, 'takes_applications', takes_applications, 'uses', uses,
               'sample', sample, 'now', on_now, 'next', next
           ) ORDER BY place, slug), '[]')::text
    FROM sites
""")

# How many trials there are is counted no further than anybody reads.
FIGURES = Replanned(f"""
    WITH {_PLACES}, {SITES_OF_LIST}
    SELECT count(*) AS matched, coalesce(sum(on_count), 0)::bigint AS on_now,
           (SELECT count(*) FROM ({walk(at_chosen, _MOST_COUNTED)}) counted) AS trials
    FROM places
""")


def _names(language: str, between: str) -> str:
    """Of the sites of a cell the first three, the same ones in every language, and how many more there are."""
    return f"""
        array_to_string((array_agg(name ->> '{language}' ORDER BY slug))[1:3], '{between}')
        || CASE WHEN count(*) > 3 THEN ' +' || count(*) - 3 ELSE '' END
    """


# Sites of one cell of the map are one feature around all of them; without cells each is its own.
_CELLS = f"""
    features AS (
        SELECT sites.slug, sites.name, sites.uses, sites.count, sites.on_now <> '[]' AS is_on, sites.geometry,
               coalesce(floor(ST_X(centre.at) / CAST(:cell AS float8)) || ','
                        || floor(ST_Y(centre.at) / CAST(:cell AS float8)), sites.slug) AS cell,
               jsonb_build_object(
                   'name', name, 'owner', owner, 'uses', uses, 'count', count, 'now', on_now, 'next', next,
                   'on', on_now <> '[]', 'sites', jsonb_build_array(slug)) AS properties
        FROM sites
        CROSS JOIN LATERAL (SELECT ST_Transform(ST_Centroid(sites.geometry), 3857) AS at) centre
    ), cells AS (
        SELECT min(slug) AS first, count(*) AS count,
               CASE count(*) WHEN 1 THEN min(slug) ELSE 'cell-' || cell END AS id,
               CASE count(*) WHEN 1 THEN told_shape((array_agg(geometry))[1])
                             ELSE told_shape(ST_Multi(ST_Envelope(ST_Collect(geometry)))) END AS shape,
               CASE count(*) WHEN 1 THEN (array_agg(properties))[1] ELSE jsonb_build_object(
                   'name', jsonb_build_object(
                       'ja', {_names("ja", "、")},
                       'en', {_names("en", ", ")}),
                   'owner', NULL, 'uses', '[]'::jsonb, 'count', sum(count), 'now', '[]'::jsonb, 'next', NULL,
                   'on', bool_or(is_on), 'sites', jsonb_agg(slug ORDER BY slug)) END AS properties
        FROM features GROUP BY cell
    )
"""

SITES_GEOJSON = Replanned(f"""
    WITH {_SITES}, {_CELLS}
    SELECT jsonb_build_object(
               'type', 'FeatureCollection',
               'numberMatched', (SELECT count(*) FROM places),
               'numberReturned', coalesce(sum(count), 0),
               'features', coalesce(jsonb_agg(jsonb_build_object(
                   'type', 'Feature', 'id', id, 'geometry', shape, 'properties', properties) ORDER BY first), '[]')
           )::text
    FROM cells
""")

# One trial by its number, with all of its times; what it is for and how it is kept safe where its company agreed. Found
# by primary keys and volume_reservation_id.
TRIAL = Replanned(f"""
    WITH page AS MATERIALIZED (SELECT CAST(:id AS bigint) AS id), {TOLD}
    SELECT (told.trial || jsonb_build_object(
               'on', coalesce(told.is_on, false),
               'purpose', CASE WHEN project.plan_public THEN project.purpose END,
               'safety_plan', CASE WHEN project.plan_public THEN project.safety_plan END,
               'owner', jsonb_build_object(
                   'slug', owner.slug, 'name', jsonb_build_object('ja', owner.name_ja, 'en', owner.name_en)),
               'address', jsonb_build_object('ja', site.address_ja, 'en', site.address_en),
               'contact', CASE site.contact WHEN '' THEN owner.contact_email ELSE site.contact END,
               'sample', site.sample,
               'altitudes', (
                   SELECT jsonb_agg(jsonb_build_object('lower', lower(band), 'upper', upper(band)) ORDER BY band)
                   FROM (SELECT DISTINCT volume.altitude AS band FROM volume
                         WHERE volume.reservation_id = reservation.id AND {shown("volume")}) bands)
           ))::text
    FROM told
    JOIN reservation ON reservation.id = told.id
    JOIN project ON project.id = reservation.project_id
    JOIN site ON site.id = reservation.site_id
    JOIN organisation owner ON owner.id = site.owner_id
    WHERE site.published AND told.trial -> 'periods' <> 'null'
""")

TRIAL_GEOJSON = Replanned(f"""
    WITH page AS MATERIALIZED (SELECT CAST(:id AS bigint) AS id), {TOLD}
    SELECT jsonb_build_object(
               'type', 'FeatureCollection', 'numberMatched', count(*), 'numberReturned', count(*),
               'features', coalesce(jsonb_agg({_FEATURE}), '[]'))::text
    FROM page JOIN told ON told.id = page.id
    JOIN reservation ON reservation.id = told.id
    JOIN site ON site.id = reservation.site_id
    WHERE site.published AND told.trial -> 'periods' <> 'null'
""")
