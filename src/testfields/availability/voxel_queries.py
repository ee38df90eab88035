"""Statements about a voxel (空間ID): `voxel` is its tile and `voxel_ground` what counts of it, `layer` its heights in
metres above Tokyo Peil."""

from functools import cache

from testfields.availability.search_queries import AREA_FILTERS, LAYER, MEETS_VOXEL, Filters, bookable_site, where
from testfields.db.statements import Statement


@cache
def unknown_ground(filters: Filters) -> Statement:
    """A site whose areas a search would find in a voxel, if only the height of its ground were known.

    Served by site_geometry.
    """
    return Statement(f"""
        SELECT site.name_ja AS ja, site.name_en AS en
        FROM site JOIN area ON area.site_id = site.id
        WHERE {bookable_site(filters)} AND {where(AREA_FILTERS, filters - {"voxel"})} AND area.retired_at IS NULL
          AND site.ground_elevation IS NULL AND site.geometry && CAST(:voxel AS geometry) AND {MEETS_VOXEL}
        ORDER BY site.id
        LIMIT 1
    """)


# What is at a voxel at one moment, for everybody: the sites, their areas, and what is taken there. Served by
# site_geometry, area_once and claim_by_site_and_period.
AT_VOXEL = Statement(f"""
    SELECT coalesce(json_agg(json_build_object(
               'slug', site.slug, 'name', json_build_object('ja', site.name_ja, 'en', site.name_en),
               'areas', coalesce(areas.list, '[]')
           ) ORDER BY site.slug), '[]')::text
    FROM site
    CROSS JOIN LATERAL (
        SELECT json_agg(json_build_object(
                   'id', area.id, 'slug', area.slug, 'name', json_build_object('ja', area.name_ja, 'en', area.name_en),
                   'mode', area.mode,
                   'altitude', json_build_object('lower', lower(here.altitude), 'upper', upper(here.altitude),
                                                 'reference', 'AGL'),
                   'taken', coalesce(taken.list, '[]')
               ) ORDER BY area.position, area.id) AS list
        FROM area
        CROSS JOIN LATERAL (
            SELECT ST_CollectionExtract(ST_Intersection(area.ground, CAST(:voxel_ground AS geometry)), 3) AS ground,
                   area.altitude * {LAYER} AS altitude
        ) here
        CROSS JOIN LATERAL (
            SELECT json_agg(json_build_object(
                       'kind', claim_told(claim.source_kind), 'start', lower(claim.period), 'end', upper(claim.period)
                   ) ORDER BY claim.period, claim_told(claim.source_kind)) AS list
            FROM claim
            WHERE claim.site_id = site.id AND claim.period @> CAST(:at AS timestamptz)
              AND claim.altitude && here.altitude
              AND claim.footprint && here.ground AND ST_Relate(claim.footprint, here.ground, 'T********')
        ) taken
        WHERE area.site_id = site.id AND area.retired_at IS NULL AND {MEETS_VOXEL} AND area.altitude && {LAYER}
    ) areas
    WHERE site.published AND site.geometry && CAST(:voxel AS geometry)
      AND ST_Relate(site.ground, CAST(:voxel_ground AS geometry), 'T********')
""")
