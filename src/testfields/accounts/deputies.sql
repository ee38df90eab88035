-- Whether somebody stands in for an approver at a moment: on the days that were said, and as long as both are what they
-- were when it was said: who named them an approver there who can log in, and they themselves of its staff and no
-- approver. Served by membership_person_id.
CREATE OR REPLACE FUNCTION is_vouched_for(one deputy) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT one.ended_at IS NULL AND EXISTS (
        SELECT FROM membership JOIN person ON person.id = membership.person_id AND person.active
        WHERE membership.person_id = one.approver_id AND membership.organisation_id = one.organisation_id
          AND membership.role = ANY(roles_that_name_deputies())
    ) AND EXISTS (
        SELECT FROM membership JOIN person ON person.id = membership.person_id AND person.active
        WHERE membership.person_id = one.person_id AND membership.organisation_id = one.organisation_id
          AND membership.role = ANY(roles_that_can_deputise())
    ) AND NOT EXISTS (
        SELECT FROM membership
        WHERE membership.person_id = one.person_id AND membership.organisation_id = one.organisation_id
          AND membership.role = ANY(roles_that_name_deputies())
    )
$$;

-- The companies that somebody belongs to. Served by membership_person_id.
CREATE OR REPLACE FUNCTION companies_of(whose bigint) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(SELECT DISTINCT organisation.id
                 FROM membership JOIN organisation ON organisation.id = membership.organisation_id
                 WHERE membership.person_id = whose AND organisation.kind = 'company')
$$;

CREATE OR REPLACE FUNCTION stands_in(one deputy, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT one.starts_at <= at AND one.ends_at > at AND is_vouched_for(one)
$$;
