"""Every statement about people and how they prove who they are."""

from testfields.db.statements import Statement

_MEMBERSHIPS = """
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
                   'organisation_id', organisation.id, 'kind', organisation.kind, 'role', membership.role,
                   'name_ja', organisation.name_ja, 'name_en', organisation.name_en) ORDER BY membership.id)
        FROM membership JOIN organisation ON organisation.id = membership.organisation_id
        WHERE membership.person_id = person.id
    ), '[]'::jsonb)::text AS memberships
"""

# Served by api_token's unique index on secret_hash.
BY_TOKEN = Statement(f"""
    SELECT person.id AS person_id, person.email, person.name, person.locale, api_token.scopes, {_MEMBERSHIPS}
    FROM api_token JOIN person ON person.id = api_token.person_id
    WHERE api_token.secret_hash = :secret_hash AND api_token.revoked_at IS NULL
      AND api_token.expires_at > :now AND person.active
""")

# Served by login_session's unique index on secret_hash.
BY_SESSION = Statement(f"""
    SELECT person.id AS person_id, person.email, person.name, person.locale, login_session.csrf_token, {_MEMBERSHIPS}
    FROM login_session JOIN person ON person.id = login_session.person_id
    WHERE login_session.secret_hash = :secret_hash AND login_session.expires_at > :now AND person.active
""")
