"""Every statement about reservations, their volumes and their events."""

from testfields.db.statements import Statement

# The hot path: reservation, volumes, claims and event in one statement and one round trip. The claim guard and the
# event chain run as triggers of it.
FILE = Statement("""
    WITH filed AS (
        INSERT INTO reservation (project_id, company_id, site_id, area_id, state, note, deadline, due_at, submitted_at,
                                 created_by, created_at)
        SELECT project.id, project.company_id, :site_id, :area_id, :state, :note, :deadline, :due_at, :submitted_at,
               :person_id, :now
        FROM project
        WHERE project.id = :project_id AND project.company_id = ANY(CAST(:companies AS bigint[]))
          AND project.use = ANY(CAST(:uses AS text[]))
        RETURNING id, project_id, company_id
    ), volumes AS (
        INSERT INTO volume (reservation_id, footprint, altitude, period)
        SELECT filed.id, one.footprint, one.altitude, one.period
        FROM filed, unnest(CAST(:footprints AS geometry[]), CAST(:altitudes AS numrange[]),
                           CAST(:periods AS tstzrange[])) AS one (footprint, altitude, period)
    ), claims AS (
        INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
        SELECT :site_id, :claim_kind, filed.id, one.footprint, one.altitude, one.period
        FROM filed, unnest(CAST(:claim_footprints AS geometry[]), CAST(:claim_altitudes AS numrange[]),
                           CAST(:claim_periods AS tstzrange[])) AS one (footprint, altitude, period)
    ), event AS (
        INSERT INTO reservation_event (reservation_id, at, actor_id, actor_role, action, to_state, details)
        SELECT filed.id, :now, :person_id, :role, :action, :state, CAST(:details AS jsonb) FROM filed
    )
    SELECT id, project_id, company_id FROM filed
""")

# Why FILE found no project to file under.
PROJECT_FOR = Statement("""
    SELECT use FROM project WHERE id = :project_id AND company_id = ANY(CAST(:companies AS bigint[]))
""")
