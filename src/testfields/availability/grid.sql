-- The grid is counted on the wall clock from local midnight (availability.rules.on_grid). Where summer time begins or
-- ends, elapsed time lands beside the grid once; the loop then takes one step more.
CREATE OR REPLACE FUNCTION step_after(instant timestamptz, zone text, slot interval) RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    clock timestamp;
    point timestamp;
BEGIN
    LOOP
        clock := instant AT TIME ZONE zone;
        point := date_bin(slot, clock, clock::date);
        IF point = clock THEN
            RETURN instant;
        END IF;
        instant := instant + (least(point + slot, clock::date + 1) - clock);
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION step_before(instant timestamptz, zone text, slot interval) RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    clock timestamp;
    point timestamp;
BEGIN
    LOOP
        clock := instant AT TIME ZONE zone;
        point := date_bin(slot, clock, clock::date);
        IF point = clock THEN
            RETURN instant;
        END IF;
        instant := instant - (clock - point);
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
