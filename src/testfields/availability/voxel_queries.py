"""Statements about a voxel (空間ID): `voxel` is its tile and `voxel_ground` what counts of it, `layer` its heights in
metres above Tokyo Peil."""

from functools import cache

from testfields.availability.search_queries import (
    AREA_FILTERS,
    IN_LAYER,
    LAYER,
    MEETS_VOXEL,
    Filters,
    bookable_site,
    where,
)
from testfields.db.statements import Statement


@cache
def unknown_ground(filters: Filters) -> Statement:
    """The first `most` slugs of sites whose areas a search might find in a voxel, were their ground elevation known.

    Served by site_geometry.
    """
    return Statement(f"""
        SELECT site.slug FROM site
        WHERE {bookable_site(filters)} AND {_has_unknown_heights(where(AREA_FILTERS, filters - {"voxel"}))}
        ORDER BY site.slug
        LIMIT :most
    """)


def _has_unknown_heights(wanted: str = "true") -> str:
    """Whether a site, the ground elevation of which is not known, has an area above or below a voxel's tile."""
    return f"""
        site.ground_elevation IS NULL AND site.geometry && CAST(:voxel AS geometry)
        AND EXISTS (SELECT FROM area
                    WHERE area.site_id = site.id AND area.retired_at IS NULL AND {wanted} AND {MEETS_VOXEL})
    """


# What is at a voxel at one moment, for everybody: the sites, their areas, and what is taken there. Served by
# site_geometry, area_once and claim_by_site_and_period.
AT_VOXEL = Statement(f"""
    SELECT coalesce(json_agg(json_build_object(
               'slug', site.slug, 'name', json_build_object('ja', site.name_ja, 'en', site.name_en),
               'takes_applications', owner.active, 'areas', areas.list
           ) ORDER BY site.slug), '[]')::text
    FROM site
    JOIN organisation owner ON owner.id = site.owner_id
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
        WHERE area.site_id = site.id AND area.retired_at IS NULL AND {MEETS_VOXEL} AND {IN_LAYER}
    ) areas
    WHERE site.published AND site.geometry && CAST(:voxel AS geometry)
      AND ST_Relate(site.ground, CAST(:voxel_ground AS geometry), 'T********') AND areas.list IS NOT NULL
""")

# Sites of which it cannot be told. Served by site_geometry.
UNKNOWN_AT_VOXEL = Statement(f"""
    SELECT coalesce(json_agg(json_build_object(
               'slug', site.slug, 'name', json_build_object('ja', site.name_ja, 'en', site.name_en)
           ) ORDER BY site.slug), '[]')::text
    FROM site
    WHERE site.published AND {_has_unknown_heights()}
""")
