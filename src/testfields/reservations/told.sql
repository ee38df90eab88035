-- Whom the portal writes to about an application. Where there is nobody to read a letter, because all have left or are
-- locked out, it goes to the organisation's address for contact. A deactivated organisation makes nobody its people:
-- a company's address is told all the same what becomes of what it has, while an owner that has left is told nothing.

-- Who acted on it, for as long as they belong to the company, and its managers; served by membership_organisation_id.
CREATE OR REPLACE FUNCTION company_told(number bigint)
RETURNS TABLE (person_id bigint, organisation_id bigint, name text, locale text) LANGUAGE sql STABLE AS $$
    WITH people AS (
        SELECT DISTINCT person.id, person.name, person.locale
        FROM reservation
        JOIN organisation company ON company.id = reservation.company_id AND company.active
        JOIN membership ON membership.organisation_id = company.id
        JOIN person ON person.id = membership.person_id AND person.active
        WHERE reservation.id = number
          AND (membership.role = ANY(roles_with_all_letters())
               OR membership.role = ANY(roles_with_own_letters()) AND membership.person_id IN (
                   SELECT reservation.created_by
                   UNION ALL
                   SELECT told.actor_id FROM reservation_event told
                   WHERE told.reservation_id = reservation.id AND told.actor_role = 'company'
               ))
    )
    SELECT people.id, CAST(NULL AS bigint), people.name, people.locale FROM people
    UNION ALL
    SELECT NULL, company.id, company.name_ja, 'ja'
    FROM reservation JOIN organisation company ON company.id = reservation.company_id
    WHERE reservation.id = number AND NOT EXISTS (SELECT FROM people)
    ORDER BY 1
$$;

-- Those who can review or decide at the site, also for somebody else today; served by membership_organisation_id and
-- deputy_person_id.
CREATE OR REPLACE FUNCTION staff_told(number bigint)
RETURNS TABLE (person_id bigint, organisation_id bigint, name text, locale text) LANGUAGE sql STABLE AS $$
    WITH people AS (
        SELECT DISTINCT person.id, person.name, person.locale
        FROM reservation
        JOIN site ON site.id = reservation.site_id
        JOIN organisation owner ON owner.id = site.owner_id AND owner.active
        JOIN membership ON membership.organisation_id = owner.id
        JOIN person ON person.id = membership.person_id AND person.active
        WHERE reservation.id = number
          AND (membership.role = ANY(roles_with_all_letters())
               OR EXISTS (SELECT FROM deputy
                          WHERE deputy.person_id = person.id AND deputy.organisation_id = owner.id
                            AND stands_in(deputy, now())))
    )
    SELECT people.id, CAST(NULL AS bigint), people.name, people.locale FROM people
    UNION ALL
    SELECT NULL, owner.id, owner.name_ja, 'ja'
    FROM reservation JOIN site ON site.id = reservation.site_id JOIN organisation owner ON owner.id = site.owner_id
    WHERE reservation.id = number AND owner.active AND NOT EXISTS (SELECT FROM people)
    ORDER BY 1
$$;
