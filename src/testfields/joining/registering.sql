-- Few companies wait to be verified at a time, however many there are.
CREATE INDEX IF NOT EXISTS organisation_unverified ON organisation (unverified_since, id)
    WHERE unverified_since IS NOT NULL;
