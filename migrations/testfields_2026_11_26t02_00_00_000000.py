"""A reservation, its last event and its claims agree, whoever writes to any of them; so do a closure and its claim."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from testfields.db.engine import DB

ID = "2026-11-26T02:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "state, event and claim in step from every side"

# The guards until now looked from the reservation and at claims that go, not at claims and events that come.
BEFORE = """
DROP TRIGGER reservation_state_has_event ON reservation;
DROP TRIGGER reservation_claim_in_step ON reservation;
DROP TRIGGER claim_in_step ON claim;
DROP FUNCTION demand_event_for_state();
DROP FUNCTION look_at_claim_of_state();
DROP FUNCTION look_at_state_of_claim();
DROP FUNCTION demand_claim_in_step(bigint);
"""

# Looked at when the transaction ends. The states are those of reservations.rules.CLAIMING.
DEMANDS = """
CREATE FUNCTION demand_reservation_in_step(number bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    stored text;
    told text;
    claimed text[];
BEGIN
    SELECT (SELECT state FROM reservation WHERE id = number),
           (SELECT to_state FROM reservation_event WHERE reservation_id = number ORDER BY sequence DESC LIMIT 1),
           (SELECT array_agg(DISTINCT source_kind) FROM claim
            WHERE source_kind IN ('hold', 'reservation') AND source_id = number)
    INTO stored, told, claimed;
    IF stored IS DISTINCT FROM told THEN
        RAISE EXCEPTION 'reservation % is % but its last event says %', number, stored, told
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reservation_state_has_event';
    END IF;
    IF claimed IS DISTINCT FROM (CASE
        WHEN stored = 'held' THEN '{hold}'::text[]
        WHEN stored IN ('submitted', 'returned', 'approved', 'confirmed', 'active', 'completed', 'reported')
        THEN '{reservation}'::text[]
    END) THEN
        RAISE EXCEPTION 'reservation % is %, which does not fit its claim', number, coalesce(stored, 'not there')
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reservation_claim_in_step';
    END IF;
END $$;

CREATE FUNCTION demand_closure_in_step(number bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM closure WHERE id = number AND lifted_at IS NULL)
       <> EXISTS (SELECT FROM claim WHERE source_kind = 'closure' AND source_id = number) THEN
        RAISE EXCEPTION 'closure % does not fit its claim', number
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'closure_claim_in_step';
    END IF;
END $$;

CREATE FUNCTION demand_source_in_step(kind text, number bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF kind IN ('hold', 'reservation') THEN
        PERFORM demand_reservation_in_step(number);
    ELSIF kind = 'closure' THEN
        PERFORM demand_closure_in_step(number);
    END IF;
END $$;
"""

LOOKS = """
CREATE FUNCTION look_at_reservation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM demand_reservation_in_step(NEW.id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reservation_in_step AFTER INSERT OR UPDATE OF state ON reservation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look_at_reservation();

CREATE FUNCTION look_at_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM demand_reservation_in_step(NEW.reservation_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER event_in_step AFTER INSERT ON reservation_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look_at_event();

CREATE FUNCTION look_at_closure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM demand_closure_in_step(coalesce(NEW.id, OLD.id));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER closure_in_step AFTER INSERT OR UPDATE OF lifted_at OR DELETE ON closure
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look_at_closure();

CREATE FUNCTION look_at_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM demand_source_in_step(OLD.source_kind, OLD.source_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM demand_source_in_step(NEW.source_kind, NEW.source_id);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER claim_in_step_insert AFTER INSERT ON claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.source_kind <> 'allotment')
    EXECUTE FUNCTION look_at_claim();
CREATE CONSTRAINT TRIGGER claim_in_step_update AFTER UPDATE OF source_kind, source_id ON claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look_at_claim();
CREATE CONSTRAINT TRIGGER claim_in_step_delete AFTER DELETE ON claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.source_kind <> 'allotment')
    EXECUTE FUNCTION look_at_claim();
"""


async def forwards() -> MigrationManager:
    """Put the new guards in the place of the old."""
    manager = MigrationManager(migration_id=ID, app_name="testfields", description=DESCRIPTION)

    async def run() -> None:
        async with DB.connection() as connection:
            for script in (BEFORE, DEMANDS, LOOKS):
                await connection.execute(script)

    manager.add_raw(run)
    return manager
