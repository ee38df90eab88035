-- The story of applications, as their room and those above read it.
DROP VIEW IF EXISTS reservation_event;
CREATE VIEW reservation_event AS
    SELECT id, subject_id AS reservation_id, sequence, at, actor_id, actor_role, action, from_state, to_state, reason,
           details, hash
    FROM event WHERE subject = 'reservation';

-- What happened to the applications of a site, in the order of time.
CREATE INDEX IF NOT EXISTS event_by_site ON event (site_id, at) WHERE subject = 'reservation';

-- The volumes that an event tells of, each with the names of its area.
CREATE OR REPLACE FUNCTION volumes_named(volumes jsonb) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT jsonb_agg(one || jsonb_build_object('area_ja', area.name_ja, 'area_en', area.name_en) ORDER BY place)
    FROM jsonb_array_elements(volumes) WITH ORDINALITY AS told (one, place)
    LEFT JOIN area ON area.id = CAST(one ->> 'area' AS bigint)
$$;
