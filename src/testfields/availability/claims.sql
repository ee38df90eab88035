-- No claims at one site intersect, whoever writes them.

CREATE INDEX IF NOT EXISTS claim_by_site_and_period ON claim USING gist (site_id, period);
CREATE INDEX IF NOT EXISTS claim_by_period ON claim USING gist (period);
CREATE INDEX IF NOT EXISTS claim_by_source ON claim (source_kind, source_id);
ALTER TABLE site_lock SET (fillfactor = 50);

CREATE OR REPLACE FUNCTION give_site_its_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO site_lock (site_id, claims_taken) VALUES (NEW.id, 0);
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER site_gets_its_lock AFTER INSERT ON site
    FOR EACH ROW EXECUTE FUNCTION give_site_its_lock();

-- Takers at one site queue on its lock row. It is updated, not merely locked, so that a transaction with an older
-- snapshot (REPEATABLE READ) fails with 40001 instead of overlooking what has been committed since.
-- Several sites are locked in the order of their ids, so that takers never wait for each other in a ring.
CREATE OR REPLACE FUNCTION guard_claims() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    site bigint;
    in_the_way jsonb;
BEGIN
    FOR site IN SELECT DISTINCT site_id FROM new_claims ORDER BY site_id LOOP
        UPDATE site_lock SET claims_taken = claims_taken + 1 WHERE site_id = site;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'site % has no lock row', site USING ERRCODE = 'foreign_key_violation';
        END IF;
    END LOOP;

    -- The guard compares claims of one site only, because sites share no ground: that holds as long as each claim lies
    -- on its own.
    IF EXISTS (
        SELECT FROM new_claims taken JOIN site ON site.id = taken.site_id
        WHERE NOT is_inside(taken.footprint, site.geometry)
    ) THEN
        RAISE EXCEPTION 'a claim leaves its site' USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_within_site';
    END IF;

    SELECT jsonb_agg(to_jsonb(one) ORDER BY one.start, one.id) INTO in_the_way FROM (
        SELECT DISTINCT standing.id, standing.source_kind AS kind, standing.source_id AS source,
               lower(standing.period) AS start, upper(standing.period) AS "end",
               lower(standing.altitude) AS lower, upper(standing.altitude) AS upper,
               told_shape(standing.footprint) AS footprint
        FROM new_claims taken
        JOIN claim standing
          ON standing.site_id = taken.site_id
         AND standing.period && taken.period
         AND standing.id <> taken.id
         AND standing.altitude && taken.altitude
         AND standing.footprint && taken.footprint
         AND ST_Relate(standing.footprint, taken.footprint, 'T********')
        LIMIT 20
    ) one;
    IF in_the_way IS NOT NULL THEN
        RAISE EXCEPTION 'the volume is taken'
            USING ERRCODE = 'exclusion_violation', DETAIL = in_the_way::text,
                  SCHEMA = TG_TABLE_SCHEMA, TABLE = 'claim', CONSTRAINT = 'claim_no_overlap';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER claim_guard_insert AFTER INSERT ON claim
    REFERENCING NEW TABLE AS new_claims
    FOR EACH STATEMENT EXECUTE FUNCTION guard_claims();
CREATE OR REPLACE TRIGGER claim_guard_update AFTER UPDATE ON claim
    REFERENCING NEW TABLE AS new_claims
    FOR EACH STATEMENT EXECUTE FUNCTION guard_claims();

CREATE OR REPLACE FUNCTION refuse_to_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is not to be emptied', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER claim_not_emptied BEFORE TRUNCATE ON claim
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_empty();

-- A site's outline may change as long as what still stands there lies in it but for the tolerance, by which that is
-- then cut. Whoever takes something meanwhile queues on the same lock row. Closures follow the ground by themselves.
CREATE OR REPLACE FUNCTION site_keeps_its_claims() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE site_lock SET claims_taken = claims_taken + 1 WHERE site_id = NEW.id;
    IF EXISTS (
        SELECT FROM claim
        WHERE site_id = NEW.id AND upper(period) > now() AND NOT is_inside(footprint, NEW.geometry)
          AND claim_source(source_kind) IS DISTINCT FROM 'closure'
    ) THEN
        RAISE EXCEPTION 'what still stands at site % would lie outside it', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'site_keeps_its_claims';
    END IF;
    UPDATE claim SET footprint = ST_Multi(ST_CollectionExtract(ST_Intersection(footprint, NEW.ground), 3))
    WHERE site_id = NEW.id AND upper(period) > now() AND NOT ST_CoveredBy(footprint, NEW.geometry)
      AND claim_source(source_kind) IS DISTINCT FROM 'closure';
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER site_keeps_its_claims AFTER UPDATE OF geometry ON site FOR EACH ROW
    WHEN (NOT ST_Equals(OLD.geometry, NEW.geometry)) EXECUTE FUNCTION site_keeps_its_claims();
