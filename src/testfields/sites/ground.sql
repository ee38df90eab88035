-- The ground that counts is kept beside each outline: of an area, what lies in its site too, so that nothing that is
-- taken there ever leaves the site.

CREATE OR REPLACE FUNCTION site_ground() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.ground := inset(NEW.geometry);
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER site_ground BEFORE INSERT OR UPDATE OF geometry, ground ON site
    FOR EACH ROW EXECUTE FUNCTION site_ground();

CREATE OR REPLACE FUNCTION area_ground() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT ST_Multi(ST_CollectionExtract(ST_Intersection(inset(NEW.geometry), site.ground), 3)) INTO NEW.ground
    FROM site WHERE site.id = NEW.site_id;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER area_ground BEFORE INSERT OR UPDATE OF geometry, ground, site_id ON area
    FOR EACH ROW EXECUTE FUNCTION area_ground();

CREATE OR REPLACE FUNCTION areas_follow_site() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE area SET ground = NULL WHERE site_id = NEW.id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER areas_follow_site AFTER UPDATE OF geometry ON site FOR EACH ROW
    WHEN (NOT ST_Equals(OLD.geometry, NEW.geometry)) EXECUTE FUNCTION areas_follow_site();
