-- A reservation, its last event and its claims agree when the transaction ends, whoever writes to any of them.
-- The states are those of reservations.rules.CLAIMING.

CREATE OR REPLACE FUNCTION demand_reservation_in_step(number bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    stored text;
    told text;
    claimed text[];
BEGIN
    SELECT (SELECT state FROM reservation WHERE id = number),
           (SELECT to_state FROM event WHERE subject = 'reservation' AND subject_id = number
            ORDER BY sequence DESC LIMIT 1),
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

CREATE OR REPLACE FUNCTION demand_source_in_step(kind text, number bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF kind IN ('hold', 'reservation') THEN
        PERFORM demand_reservation_in_step(number);
    ELSIF kind = 'closure' THEN
        PERFORM demand_closure_in_step(number);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION look_at_reservation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM demand_reservation_in_step(coalesce(NEW.id, OLD.id));
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS reservation_in_step ON reservation;
CREATE CONSTRAINT TRIGGER reservation_in_step AFTER INSERT OR UPDATE OF state OR DELETE ON reservation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look_at_reservation();

CREATE OR REPLACE TRIGGER reservation_not_emptied BEFORE TRUNCATE ON reservation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_empty();

CREATE OR REPLACE FUNCTION look_at_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM demand_reservation_in_step(NEW.subject_id);
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS event_in_step ON event;
CREATE CONSTRAINT TRIGGER event_in_step AFTER INSERT ON event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.subject = 'reservation')
    EXECUTE FUNCTION look_at_event();

CREATE OR REPLACE FUNCTION look_at_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM demand_source_in_step(OLD.source_kind, OLD.source_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM demand_source_in_step(NEW.source_kind, NEW.source_id);
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS claim_in_step_insert ON claim;
CREATE CONSTRAINT TRIGGER claim_in_step_insert AFTER INSERT ON claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.source_kind <> 'allotment')
    EXECUTE FUNCTION look_at_claim();
DROP TRIGGER IF EXISTS claim_in_step_update ON claim;
CREATE CONSTRAINT TRIGGER claim_in_step_update AFTER UPDATE OF source_kind, source_id ON claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look_at_claim();
DROP TRIGGER IF EXISTS claim_in_step_delete ON claim;
CREATE CONSTRAINT TRIGGER claim_in_step_delete AFTER DELETE ON claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.source_kind <> 'allotment')
    EXECUTE FUNCTION look_at_claim();
