"""Every statement about the stays of applications, and about what ends by itself."""

from testfields.db.statements import Statement

# The stays of an application, by when they begin; served by stay_once.
STAYS = Statement("""
    SELECT id, period, state, checked_in_at FROM stay WHERE reservation_id = :id ORDER BY lower(period), id
""")

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
