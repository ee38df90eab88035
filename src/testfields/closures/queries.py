"""Every statement about closures; the claim that one takes is taken as any other."""

from testfields.db.statements import Statement

# What a closure would shut: an area where one is named, else the whole site. Served by the unique slugs.
CLOSABLE = Statement("""
    SELECT site.id AS site_id, site.owner_id, area.id AS area_id,
           coalesce(area.ground, site.ground) AS footprint
    FROM site LEFT JOIN area ON area.site_id = site.id AND area.slug = CAST(:area AS text) AND area.retired_at IS NULL
    WHERE site.slug = :site AND site.owner_id = ANY(CAST(:owners AS bigint[]))
""")

CLOSE = Statement("""
    INSERT INTO closure (site_id, area_id, kind, reason_ja, reason_en, period, created_by, created_at)
    VALUES (:site_id, :area_id, :kind, :reason_ja, :reason_en, :period, :person_id, :now)
    RETURNING id, version
""")

LOCK = Statement("""
    SELECT closure.id, closure.site_id, closure.version, closure.lifted_at, upper(closure.period) AS ends_at,
           site.owner_id
    FROM closure JOIN site ON site.id = closure.site_id
    WHERE closure.id = :id AND site.owner_id = ANY(CAST(:owners AS bigint[]))
    FOR UPDATE OF closure
""")

LIFT = Statement("UPDATE closure SET lifted_at = :now, version = version + 1 WHERE id = :id RETURNING version")

# Keyset paging, newest first; served by closure_site_id.
LIST = Statement("""
    SELECT closure.id, closure.kind, closure.reason_ja, closure.reason_en, closure.version, closure.created_at,
           closure.lifted_at, lower(closure.period) AS starts_at, upper(closure.period) AS ends_at,
           site.owner_id, site.slug AS site_slug, site.name_ja AS site_name_ja, site.name_en AS site_name_en,
           site.timezone, area.slug AS area_slug, area.name_ja AS area_name_ja, area.name_en AS area_name_en,
           person.name AS created_by
    FROM closure
    JOIN site ON site.id = closure.site_id
    JOIN person ON person.id = closure.created_by
    LEFT JOIN area ON area.id = closure.area_id
    WHERE site.owner_id = ANY(CAST(:owners AS bigint[])) AND closure.id < :before
      AND (CAST(:site AS text) IS NULL OR site.slug = :site)
    ORDER BY closure.id DESC
    LIMIT :limit
""")

# What the actor may close, a row for each whole site (no area) and for each area; served by site_owner_id.
PLACES = Statement("""
    SELECT site.slug AS site_slug, site.name_ja AS site_name_ja, site.name_en AS site_name_en, site.timezone,
           area.slug AS area_slug, area.name_ja AS area_name_ja, area.name_en AS area_name_en
    FROM site CROSS JOIN LATERAL (
        SELECT NULL AS slug, NULL AS name_ja, NULL AS name_en, -1 AS position
        UNION ALL SELECT slug, name_ja, name_en, position FROM area
        WHERE area.site_id = site.id AND area.retired_at IS NULL
    ) area
    WHERE site.owner_id = ANY(CAST(:owners AS bigint[]))
    ORDER BY site.slug, area.position, area.slug
""")
