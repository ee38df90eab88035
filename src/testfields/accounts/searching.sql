-- By which words an organisation is found, however it was stored.
CREATE OR REPLACE FUNCTION organisation_is_found_by() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.found_by := folded(concat_ws(' ', NEW.name_ja, NEW.name_en));
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS organisation_found_by ON organisation;
CREATE TRIGGER organisation_found_by BEFORE INSERT OR UPDATE OF name_ja, name_en, found_by ON organisation
    FOR EACH ROW EXECUTE FUNCTION organisation_is_found_by();
