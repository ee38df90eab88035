-- What is closed follows the ground of its place. When a transaction that has changed an outline ends, closures that are
-- not over take what they would if they were entered now, all at one site together, as areas may exchange ground; one
-- whose place has no ground left is lifted. Where one would meet what others have taken, the change is refused.

CREATE OR REPLACE FUNCTION closures_follow(changed bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wanted record;
    refused jsonb;
BEGIN
    -- As takers do: nobody takes meanwhile what a closure is about to grow into.
    UPDATE site_lock SET claims_taken = claims_taken + 1 WHERE site_id = changed;
    WITH following AS MATERIALIZED (SELECT * FROM closures_as_they_lie(changed))
    SELECT jsonb_build_object(
               'closure', min(one.closure_id), 'site', min(one.site), 'area', min(one.area),
               'numbers', jsonb_agg(DISTINCT standing.source_id) FILTER (
                   WHERE claim_source(standing.source_kind) = 'reservation'))
    INTO refused
    FROM following one
    JOIN claim standing ON standing.site_id = changed AND standing.id <> one.claim_id AND standing.period && one.period
    LEFT JOIN following other ON other.claim_id = standing.id
    WHERE coalesce(other.ground, standing.footprint) && one.ground
      AND ST_Relate(coalesce(other.ground, standing.footprint), one.ground, 'T********')
    GROUP BY one.closure_id ORDER BY one.closure_id LIMIT 1;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'closure % would meet what stands there', refused ->> 'closure'
            USING ERRCODE = 'exclusion_violation', DETAIL = refused::text, CONSTRAINT = 'closures_follow_ground';
    END IF;

    FOR wanted IN SELECT * FROM closures_as_they_lie(changed) WHERE ST_IsEmpty(ground) LOOP
        DELETE FROM claim WHERE id = wanted.claim_id;
        UPDATE closure SET lifted_at = now(), version = version + 1 WHERE id = wanted.closure_id;
        INSERT INTO event (subject, subject_id, at, site_id, tenant_id, actor_role, action)
        SELECT 'closure', wanted.closure_id, now(), site.id, site.owner_id, 'operator', 'lift'
        FROM site WHERE site.id = changed;
    END LOOP;
    UPDATE claim SET footprint = one.ground FROM closures_as_they_lie(changed) one WHERE claim.id = one.claim_id;
END $$;

-- The closures at a site whose claims are not their ground, with what that is. Served by closure_site_id.
CREATE OR REPLACE FUNCTION closures_as_they_lie(at_site bigint)
RETURNS TABLE (closure_id bigint, claim_id bigint, period tstzrange, ground geometry, site text, area text)
LANGUAGE sql STABLE AS $$
    SELECT closure.id, claim.id, claim.period, place.ground, site.slug, area.slug
    FROM closure
    JOIN claim ON claim.source_kind = 'closure' AND claim.source_id = closure.id AND upper(claim.period) > now()
    JOIN site ON site.id = closure.site_id
    LEFT JOIN area ON area.id = closure.area_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN closure.footprint IS NULL THEN coalesce(area.ground, site.ground)
                    ELSE ST_Multi(ST_CollectionExtract(
                        ST_Intersection(coalesce(area.ground, site.ground), inset(closure.footprint)), 3)) END AS ground
    ) place
    WHERE closure.site_id = at_site AND closure.lifted_at IS NULL AND NOT ST_Equals(place.ground, claim.footprint)
$$;

CREATE OR REPLACE FUNCTION closures_follow_site() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM closure WHERE site_id = NEW.id AND lifted_at IS NULL) THEN
        PERFORM closures_follow(NEW.id);
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS closures_follow_site ON site;
CREATE CONSTRAINT TRIGGER closures_follow_site AFTER UPDATE ON site DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NOT ST_Equals(OLD.ground, NEW.ground)) EXECUTE FUNCTION closures_follow_site();

CREATE OR REPLACE FUNCTION closures_follow_area() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM closure WHERE area_id = NEW.id AND lifted_at IS NULL) THEN
        PERFORM closures_follow(NEW.site_id);
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS closures_follow_area ON area;
CREATE CONSTRAINT TRIGGER closures_follow_area AFTER UPDATE ON area DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NOT ST_Equals(OLD.ground, NEW.ground)) EXECUTE FUNCTION closures_follow_area();
