-- What a company or a site has filed, newest first, without reading what others have.
CREATE INDEX IF NOT EXISTS reservation_by_company ON reservation (company_id, id);
CREATE INDEX IF NOT EXISTS reservation_by_site ON reservation (site_id, id);
CREATE INDEX IF NOT EXISTS reservation_by_site_and_state ON reservation (site_id, state);
-- What takes place next, at one site and at all of them.
CREATE INDEX IF NOT EXISTS volume_by_site_and_start ON volume (site_id, lower(period), reservation_id);
CREATE INDEX IF NOT EXISTS volume_by_start ON volume (lower(period), reservation_id);

-- What never was more than a draft is nobody else's business, also when it has been put away.
CREATE OR REPLACE FUNCTION seen_by_staff(one reservation) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT one.state <> ALL(private_states()) OR EXISTS (
        SELECT FROM reservation_event event
        WHERE event.reservation_id = one.id AND event.to_state <> ALL(private_states())
    )
$$;
