-- Closures take what is not closed yet of their places. Where one goes, the others at its site take what it leaves.

-- One after the other in the order in which they were entered. Served by closure_site_id.
CREATE OR REPLACE FUNCTION close_what_is_left(at_site bigint, from_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one closure;
BEGIN
    FOR one IN SELECT * FROM closure WHERE site_id = at_site AND lifted_at IS NULL ORDER BY id LOOP
        INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
        SELECT at_site, 'closure', one.id, still.footprint, '(,)', still.period
        FROM left_open(at_site, ground_of(one), one.period * tstzrange(from_at, NULL)) still;
    END LOOP;
END $$;
