"""Every statement about zones. GeoJSON is built by the database and passed on as it is."""

from testfields.db.statements import Statement

# A layer as it was published at a time.
_THEN = "layer.published_at <= :at AND (layer.replaced_at IS NULL OR layer.replaced_at > :at)"
_ASKED = (
    "WITH asked AS (SELECT ST_UnaryUnion(ST_Collect(one)) AS shape FROM unnest(CAST(:shapes AS geometry[])) AS one)"
)

# Zones that concern one of the shapes, each with its ground there, an airport with all of its own. Served by
# zone_part_geometry.
AROUND = Statement(f"""
    {_ASKED}, met AS (
        SELECT part.zone_id, ST_Multi(ST_CollectionExtract(
                   ST_Union(ST_Intersection(part.geometry, asked.shape)), 3)) AS shape
        FROM asked JOIN zone_part part ON part.geometry && asked.shape
        JOIN zone ON zone.id = part.zone_id JOIN zone_layer layer ON layer.id = zone.layer_id
        WHERE {_THEN} AND ST_Intersects(part.geometry, asked.shape)
        GROUP BY part.zone_id
    )
    SELECT zone.id, layer.slug, layer.kind, layer.name_ja AS layer_ja, layer.name_en AS layer_en, layer.source,
           layer.as_of, layer.confidence, layer.licence, zone.identifier, zone.name_ja, zone.name_en, zone.lower,
           zone.upper, zone.reference, zone.first_day, zone.last_day, zone.hours, zone.surfaces::text AS surfaces,
           zone.says_ja, zone.says_en,
           CASE WHEN layer.kind = 'airport' THEN zone.geometry ELSE met.shape END AS geometry
    FROM met JOIN zone ON zone.id = met.zone_id JOIN zone_layer layer ON layer.id = zone.layer_id
    ORDER BY layer.slug, zone.position, zone.id
""")

# The kinds of which a layer tells all there is over all of the shapes. Served by zone_layer_coverage.
COVERED = Statement(f"""
    {_ASKED}
    SELECT DISTINCT layer.kind FROM asked JOIN zone_layer layer ON ST_Covers(layer.coverage, asked.shape) WHERE {_THEN}
""")

# What the checks ask of the place itself; by primary keys.
PLACE = Statement("""
    SELECT area.id, area.geometry, area.altitude, area.width_m, site.timezone, site.ground_elevation, site.road_answer
    FROM area JOIN site ON site.id = area.site_id
    WHERE area.id = ANY(CAST(:area_ids AS bigint[]))
""")

LAYERS = Statement(f"""
    SELECT layer.slug, layer.kind, layer.name_ja, layer.name_en, layer.source, layer.licence, layer.as_of,
           layer.confidence, layer.published_at, count(zone.id) AS zones
    FROM zone_layer layer LEFT JOIN zone ON zone.layer_id = layer.id
    WHERE {_THEN}
    GROUP BY layer.id ORDER BY layer.kind, layer.slug
""")

# What the map draws. Served by zone_part_geometry.
DRAWN = Statement(f"""
    SELECT json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(json_build_object(
        'type', 'Feature', 'id', zone.id,
        'geometry', told_shape(ST_SimplifyPreserveTopology(zone.geometry, CAST(:tolerance AS float8)))::json,
        'properties', json_build_object(
            'kind', zone.kind, 'layer', zone.slug, 'identifier', zone.identifier,
            'name', json_build_object('ja', zone.name_ja, 'en', zone.name_en), 'lower', zone.lower,
            'upper', zone.upper, 'reference', zone.reference, 'first_day', zone.first_day,
            'last_day', zone.last_day, 'hours', zone.hours, 'source', zone.source, 'as_of', zone.as_of,
            'confidence', zone.confidence
        )) ORDER BY zone.id), '[]'::json))::text AS body, max(zone.id) AS last, count(*) AS drawn
    FROM (
        SELECT zone.*, layer.kind, layer.slug, layer.source, layer.as_of, layer.confidence
        FROM zone JOIN zone_layer layer ON layer.id = zone.layer_id
        WHERE {_THEN} AND zone.id > :after AND (CAST(:kind AS text) IS NULL OR layer.kind = :kind)
          AND EXISTS (SELECT FROM zone_part part WHERE part.zone_id = zone.id
                      AND part.geometry && ST_MakeEnvelope(:west, :south, :east, :north, 4326))
        ORDER BY zone.id LIMIT :limit
    ) zone
""")

# One after the other: of two who publish the second replaces what the first did.
TURN = Statement("SELECT pg_advisory_xact_lock(hashtextextended('zone_layer ' || :slug, 0))")

# What was published a moment ago holds that moment, whatever the clock of whoever comes next says.
REPLACE = Statement("""
    UPDATE zone_layer SET replaced_at = greatest(CAST(:at AS timestamptz), published_at + interval '1 microsecond')
    WHERE slug = :slug AND replaced_at IS NULL
    RETURNING replaced_at
""")

PUBLISH = Statement("""
    INSERT INTO zone_layer (slug, kind, name_ja, name_en, source, licence, as_of, confidence, coverage, published_at)
    VALUES (:slug, :kind, :name_ja, :name_en, :source, :licence, :as_of, :confidence, :coverage, :at)
    RETURNING id
""")

ADD = Statement("""
    INSERT INTO zone (layer_id, position, identifier, name_ja, name_en, geometry, lower, upper, reference, first_day,
                      last_day, hours, surfaces, says_ja, says_en)
    SELECT :layer_id, one.place, one.identifier, one.name_ja, one.name_en, one.geometry, one.lower, one.upper,
           one.reference, one.first_day, one.last_day, one.hours, CAST(one.surfaces AS jsonb), one.says_ja, one.says_en
    FROM unnest(CAST(:identifiers AS text[]), CAST(:names_ja AS text[]), CAST(:names_en AS text[]),
                CAST(:geometries AS geometry[]), CAST(:lowers AS numeric[]), CAST(:uppers AS numeric[]),
                CAST(:references AS text[]), CAST(:first_days AS date[]), CAST(:last_days AS date[]),
                CAST(:hours AS text[]), CAST(:surfaces AS text[]), CAST(:say_ja AS text[]), CAST(:say_en AS text[]))
         WITH ORDINALITY AS one (identifier, name_ja, name_en, geometry, lower, upper, reference, first_day, last_day,
                                 hours, surfaces, says_ja, says_en, place)
""")
