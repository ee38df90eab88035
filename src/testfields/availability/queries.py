"""Every statement about claims and free time."""

from testfields.availability.tables import Claim
from testfields.db.statements import Statement, core_table

CLAIM = core_table(Claim)

# One round trip tells all that the rules want to know of an area and of the places asked for in it.
# An area is found by its primary key, its hours by opening_hours_site_id.
PLACE = Statement("""
    SELECT site.id AS site_id, site.owner_id, site.published, site.timezone, site.uses AS site_uses,
           site.slot_minutes, site.minimum_minutes, site.maximum_minutes, site.notice_minutes, site.horizon_days,
           site.turnaround_minutes, site.lateral_separation_m, site.vertical_separation_m,
           site.hold_minutes, site.processing_days,
           area.id, area.mode, area.uses, area.geometry, area.altitude,
           asked.inside, asked.open, asked.widened
    FROM area
    JOIN site ON site.id = area.site_id
    JOIN organisation owner ON owner.id = site.owner_id
    CROSS JOIN LATERAL (
        SELECT array_agg(
                   ST_CoveredBy(coalesce(one.footprint, area.geometry), area.geometry) ORDER BY one.place
               ) AS inside,
               array_agg((
                   SELECT coalesce(range_agg(opening.period), '{}'::tstzmultirange) @> one.period
                   FROM opening(one.period) WHERE opening.site_id = site.id
               ) ORDER BY one.place) AS open,
               array_agg(
                   CASE WHEN area.mode = 'exclusive' OR site.lateral_separation_m = 0
                        THEN coalesce(one.footprint, area.geometry)
                        -- Separation is kept within the area; its edge is the owner's own line to the neighbours.
                        ELSE ST_Multi(ST_CollectionExtract(ST_Intersection(
                            area.geometry,
                            ST_Transform(
                                ST_Buffer(
                                    ST_Transform(coalesce(one.footprint, area.geometry), owner.metric_crs::int),
                                    site.lateral_separation_m::float8 / 2
                                ), 4326)
                        ), 3))
                   END ORDER BY one.place
               ) AS widened
        FROM unnest(CAST(:footprints AS geometry[]), CAST(:periods AS tstzrange[]))
             WITH ORDINALITY AS one (footprint, period, place)
    ) asked
    WHERE area.id = :area_id
""")

# Served by claim_by_source.
RELEASE = Statement("""
    DELETE FROM claim WHERE source_kind = ANY(CAST(:kinds AS text[])) AND source_id = :source_id
""")

SETTLE_HOLD = Statement("""
    UPDATE claim SET source_kind = 'reservation' WHERE source_kind = 'hold' AND source_id = :source_id
""")

TAKE = Statement("""
    INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
    SELECT :site_id, :kind, :source_id, one.footprint, one.altitude, one.period
    FROM unnest(CAST(:footprints AS geometry[]), CAST(:altitudes AS numrange[]), CAST(:periods AS tstzrange[]))
         AS one (footprint, altitude, period)
""")
