-- What becomes of a stay is known of its volumes too, so that they are found by themselves.

CREATE OR REPLACE FUNCTION volumes_follow_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE volume SET stay_state = NEW.state, period = NEW.period WHERE stay_id = NEW.id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER volumes_follow_stay AFTER UPDATE OF state, period ON stay FOR EACH ROW
    WHEN (OLD.state <> NEW.state OR OLD.period <> NEW.period) EXECUTE FUNCTION volumes_follow_stay();

-- The stays of an application, in the order of time. Not unique: see the table.
CREATE INDEX IF NOT EXISTS stay_once ON stay (reservation_id, period);
-- What nobody has ended: looked through each minute.
CREATE INDEX IF NOT EXISTS stay_open ON stay (lower(period)) WHERE state IN ('planned', 'active');

-- The stays of an application that are still to come or under way; where there are none, all of them.
CREATE OR REPLACE FUNCTION span_of(number bigint)
RETURNS TABLE (starts_at timestamptz, last_starts_at timestamptz, ends_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(min(lower(period)) FILTER (WHERE state = ANY(open_stays())), min(lower(period))),
           coalesce(max(lower(period)) FILTER (WHERE state = ANY(open_stays())), max(lower(period))),
           coalesce(max(upper(period)) FILTER (WHERE state = ANY(open_stays())), max(upper(period)))
    FROM stay WHERE reservation_id = number
$$;

-- The same as JSON, in the order of time.
CREATE OR REPLACE FUNCTION stays_of(number bigint) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'id', id, 'state', state,
               'period', jsonb_build_object('start', lower(period), 'end', upper(period))
           ) ORDER BY lower(period), id), '[]')
    FROM stay WHERE reservation_id = number
$$;

-- The stays that an event tells of, in the same form; none where it is about the whole application.
CREATE OR REPLACE FUNCTION stays_in(details jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'id', one -> 'id', 'state', one -> 'state',
               'period', jsonb_build_object('start', one #> '{period,0}', 'end', one #> '{period,1}')
           ) ORDER BY place), '[]')
    FROM jsonb_array_elements(details -> 'stays') WITH ORDINALITY AS told (one, place)
$$;
