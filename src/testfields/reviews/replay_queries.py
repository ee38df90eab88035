"""Every statement about replaying decisions."""

from testfields.db.statements import Statement
from testfields.projects.fields import FACTS

# On the land of one of the owners, or of any where none are named; served by the primary key.
SUBJECT = Statement(f"""
    SELECT {", ".join(f"project.{name}" for name in FACTS)}, site.timezone
    FROM reservation
    JOIN project ON project.id = reservation.project_id
    JOIN site ON site.id = reservation.site_id
    WHERE reservation.id = :id AND seen_by_staff(reservation)
      AND (CAST(:owners AS bigint[]) IS NULL OR site.owner_id = ANY(CAST(:owners AS bigint[])))
""")

# Served by event_once.
DECISIONS = Statement("""
    SELECT sequence, at, action, actor_role
    FROM reservation_event
    WHERE reservation_id = :id AND action = ANY(CAST(:actions AS text[]))
    ORDER BY sequence
""")

# What was asked for at an event of the story, as the last one that tells it has it, in areas that are there still.
# Served by event_once.
ASKED_THEN = Statement("""
    SELECT area.id AS area_id, ST_GeomFromText(one ->> 'footprint', 4326) AS footprint,
           numrange(CAST(one -> 'altitude' ->> 0 AS numeric), CAST(one -> 'altitude' ->> 1 AS numeric)) AS altitude,
           tstzrange(CAST(one -> 'period' ->> 0 AS timestamptz), CAST(one -> 'period' ->> 1 AS timestamptz)) AS period
    FROM (
        SELECT details -> 'volumes' AS volumes FROM reservation_event
        WHERE reservation_id = :id AND sequence <= :sequence AND details ? 'volumes'
        ORDER BY sequence DESC LIMIT 1
    ) told
    CROSS JOIN jsonb_array_elements(told.volumes) WITH ORDINALITY AS each (one, place)
    JOIN area ON area.id = CAST(one ->> 'area' AS bigint)
    ORDER BY place
""")
