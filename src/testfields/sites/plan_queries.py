"""Every statement about the plans of sites. GeoJSON is built by the database and passed on as it is."""

from testfields.db.statements import Statement

SHOWN = "(site.published OR site.owner_id = ANY(CAST(:owners AS bigint[])))"
_FEATURES = """
    json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(json_build_object(
        'type', 'Feature', 'id', piece.id, 'geometry', told_shape(piece.geometry)::json,
        'properties', json_build_object(
            'kind', piece.kind, 'name', json_build_object('ja', piece.name_ja, 'en', piece.name_en)
        )
    ) ORDER BY piece.site_id, piece.position, piece.id) FILTER (WHERE piece.id IS NOT NULL), '[]'::json))::text
"""

# Served by site's unique index on slug and by plan_piece_site_id.
PLAN = Statement(f"""
    SELECT site.version, {_FEATURES} AS body
    FROM site LEFT JOIN plan_piece piece ON piece.site_id = site.id
    WHERE site.slug = :slug AND {SHOWN}
    GROUP BY site.id
""")

# Served by plan_piece_geometry.
PLANS = Statement(f"""
    SELECT {_FEATURES} FROM (
        SELECT plan_piece.* FROM plan_piece JOIN site ON site.id = plan_piece.site_id
        WHERE plan_piece.geometry && ST_MakeEnvelope(:west, :south, :east, :north, 4326) AND {SHOWN}
        ORDER BY plan_piece.site_id, plan_piece.position, plan_piece.id LIMIT :limit
    ) piece
""")

# Served by site's unique index on slug.
HOLD = Statement("""
    SELECT id, owner_id, version, geometry FROM site
    WHERE slug = :slug AND owner_id = ANY(CAST(:owners AS bigint[]))
    FOR UPDATE
""")

CHANGED = Statement("UPDATE site SET version = version + 1, updated_at = :now WHERE id = :site_id RETURNING version")

# What a picture of a site shows: the site, its areas, the pieces of plans and the other sites in sight, which is as far
# again as it is wide. `owners` are those whose unpublished sites are shown, NULL for all. Served by site's unique index
# on slug, area_once, plan_piece_geometry and site_geometry.
GROUND = Statement("""
    WITH here AS MATERIALIZED (
        SELECT site.*, ST_Expand(site.geometry, greatest(
            ST_XMax(site.geometry) - ST_XMin(site.geometry), ST_YMax(site.geometry) - ST_YMin(site.geometry))) AS part
        FROM site
        WHERE slug = :slug AND (CAST(:owners AS bigint[]) IS NULL OR published OR owner_id = ANY(:owners))
    )
    SELECT piece.kind AS look, piece.name_ja, piece.name_en, piece.geometry, 0 AS rank, piece.position
    FROM here
    JOIN plan_piece piece ON piece.geometry && here.part
    JOIN site ON site.id = piece.site_id AND (site.published OR site.id = here.id)
    UNION ALL
    SELECT 'neighbour', site.name_ja, site.name_en, site.geometry, 1, 0
    FROM here JOIN site ON site.geometry && here.part AND site.published AND site.id <> here.id
    UNION ALL
    SELECT 'site', name_ja, name_en, geometry, 2, 0 FROM here
    UNION ALL
    SELECT 'area', area.name_ja, area.name_en, area.geometry, 3, area.position
    FROM here JOIN area ON area.site_id = here.id AND area.retired_at IS NULL
    ORDER BY rank, position
""")
