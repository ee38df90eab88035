-- By which words an organisation is found, however it was stored.
CREATE OR REPLACE FUNCTION organisation_is_found_by() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.found_by := folded(concat_ws(' ', NEW.name_ja, NEW.name_en, NEW.kana));
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS organisation_found_by ON organisation;
CREATE TRIGGER organisation_found_by BEFORE INSERT OR UPDATE OF name_ja, name_en, kana, found_by ON organisation
    FOR EACH ROW EXECUTE FUNCTION organisation_is_found_by();

-- Names and e-mail addresses of people as a search looks through them, however they were stored.
CREATE OR REPLACE FUNCTION person_is_found_by() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.found_by := folded(concat_ws(' ', NEW.name, NEW.email));
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS person_found_by ON person;
CREATE TRIGGER person_found_by BEFORE INSERT OR UPDATE OF name, email, found_by ON person
    FOR EACH ROW EXECUTE FUNCTION person_is_found_by();
