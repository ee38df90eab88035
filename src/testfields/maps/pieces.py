"""What may be seen of a trial, and how trials are found: the pieces of every statement of this room.

Seen are reservations that are confirmed or beyond, at published sites; of their company the name alone, and that only
where the project agrees.

Each statement first finds the numbers of the trials on its page, walking an index in the order of time no further than
the page goes, and builds JSON for those alone: what it costs does not depend on how many trials there are.
"""

from collections.abc import Callable

OF_THE_KIND = """
    (CAST(:use AS text) IS NULL OR project.use = :use) AND (CAST(:theme AS text) IS NULL OR project.theme = :theme)
"""


def shown(volume: str) -> str:
    """What has been used stays on the record, whatever became of the rest; what is to come is shown once permitted."""
    return f"""
        ({volume}.stay_state = 'completed'
         OR {volume}.stay_state = ANY(open_stays()) AND reservation.state = ANY(CAST(:states AS text[])))
    """


SITE_ASKED_FOR = """
    site.published
    AND (CAST(:owner AS text) IS NULL OR owner.slug = :owner)
    AND (CAST(:site AS text) IS NULL OR site.slug = :site)
    AND (CAST(:box AS float8[]) IS NULL OR site.geometry && ST_MakeEnvelope(
        (CAST(:box AS float8[]))[1], (CAST(:box AS float8[]))[2],
        (CAST(:box AS float8[]))[3], (CAST(:box AS float8[]))[4], 4326))
"""

# The first volume of a reservation in the days asked for: where the trial stands in the order of time.
FIRST = f"""
    JOIN reservation ON reservation.id = one.reservation_id
    JOIN project ON project.id = reservation.project_id
    WHERE {OF_THE_KIND} AND {shown("one")}
      AND NOT EXISTS (
          SELECT FROM volume earlier
          WHERE earlier.reservation_id = one.reservation_id AND earlier.period && CAST(:window AS tstzrange)
            AND {shown("earlier")}
            AND (lower(earlier.period), earlier.id) < (lower(one.period), one.id))
"""


def walk(place: Callable[[str], str], most: int, after: str = "true") -> str:
    """Trials in the order of time, `most` of them: `id` and when they `start`. `place` is a condition on a `site_id`.

    Those that had begun when the days asked for begin are found by their claims (claim_by_site_and_period or
    claim_by_period), the others by volume_by_site_and_start or volume_by_start.
    """
    return f"""
        (SELECT one.reservation_id AS id, lower(one.period) AS starts
         FROM claim JOIN volume one ON one.reservation_id = claim.source_id
         {FIRST}
           AND {place("claim.site_id")} AND claim.period @> lower(CAST(:window AS tstzrange))
           AND {place("one.site_id")} AND one.period && CAST(:window AS tstzrange)
           AND lower(one.period) < lower(CAST(:window AS tstzrange)) AND {after}
         GROUP BY one.id
         ORDER BY starts, one.reservation_id LIMIT {most})
        UNION ALL
        (SELECT one.reservation_id, lower(one.period)
         FROM volume one
         {FIRST}
           AND {place("one.site_id")} AND lower(one.period) >= lower(CAST(:window AS tstzrange))
           AND lower(one.period) < coalesce(upper(CAST(:window AS tstzrange)), 'infinity') AND {after}
         ORDER BY lower(one.period), one.reservation_id LIMIT {most})
        ORDER BY starts, id LIMIT {most}
    """


# The last volume of a reservation in the days asked for, which are over: where it stands from the latest on. One that
# had begun before the first of those days is found as long as it had not lasted a month.
_LAST = f"""
    JOIN reservation ON reservation.id = one.reservation_id
    JOIN project ON project.id = reservation.project_id
    WHERE {OF_THE_KIND} AND {shown("one")}
      AND one.period && CAST(:window AS tstzrange) AND lower(one.period) < upper(CAST(:window AS tstzrange))
      AND lower(one.period) > coalesce(lower(CAST(:window AS tstzrange)) - interval '31 days', '-infinity')
      AND NOT EXISTS (
          SELECT FROM volume later
          WHERE later.reservation_id = one.reservation_id AND later.period && CAST(:window AS tstzrange)
            AND {shown("later")}
            AND (lower(later.period), later.id) > (lower(one.period), one.id))
"""


def walk_back(place: Callable[[str], str], most: int, before: str = "true") -> str:
    """Trials of days gone by, the latest first, as `walk` finds those of today and to come."""
    return f"""
        SELECT one.reservation_id AS id, lower(one.period) AS starts
        FROM volume one
        {_LAST}
          AND {place("one.site_id")} AND {before}
        ORDER BY lower(one.period) DESC, one.reservation_id DESC LIMIT {most}
    """


# What is told of the trials whose numbers `page` holds.
TOLD = f"""
    told AS (
        SELECT reservation.id, times.is_on AND reservation.state = ANY(under_way_states()) AS is_on,
               jsonb_build_object(
                   'id', reservation.id,
                   'title', jsonb_build_object('ja', project.title_ja, 'en', project.title_en),
                   'theme', project.theme,
                   'use', project.use,
                   'company', CASE WHEN project.name_public
                       THEN jsonb_build_object('ja', company.name_ja, 'en', company.name_en) END,
                   'site', jsonb_build_object(
                       'slug', site.slug, 'name', jsonb_build_object('ja', site.name_ja, 'en', site.name_en),
                       'timezone', site.timezone),
                   'area', jsonb_build_object(
                       'slug', area.slug, 'name', jsonb_build_object('ja', places.name_ja, 'en', places.name_en)),
                   'periods', times.periods
               ) AS trial
        FROM reservation
        JOIN project ON project.id = reservation.project_id
        JOIN organisation company ON company.id = reservation.company_id
        JOIN area ON area.id = reservation.area_id
        CROSS JOIN LATERAL areas_of(reservation.id) places
        JOIN site ON site.id = reservation.site_id
        CROSS JOIN LATERAL (
            SELECT bool_or(one.period @> CAST(:now AS timestamptz)) AS is_on,
                   jsonb_agg(jsonb_build_object('start', lower(one.period), 'end', upper(one.period))
                             ORDER BY one.period) AS periods
            FROM (
                SELECT DISTINCT volume.period
                FROM volume
                WHERE volume.reservation_id = reservation.id AND volume.period && CAST(:window AS tstzrange)
                  AND {shown("volume")}
            ) AS one
        ) AS times
        WHERE reservation.id IN (SELECT id FROM page)
    )
"""

# Where the trial of `page` takes place in the days asked for, as GeoJSON.
PLACE_OF_TRIAL = f"""
    SELECT told_shape(ST_Multi(ST_Union(volume.footprint)))
    FROM volume JOIN reservation ON reservation.id = volume.reservation_id
    WHERE volume.reservation_id = page.id AND volume.period && CAST(:window AS tstzrange) AND {shown("volume")}
"""

# Which sites the list of trials covers: one that is asked for is walked alone.
SITES_OF_LIST = f"""
    chosen AS MATERIALIZED (
        SELECT site.id FROM site JOIN organisation owner ON owner.id = site.owner_id WHERE {SITE_ASKED_FOR}
    )
"""


def at_chosen(site_id: str) -> str:
    return f"{site_id} IN (SELECT id FROM chosen)"


def at(site: str) -> Callable[[str], str]:
    return lambda site_id: f"{site_id} = {site}"
