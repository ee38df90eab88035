"""What hangs on one person; read across the rooms, never written."""

from testfields.db.statements import Statement

# Served by person's primary key.
PERSON = Statement("SELECT id, name, email, active FROM person WHERE id = :person_id")

# Served by person's unique index on email.
BY_EMAIL = Statement("SELECT id FROM person WHERE email = :email")

# A company's applications under way, and those that wait for an owner's decision.
_OPEN = """
    CROSS JOIN LATERAL (
        SELECT count(*) AS open FROM reservation
        WHERE reservation.company_id = organisation.id AND NOT reservation.state = ANY(CAST(:settled AS text[]))
    ) booked
    CROSS JOIN LATERAL (
        SELECT count(*) AS open, count(*) FILTER (WHERE reservation.due_at < :now) AS overdue,
               min(reservation.due_at) AS due_at
        FROM site JOIN reservation ON reservation.site_id = site.id
        WHERE site.owner_id = organisation.id AND reservation.state = ANY(CAST(:undecided AS text[]))
    ) asked
"""

# Served by membership_person_id and membership_organisation_id; applications by reservation_by_company, and by
# site_owner_id with reservation_by_site_and_state.
LEFT = Statement(f"""
    SELECT organisation.id AS organisation_id, organisation.kind, organisation.name_ja, organisation.name_en,
           organisation.contact_email, team.others, team.deciders,
           CASE organisation.kind WHEN 'company' THEN booked.open ELSE asked.open END AS open,
           asked.overdue, asked.due_at
    FROM organisation
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT person.id) AS others,
               (SELECT count(DISTINCT holder.person_id) FROM holders(organisation.id, CAST(:deciding AS text[])) holder
                WHERE holder.person_id <> :person_id) AS deciders
        FROM membership JOIN person ON person.id = membership.person_id AND person.active
        WHERE membership.organisation_id = organisation.id AND person.id <> :person_id
    ) team
    {_OPEN}
    WHERE organisation.id IN (SELECT membership.organisation_id FROM membership WHERE membership.person_id = :person_id)
    ORDER BY organisation.id
""")

# The same of one organisation, with its people who can log in, and the sites of an owner that everybody sees. Served
# by membership_organisation_id and site_owner_id.
CLOSING = Statement(f"""
    SELECT organisation.id, organisation.kind, organisation.name_ja, organisation.name_en, organisation.active,
           (SELECT count(DISTINCT person.id)
            FROM membership JOIN person ON person.id = membership.person_id AND person.active
            WHERE membership.organisation_id = organisation.id) AS people,
           (SELECT count(*) FROM site WHERE site.owner_id = organisation.id AND site.published) AS sites,
           CASE organisation.kind WHEN 'company' THEN booked.open ELSE asked.open END AS open,
           asked.overdue, asked.due_at
    FROM organisation
    {_OPEN}
    WHERE organisation.id = :organisation_id
""")
