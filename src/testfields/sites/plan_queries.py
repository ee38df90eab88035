"""Every statement about the plans of sites. GeoJSON is built by the database and passed on as it is."""

from testfields.db.statements import Statement

_SHOWN = "(site.published OR site.owner_id = ANY(CAST(:owners AS bigint[])))"
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
    WHERE site.slug = :slug AND {_SHOWN}
    GROUP BY site.id
""")

# Served by plan_piece_geometry.
PLANS = Statement(f"""
    SELECT {_FEATURES} FROM (
        SELECT plan_piece.* FROM plan_piece JOIN site ON site.id = plan_piece.site_id
        WHERE plan_piece.geometry && ST_MakeEnvelope(:west, :south, :east, :north, 4326) AND {_SHOWN}
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
