"""Every statement about permits."""

from testfields.db.statements import Statement

# The reservation's row is held, so that nobody revokes it between this look and the permit.
# Served by the primary key and by event_once.
ISSUE = Statement("""
    WITH standing AS (
        SELECT reservation.id, reservation.site_id FROM reservation
        WHERE reservation.id = :reservation_id AND reservation.state = ANY(CAST(:entitled AS text[]))
        FOR UPDATE
    )
    INSERT INTO permit (reservation_id, site_id, event_id, code, issued_at, revoked_because)
    SELECT standing.id, standing.site_id, confirmation.id, :code, :now, ''
    FROM standing CROSS JOIN LATERAL (
        SELECT max(event.id) AS id FROM reservation_event event
        WHERE event.reservation_id = standing.id AND event.action = 'confirm'
    ) confirmation
    ON CONFLICT (event_id) DO NOTHING
""")

# All but the permit of the confirmation that still holds; served by permit_reservation_id.
REVOKE = Statement("""
    UPDATE permit SET revoked_at = :now, revoked_because = :reason
    FROM reservation
    WHERE permit.reservation_id = :reservation_id AND permit.revoked_at IS NULL
      AND reservation.id = permit.reservation_id
      AND NOT (
          reservation.state = ANY(CAST(:entitled AS text[]))
          AND permit.event_id = (
              SELECT max(event.id) FROM reservation_event event
              WHERE event.reservation_id = permit.reservation_id AND event.action = 'confirm'
          )
      )
""")

# What had been asked for when it was issued.
_ASKED = """
    CROSS JOIN LATERAL (
        SELECT event.details -> 'volumes' AS volumes FROM reservation_event event
        WHERE event.reservation_id = permit.reservation_id AND event.id <= permit.event_id
          AND event.details ? 'volumes'
        ORDER BY event.sequence DESC LIMIT 1
    ) asked
"""

# That and what had been granted, whatever was asked for later; conditions are those of the approval that its
# confirmation follows.
# Served by permit's unique index on code and by event_once.
CHECK = Statement(f"""
    SELECT permit.code, permit.issued_at, permit.revoked_at, reservation.state,
           project.use, project.title_ja, project.title_en,
           CASE WHEN project.name_public THEN company.name_ja END AS company_ja,
           CASE WHEN project.name_public THEN company.name_en END AS company_en,
           site.name_ja AS site_ja, site.name_en AS site_en, site.address_ja, site.address_en, site.timezone,
           volumes_named(asked.volumes)::text AS volumes, stays_of(reservation.id)::text AS stays,
           coalesce(granted.conditions, '') AS conditions
    FROM permit
    JOIN reservation ON reservation.id = permit.reservation_id
    JOIN project ON project.id = reservation.project_id
    JOIN organisation company ON company.id = reservation.company_id
    JOIN site ON site.id = reservation.site_id
    {_ASKED}
    LEFT JOIN LATERAL (
        SELECT event.details ->> 'conditions' AS conditions FROM reservation_event event
        WHERE event.reservation_id = permit.reservation_id AND event.id <= permit.event_id
          AND event.action = 'approve'
        ORDER BY event.sequence DESC LIMIT 1
    ) granted ON true
    WHERE permit.code = :code
""")

# The newest permit of a reservation, in force or not; served by permit_reservation_id.
CODE_OF = Statement("""
    SELECT code FROM permit WHERE reservation_id = :reservation_id ORDER BY id DESC LIMIT 1
""")

# Where: the field, and the shapes of what had been asked for, each once. Served as CHECK is.
PLACE = Statement(f"""
    SELECT site.slug, (
        SELECT array_agg(DISTINCT ST_GeomFromText(one ->> 'footprint', 4326))
        FROM jsonb_array_elements(asked.volumes) one
    ) AS shapes
    FROM permit
    JOIN site ON site.id = permit.site_id
    {_ASKED}
    WHERE permit.code = :code
""")
