"""What lies around a volume that is asked for: how large it is, and what else is taken at its site."""

from testfields.availability.queries import STANDING
from testfields.db.statements import Statement

# The sides are those of the smallest rectangle around the shape, measured in the owner's plane system. By primary keys.
SIZES = Statement("""
    SELECT ST_Area(shape.metric) AS square_metres,
           greatest(side.one, side.other) AS width_m, least(side.one, side.other) AS depth_m
    FROM unnest(CAST(:area_ids AS bigint[]), CAST(:footprints AS geometry[]))
         WITH ORDINALITY AS asked (area_id, footprint, place)
    JOIN area ON area.id = asked.area_id
    JOIN site ON site.id = area.site_id
    JOIN organisation owner ON owner.id = site.owner_id
    CROSS JOIN LATERAL (
        SELECT ST_Transform(coalesce(asked.footprint, area.geometry), owner.metric_crs::int) AS metric
    ) shape
    CROSS JOIN LATERAL (SELECT ST_ExteriorRing(ST_OrientedEnvelope(shape.metric)) AS ring) around
    CROSS JOIN LATERAL (
        SELECT ST_Distance(ST_PointN(ring, 1), ST_PointN(ring, 2)) AS one,
               ST_Distance(ST_PointN(ring, 2), ST_PointN(ring, 3)) AS other
    ) side
    ORDER BY asked.place
""")

# Claims at the site of these areas in any of the periods; first those over the ground that is asked for, which is all
# of an exclusive area. A reservation's own do not count. Served by claim_by_site_and_period.
BESIDE = Statement(f"""
    WITH ground AS MATERIALIZED (
        SELECT area.site_id, CASE WHEN area.mode = 'exclusive' THEN area.ground
                                  ELSE coalesce(asked.footprint, area.ground) END AS shape
        FROM unnest(CAST(:area_ids AS bigint[]), CAST(:footprints AS geometry[])) AS asked (area_id, footprint)
        JOIN area ON area.id = asked.area_id
    )
    SELECT DISTINCT standing.id, {STANDING},
           EXISTS (
               SELECT FROM ground
               WHERE ground.shape && standing.footprint AND ST_Relate(ground.shape, standing.footprint, 'T********')
           ) AS over
    FROM unnest(CAST(:periods AS tstzrange[])) AS asked (period)
    JOIN claim standing ON standing.site_id = (SELECT min(site_id) FROM ground) AND standing.period && asked.period
    WHERE NOT (standing.source_kind = ANY(claims_of_reservations()) AND standing.source_id = :besides)
    ORDER BY over DESC, starts_at, standing.id
    LIMIT 20
""")
