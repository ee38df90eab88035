"""Every statement about texts that people agree to."""

from testfields.db.statements import Statement

# Few; read whole.
VERSIONS = Statement("""
    SELECT kind, version, text_ja, text_en, applies_from FROM terms_version ORDER BY kind, version
""")

# One at a time publishes.
PUBLISHING = Statement("SELECT pg_advisory_xact_lock(hashtext('testfields.terms_version'))")
PUBLISH = Statement("""
    INSERT INTO terms_version (kind, version, text_ja, text_en, applies_from, published_at, published_by)
    VALUES (:kind, :version, :text_ja, :text_en, :applies_from, :now, :person_id)
""")

# Of each kind the newest whose day has come is in force, as `rules.in_force` says. Served by terms_version_once and
# consent_once.
MISSING = Statement("""
    SELECT EXISTS (
        SELECT FROM (
            SELECT kind, max(version) AS version FROM terms_version WHERE applies_from <= :now GROUP BY kind
        ) current
        WHERE NOT EXISTS (
            SELECT FROM consent
            WHERE consent.person_id = :person_id AND consent.kind = current.kind AND consent.version = current.version
        )
    )
""")

# Served by consent_once.
GIVEN = Statement("""
    SELECT kind, version, locale, at FROM consent WHERE person_id = :person_id ORDER BY at DESC, kind DESC
""")
AGREE = Statement("""
    INSERT INTO consent (person_id, kind, version, locale, at)
    SELECT :person_id, kind, version, :locale, :now
    FROM jsonb_to_recordset(CAST(:versions AS jsonb)) AS one (kind text, version integer)
    ON CONFLICT DO NOTHING
""")
