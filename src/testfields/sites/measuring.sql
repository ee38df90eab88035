-- An owner's plane rectangular system changes only to one in which distances on its land are true to 0.1 %, so areas to
-- 0.2 %. They are compared with those on the ellipsoid. Served by site_owner_id.
CREATE OR REPLACE FUNCTION guard_metric_crs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    far text;
BEGIN
    SELECT site.slug INTO far
    FROM site
    WHERE site.owner_id = NEW.id
      AND abs(ST_Area(ST_Transform(site.geometry, NEW.metric_crs::int)) / ST_Area(site.geometry::geography) - 1) > 0.002
    ORDER BY site.slug
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'site % lies too far from EPSG:%', far, NEW.metric_crs
            USING ERRCODE = 'check_violation', DETAIL = far, TABLE = 'organisation', CONSTRAINT = 'organisation_metric_crs';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER organisation_metric_crs BEFORE UPDATE OF metric_crs ON organisation
    FOR EACH ROW WHEN (OLD.metric_crs <> NEW.metric_crs) EXECUTE FUNCTION guard_metric_crs();
