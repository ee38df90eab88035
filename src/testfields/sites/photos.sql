-- What a photo was kept as goes with it.
DROP TRIGGER IF EXISTS photo_size_forgets ON site_photo_size;
CREATE TRIGGER photo_size_forgets AFTER DELETE ON site_photo_size FOR EACH ROW EXECUTE FUNCTION forget_document();
