"""Every statement about closures; the claim that one takes is taken as any other."""

from testfields.db.statements import Statement

# What closures would shut, place by place: what is drawn of it, or an area, or the whole site. Where there is no such
# area, or nothing is left of what is drawn, there is no footprint. Served by the unique slugs.
CLOSABLE = Statement("""
    SELECT wanted.place::int AS place, site.id AS site_id, site.version AS site_version, site.owner_id,
           area.id AS area_id,
           CASE WHEN wanted.area IS NOT NULL AND area.id IS NULL THEN NULL
                WHEN wanted.drawn IS NULL THEN within.ground
                ELSE nullif(ST_Multi(ST_CollectionExtract(ST_Intersection(within.ground, inset(wanted.drawn)), 3)),
                            ST_GeomFromText('MULTIPOLYGON EMPTY', 4326)) END AS footprint,
           coalesce(is_inside(wanted.drawn, within.outline), true) AS inside, wanted.area IS NOT NULL AS named
    FROM unnest(CAST(:sites AS text[]), CAST(:areas AS text[]), CAST(:drawn AS geometry[]))
         WITH ORDINALITY AS wanted (site, area, drawn, place)
    JOIN site ON site.slug = wanted.site AND site.owner_id = ANY(CAST(:owners AS bigint[]))
    LEFT JOIN area ON area.site_id = site.id AND area.slug = wanted.area AND area.retired_at IS NULL
    CROSS JOIN LATERAL (
        SELECT coalesce(area.ground, site.ground) AS ground, coalesce(area.geometry, site.geometry) AS outline
    ) within
    ORDER BY wanted.place
""")

# Every site of an owner; served by site_owner_id.
SITES_OF = Statement("""
    SELECT site.slug FROM site JOIN organisation owner ON owner.id = site.owner_id
    WHERE owner.slug = :owner AND owner.id = ANY(CAST(:owners AS bigint[]))
    ORDER BY site.slug
""")

# Pairs of places that share ground, by their order.
SHARING = Statement("""
    SELECT one.place::int AS place, other.place::int AS other
    FROM unnest(CAST(:site_ids AS bigint[]), CAST(:footprints AS geometry[]))
         WITH ORDINALITY AS one (site_id, footprint, place)
    JOIN unnest(CAST(:site_ids AS bigint[]), CAST(:footprints AS geometry[]))
         WITH ORDINALITY AS other (site_id, footprint, place)
      ON other.site_id = one.site_id AND other.place < one.place AND other.footprint && one.footprint
     AND ST_Relate(other.footprint, one.footprint, 'T********')
    ORDER BY one.place, other.place
""")

# Closures are numbered as they are asked for; the first of them is the number of all.
CLOSE = Statement("""
    WITH numbered AS MATERIALIZED (
        SELECT nextval(pg_get_serial_sequence('closure', 'id')) AS id, one.*
        FROM unnest(CAST(:site_ids AS bigint[]), CAST(:area_ids AS bigint[]), CAST(:drawn AS geometry[]))
             AS one (site_id, area_id, drawn)
    )
    INSERT INTO closure (id, closing_id, site_id, area_id, footprint, kind, reason_ja, reason_en, period, created_by,
                         created_at)
    SELECT id, (SELECT min(id) FROM numbered), site_id, area_id, drawn, :kind, :reason_ja, :reason_en, :period,
           :person_id, :now
    FROM numbered
    RETURNING id
""")

_CHOSEN = """
    FROM closure JOIN site ON site.id = closure.site_id
    WHERE site.owner_id = ANY(CAST(:owners AS bigint[]))
      AND (closure.id = :id
           OR :together AND closure.closing_id = (SELECT named.closing_id FROM closure named WHERE named.id = :id))
"""
# The sites of a closure, or of all that were entered with it, in one order; served by the primary key and
# closure_closing_id.
SITES = Statement(f"SELECT DISTINCT site.id AS site_id {_CHOSEN} ORDER BY site.id")

LOCK = Statement(f"""
    SELECT closure.id, closure.site_id, closure.version, closure.lifted_at, upper(closure.period) AS ends_at,
           site.owner_id
    {_CHOSEN}
    ORDER BY closure.id
    FOR UPDATE OF closure
""")

# As closures/taking.sql says.
CLOSE_WHAT_IS_LEFT = Statement("SELECT close_what_is_left(:site_id, CAST(:now AS timestamptz))")

LIFT = Statement("""
    UPDATE closure SET lifted_at = :now, version = version + 1 WHERE id = ANY(CAST(:ids AS bigint[]))
""")

_TOLD = """
    SELECT closure.id, closure.kind, closure.reason_ja, closure.reason_en, closure.version, closure.created_at,
           closure.closing_id, told_shape(closure.footprint)::text AS footprint,
           closure.lifted_at, lower(closure.period) AS starts_at, upper(closure.period) AS ends_at,
           site.owner_id, site.slug AS site_slug, site.name_ja AS site_name_ja, site.name_en AS site_name_en,
           site.timezone, area.slug AS area_slug, area.name_ja AS area_name_ja, area.name_en AS area_name_en,
           person.name AS created_by
    FROM closure
    JOIN site ON site.id = closure.site_id
    JOIN person ON person.id = closure.created_by
    LEFT JOIN area ON area.id = closure.area_id
    WHERE site.owner_id = ANY(CAST(:owners AS bigint[]))
"""
# Keyset paging, newest first; served by closure_site_id.
LIST = Statement(f"""
    {_TOLD} AND closure.id < :before
      AND (CAST(:site AS text) IS NULL OR site.slug = :site)
    ORDER BY closure.id DESC
    LIMIT :limit
""")

# Whole closings, newest first, those with a closure at `site`; served by closure_site_id and closure_closing_id.
LIST_CLOSINGS = Statement(f"""
    {_TOLD} AND closure.closing_id IN (
        SELECT closure.closing_id FROM closure JOIN site ON site.id = closure.site_id
        WHERE site.owner_id = ANY(CAST(:owners AS bigint[])) AND closure.closing_id < :before
          AND (CAST(:site AS text) IS NULL OR site.slug = :site)
        GROUP BY closure.closing_id
        ORDER BY closure.closing_id DESC
        LIMIT :limit
    )
    ORDER BY closure.closing_id DESC, closure.id DESC
""")

# What the actor may close, a row for each whole site (no area) and for each area; served by site_owner_id.
PLACES = Statement("""
    SELECT site.slug AS site_slug, site.name_ja AS site_name_ja, site.name_en AS site_name_en, site.timezone,
           area.slug AS area_slug, area.name_ja AS area_name_ja, area.name_en AS area_name_en,
           owner.slug AS owner_slug, owner.name_ja AS owner_name_ja, owner.name_en AS owner_name_en
    FROM site JOIN organisation owner ON owner.id = site.owner_id CROSS JOIN LATERAL (
        SELECT NULL AS slug, NULL AS name_ja, NULL AS name_en, -1 AS position
        UNION ALL SELECT slug, name_ja, name_en, position FROM area
        WHERE area.site_id = site.id AND area.retired_at IS NULL
    ) area
    WHERE site.owner_id = ANY(CAST(:owners AS bigint[]))
    ORDER BY site.slug, area.position, area.slug
""")

# What else stands on these grounds in a period and is not displaced: closures, and what is kept for others.
# Served by claim_by_site_and_period.
STANDING = Statement("""
    SELECT DISTINCT claim.id, claim.source_kind AS kind, closure.id AS closure_id, closure.kind AS closure_kind,
           claim.period, site.timezone,
           site.slug AS site_slug, site.name_ja AS site_name_ja, site.name_en AS site_name_en,
           area.slug AS area_slug, area.name_ja AS area_name_ja, area.name_en AS area_name_en
    FROM unnest(CAST(:site_ids AS bigint[]), CAST(:footprints AS geometry[])) AS wanted (site_id, footprint)
    JOIN claim ON claim.site_id = wanted.site_id AND claim.period && CAST(:period AS tstzrange)
        AND NOT claim.source_kind = ANY(claims_of_reservations()) AND claim.footprint && wanted.footprint
        AND ST_Relate(claim.footprint, wanted.footprint, 'T********')
    JOIN site ON site.id = claim.site_id
    LEFT JOIN closure ON claim_source(claim.source_kind) = 'closure' AND closure.id = claim.source_id
    LEFT JOIN area ON area.id = closure.area_id
    ORDER BY site.slug, claim.period, claim.id
""")

# Whose these applications are, and where; by primary keys.
ABOUT = Statement("""
    SELECT reservation.id, reservation.company_id,
           company.name_ja AS company_name_ja, company.name_en AS company_name_en,
           site.slug AS site_slug, site.name_ja AS site_name_ja, site.name_en AS site_name_en, site.timezone,
           area.name_ja AS area_name_ja, area.name_en AS area_name_en
    FROM reservation
    JOIN organisation company ON company.id = reservation.company_id
    JOIN site ON site.id = reservation.site_id
    CROSS JOIN LATERAL areas_of(reservation.id) area
    WHERE reservation.id = ANY(CAST(:ids AS bigint[]))
    ORDER BY site.slug, company.name_ja, company.id, reservation.id
""")
