"""The slot grid without a function call where an instant lies on it already, as nearly all do."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from testfields.db.engine import DB

ID = "2026-11-23T02:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "slot grid, inlined"

# A plain SELECT is merged into the query that asks; ten thousand stretches then cost half.
GRID = """
ALTER FUNCTION grid_after(timestamptz, text, interval) RENAME TO step_after;
ALTER FUNCTION grid_before(timestamptz, text, interval) RENAME TO step_before;

CREATE FUNCTION grid_after(instant timestamptz, zone text, slot interval) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN date_bin(slot, instant AT TIME ZONE zone, (instant AT TIME ZONE zone)::date) = instant AT TIME ZONE zone
        THEN instant
        ELSE step_after(instant, zone, slot)
    END
$$;

CREATE FUNCTION grid_before(instant timestamptz, zone text, slot interval) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN date_bin(slot, instant AT TIME ZONE zone, (instant AT TIME ZONE zone)::date) = instant AT TIME ZONE zone
        THEN instant
        ELSE step_before(instant, zone, slot)
    END
$$;
"""


async def forwards() -> MigrationManager:
    """Give the grid's functions another inside."""
    manager = MigrationManager(migration_id=ID, app_name="testfields", description=DESCRIPTION)

    async def run() -> None:
        async with DB.connection() as connection:
            await connection.execute(GRID)

    manager.add_raw(run)
    return manager
