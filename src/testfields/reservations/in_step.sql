-- A reservation, its last event and its claims agree when the transaction ends, whoever writes to any of them.

CREATE OR REPLACE FUNCTION demand_reservation_in_step(number bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    stored text;
    told text;
    claimed text[];
BEGIN
    SELECT (SELECT state FROM reservation WHERE id = number),
           (SELECT to_state FROM event WHERE subject = 'reservation' AND subject_id = number
            ORDER BY sequence DESC LIMIT 1),
           (SELECT coalesce(array_agg(DISTINCT source_kind), '{}') FROM claim
            WHERE source_kind = ANY(claims_of_reservations()) AND source_id = number)
    INTO stored, told, claimed;
    IF stored IS DISTINCT FROM told THEN
        RAISE EXCEPTION 'reservation % is % but its last event says %', number, stored, told
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reservation_state_has_event';
    END IF;
    -- Whoever left before the time began has given all of it back.
    IF claimed IS DISTINCT FROM array_remove(ARRAY[claim_of_state(stored)], NULL)
       AND NOT (claimed = '{}' AND stored = ANY(used_states())) THEN
        RAISE EXCEPTION 'reservation % is %, which does not fit its claim', number, coalesce(stored, 'not there')
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reservation_claim_in_step';
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

-- One step writes an event, and usually the reservation and claims too, which are looked at for themselves. So an event
-- that says what is stored is left at that, and a claim of the kind that is due. The last event is among those looked at.
CREATE OR REPLACE FUNCTION look_at_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM reservation WHERE id = NEW.subject_id AND state = NEW.to_state) THEN
        PERFORM demand_reservation_in_step(NEW.subject_id);
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS event_in_step ON event;
CREATE CONSTRAINT TRIGGER event_in_step AFTER INSERT ON event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.subject = 'reservation')
    EXECUTE FUNCTION look_at_event();

CREATE OR REPLACE FUNCTION look_at_new_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM reservation WHERE id = NEW.source_id AND claim_of_state(state) = NEW.source_kind) THEN
        PERFORM demand_reservation_in_step(NEW.source_id);
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS claim_in_step_insert ON claim;
CREATE CONSTRAINT TRIGGER claim_in_step_insert AFTER INSERT ON claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (claim_source(NEW.source_kind) = 'reservation')
    EXECUTE FUNCTION look_at_new_claim();

-- A claim that changes hands concerns both.
CREATE OR REPLACE FUNCTION look_at_changed_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF claim_source(OLD.source_kind) = 'reservation' THEN
        PERFORM demand_reservation_in_step(OLD.source_id);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF claim_source(NEW.source_kind) = 'reservation' THEN
            PERFORM demand_reservation_in_step(NEW.source_id);
        END IF;
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS claim_in_step_update ON claim;
CREATE CONSTRAINT TRIGGER claim_in_step_update AFTER UPDATE OF source_kind, source_id ON claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look_at_changed_claim();
DROP TRIGGER IF EXISTS claim_in_step_delete ON claim;
CREATE CONSTRAINT TRIGGER claim_in_step_delete AFTER DELETE ON claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (claim_source(OLD.source_kind) = 'reservation')
    EXECUTE FUNCTION look_at_changed_claim();
