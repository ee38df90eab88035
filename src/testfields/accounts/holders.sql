-- Who can log in and has one of the `wanted` roles in an organisation, once for each: who decides there where these are
-- the roles that decide. Served by membership_organisation_id and person's primary key.
CREATE OR REPLACE FUNCTION holders(organisation bigint, wanted text[]) RETURNS TABLE (person_id bigint, role text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT membership.person_id, membership.role
    FROM membership JOIN person ON person.id = membership.person_id AND person.active
    WHERE membership.organisation_id = organisation AND membership.role = ANY(wanted)
$$;
