"""Every statement for letters: what one event is about, and who is to hear of it."""

from testfields.db.statements import Statement

# What was asked for, the conditions and the dates are read from the story up to this event, never from the reservation
# as it has become, so that a letter written late tells of its own event.
# Served by primary keys, event_once and permit_reservation_id.
FACTS = Statement("""
    SELECT event.id AS event_id, event.reservation_id, event.action, event.from_state, event.reason,
           coalesce(granted.conditions, '') AS conditions,
           CAST(event.details ->> 'deadline' AS timestamptz) AS deadline,
           CAST(event.details ->> 'due_at' AS timestamptz) AS due_at,
           project.title_ja, project.title_en, company.name_ja AS company_ja, company.name_en AS company_en,
           site.name_ja AS site_ja, site.name_en AS site_en, site.timezone, site.contact,
           issued.code AS permit_code, volumes_named(asked.volumes)::text AS volumes,
           stays_in(event.details)::text AS stays,
           coalesce(event.details -> 'left_out', '[]')::text AS left_out,
           coalesce(event.details -> 'moved', '[]')::text AS moved, over.stays::text AS over
    FROM reservation_event event
    JOIN reservation ON reservation.id = event.reservation_id
    JOIN project ON project.id = reservation.project_id
    JOIN organisation company ON company.id = reservation.company_id
    JOIN site ON site.id = reservation.site_id
    CROSS JOIN LATERAL (
        SELECT told.details -> 'volumes' AS volumes, told.sequence FROM reservation_event told
        WHERE told.reservation_id = event.reservation_id AND told.sequence <= event.sequence
          AND told.details ? 'volumes'
        ORDER BY told.sequence DESC LIMIT 1
    ) asked
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_agg(one), '[]') AS stays
        FROM reservation_event told CROSS JOIN jsonb_array_elements(stays_in(told.details)) one
        WHERE told.reservation_id = event.reservation_id
          AND told.sequence > asked.sequence AND told.sequence <= event.sequence
          AND NOT one ->> 'state' = ANY(stays_in_force())
    ) over
    LEFT JOIN LATERAL (
        SELECT told.details ->> 'conditions' AS conditions FROM reservation_event told
        WHERE told.reservation_id = event.reservation_id AND told.sequence <= event.sequence
          AND told.details ? 'conditions'
        ORDER BY told.sequence DESC LIMIT 1
    ) granted ON true
    LEFT JOIN permit issued ON issued.event_id = event.id
    WHERE event.id = :event_id
""")

# Served by the primary key.
HOLD = Statement("SELECT FROM reservation WHERE id = :reservation_id FOR SHARE")

# Asked for after HOLD; served by event_once.
TAKEN_BACK = Statement("""
    SELECT EXISTS (
        SELECT FROM reservation_event
        WHERE reservation_id = :reservation_id AND details -> 'taken_back' @> to_jsonb(CAST(:event_id AS bigint)))
""")

# Whom to write to, as reservations/told.sql says.
COMPANY = Statement("SELECT person_id, organisation_id, name, locale FROM company_told(:reservation_id)")
STAFF = Statement("SELECT person_id, organisation_id, name, locale FROM staff_told(:reservation_id)")

# --- A closing, told once to each whom it concerns.

# Served by the primary keys and closure_closing_id.
CLOSING = Statement("""
    SELECT closure.reason_ja, closure.reason_en, closure.period,
           coalesce(event.details -> 'displaced', '[]')::text AS displaced
    FROM event JOIN closure ON closure.id = event.subject_id
    WHERE event.id = :event_id AND event.subject = 'closure'
""")

# What it did to each application that it displaced, as the application's own event tells it. Served by event_once.
DISPLACED = Statement("""
    SELECT told.reservation_id, told.to_state, stays_in(told.details)::text AS stays,
           project.title_ja, project.title_en, site.name_ja AS site_ja, site.name_en AS site_en,
           area.name_ja AS area_ja, area.name_en AS area_en, site.timezone, site.contact
    FROM event
    JOIN reservation_event told ON told.reservation_id = ANY(CAST(:ids AS bigint[])) AND told.action = 'displace'
     AND told.details -> 'closing' = event.details -> 'closing'
    JOIN reservation ON reservation.id = told.reservation_id
    JOIN project ON project.id = reservation.project_id
    JOIN site ON site.id = reservation.site_id
    CROSS JOIN LATERAL areas_of(reservation.id) area
    WHERE event.id = :event_id
    ORDER BY told.reservation_id
""")

# Everybody of all their companies who is told of one of them, with the numbers of those they are told of.
CONCERNED = Statement("""
    SELECT told.person_id, told.organisation_id, told.name, told.locale, array_agg(number ORDER BY number) AS numbers
    FROM unnest(CAST(:ids AS bigint[])) AS number CROSS JOIN LATERAL company_told(number) told
    GROUP BY told.person_id, told.organisation_id, told.name, told.locale
    ORDER BY told.person_id, told.organisation_id
""")
