"""Every statement of the calendar; it reads across the rooms and writes nothing. Bounded to the owners who ask."""

from testfields.db.statements import Statement

# The owners' sites, each with the days that are asked for by its own clock.
_OWN = """
    own AS MATERIALIZED (
        SELECT site.id, site.slug, site.name_ja, site.name_en, site.timezone,
               tstzrange(day_begins(CAST(:first AS date), site.timezone),
                         day_begins(CAST(:last AS date) + 1, site.timezone)) AS days
        FROM site
        WHERE site.owner_id = ANY(CAST(:owners AS bigint[])) AND (CAST(:site AS text) IS NULL OR site.slug = :site)
    )
"""

SITES = Statement("""
    SELECT slug, name_ja, name_en FROM site WHERE owner_id = ANY(CAST(:owners AS bigint[])) ORDER BY name_ja, slug
""")

# The rows: what is offered, in the order of the site's page. Served by site_owner_id and area_once.
AREAS = Statement("""
    SELECT area.id, area.slug, area.name_ja, area.name_en, site.slug AS site_slug, site.name_ja AS site_name_ja,
           site.name_en AS site_name_en, site.timezone
    FROM site JOIN area ON area.site_id = site.id AND area.retired_at IS NULL
    WHERE site.owner_id = ANY(CAST(:owners AS bigint[])) AND (CAST(:site AS text) IS NULL OR site.slug = :site)
    ORDER BY site.name_ja, site.id, area.position, area.slug
""")

# What takes place, in the order of time; a closure of a whole site has no area. Served by volume_by_site_and_period and
# claim_by_site_and_period.
ENTRIES = Statement(f"""
    WITH {_OWN}
    SELECT volume.area_id, own.slug AS site_slug, volume.period, reservation.id AS number, reservation.state,
           company.name_ja, company.name_en, project.title_ja, project.title_en
    FROM own
    JOIN volume ON volume.site_id = own.id AND volume.period && own.days
     AND volume.stay_state = ANY(stays_in_force())
    JOIN reservation ON reservation.id = volume.reservation_id AND reservation.state = ANY(CAST(:states AS text[]))
    JOIN organisation company ON company.id = reservation.company_id
    JOIN project ON project.id = reservation.project_id
    UNION ALL
    SELECT closure.area_id, own.slug, claim.period, closure.id, NULL, closure.reason_ja, closure.reason_en, '', ''
    FROM own
    JOIN claim ON claim.site_id = own.id AND claim.source_kind = 'closure' AND claim.period && own.days
    JOIN closure ON closure.id = claim.source_id
    WHERE :with_closures
    ORDER BY period, number, area_id
""")

# The same counted by local day: how many, and whether any is undecided, held or a closure.
DAYS = Statement(f"""
    WITH {_OWN}, placed AS (
        SELECT volume.area_id, own.slug, own.timezone, volume.period * own.days AS period, reservation.state
        FROM own
        JOIN volume ON volume.site_id = own.id AND volume.period && own.days
         AND volume.stay_state = ANY(stays_in_force())
        JOIN reservation ON reservation.id = volume.reservation_id AND reservation.state = ANY(CAST(:states AS text[]))
        UNION ALL
        SELECT closure.area_id, own.slug, own.timezone, claim.period * own.days, NULL
        FROM own
        JOIN claim ON claim.site_id = own.id AND claim.source_kind = 'closure' AND claim.period && own.days
        JOIN closure ON closure.id = claim.source_id
        WHERE :with_closures
    )
    SELECT placed.area_id, placed.slug AS site_slug, CAST(day AS date) AS day, count(placed.state) AS booked,
           count(*) - count(placed.state) AS closed,
           count(*) FILTER (WHERE placed.state = ANY(CAST(:undecided AS text[]))) AS undecided
    FROM placed
    CROSS JOIN LATERAL generate_series(
        (lower(placed.period) AT TIME ZONE placed.timezone)::date,
        ((upper(placed.period) - interval '1 microsecond') AT TIME ZONE placed.timezone)::date, interval '1 day') AS day
    GROUP BY placed.area_id, placed.slug, day
    ORDER BY day
""")
