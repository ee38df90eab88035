"""Every statement about the photos of sites."""

from testfields.db.statements import Statement

_SIZES = """(
    SELECT json_agg(json_build_object('url', '/photos/' || document.key, 'width', size.width, 'height', size.height)
                    ORDER BY size.width)
    FROM site_photo_size size JOIN document ON document.id = size.document_id
    WHERE size.photo_id = photo.id
)"""
# As the API tells them, in the order in which they are shown; served by site_photo_once and site_photo_size_photo_id.
PHOTOS_OF_SITE = f"""(
    SELECT coalesce(json_agg(json_build_object(
        'id', photo.id, 'sizes', {_SIZES},
        'description', json_build_object('ja', photo.description_ja, 'en', photo.description_en)
    ) ORDER BY photo.position, photo.id), '[]'::json)
    FROM site_photo photo WHERE photo.site_id = site.id
)"""

# Served by site's unique index on slug.
OWN = Statement(f"""
    SELECT id, {PHOTOS_OF_SITE}::text AS body, photos_version AS version FROM site
    WHERE slug = :slug AND owner_id = ANY(CAST(:owners AS bigint[]))
""")

# Served by site's unique index on slug.
HOLD = Statement("""
    SELECT id, owner_id, photos_version AS version FROM site
    WHERE slug = :slug AND owner_id = ANY(CAST(:owners AS bigint[]))
    FOR UPDATE
""")
# Served by the primary key.
CHANGED = Statement("""
    UPDATE site SET photos_version = photos_version + 1, updated_at = :now WHERE id = :site_id
    RETURNING photos_version
""")

# Served by site_photo_once.
OF_SITE = Statement("SELECT id, position, original FROM site_photo WHERE site_id = :site_id ORDER BY position, id")

ADD = Statement("""
    INSERT INTO site_photo (site_id, position, original, description_ja, description_en)
    VALUES (:site_id, :position, :original, :ja, :en) RETURNING id
""")
ADD_SIZES = Statement("""
    INSERT INTO site_photo_size (photo_id, document_id, width, height)
    SELECT :photo_id, document_id, width, height
    FROM jsonb_to_recordset(CAST(:sizes AS jsonb)) AS one (document_id bigint, width integer, height integer)
""")

# Served by the primary key.
ARRANGE = Statement("""
    UPDATE site_photo SET position = one.position, description_ja = one.ja, description_en = one.en
    FROM jsonb_to_recordset(CAST(:photos AS jsonb)) AS one (id bigint, position integer, ja text, en text)
    WHERE site_photo.id = one.id AND site_photo.site_id = :site_id
""")
# Served by site_photo_once.
TAKE_OFF = Statement("DELETE FROM site_photo WHERE site_id = :site_id AND NOT id = ANY(CAST(:kept AS bigint[]))")

# Whether anybody may see a file, or the caller alone; nothing for those who may not. Served by document_key,
# site_photo_size_document_id and the primary keys.
SHOWN = Statement("""
    SELECT document.media_type, bool_or(site.published) AS published
    FROM document
    JOIN site_photo_size size ON size.document_id = document.id
    JOIN site_photo photo ON photo.id = size.photo_id
    JOIN site ON site.id = photo.site_id
    WHERE document.key = :key AND (site.published OR site.owner_id = ANY(CAST(:owners AS bigint[])))
    GROUP BY document.media_type
""")
