"""Every statement about documents."""

from testfields.db.statements import Statement

# Held to the end of a transaction that stores files, so that none is taken for left over before it is committed.
STORING = Statement("SELECT pg_advisory_xact_lock_shared(hashtext('testfields.document'))")
# Waits for these, and keeps others waiting.
CLEARING = Statement("SELECT pg_advisory_xact_lock(hashtext('testfields.document'))")

ADD = Statement("""
    INSERT INTO document (key, media_type, size, stored_at)
    SELECT key, media_type, size, :now
    FROM jsonb_to_recordset(CAST(:documents AS jsonb)) AS one (place bigint, key text, media_type text, size bigint)
    ORDER BY place
    RETURNING id
""")

# Served by document_key.
UNUSED = Statement("""
    SELECT kept.key FROM unnest(CAST(:keys AS text[])) AS kept (key)
    WHERE NOT EXISTS (SELECT FROM document WHERE document.key = kept.key)
""")
