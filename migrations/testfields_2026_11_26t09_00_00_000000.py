"""A site's ground cannot move away from under what still stands on it; a draft that is put away stays its company's."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from testfields.db.engine import DB

ID = "2026-11-26T09:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "sites keep their claims, drafts their secret"

# The claim guard compares claims of one site only, because sites share no ground: that holds as long as each claim lies
# on its own. Whoever takes something meanwhile queues on the same lock row. A millionth of a degree is about 0.1 m.
SCRIPT = """
CREATE FUNCTION site_keeps_its_claims() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE site_lock SET claims_taken = claims_taken + 1 WHERE site_id = NEW.id;
    IF EXISTS (
        SELECT FROM claim
        WHERE site_id = NEW.id AND upper(period) > now()
          AND NOT ST_CoveredBy(footprint, ST_Buffer(NEW.geometry, 1e-6))
    ) THEN
        RAISE EXCEPTION 'what still stands at site % would lie outside it', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'site_keeps_its_claims';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER site_keeps_its_claims AFTER UPDATE OF geometry ON site FOR EACH ROW
    WHEN (NOT ST_Equals(OLD.geometry, NEW.geometry)) EXECUTE FUNCTION site_keeps_its_claims();
"""

# What never was more than a draft is nobody else's business, also when it has been put away.
SEEN = """
CREATE FUNCTION seen_by_staff(one reservation) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT one.state <> 'draft' AND (one.state <> 'withdrawn' OR EXISTS (
        SELECT FROM reservation_event event
        WHERE event.reservation_id = one.id AND event.to_state NOT IN ('draft', 'withdrawn')
    ))
$$;
"""


async def forwards() -> MigrationManager:
    """Add the guard and the question."""
    manager = MigrationManager(migration_id=ID, app_name="testfields", description=DESCRIPTION)

    async def run() -> None:
        async with DB.connection() as connection:
            for script in (SCRIPT, SEEN):
                await connection.execute(script)

    manager.add_raw(run)
    return manager
