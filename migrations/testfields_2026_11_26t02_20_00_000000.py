"""Published sites are compared when asked for at the end of a transaction: two of them may change places in it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from testfields.db.engine import DB

ID = "2026-11-26T02:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "published sites may change places"

# It looks at the site as it stands by then, which need not be the row that the trigger was called for.
SITES = """
DROP TRIGGER site_guard ON site;
CREATE OR REPLACE FUNCTION guard_published_sites() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    other text;
BEGIN
    -- Sites are published seldom; one at a time keeps two from overlapping each other unseen.
    PERFORM pg_advisory_xact_lock(hashtext('testfields.site.published'));
    SELECT standing.slug INTO other
    FROM site mine
    JOIN site standing ON standing.published AND standing.id <> mine.id AND standing.geometry && mine.geometry
     AND ST_Relate(standing.geometry, mine.geometry, 'T********')
    WHERE mine.id = NEW.id AND mine.published
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'site % overlaps published site %', NEW.slug, other
            USING ERRCODE = 'exclusion_violation', DETAIL = other, TABLE = 'site', CONSTRAINT = 'site_no_overlap';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER site_guard AFTER INSERT OR UPDATE OF geometry, published ON site
    DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN (NEW.published) EXECUTE FUNCTION guard_published_sites();
"""


async def forwards() -> MigrationManager:
    """Make the guard deferrable."""
    manager = MigrationManager(migration_id=ID, app_name="testfields", description=DESCRIPTION)

    async def run() -> None:
        async with DB.connection() as connection:
            await connection.execute(SITES)

    manager.add_raw(run)
    return manager
