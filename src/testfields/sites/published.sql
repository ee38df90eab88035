-- Published sites share no ground that counts. They are compared when asked for at the end of a transaction, as they stand by then:
-- two of them may change places in it.

CREATE OR REPLACE FUNCTION guard_published_sites() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    other text;
BEGIN
    -- Sites are published seldom; one at a time keeps two from overlapping each other unseen.
    PERFORM pg_advisory_xact_lock(hashtext('testfields.site.published'));
    SELECT standing.slug INTO other
    FROM site mine
    JOIN site standing ON standing.published AND standing.id <> mine.id AND standing.geometry && mine.geometry
     AND ST_Relate(standing.ground, mine.ground, 'T********')
    WHERE mine.id = NEW.id AND mine.published
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'site % overlaps published site %', NEW.slug, other
            USING ERRCODE = 'exclusion_violation', DETAIL = other, TABLE = 'site', CONSTRAINT = 'site_no_overlap';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS site_guard ON site;
CREATE CONSTRAINT TRIGGER site_guard AFTER INSERT OR UPDATE OF geometry, published ON site
    DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN (NEW.published) EXECUTE FUNCTION guard_published_sites();
