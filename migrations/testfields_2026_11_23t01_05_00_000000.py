"""What the search for free time asks of the database: the hours of ten thousand sites at once, and the slot grid."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from testfields.db.engine import DB

ID = "2026-11-23T01:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "free time: opening hours in one pass, slot grid, separation"

# As before, but only openings that meet `within`, and a weekday is compared as the integer it is, so that one pass
# over the hours does for all sites. Zones lie between UTC-12 and UTC+14; an opening lasts into the next day at most.
OPENING = """
CREATE OR REPLACE FUNCTION opening(within tstzrange) RETURNS TABLE (site_id bigint, period tstzrange)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    -- An hour that the clock leaps over can leave nothing between opening and closing.
    SELECT hours.site_id, tstzrange(instants.opens, greatest(instants.opens, instants.closes))
    FROM generate_series(
             (lower(within) AT TIME ZONE 'UTC' - interval '12 hours')::date - date '1970-01-01' - 1,
             (upper(within) AT TIME ZONE 'UTC' + interval '14 hours')::date - date '1970-01-01'
         ) AS since
    CROSS JOIN LATERAL (
        SELECT date '1970-01-01' + since AS date,
               (date_part('epoch', lower(within)) / 60)::integer - since * 1440 AS from_minute,
               (date_part('epoch', upper(within)) / 60)::integer - since * 1440 AS to_minute
    ) day
    JOIN opening_hours hours ON hours.weekday = extract(isodow FROM day.date)::integer
    JOIN site ON site.id = hours.site_id
    CROSS JOIN LATERAL (
        SELECT (day.date + make_interval(mins => hours.opens_minute)) AT TIME ZONE site.timezone AS opens,
               (day.date + make_interval(mins => hours.closes_minute)) AT TIME ZONE site.timezone AS closes
    ) instants
    -- Most of what lies elsewhere is seen without looking at the zone.
    WHERE CASE WHEN hours.opens_minute > day.to_minute + 840 OR hours.closes_minute < day.from_minute - 720 THEN false
               ELSE instants.opens < upper(within) AND instants.closes > lower(within)
          END
$$;
"""

# The grid is counted on the wall clock from local midnight (availability.rules.on_grid). Where summer time begins or
# ends, elapsed time lands beside the grid once; the loop then takes one step more.
GRID = """
CREATE FUNCTION grid_after(instant timestamptz, zone text, slot interval) RETURNS timestamptz
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

CREATE FUNCTION grid_before(instant timestamptz, zone text, slot interval) RETURNS timestamptz
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
"""

# Half the separation on every side; the neighbour brings the other half. It is kept within the area, whose edge is
# the owner's own line to the neighbours.
SEPARATION = """
CREATE FUNCTION widened(footprint geometry, area geometry, separation_m numeric, metric_crs bigint) RETURNS geometry
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN footprint IS NULL THEN area
        WHEN separation_m = 0 THEN footprint
        ELSE ST_Multi(ST_CollectionExtract(ST_Intersection(area, ST_Transform(
            ST_Buffer(ST_Transform(footprint, metric_crs::int), separation_m::float8 / 2), 4326)), 3))
    END
$$;
"""


async def forwards() -> MigrationManager:
    """Replace `opening`, add the grid and the separation."""
    manager = MigrationManager(migration_id=ID, app_name="testfields", description=DESCRIPTION)

    async def run() -> None:
        async with DB.connection() as connection:
            for script in (OPENING, GRID, SEPARATION):
                await connection.execute(script)

    manager.add_raw(run)
    return manager
