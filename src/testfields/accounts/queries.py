"""Every statement about people and how they prove who they are."""

from testfields.db.statements import Statement


def _held(told: str) -> str:
    """A person's memberships as JSON, those that are `told`."""
    return f"""
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
                   'organisation_id', organisation.id, 'kind', organisation.kind, 'role', membership.role,
                   'name_ja', organisation.name_ja, 'name_en', organisation.name_en,
                   'verified', organisation.unverified_since IS NULL) ORDER BY membership.id)
        FROM membership JOIN organisation ON organisation.id = membership.organisation_id
        WHERE membership.person_id = person.id AND {told}
    ), '[]'::jsonb)
    """


def _memberships(told: str = "true") -> str:
    """The same as a column."""
    return f"{_held(told)}::text AS memberships"


# A deactivated organisation makes nobody anything.
_MEMBERSHIPS = _memberships("organisation.active")
# The same with the roles of those for whom somebody stands in today: whoever calls acts for them, and nobody whom the
# portal acts for. Served by deputy_person_id, where most find nothing.
_ROLES_TODAY = f"""
    ({_held("organisation.active")} || coalesce((
        SELECT jsonb_agg(jsonb_build_object(
                   'organisation_id', organisation.id, 'kind', organisation.kind, 'role', 'deputy',
                   'name_ja', organisation.name_ja, 'name_en', organisation.name_en,
                   'deputy_for', jsonb_build_object(
                       'id', approver.id, 'name', approver.name, 'companies', companies_of(approver.id))
               ) ORDER BY deputy.id)
        FROM deputy
        JOIN organisation ON organisation.id = deputy.organisation_id
        JOIN person approver ON approver.id = deputy.approver_id
        WHERE deputy.person_id = person.id AND organisation.active AND stands_in(deputy, :now)
    ), '[]'::jsonb))::text AS memberships
"""
# Whether somebody may come in: not locked out, and not of deactivated organisations alone. Served by
# membership_person_id.
_AT_WORK = """
    person.active AND (
        EXISTS (SELECT FROM membership JOIN organisation ON organisation.id = membership.organisation_id
                WHERE membership.person_id = person.id AND organisation.active)
        OR NOT EXISTS (SELECT FROM membership WHERE membership.person_id = person.id))
"""

# Served by api_token's unique index on secret_hash.
BY_TOKEN = Statement(f"""
    SELECT person.id AS person_id, person.email, person.name, person.locale, api_token.scopes, {_ROLES_TODAY}
    FROM api_token JOIN person ON person.id = api_token.person_id
    WHERE api_token.secret_hash = :secret_hash AND api_token.revoked_at IS NULL
      AND api_token.expires_at > :now AND {_AT_WORK}
""")

# Served by login_session's unique index on secret_hash.
BY_SESSION = Statement(f"""
    SELECT person.id AS person_id, person.email, person.name, person.locale, person.initial_password,
           login_session.csrf_token, {_ROLES_TODAY}
    FROM login_session JOIN person ON person.id = login_session.person_id
    WHERE login_session.secret_hash = :secret_hash AND login_session.expires_at > :now AND {_AT_WORK}
""")

# Of whoever is not locked out; whether they may come in OPEN_SESSION asks. Served by person's unique index on email.
PASSWORD_OF = Statement("""
    SELECT id AS person_id, password_hash FROM person WHERE email = :email AND active
""")

# Counts an attempt before its password is looked at: those made at the same moment queue on the rows, so that no more
# than the limit ever get through. Rows are taken in one order, so nobody waits in a circle. Served by login_attempt's
# unique index on subject.
COUNT_ATTEMPT = Statement("""
    INSERT INTO login_attempt AS known (subject, attempts, ends_at)
    SELECT one.subject, 1, :ends_at FROM unnest(CAST(:subjects AS bytea[])) AS one (subject) ORDER BY one.subject
    ON CONFLICT (subject) DO UPDATE
    SET attempts = CASE WHEN known.ends_at > :now THEN known.attempts + 1 ELSE 1 END,
        ends_at = CASE WHEN known.ends_at > :now THEN known.ends_at ELSE excluded.ends_at END
    RETURNING subject, attempts, ends_at
""")

FORGET_ATTEMPTS = Statement("""
    DELETE FROM login_attempt WHERE subject = :subject
""")

FORGET_ONE_ATTEMPT = Statement("""
    UPDATE login_attempt SET attempts = attempts - 1 WHERE subject = :subject AND attempts > 0
""")

# The lock on the person makes a deactivation or a new password wait, so that it ends this session too. Served by the
# primary key.
OPEN_SESSION = Statement(f"""
    INSERT INTO login_session (secret_hash, person_id, csrf_token, created_at, expires_at)
    SELECT :secret_hash, person.id, :csrf_token, :now, :expires_at
    FROM person
    WHERE person.id = :person_id AND {_AT_WORK}
      AND (CAST(:password_hash AS text) IS NULL OR person.password_hash = :password_hash)
    FOR SHARE
""")

CLOSE_SESSION = Statement("""
    DELETE FROM login_session WHERE secret_hash = :secret_hash
""")

CLOSE_SESSIONS = Statement("""
    DELETE FROM login_session WHERE person_id = :person_id
""")

# Served by login_session_expires_at.
FORGET_SESSIONS = Statement("""
    DELETE FROM login_session WHERE expires_at <= :now
""")

FORGET_PAST_ATTEMPTS = Statement("""
    DELETE FROM login_attempt WHERE ends_at <= :now
""")

# `known_hash` is the password that is being replaced, or NULL for whichever it is. Served by the primary key.
SET_PASSWORD = Statement("""
    UPDATE person SET password_hash = :password_hash, initial_password = :initial
    WHERE id = :person_id AND (CAST(:known_hash AS text) IS NULL OR password_hash = :known_hash)
    RETURNING email
""")

# Whoever changes an address comes one after the other. Served by the primary key.
LOCK_EMAIL = Statement("SELECT email, locale FROM person WHERE id = :person_id FOR UPDATE")
SET_EMAIL = Statement("UPDATE person SET email = :email WHERE id = :person_id")

# Served by person's unique index on email.
HOLDER = Statement("SELECT name, locale FROM person WHERE email = :email")

# Served by the primary key.
CHANGE_ACCOUNT = Statement("""
    UPDATE person SET locale = :locale, name = :name WHERE id = :person_id
""")

# The limit keeps the list readable, so it may be missed by one when two are made at the same moment. Served by
# api_token_person_id.
ADD_TOKEN = Statement("""
    INSERT INTO api_token (person_id, name, secret_hash, scopes, created_at, expires_at)
    SELECT :person_id, :name, :secret_hash, CAST(:scopes AS text[]), :now, :expires_at
    WHERE (SELECT count(*) FROM api_token
           WHERE person_id = :person_id AND revoked_at IS NULL AND expires_at > :now) < :most
    RETURNING id
""")

# Served by api_token_person_id.
TOKENS = Statement("""
    SELECT id, name, scopes, created_at, expires_at
    FROM api_token
    WHERE person_id = :person_id AND revoked_at IS NULL AND expires_at > :now
    ORDER BY id DESC
""")

REVOKE_TOKEN = Statement("""
    UPDATE api_token SET revoked_at = :now WHERE id = :id AND person_id = :person_id AND revoked_at IS NULL
""")

REVOKE_TOKENS = Statement("""
    UPDATE api_token SET revoked_at = :now
    WHERE person_id = :person_id AND revoked_at IS NULL AND (CAST(:name AS text) IS NULL OR name = :name)
""")

# Served by the unique indexes of calendar_feed.
RENEW_FEED = Statement("""
    INSERT INTO calendar_feed (person_id, secret_hash, created_at) VALUES (:person_id, :secret_hash, :now)
    ON CONFLICT (person_id) DO UPDATE SET secret_hash = excluded.secret_hash, created_at = excluded.created_at
""")
FEED_SINCE = Statement("SELECT created_at FROM calendar_feed WHERE person_id = :person_id")
END_FEED = Statement("DELETE FROM calendar_feed WHERE person_id = :person_id")
BY_FEED = Statement(f"""
    SELECT person.id AS person_id, person.email, person.name, person.locale, {_MEMBERSHIPS}
    FROM calendar_feed JOIN person ON person.id = calendar_feed.person_id
    WHERE calendar_feed.secret_hash = :secret_hash AND {_AT_WORK}
""")

# Every word that somebody searches for is found; without words everything is.
SOUGHT = "LIKE ALL (SELECT pattern FROM sought(CAST(:words AS text)))"

_PERSON = "person.id, person.email, person.name, person.locale, person.active, person.created_at"

# Keyset paging, newest first; served by the primary key and membership_person_id.
PEOPLE = Statement(f"""
    SELECT {_PERSON}, {_memberships()}
    FROM person
    WHERE person.id < :before AND person.found_by {SOUGHT}
    ORDER BY person.id DESC
    LIMIT :limit
""")

_IN_THEM = "membership.organisation_id = ANY(CAST(:organisations AS bigint[]))"

# Whoever belongs to one of `organisations`, with no word of what else they belong to. Keyset paging, newest first;
# served by membership_organisation_id and the primary key.
MEMBERS = Statement(f"""
    SELECT {_PERSON}, {_memberships(_IN_THEM)}
    FROM person
    WHERE person.id IN (SELECT membership.person_id FROM membership WHERE {_IN_THEM}) AND person.id < :before
      AND person.found_by {SOUGHT}
    ORDER BY person.id DESC
    LIMIT :limit
""")

# Answers with no row where the address belongs to somebody.
ADD_PERSON = Statement("""
    INSERT INTO person (email, name, password_hash, initial_password, locale)
    VALUES (:email, :name, :password_hash, :initial, :locale)
    ON CONFLICT (email) DO NOTHING
    RETURNING id
""")

# Served by person's unique index on email.
PERSON_BY_EMAIL = Statement("""
    SELECT id FROM person WHERE email = :email
""")

# Served by person's unique index on email.
ACTOR_BY_EMAIL = Statement(f"""
    SELECT person.id AS person_id, person.email, person.name, person.locale, {_MEMBERSHIPS}
    FROM person WHERE person.email = :email AND {_AT_WORK}
""")

ADD_MEMBERSHIPS = Statement("""
    INSERT INTO membership (person_id, organisation_id, role)
    SELECT :person_id, one.organisation_id, one.role
    FROM unnest(CAST(:organisations AS bigint[]), CAST(:roles AS text[])) AS one (organisation_id, role)
    ON CONFLICT (person_id, organisation_id, role) DO NOTHING
""")

# Served by person's primary key.
ACTOR_BY_ID = Statement(f"""
    SELECT person.id AS person_id, person.email, person.name, person.locale, {_MEMBERSHIPS}
    FROM person WHERE person.id = :person_id AND {_AT_WORK}
""")

# Served by membership_person_id.
END_MEMBERSHIPS = Statement("""
    DELETE FROM membership
    WHERE person_id = :person_id AND organisation_id = :organisation_id AND role <> ALL(CAST(:kept AS text[]))
    RETURNING role
""")

ROLES_IN = Statement("""
    SELECT role FROM membership WHERE person_id = :person_id AND organisation_id = :organisation_id
""")

# Of the roles, those that somebody who can log in has.
ROLES_HELD = Statement("""
    SELECT DISTINCT one.id AS organisation_id, holder.role
    FROM unnest(CAST(:organisations AS bigint[])) AS one (id)
    CROSS JOIN LATERAL holders(one.id, CAST(:roles AS text[])) holder
""")

# Served by membership_person_id.
ORGANISATIONS_OF = Statement("""
    SELECT DISTINCT organisation_id FROM membership WHERE person_id = :person_id
""")

# Served by the primary key and membership_person_id.
SET_ACTIVE = Statement("""
    WITH known AS (SELECT id, active AS was FROM person WHERE id = :person_id FOR UPDATE)
    UPDATE person SET active = :active FROM known WHERE person.id = known.id
    RETURNING known.was, (
        SELECT min(organisation_id) FROM membership WHERE person_id = known.id
        HAVING count(DISTINCT organisation_id) = 1
    ) AS tenant_id
""")
