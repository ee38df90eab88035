-- Whoever acted stays known: events stand on the floor below people, so their key to them is said here.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'event_actor') THEN
        ALTER TABLE event ADD CONSTRAINT event_actor FOREIGN KEY (actor_id) REFERENCES person ON DELETE RESTRICT;
    END IF;
END $$;
