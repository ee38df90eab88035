-- By which words a site is found, however it was stored.
CREATE OR REPLACE FUNCTION site_is_found_by() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.found_by := folded(concat_ws(' ', NEW.slug, NEW.name_ja, NEW.name_en, NEW.address_ja, NEW.address_en));
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS site_found_by ON site;
CREATE TRIGGER site_found_by BEFORE INSERT OR UPDATE OF slug, name_ja, name_en, address_ja, address_en, found_by ON site
    FOR EACH ROW EXECUTE FUNCTION site_is_found_by();
