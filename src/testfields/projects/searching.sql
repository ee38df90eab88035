-- By which words a project is found, however it was stored.
CREATE OR REPLACE FUNCTION project_is_found_by() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.found_by := folded(concat_ws(' ', NEW.title_ja, NEW.title_en));
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS project_found_by ON project;
CREATE TRIGGER project_found_by BEFORE INSERT OR UPDATE OF title_ja, title_en, found_by ON project
    FOR EACH ROW EXECUTE FUNCTION project_is_found_by();
