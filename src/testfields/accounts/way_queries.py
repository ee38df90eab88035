"""Every statement about the single-use links that mails bring."""

from testfields.db.statements import Statement

# Those of the same purpose to the same address, into the same organisation, that still open something; nobody ends what
# changes somebody else's address. Served by way_in_email.
REPLACE = Statement("""
    UPDATE way_in SET ended_at = :now
    WHERE email = :email AND purpose = :purpose AND ended_at IS NULL AND person_id IS NULL
      AND organisation_id IS NOT DISTINCT FROM CAST(:organisation_id AS bigint)
""")

OPEN = Statement("""
    INSERT INTO way_in (purpose, email, locale, organisation_id, roles, invited_by, person_id, created_at, expires_at)
    VALUES (:purpose, :email, :locale, :organisation_id, CAST(:roles AS text[]), :invited_by, :person_id, :now,
            :expires_at)
    RETURNING id
""")

# Answers with no row where it opens nothing any more. Served by the primary key.
NEW_SECRET = Statement("""
    UPDATE way_in SET secret_hash = :secret_hash WHERE id = :id AND ended_at IS NULL AND expires_at > :now
    RETURNING id
""")

_WAY = "id, purpose, email, locale, expires_at, organisation_id, roles, invited_by, person_id"

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

# --- Somebody's change of address

# Served by way_in_person_id.
_ASKED = "person_id = :person_id AND purpose = 'new_email' AND ended_at IS NULL"
ASKED = Statement(f"SELECT email, expires_at FROM way_in WHERE {_ASKED} AND expires_at > :now")
END_ASKED = Statement(f"UPDATE way_in SET ended_at = :now WHERE {_ASKED}")

# What came after a change that is undone: whoever made that one may have made more, and holds the ways back of those.
END_LATER = Statement("""
    UPDATE way_in SET ended_at = :now WHERE person_id = :person_id AND id > :id AND ended_at IS NULL
""")

# Where somebody has gone, what they were offered at the address before follows them; what would change the password
# there ends. Served by way_in_email.
FOLLOW = Statement("""
    UPDATE way_in
    SET email = CASE purpose WHEN 'reset' THEN email ELSE :new END,
        ended_at = CASE purpose WHEN 'reset' THEN CAST(:now AS timestamptz) END
    WHERE email = :old AND ended_at IS NULL AND person_id IS NULL
""")

# With the mails that brought them. Served by way_in_expires_at.
FORGET = Statement("""
    DELETE FROM way_in WHERE purpose = :purpose AND expires_at < :before
""")
