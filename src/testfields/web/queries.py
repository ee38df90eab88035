"""Every statement about answers already given."""

from testfields.db.statements import Statement

# Waits for another request that is being carried out under the same key; served by idempotent_answer_once.
CLAIM_KEY = Statement("""
    INSERT INTO idempotent_answer (person_id, key, fingerprint) VALUES (:person_id, :key, :fingerprint)
    ON CONFLICT (person_id, key) DO NOTHING
""")

KEEP_ANSWER = Statement("""
    UPDATE idempotent_answer SET status = :status, headers = CAST(:headers AS jsonb), body = :body
    WHERE person_id = :person_id AND key = :key
""")

KEPT_ANSWER = Statement("""
    SELECT fingerprint, status, headers::text, body FROM idempotent_answer WHERE person_id = :person_id AND key = :key
""")

FORGET_ANSWERS = Statement("""
    DELETE FROM idempotent_answer WHERE created_at < :before
""")
