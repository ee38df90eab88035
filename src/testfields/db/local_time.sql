-- What core.local_time says of a local day. Where the clock is set back over midnight, PostgreSQL would begin the day
-- when midnight comes for the second time; an hour before it the clock shows each time once.
CREATE OR REPLACE FUNCTION day_begins(day date, zone text) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT least(
        day::timestamp AT TIME ZONE zone,
        (day::timestamp - interval '1 hour') AT TIME ZONE zone + interval '1 hour'
    )
$$;
