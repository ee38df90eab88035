-- A document goes with the row that used it; its file is cleared away later, when no other use is left.
CREATE OR REPLACE FUNCTION forget_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM document WHERE id = OLD.document_id;
    RETURN NULL;
END $$;
