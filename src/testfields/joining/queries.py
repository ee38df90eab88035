"""Every statement about invitations, as those who invite see them."""

from testfields.db.statements import Statement

_INVITED = """
    SELECT way_in.id, way_in.email, way_in.locale, way_in.roles, way_in.organisation_id, way_in.created_at,
           way_in.expires_at, organisation.name_ja, organisation.name_en, organisation.kind, person.name AS invited_by
    FROM way_in
    JOIN organisation ON organisation.id = way_in.organisation_id
    JOIN person ON person.id = way_in.invited_by
    WHERE way_in.purpose = 'invite' AND way_in.ended_at IS NULL
"""

# Those that may still be used, the newest first; few in each organisation. Served by way_in_organisation_id.
OPEN = Statement(f"""
    {_INVITED} AND way_in.expires_at > :now
      AND (:everything OR way_in.organisation_id = ANY(CAST(:organisations AS bigint[])))
    ORDER BY way_in.id DESC
    LIMIT :limit
""")

# Served by the primary key.
ONE = Statement(f"{_INVITED} AND way_in.id = :id")

# Served by the primary key.
WITHDRAW = Statement("""
    UPDATE way_in SET ended_at = :now
    WHERE id = :id AND purpose = 'invite' AND ended_at IS NULL
      AND (:everything OR organisation_id = ANY(CAST(:organisations AS bigint[])))
    RETURNING organisation_id
""")

# Served by organisation's primary key.
ORGANISATION = Statement("SELECT kind, name_ja, name_en FROM organisation WHERE id = :organisation_id")
