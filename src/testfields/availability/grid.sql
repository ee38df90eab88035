-- The grid is counted on the wall clock from local midnight (sites.stays.on_grid). The way to the next point is as long
-- as the clock says, unless it is set forward or back on the way: then it is gone minute by minute, since the next
-- point may lie nearer than that, and clocks change by whole minutes.
CREATE OR REPLACE FUNCTION step_after(instant timestamptz, zone text, slot interval) RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    clock timestamp;
    point timestamp;
    way interval;
BEGIN
    LOOP
        clock := instant AT TIME ZONE zone;
        point := date_bin(slot, clock, clock::date);
        IF point = clock THEN
            RETURN instant;
        END IF;
        way := least(point + slot, clock::date + 1) - clock;
        IF (instant + way) AT TIME ZONE zone <> clock + way THEN
            way := date_trunc('minute', clock) + interval '1 minute' - clock;
        END IF;
        instant := instant + way;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION step_before(instant timestamptz, zone text, slot interval) RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    clock timestamp;
    point timestamp;
    way interval;
BEGIN
    LOOP
        clock := instant AT TIME ZONE zone;
        point := date_bin(slot, clock, clock::date);
        IF point = clock THEN
            RETURN instant;
        END IF;
        way := clock - point;
        IF (instant - way) AT TIME ZONE zone <> clock - way THEN
            way := clock - date_trunc('minute', clock - interval '1 microsecond');
        END IF;
        instant := instant - way;
    END LOOP;
END $$;

-- Nearly every instant lies on the grid already. A plain SELECT is merged into the query that asks; ten thousand
-- stretches then cost half.
CREATE OR REPLACE FUNCTION grid_after(instant timestamptz, zone text, slot interval) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN date_bin(slot, instant AT TIME ZONE zone, (instant AT TIME ZONE zone)::date) = instant AT TIME ZONE zone
        THEN instant
        ELSE step_after(instant, zone, slot)
    END
$$;

CREATE OR REPLACE FUNCTION grid_before(instant timestamptz, zone text, slot interval) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN date_bin(slot, instant AT TIME ZONE zone, (instant AT TIME ZONE zone)::date) = instant AT TIME ZONE zone
        THEN instant
        ELSE step_before(instant, zone, slot)
    END
$$;
