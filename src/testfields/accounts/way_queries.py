"""Every statement about the single-use links that mails bring."""

from testfields.db.statements import Statement

# Those of the same purpose to the same address, into the same organisation, that still open something. Served by
# way_in_email.
REPLACE = Statement("""
    UPDATE way_in SET ended_at = :now
    WHERE email = :email AND purpose = :purpose AND ended_at IS NULL
      AND organisation_id IS NOT DISTINCT FROM CAST(:organisation_id AS bigint)
""")

OPEN = Statement("""
    INSERT INTO way_in (purpose, email, locale, organisation_id, roles, invited_by, created_at, expires_at)
    VALUES (:purpose, :email, :locale, :organisation_id, CAST(:roles AS text[]), :invited_by, :now, :expires_at)
    RETURNING id
""")

# Answers with no row where it opens nothing any more. Served by the primary key.
NEW_SECRET = Statement("""
    UPDATE way_in SET secret_hash = :secret_hash WHERE id = :id AND ended_at IS NULL AND expires_at > :now
    RETURNING id
""")

_WAY = "id, purpose, email, locale, expires_at, organisation_id, roles, invited_by"

# Served by way_in's unique index on secret_hash.
FIND = Statement(f"""
    SELECT {_WAY} FROM way_in WHERE secret_hash = :secret_hash AND ended_at IS NULL AND expires_at > :now
""")

# Of two who come at once the second waits for the first, and finds nothing.
USE = Statement("""
    UPDATE way_in SET ended_at = :now
    WHERE secret_hash = :secret_hash AND ended_at IS NULL AND expires_at > :now
    RETURNING id
""")

# By its number, for the mail that brings it. Served by the primary key.
ONE = Statement(f"SELECT {_WAY} FROM way_in WHERE id = :id AND ended_at IS NULL AND expires_at > :now")

# With the mails that brought them. Served by way_in_expires_at.
FORGET = Statement("""
    DELETE FROM way_in WHERE purpose = :purpose AND expires_at < :before
""")
