"""Every statement about deputies; that somebody is one today is read with who they are (`accounts.queries`)."""

from testfields.db.statements import Statement

_DEPUTY = """
    SELECT deputy.id, deputy.organisation_id, organisation.name_ja, organisation.name_en,
           deputy.approver_id, approver.name AS approver, deputy.person_id, person.name AS deputy,
           deputy.starts_at, deputy.ends_at
    FROM deputy
    JOIN organisation ON organisation.id = deputy.organisation_id
    JOIN person approver ON approver.id = deputy.approver_id
    JOIN person ON person.id = deputy.person_id
"""

# Few at a time. Served by deputy_organisation_id.
LISTED = Statement(f"""
    {_DEPUTY}
    WHERE deputy.organisation_id = ANY(CAST(:owners AS bigint[])) AND deputy.ends_at > :now
      AND is_vouched_for(deputy)
    ORDER BY deputy.starts_at, deputy.id
""")

# For the mail about it, also when it is over. Served by the primary key.
ONE = Statement(f"""
    SELECT one.*, person.locale FROM ({_DEPUTY} WHERE deputy.id = :id) one JOIN person ON person.id = one.person_id
""")

# Served by membership_organisation_id.
COLLEAGUES = Statement("""
    SELECT DISTINCT person.id, person.name, membership.organisation_id
    FROM membership JOIN person ON person.id = membership.person_id AND person.active
    WHERE membership.organisation_id = ANY(CAST(:owners AS bigint[]))
      AND membership.role = ANY(roles_that_can_deputise())
      AND NOT EXISTS (
          SELECT FROM membership more
          WHERE more.person_id = person.id AND more.organisation_id = membership.organisation_id
            AND more.role = ANY(roles_that_name_deputies()))
    ORDER BY person.name, person.id
""")

# Answers with no row where the approver has one for some of the time. Served by deputy_organisation_id.
ADD = Statement("""
    INSERT INTO deputy (organisation_id, approver_id, person_id, starts_at, ends_at, created_at)
    SELECT :organisation_id, :approver_id, :person_id, CAST(:starts_at AS timestamptz), CAST(:ends_at AS timestamptz),
           :now
    WHERE NOT EXISTS (
        SELECT FROM deputy
        WHERE organisation_id = :organisation_id AND approver_id = :approver_id
          AND starts_at < :ends_at AND ends_at > :starts_at AND ends_at > :now AND is_vouched_for(deputy))
    RETURNING id
""")

# Of two at once the second finds nothing to end. Served by the primary key.
END = Statement("""
    UPDATE deputy SET ended_at = :now
    WHERE id = :id AND approver_id = :approver_id AND organisation_id = ANY(CAST(:owners AS bigint[]))
      AND ended_at IS NULL AND ends_at > :now
    RETURNING organisation_id
""")
