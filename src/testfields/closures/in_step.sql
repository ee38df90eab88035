-- A closure and its claim agree when the transaction ends, whoever writes to either.

CREATE OR REPLACE FUNCTION demand_closure_in_step(number bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM closure WHERE id = number AND lifted_at IS NULL)
       <> EXISTS (SELECT FROM claim WHERE source_kind = 'closure' AND source_id = number) THEN
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
