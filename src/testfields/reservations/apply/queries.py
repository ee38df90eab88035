"""What the form of an application looks up for itself."""

from testfields.db.statements import Statement

SITE_NAMES = Statement("""
    SELECT slug, name_ja, name_en FROM site
    WHERE published AND owner_id NOT IN (SELECT id FROM organisation WHERE NOT active)
      AND (CAST(:owners AS bigint[]) IS NULL OR owner_id = ANY(CAST(:owners AS bigint[])))
    ORDER BY slug
""")

# Served by primary keys.
SITE_OF_AREA = Statement("""
    SELECT site.slug FROM area JOIN site ON site.id = area.site_id WHERE area.id = :area_id AND site.published
""")

# How far the form can show what was asked for: `alike` are the same areas at every time, `whole` is all of each of them
# at one band of heights, or at `every_height` that it has; `plain` is one simple shape in one area and one band of
# heights every time. Served by volume_reservation_id.
SHAPES = Statement("""
    WITH asked AS (
        SELECT volume.stay_id, volume.footprint, volume.altitude, volume.area_id, area.slug,
               same_ground(volume.footprint, area.geometry) AS whole, volume.altitude = area.altitude AS every_height
        FROM volume JOIN area ON area.id = volume.area_id
        WHERE volume.reservation_id = :id AND volume.stay_state = ANY(open_stays())
    )
    SELECT bool_and(whole) AND (bool_and(every_height) OR count(DISTINCT altitude) = 1) AS whole,
           bool_and(every_height) AS every_height,
           count(DISTINCT area_id) = 1 AND count(DISTINCT altitude) = 1 AND count(DISTINCT ST_AsBinary(footprint)) = 1
           AND bool_and(ST_NumGeometries(footprint) = 1 AND ST_NRings(footprint) = 1) AS plain,
           (SELECT count(DISTINCT areas) = 1 FROM (
               SELECT array_agg(area_id ORDER BY area_id) AS areas FROM asked GROUP BY stay_id
           ) AS stay) AS alike,
           array_agg(DISTINCT slug) AS areas
    FROM asked
""")

# A circle of so many metres, measured in the owner's plane system. Served by site's slug.
CIRCLE = Statement("""
    SELECT ST_Transform(ST_Buffer(ST_Transform(middle.point, middle.crs), middle.radius, 'quad_segs=12'), 4326)
    FROM (
        SELECT CAST(:centre AS geometry) AS point, CAST(:radius AS float8) AS radius, owner.metric_crs::int AS crs
        FROM site JOIN organisation owner ON owner.id = site.owner_id
        WHERE site.slug = :slug AND site.published
    ) middle
""")
