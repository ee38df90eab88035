"""How the portal stands, read across the rooms; nothing is written."""

from testfields.db.statements import Statement

# Unsent mails by delivery_waiting and delivery_undelivered, failed jobs by their status; owners are few.
STORED = Statement("""
    SELECT waiting.mails_unsent, waiting.mails_since, waiting.mails_overdue,
           (SELECT count(*) FROM delivery WHERE state = 'failed') AS mails_failed,
           (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed') AS jobs_failed,
           pg_database_size(current_database()) AS database_bytes,
           current_setting('server_version') AS postgresql, PostGIS_Lib_Version() AS postgis,
           (SELECT count(*) FROM migration) AS migrations,
           (SELECT max(name) FROM migration) AS last_migration,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'name_ja', name_ja, 'name_en', name_en)
                                      ORDER BY name_ja, id), '[]')
            FROM organisation owner
            WHERE owner.kind = 'owner' AND owner.active
              AND NOT EXISTS (SELECT FROM holders(owner.id, CAST(:deciding AS text[])))
           )::text AS owners_without_approver
    FROM (
        SELECT count(*) AS mails_unsent, min(created_at) AS mails_since,
               count(*) FILTER (WHERE next_attempt_at < :overdue
                                AND (leased_until IS NULL OR leased_until < :overdue)) AS mails_overdue
        FROM delivery WHERE state = 'waiting'
    ) waiting
""")
