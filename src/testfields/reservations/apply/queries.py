"""What the form of an application looks up for itself."""

from testfields.db.statements import Statement

SITE_NAMES = Statement("SELECT slug, name_ja, name_en FROM site WHERE published ORDER BY slug")

# Served by primary keys.
SITE_OF_AREA = Statement("""
    SELECT site.slug FROM area JOIN site ON site.id = area.site_id WHERE area.id = :area_id AND site.published
""")

# How far the form can show what was asked for: `whole` is the whole area every time, `plain` is one simple shape and
# one band of heights every time. Served by volume_reservation_id.
SHAPES = Statement("""
    SELECT bool_and(same_ground(volume.footprint, area.geometry)) AS whole,
           count(DISTINCT volume.altitude) = 1 AND count(DISTINCT ST_AsBinary(volume.footprint)) = 1
           AND bool_and(ST_NumGeometries(volume.footprint) = 1 AND ST_NRings(volume.footprint) = 1) AS plain
    FROM volume
    JOIN reservation ON reservation.id = volume.reservation_id
    JOIN area ON area.id = reservation.area_id
    WHERE volume.reservation_id = :id AND volume.stay_state = ANY(open_stays())
""")
