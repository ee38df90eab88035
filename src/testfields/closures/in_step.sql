-- A closure and its claims agree when the transaction ends, whoever writes to either: one that stands has some, unless all
-- that it closes is closed by others.

CREATE OR REPLACE FUNCTION demand_closure_in_step(number bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    stands boolean := EXISTS (SELECT FROM closure WHERE id = number AND lifted_at IS NULL);
BEGIN
    IF stands <> EXISTS (SELECT FROM claim WHERE source_kind = 'closure' AND source_id = number)
       AND (NOT stands OR EXISTS (
           SELECT FROM closure CROSS JOIN LATERAL left_open(closure.site_id, ground_of(closure), closure.period)
           WHERE closure.id = number)) THEN
        RAISE EXCEPTION 'closure % does not fit its claim', number
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'closure_claim_in_step';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION look_at_closure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM demand_closure_in_step(coalesce(NEW.id, OLD.id));
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS closure_in_step ON closure;
CREATE CONSTRAINT TRIGGER closure_in_step AFTER INSERT OR UPDATE OF lifted_at OR DELETE ON closure
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look_at_closure();

CREATE OR REPLACE FUNCTION look_at_claim_of_closure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF claim_source(OLD.source_kind) = 'closure' THEN
            PERFORM demand_closure_in_step(OLD.source_id);
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF claim_source(NEW.source_kind) = 'closure' THEN
            PERFORM demand_closure_in_step(NEW.source_id);
        END IF;
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS closure_claim_in_step_insert ON claim;
CREATE CONSTRAINT TRIGGER closure_claim_in_step_insert AFTER INSERT ON claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (claim_source(NEW.source_kind) = 'closure')
    EXECUTE FUNCTION look_at_claim_of_closure();
DROP TRIGGER IF EXISTS closure_claim_in_step_update ON claim;
CREATE CONSTRAINT TRIGGER closure_claim_in_step_update AFTER UPDATE OF source_kind, source_id ON claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (claim_source(OLD.source_kind) = 'closure' OR claim_source(NEW.source_kind) = 'closure')
    EXECUTE FUNCTION look_at_claim_of_closure();
DROP TRIGGER IF EXISTS closure_claim_in_step_delete ON claim;
CREATE CONSTRAINT TRIGGER closure_claim_in_step_delete AFTER DELETE ON claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (claim_source(OLD.source_kind) = 'closure')
    EXECUTE FUNCTION look_at_claim_of_closure();
