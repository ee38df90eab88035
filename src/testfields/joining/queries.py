"""Every statement about invitations, as those who invite see them, and about companies that register themselves."""

from testfields.db.statements import Statement

_INVITED = """
    SELECT way_in.id, way_in.email, way_in.locale, way_in.roles, way_in.organisation_id, way_in.created_at,
           way_in.expires_at, organisation.name_ja, organisation.name_en, organisation.kind, person.name AS invited_by
    FROM way_in
    JOIN organisation ON organisation.id = way_in.organisation_id
    JOIN person ON person.id = way_in.invited_by
    WHERE way_in.purpose = 'invite' AND way_in.ended_at IS NULL AND organisation.active
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
ORGANISATION = Statement("SELECT kind, name_ja, name_en FROM organisation WHERE id = :organisation_id AND active")

_SAID = "name_ja, name_en, kana, corporate_number, address, wish"

REGISTER = Statement(f"""
    INSERT INTO registration (way_in_id, {_SAID})
    VALUES (:way_in_id, :name_ja, :name_en, :kana, :corporate_number, :address, :wish)
""")

# Served by registration's unique index on way_in_id.
REGISTERED = Statement(f"SELECT {_SAID} FROM registration WHERE way_in_id = :way_in_id")

# Served by organisation's unique index on corporate_number.
NUMBER_IS_TAKEN = Statement("SELECT true FROM organisation WHERE corporate_number = :corporate_number")

# Answers with no row where another organisation has the number.
FOUND = Statement(f"""
    INSERT INTO organisation (kind, slug, {_SAID}, contact_email, unverified_since)
    SELECT 'company', 'company-' || way_in_id, {_SAID}, :email, :now
    FROM registration WHERE way_in_id = :way_in_id
    ON CONFLICT DO NOTHING
    RETURNING id
""")

# The oldest first; few at a time. Served by organisation_unverified.
UNVERIFIED = Statement(f"""
    SELECT id, {_SAID}, contact_email, unverified_since, not_verified_because FROM organisation
    WHERE unverified_since IS NOT NULL
    ORDER BY unverified_since, id
    LIMIT :limit
""")

# Of two who decide at once the second finds nothing to verify.
VERIFY = Statement("""
    UPDATE organisation SET unverified_since = NULL, not_verified_because = ''
    WHERE id = :id AND unverified_since IS NOT NULL
    RETURNING id
""")

NOT_VERIFIED = Statement("""
    UPDATE organisation SET not_verified_because = :reason
    WHERE id = :id AND unverified_since IS NOT NULL
    RETURNING id
""")

# Somebody who is not locked out and belongs to deactivated organisations alone, and whom to ask about it. Served by
# person's unique index on email and membership_person_id.
DEACTIVATED = Statement("""
    SELECT person.locale, array_agg(DISTINCT organisation.name_ja) AS names_ja,
           array_agg(DISTINCT organisation.name_en) AS names_en,
           (SELECT contact_email FROM organisation WHERE kind = 'operator' ORDER BY id LIMIT 1) AS contact
    FROM person
    JOIN membership ON membership.person_id = person.id
    JOIN organisation ON organisation.id = membership.organisation_id
    WHERE person.email = :email AND person.active
    GROUP BY person.id
    HAVING NOT bool_or(organisation.active)
""")

# Whom to write to about a company: its address for contact, in the language of whoever registered it.
ADDRESSEE = Statement("""
    SELECT organisation.name_ja, organisation.name_en, organisation.not_verified_because,
           coalesce((SELECT person.locale FROM membership JOIN person ON person.id = membership.person_id
                     WHERE membership.organisation_id = organisation.id ORDER BY membership.id LIMIT 1), 'ja') AS locale
    FROM organisation WHERE organisation.id = :id
""")
