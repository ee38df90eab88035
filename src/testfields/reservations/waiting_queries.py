"""Every statement about who waits for what, and what they wait for."""

from testfields.db.statements import Statement

# How many wait at a site for some of what these volumes take, one's own left out; only those who came before it where
# one is given. Found by when they take place: what is taken begins when it was asked for and ends a turnaround later.
# Served by volume_by_site_and_period.
AHEAD = Statement("""
    SELECT count(DISTINCT other.id)
    FROM unnest(CAST(:footprints AS geometry[]), CAST(:altitudes AS numrange[]), CAST(:periods AS tstzrange[]))
         AS mine (footprint, altitude, period)
    JOIN site place ON place.id = :site_id
    JOIN organisation owner ON owner.id = place.owner_id
    JOIN volume asked
      ON asked.site_id = place.id AND asked.stay_state = ANY(open_stays()) AND asked.period && tstzrange(
         lower(mine.period) - make_interval(mins => place.turnaround_minutes), upper(mine.period))
    JOIN reservation other ON other.id = asked.reservation_id AND other.state = 'waiting'
    LEFT JOIN reservation me ON me.id = :id
    JOIN area ON area.id = asked.area_id
    CROSS JOIN LATERAL taken(area, place, owner.metric_crs, asked.footprint, asked.altitude, asked.period) theirs
    WHERE (me.id IS NULL OR (other.submitted_at, other.id) < (me.submitted_at, me.id))
      AND mine.period && theirs.period AND mine.altitude && theirs.altitude AND mine.footprint && theirs.footprint
      AND ST_Relate(mine.footprint, theirs.footprint, 'T********')
""")

# What stands where these volumes are wanted, by what would have to become of it: how many of each.
# Served by claim_by_site_and_period and primary keys.
STANDING = Statement("""
    SELECT standing.source_kind AS kind, reservation.state, count(DISTINCT standing.source_id) AS count
    FROM unnest(CAST(:footprints AS geometry[]), CAST(:altitudes AS numrange[]), CAST(:periods AS tstzrange[]))
         AS mine (footprint, altitude, period)
    JOIN claim standing
      ON standing.site_id = :site_id AND standing.period && mine.period AND standing.altitude && mine.altitude
     AND standing.footprint && mine.footprint AND ST_Relate(standing.footprint, mine.footprint, 'T********')
    LEFT JOIN reservation
      ON standing.source_kind = ANY(claims_of_reservations()) AND reservation.id = standing.source_id
    GROUP BY standing.source_kind, reservation.state
""")
