"""Every statement about events in general; a room that keeps a story reads it with statements of its own."""

from testfields.db.statements import Statement

# Number and seals are given by the trigger event_chain.
TELL = Statement("""
    INSERT INTO event (subject, subject_id, at, site_id, tenant_id, actor_id, actor_role, action, from_state, to_state,
                       reason, details)
    SELECT subject, subject_id, :now, site_id, tenant_id, actor_id, actor_role, action, from_state, to_state, reason,
           details
    FROM jsonb_to_recordset(CAST(:events AS jsonb)) AS one (
        subject text, subject_id bigint, site_id bigint, tenant_id bigint, actor_id bigint, actor_role text,
        action text, from_state text, to_state text, reason text, details jsonb
    )
""")

# Served by the primary key.
HAPPENED = Statement("""
    SELECT id, subject, subject_id, at, site_id, action, from_state, reason FROM event WHERE id = :event_id
""")

# None when every story is whole; reads all of them, by event_once.
BROKEN_CHAINS = Statement("""
    SELECT subject, subject_id, sequence FROM (
        SELECT event.subject, event.subject_id, event.sequence, event.hash = event_seal(event) AS sealed,
               event.previous_hash = coalesce(lag(event.hash) OVER story, ''::bytea) AS linked,
               event.sequence = row_number() OVER story AS counted
        FROM event
        WINDOW story AS (PARTITION BY event.subject, event.subject_id ORDER BY event.sequence)
    ) told
    WHERE NOT (sealed AND linked AND counted)
    ORDER BY subject, subject_id, sequence
""")
