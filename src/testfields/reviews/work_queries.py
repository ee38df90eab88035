"""Every statement about how staff share the work: who has taken an application on, what they note for each other."""

from testfields.db.statements import Statement
from testfields.reservations.states import Stage, those

# Of the applications that staff still have something to do with; served by reservation_by_site_and_state.
COUNTS = Statement("""
    SELECT reservation.state, count(*) AS count
    FROM site JOIN reservation ON reservation.site_id = site.id AND reservation.state = ANY(CAST(:states AS text[]))
    WHERE site.owner_id = ANY(CAST(:owners AS bigint[])) AND seen_by_staff(reservation)
    GROUP BY reservation.state
""")
COUNTED = those(lambda row: row.stage in {Stage.OPEN, Stage.WAITING, Stage.RETURNED, Stage.HELD})

# Served by review_mark_once.
MARK = Statement("""
    SELECT mark.assignee_id, assignee.name AS assignee,
           recommender.name AS recommended_by,
           CASE WHEN recommender.id IS NOT NULL THEN mark.recommended_at END AS recommended_at
    FROM reservation
    LEFT JOIN review_mark mark ON mark.reservation_id = reservation.id
    LEFT JOIN person assignee ON assignee.id = mark.assignee_id
    LEFT JOIN person recommender
        ON recommender.id = mark.recommended_by AND mark.recommended_version = reservation.version
    WHERE reservation.id = :id
""")

# Newest first; served by review_note_reservation_id.
NOTES = Statement("""
    SELECT person.name, note.text, note.at, note.recommends
    FROM review_note note JOIN person ON person.id = note.person_id
    WHERE note.reservation_id = :id
    ORDER BY note.id DESC
    LIMIT :limit
""")

# Whom one may give an application to: the land's staff who may work on it.
COLLEAGUES = Statement("""
    SELECT DISTINCT person.id, person.name
    FROM holders(:owner_id, CAST(:roles AS text[])) holder JOIN person ON person.id = holder.person_id
    ORDER BY person.name, person.id
""")

# An application on the land of one of the owners until the transaction ends; drafts are nobody's business.
HOLD = Statement("""
    SELECT reservation.id, reservation.state, reservation.version, site.owner_id
    FROM reservation JOIN site ON site.id = reservation.site_id
    WHERE reservation.id = :id AND site.owner_id = ANY(CAST(:owners AS bigint[])) AND seen_by_staff(reservation)
    FOR UPDATE OF reservation
""")

ASSIGN = Statement("""
    INSERT INTO review_mark (reservation_id, site_id, assignee_id)
    SELECT reservation.id, reservation.site_id, :assignee_id FROM reservation WHERE reservation.id = :id
    ON CONFLICT ON CONSTRAINT review_mark_once DO UPDATE SET assignee_id = excluded.assignee_id
""")

RECOMMEND = Statement("""
    INSERT INTO review_mark (reservation_id, site_id, recommended_by, recommended_version, recommended_at)
    SELECT reservation.id, reservation.site_id, :person_id, reservation.version, :now
    FROM reservation WHERE reservation.id = :id
    ON CONFLICT ON CONSTRAINT review_mark_once DO UPDATE
    SET recommended_by = excluded.recommended_by, recommended_version = excluded.recommended_version,
        recommended_at = excluded.recommended_at
""")

ADD_NOTE = Statement("""
    INSERT INTO review_note (reservation_id, site_id, person_id, text, at, recommends)
    SELECT reservation.id, reservation.site_id, :person_id, :text, :now, :recommends
    FROM reservation WHERE reservation.id = :id
""")

# What was asked for when staff last decided, or when it was first submitted, and what is asked for now; nothing where
# it has not been changed since. Heights in metres above ground, shapes as GeoJSON. Served by event_once.
CHANGES = Statement("""
    WITH seen AS (
        SELECT coalesce(max(sequence) FILTER (WHERE action = ANY(CAST(:decisions AS text[]))),
                        min(sequence) FILTER (WHERE to_state = 'submitted')) AS sequence
        FROM reservation_event WHERE reservation_id = :id
    )
    SELECT (SELECT jsonb_agg(one || jsonb_build_object(
                       'shape', told_shape(ST_GeomFromText(one ->> 'footprint', 4326))) ORDER BY place)
            FROM jsonb_array_elements(volumes_named(told.details -> 'volumes'))
                 WITH ORDINALITY AS each (one, place))::text AS before,
           (SELECT jsonb_agg(jsonb_build_object(
                       'period', jsonb_build_array(lower(volume.period), upper(volume.period)),
                       'altitude', jsonb_build_array(lower(volume.altitude), upper(volume.altitude)),
                       'area_ja', area.name_ja, 'area_en', area.name_en, 'shape', told_shape(volume.footprint)
                   ) ORDER BY lower(volume.period), volume.id)
            FROM volume JOIN area ON area.id = volume.area_id WHERE volume.reservation_id = :id)::text AS after
    FROM seen
    CROSS JOIN LATERAL (
        SELECT details FROM reservation_event
        WHERE reservation_id = :id AND sequence <= seen.sequence AND details ? 'volumes'
        ORDER BY sequence DESC LIMIT 1
    ) told
    WHERE EXISTS (
        SELECT FROM reservation_event
        WHERE reservation_id = :id AND sequence > seen.sequence AND details ? 'volumes')
""")
