"""Every statement about organisations themselves; who belongs to them is said in `queries`."""

from testfields.accounts.queries import SOUGHT
from testfields.db.statements import Statement

_SAID_OF_IT = """
    id, kind, slug, name_ja, name_en, kana, corporate_number, address, contact_email, metric_crs, asks_verified, active,
    version, created_at
"""

# Keyset paging, newest first; served by the primary key.
ORGANISATIONS = Statement(f"""
    SELECT {_SAID_OF_IT}
    FROM organisation
    WHERE id < :before AND found_by {SOUGHT}
    ORDER BY id DESC
    LIMIT :limit
""")

# Served by the primary key.
ORGANISATION = Statement(f"SELECT {_SAID_OF_IT} FROM organisation WHERE id = :organisation_id")

# Served by organisation's unique index on slug.
ORGANISATION_BY_SLUG = Statement("""
    SELECT id FROM organisation WHERE slug = :slug
""")

ORGANISATION_CHOICES = Statement("""
    SELECT id, kind, name_ja, name_en FROM organisation ORDER BY kind, name_ja, id
""")

KINDS = Statement("""
    SELECT id, kind FROM organisation WHERE id = ANY(CAST(:ids AS bigint[]))
""")

# One after the other: whoever changes what somebody is in an organisation sees what the one before has changed.
LOCK_ORGANISATION = Statement("""
    SELECT kind, name_ja, name_en FROM organisation WHERE id = :organisation_id FOR UPDATE
""")

# In one order, so that nobody waits in a circle.
LOCK_ORGANISATIONS = Statement("""
    SELECT id FROM organisation WHERE id = ANY(CAST(:ids AS bigint[])) ORDER BY id FOR UPDATE
""")

# Answers with no row where the slug or the number belongs to another.
ADD_ORGANISATION = Statement("""
    INSERT INTO organisation (kind, slug, name_ja, name_en, corporate_number, contact_email, metric_crs, asks_verified)
    VALUES (:kind, :slug, :name_ja, :name_en, :corporate_number, :contact_email, :metric_crs, :asks_verified)
    ON CONFLICT DO NOTHING
    RETURNING id
""")

CHANGE_ORGANISATION = Statement("""
    UPDATE organisation
    SET name_ja = :name_ja, name_en = :name_en, kana = :kana, corporate_number = :corporate_number, address = :address,
        contact_email = :contact_email, metric_crs = :metric_crs, asks_verified = :asks_verified, version = version + 1
    WHERE id = :organisation_id
""")

SET_ORGANISATION_ACTIVE = Statement("""
    WITH known AS (SELECT id, active AS was FROM organisation WHERE id = :organisation_id FOR UPDATE)
    UPDATE organisation SET active = :active, version = version + 1 FROM known WHERE organisation.id = known.id
    RETURNING organisation.kind, known.was
""")

ASKING = Statement("""
    SELECT id, name_ja, name_en, asks_verified FROM organisation WHERE id = ANY(CAST(:owners AS bigint[])) ORDER BY id
""")

ASK_VERIFIED = Statement("""
    WITH known AS (
        SELECT id, asks_verified AS was FROM organisation
        WHERE id = :organisation_id AND kind = 'owner' AND (:everything OR id = ANY(CAST(:owners AS bigint[])))
        FOR UPDATE
    )
    UPDATE organisation SET asks_verified = :asks, version = version + 1 FROM known WHERE organisation.id = known.id
    RETURNING known.was
""")
