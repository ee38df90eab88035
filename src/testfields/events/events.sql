-- A subject's story is only ever added to, each event sealed with the hash of the one before.

CREATE OR REPLACE FUNCTION event_seal(event event) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(event.previous_hash || convert_to(jsonb_build_array(
        event.subject, event.subject_id, event.sequence,
        to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        event.site_id, event.tenant_id, event.actor_id, event.actor_role, event.action, event.from_state, event.to_state, event.reason, event.details
    )::text, 'UTF8'))
$$;

CREATE OR REPLACE FUNCTION chain_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last event;
BEGIN
    SELECT * INTO last FROM event
    WHERE subject = NEW.subject AND subject_id = NEW.subject_id ORDER BY sequence DESC LIMIT 1;
    NEW.sequence := coalesce(last.sequence, 0) + 1;
    NEW.previous_hash := coalesce(last.hash, ''::bytea);
    NEW.hash := event_seal(NEW);
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER event_chain BEFORE INSERT ON event
    FOR EACH ROW EXECUTE FUNCTION chain_event();

CREATE OR REPLACE FUNCTION refuse_to_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite();

-- Enqueued by the event itself, in the same transaction: no path can forget what follows. The row is written as it is,
-- without the library's function for many jobs, which takes half as long again for one.
CREATE OR REPLACE FUNCTION enqueue_what_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO procrastinate_jobs (queue_name, task_name, args)
    VALUES ('events', 'what_follows', jsonb_build_object('event_id', NEW.id));
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER event_has_consequences AFTER INSERT ON event
    FOR EACH ROW EXECUTE FUNCTION enqueue_what_follows();
