-- What a company or a site has filed, newest first, without reading what others have.
CREATE INDEX IF NOT EXISTS reservation_by_company ON reservation (company_id, id);
CREATE INDEX IF NOT EXISTS reservation_by_site ON reservation (site_id, id);
CREATE INDEX IF NOT EXISTS reservation_by_site_and_state ON reservation (site_id, state, id);
-- What is to be decided, in the order of its due date; what has none comes last.
CREATE INDEX IF NOT EXISTS reservation_by_due
    ON reservation (site_id, state, coalesce(due_at, '9999-12-31T00:00:00Z'::timestamptz), id);
CREATE INDEX IF NOT EXISTS reservation_deadline ON reservation (deadline) WHERE deadline IS NOT NULL;
-- What takes place next, at one site and at all of them.
CREATE INDEX IF NOT EXISTS volume_by_site_and_start ON volume (site_id, lower(period), reservation_id);
CREATE INDEX IF NOT EXISTS volume_by_start ON volume (lower(period), reservation_id);
-- What is asked for at a site at some time, claimed or waited for.
CREATE INDEX IF NOT EXISTS volume_by_site_and_period ON volume USING gist (site_id, period);

-- What never was more than a draft is nobody else's business, also when it has been put away.
CREATE OR REPLACE FUNCTION seen_by_staff(one reservation) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT one.state <> ALL(private_states()) OR EXISTS (
        SELECT FROM reservation_event event
        WHERE event.reservation_id = one.id AND event.to_state <> ALL(private_states())
    )
$$;

-- The areas that an application asks for, by name and as JSON, in the order in which their site tells them; found by
-- volume_reservation_id.
CREATE OR REPLACE FUNCTION areas_of(number bigint) RETURNS TABLE (name_ja text, name_en text, each_one jsonb)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_agg(area.name_ja, '、' ORDER BY area.position, area.slug),
           string_agg(area.name_en, ', ' ORDER BY area.position, area.slug),
           jsonb_agg(jsonb_build_object(
               'id', area.id, 'mode', area.mode, 'name', jsonb_build_object('ja', area.name_ja, 'en', area.name_en)
           ) ORDER BY area.position, area.slug)
    FROM area WHERE area.id IN (SELECT volume.area_id FROM volume WHERE volume.reservation_id = number)
$$;
