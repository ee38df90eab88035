-- What is closed follows the ground of its place. When a transaction that has changed an outline ends, closures that are
-- not over take what they would if they were entered now, all at one site together, as areas may exchange ground; one
-- whose place has no ground left is lifted. Where one would meet what others have taken, the change is refused.

-- The ground of a closure as it lies now: its area or site, or what is drawn of it.
CREATE OR REPLACE FUNCTION ground_of(one closure) RETURNS geometry LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN one.footprint IS NULL THEN within.ground
                ELSE ST_Multi(ST_CollectionExtract(ST_Intersection(within.ground, inset(one.footprint)), 3)) END
    FROM site LEFT JOIN area ON area.id = one.area_id
    CROSS JOIN LATERAL (SELECT coalesce(area.ground, site.ground) AS ground) within
    WHERE site.id = one.site_id
$$;

CREATE OR REPLACE FUNCTION closures_follow(changed bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    gone bigint;
    refused jsonb;
BEGIN
    -- As takers do: nobody takes meanwhile what a closure is about to grow into.
    UPDATE site_lock SET claims_taken = claims_taken + 1 WHERE site_id = changed;
    SELECT jsonb_build_object('closure', one.id, 'site', one.site, 'area', one.area,
                              'numbers', jsonb_agg(DISTINCT standing.source_id) FILTER (
                                  WHERE claim_source(standing.source_kind) = 'reservation'))
    INTO refused
    FROM closures_to_come(changed) one
    JOIN claim standing
      ON standing.site_id = changed AND standing.period && one.period AND standing.footprint && one.ground
     AND claim_source(standing.source_kind) IS DISTINCT FROM 'closure'
     AND ST_Relate(standing.footprint, one.ground, 'T********')
    GROUP BY one.id, one.site, one.area ORDER BY one.id LIMIT 1;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'closure % would meet what stands there', refused ->> 'closure'
            USING ERRCODE = 'exclusion_violation', DETAIL = refused::text, CONSTRAINT = 'closures_follow_ground';
    END IF;

    DELETE FROM claim USING closures_to_come(changed) one
    WHERE claim.source_kind = 'closure' AND claim.source_id = one.id AND upper(claim.period) > now();
    FOR gone IN SELECT id FROM closures_to_come(changed) WHERE ST_IsEmpty(ground) LOOP
        UPDATE closure SET lifted_at = now(), version = version + 1 WHERE id = gone;
        INSERT INTO event (subject, subject_id, at, site_id, tenant_id, actor_role, action)
        SELECT 'closure', gone, now(), site.id, site.owner_id, 'operator', 'lift' FROM site WHERE site.id = changed;
    END LOOP;
    PERFORM close_what_is_left(changed, now());
END $$;

-- The closures at a site that are not over: when from now on, and on what ground. Served by closure_site_id.
CREATE OR REPLACE FUNCTION closures_to_come(at_site bigint)
RETURNS TABLE (id bigint, period tstzrange, ground geometry, site text, area text) LANGUAGE sql STABLE AS $$
    SELECT closure.id, closure.period * tstzrange(now(), NULL), ground_of(closure), site.slug, area.slug
    FROM closure JOIN site ON site.id = closure.site_id LEFT JOIN area ON area.id = closure.area_id
    WHERE closure.site_id = at_site AND closure.lifted_at IS NULL AND upper(closure.period) > now()
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
