"""A claim and the state of its reservation keep step, whoever writes to either."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from testfields.db.engine import DB

ID = "2026-11-23T02:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "claims keep step with states"

IN_STEP = """
-- Looked at when the transaction ends: the states of reservations.rules.CLAIMING have a claim, no other has one.
CREATE FUNCTION demand_claim_in_step(reservation bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    stored text;
    claimed boolean;
BEGIN
    SELECT state INTO stored FROM reservation one WHERE one.id = reservation;
    claimed := EXISTS (
        SELECT FROM claim WHERE source_kind IN ('hold', 'reservation') AND source_id = reservation
    );
    IF claimed <> coalesce(stored IN ('held', 'submitted', 'returned', 'approved', 'confirmed', 'active', 'completed',
                                      'reported'), false) THEN
        RAISE EXCEPTION 'reservation % is %, which does not fit its claim', reservation, coalesce(stored, 'not there')
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reservation_claim_in_step';
    END IF;
END $$;

CREATE FUNCTION look_at_claim_of_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM demand_claim_in_step(NEW.id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reservation_claim_in_step AFTER INSERT OR UPDATE OF state ON reservation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look_at_claim_of_state();

CREATE FUNCTION look_at_state_of_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM demand_claim_in_step(OLD.source_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER claim_in_step AFTER DELETE ON claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.source_kind IN ('hold', 'reservation'))
    EXECUTE FUNCTION look_at_state_of_claim();

CREATE FUNCTION refuse_to_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is not to be emptied', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER claim_not_emptied BEFORE TRUNCATE ON claim
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_empty();
"""


async def forwards() -> MigrationManager:
    """Install the triggers."""
    manager = MigrationManager(migration_id=ID, app_name="testfields", description=DESCRIPTION)

    async def run() -> None:
        async with DB.connection() as connection:
            await connection.execute(IN_STEP)

    manager.add_raw(run)
    return manager
