-- What was published and what was agreed to is only ever added to.
CREATE OR REPLACE TRIGGER terms_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON terms_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite();
CREATE OR REPLACE TRIGGER consent_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite();
