"""Every statement about the stays of applications, and about what ends by itself."""

from testfields.db.statements import Statement

# The stays of an application, by when they begin; served by stay_once.
STAYS = Statement("""
    SELECT id, period, state, checked_in_at FROM stay WHERE reservation_id = :id ORDER BY lower(period), id
""")

# By whose clocks a site is used; by primary key.
ZONE = Statement("SELECT timezone FROM site WHERE id = :site_id")

# What becomes of some of them; by primary key.
SET_STAYS = Statement("""
    UPDATE stay SET state = next.state, period = next.period, checked_in_at = next.checked_in_at
    FROM unnest(CAST(:ids AS bigint[]), CAST(:states AS text[]), CAST(:periods AS tstzrange[]),
                CAST(:checked_in AS timestamptz[])) AS next (id, state, period, checked_in_at)
    WHERE stay.id = next.id
""")

# Applications with a stay that ends by itself by now; served by stay_open.
ENDING = Statement("""
    SELECT DISTINCT stay.reservation_id AS id
    FROM stay
    JOIN reservation ON reservation.id = stay.reservation_id
    JOIN site ON site.id = reservation.site_id
    WHERE stay.state IN ('planned', 'active') AND lower(stay.period) <= :now
      AND reservation.state = ANY(permitted_states())
      AND (upper(stay.period) <= :now
           OR stay.state = 'planned' AND site.no_show_minutes > 0
              AND lower(stay.period) + make_interval(mins => site.no_show_minutes) <= :now)
    ORDER BY id
""")

# Those that are over stay as they are. Served by stay_once.
FORGET_STAYS = Statement("DELETE FROM stay WHERE reservation_id = :id AND state = ANY(open_stays())")

# The application's own area is that of the first of what it asks for now.
ADD_STAYS = Statement("""
    WITH named AS (
        UPDATE reservation SET area_id = :area_id WHERE id = :id AND area_id <> :area_id
    ), stays AS (
        INSERT INTO stay (reservation_id, period)
        SELECT DISTINCT CAST(:id AS bigint), one FROM unnest(CAST(:periods AS tstzrange[])) AS one
        RETURNING id, period
    )
    INSERT INTO volume (reservation_id, stay_id, site_id, area_id, footprint, altitude, period)
    SELECT reservation.id, stays.id, reservation.site_id, one.area_id, one.footprint, one.altitude, one.period
    FROM reservation,
         unnest(CAST(:area_ids AS bigint[]), CAST(:footprints AS geometry[]), CAST(:altitudes AS numrange[]),
                CAST(:periods AS tstzrange[])) WITH ORDINALITY AS one (area_id, footprint, altitude, period, place)
    JOIN stays USING (period)
    WHERE reservation.id = :id
    ORDER BY one.place
""")

# What has run out and nobody has ended; served by reservation_deadline.
RUN_OUT = Statement("""
    SELECT id FROM reservation
    WHERE deadline <= :now AND end_of_state(state) = 'deadline' ORDER BY deadline, id
""")

# --- For closures: many applications at once.

# The open stays that meet closed ground in a period, applications that wait included: of an exclusive area all of it is
# used. What is taken around them for distance or turnaround meets nothing by itself.
# Served by volume_by_site_and_period.
MEETING = Statement("""
    SELECT DISTINCT reservation.id, reservation.state, volume.stay_id
    FROM unnest(CAST(:site_ids AS bigint[]), CAST(:footprints AS geometry[])) AS closed (site_id, footprint)
    JOIN volume ON volume.site_id = closed.site_id AND volume.period && CAST(:period AS tstzrange)
        AND volume.stay_state = ANY(open_stays())
    JOIN reservation ON reservation.id = volume.reservation_id AND reservation.state = ANY(under_way_states())
    JOIN area ON area.id = volume.area_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN area.mode = 'exclusive' THEN area.ground ELSE inset(volume.footprint) END AS ground
    ) used
    WHERE (area.geometry && closed.footprint OR volume.footprint && closed.footprint)
      AND ST_Relate(used.ground, closed.footprint, 'T********')
    ORDER BY reservation.id, volume.stay_id
""")

_STANDING = """
    SELECT reservation.id, reservation.state, reservation.version, reservation.company_id, reservation.site_id,
           reservation.area_id, site.owner_id, site.no_show_minutes, project.use, reservation.deadline
    FROM reservation
    JOIN site ON site.id = reservation.site_id
    JOIN project ON project.id = reservation.project_id
    WHERE reservation.id = ANY(CAST(:ids AS bigint[]))
    ORDER BY reservation.id
"""
# Some applications, in one order; served by primary keys.
STANDING = Statement(_STANDING)
# The same until the transaction ends; in that order, so that none who lock several wait for each other in a ring.
LOCK_ALL = Statement(f"{_STANDING} FOR UPDATE OF reservation")
# Those of them that nobody else holds.
LOCK_FREE = Statement(f"{_STANDING} FOR UPDATE OF reservation SKIP LOCKED")

# Served by stay_once.
STAYS_OF_ALL = Statement("""
    SELECT reservation_id, id, period, state, checked_in_at FROM stay
    WHERE reservation_id = ANY(CAST(:ids AS bigint[])) ORDER BY reservation_id, lower(period), id
""")

# Where they stand now. A deadline runs on where the application goes on; by primary key.
MOVE_ALL = Statement("""
    UPDATE reservation SET state = next.state, version = version + 1,
        deadline = CASE WHEN next.state = reservation.state THEN reservation.deadline END
    FROM unnest(CAST(:ids AS bigint[]), CAST(:states AS text[])) AS next (id, state)
    WHERE reservation.id = next.id
""")
