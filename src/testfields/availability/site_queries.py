"""The statement that asks all sites at once: which of them have free time in a window.

It is told in chapters: which days the window touches, when the sites are open on them, which of these have time to
spare whatever area their claims are in, and, for those that this leaves in doubt, which areas have.
"""

from functools import cache

from testfields.availability.search_queries import (
    AREA_FILTERS,
    EARLIEST,
    LATEST,
    POLICY,
    Filters,
    bookable_site,
    where,
)
from testfields.db.statements import Statement


def _holds_enough(periods: str) -> str:
    """Whether one of the multirange `periods` is long enough between two points of the slot grid.

    To the next point it is less than two slots, even where the clock changes on the way, so that what has four slots
    to spare needs no look at the grid. Unnesting in a SELECT list ends with the first that will do.
    """
    return f"""
        EXISTS (
            SELECT FROM (SELECT lower(one) AS starts, upper(one) AS ends FROM (SELECT unnest({periods}) AS one) _) _
            WHERE starts + least <= ends
              AND CASE WHEN starts + least + 4 * slot <= ends THEN true
                       ELSE grid_after(starts, zone, slot) + least <= grid_before(ends, zone, slot)
                  END
        )
    """


# The days of the window, with one more before and after: an opening may last into the next. Minutes count from the
# day's own midnight; where the clock of a zone changes meanwhile, they may be wrong by that much.
_DAYS = """
    span AS (
        SELECT min(first) AS first, max(last) AS last,
               max(abs(extract(epoch FROM last - first - elapsed))) / 60 AS clock_change
        FROM (
            SELECT upper(window_) - lower(window_) AS elapsed,
                   lower(window_) AT TIME ZONE timezone AS first, upper(window_) AT TIME ZONE timezone AS last
            FROM (SELECT DISTINCT timezone FROM site) zone
            CROSS JOIN (
                SELECT tstzrange(lower(CAST(:within AS tstzrange)) - interval '24 hours',
                                 upper(CAST(:within AS tstzrange)) + interval '24 hours') AS window_
            ) wider
        ) zoned
    ), day AS MATERIALIZED (
        SELECT date - extract(isodow FROM date)::integer AS sunday, extract(isodow FROM date)::integer AS weekday,
               extract(epoch FROM span.first - date) / 60 + 1440 - clock_change AS from_minute,
               extract(epoch FROM span.last - date) / 60 - 1440 + clock_change AS to_minute
        FROM span CROSS JOIN LATERAL (
            SELECT span.first::date + ahead AS date FROM generate_series(0, span.last::date - span.first::date) AS ahead
        ) dates
    ), weekday AS MATERIALIZED (
        SELECT weekday, min(from_minute)::integer AS from_minute, max(to_minute)::integer AS to_minute
        FROM day GROUP BY weekday
    )
"""


def _openings(filters: Filters) -> str:
    """The sites that are open for long enough, each with when.

    Hours come in one pass over opening_hours. Ten thousand sites keep few different timetables, so what is open is
    worked out once for each of these (as the function `opening` does for a site).
    """
    return f"""
    week AS MATERIALIZED (
        -- In minutes from the Sunday before.
        SELECT hours.site_id,
               array_agg(int4range(weekday * 1440 + opens_minute, weekday * 1440 + closes_minute)) AS hours
        FROM weekday JOIN opening_hours hours USING (weekday)
        WHERE hours.opens_minute < weekday.to_minute AND hours.closes_minute > weekday.from_minute
        GROUP BY hours.site_id
    ), timetable AS MATERIALIZED (
        SELECT site.timezone, site.slot_minutes, site.minimum_minutes, site.notice_minutes, site.horizon_days,
               site.turnaround_minutes, week.hours, array_agg(site.id) AS site_ids, array_agg(site.slug) AS slugs
        FROM week JOIN site ON site.id = week.site_id
        WHERE {bookable_site(filters)}
          AND EXISTS (
              SELECT FROM area
              WHERE area.site_id = site.id AND area.retired_at IS NULL AND {where(AREA_FILTERS, filters)})
        GROUP BY site.timezone, site.slot_minutes, site.minimum_minutes, site.notice_minutes, site.horizon_days,
                 site.turnaround_minutes, week.hours
    ), opening AS MATERIALIZED (
        SELECT site_ids, slugs, make_interval(mins => site.turnaround_minutes) AS turnaround, {POLICY},
               tstzmultirange(tstzrange({EARLIEST}, greatest({EARLIEST}, {LATEST}))) * (
                   SELECT range_agg(tstzrange(opens, greatest(opens, closes)))
                   FROM (
                       SELECT (sunday + make_interval(mins => lower(one))) AT TIME ZONE timezone AS opens,
                              (sunday + make_interval(mins => upper(one))) AT TIME ZONE timezone AS closes
                       FROM unnest(hours) one JOIN day ON weekday = lower(one) / 1440
                   ) instants
               ) AS periods
        FROM timetable site
    ), opened AS MATERIALIZED (
        SELECT unnest(site_ids) AS site_id, unnest(slugs) AS slug, zone, slot, least, turnaround, periods
        FROM opening WHERE {_holds_enough("periods")}
    )
    """


# Claims come by claim_by_period.
_PLAIN = f"""
    claimed AS MATERIALIZED (
        SELECT site_id, footprint, altitude, period FROM claim
        WHERE period && tstzrange(
            lower(CAST(:within AS tstzrange)),
            upper(CAST(:within AS tstzrange)) + coalesce((SELECT max(turnaround) FROM opening), '0')
        )
    ), standing AS MATERIALIZED (
        SELECT site_id, footprint, altitude, tstzrange(lower(period) - turnaround, upper(period)) AS period
        FROM claimed JOIN opened USING (site_id)
    ), busy AS MATERIALIZED (
        SELECT site_id, range_agg(period) AS periods FROM standing GROUP BY site_id
    ), plain AS MATERIALIZED (
        SELECT site_id, slug
        FROM opened LEFT JOIN busy USING (site_id)
        WHERE CASE WHEN busy.site_id IS NULL THEN true
                   -- Where nothing is to spare, nothing is left beside a claim.
                   WHEN upper(opened.periods) - lower(opened.periods) <= least THEN false
                   ELSE {_holds_enough("opened.periods - busy.periods")}
              END
    )
"""


def _doubtful(filters: Filters) -> str:
    """What the areas of the other sites have left, each by itself."""
    return f"""
    asked AS MATERIALIZED (
        SELECT area.id AS key, opened.*, taken.footprint, taken.altitude
        FROM opened
        JOIN area ON area.site_id = opened.site_id
        JOIN site ON site.id = area.site_id
        JOIN organisation owner ON owner.id = site.owner_id
        CROSS JOIN (SELECT CAST(:footprint AS geometry) AS footprint, CAST(:altitude AS numrange) AS altitude) one
        CROSS JOIN LATERAL taken(area, site, owner.metric_crs, one.footprint, one.altitude, NULL) taken
        WHERE opened.site_id NOT IN (SELECT site_id FROM plain) AND area.retired_at IS NULL
          AND {where(AREA_FILTERS, filters)}
    ), taken AS (
        SELECT asked.key, range_agg(standing.period) AS periods
        FROM asked
        JOIN standing
          ON standing.site_id = asked.site_id
         AND standing.altitude && asked.altitude
         AND standing.footprint && asked.footprint
         AND (standing.footprint = asked.footprint OR ST_Relate(standing.footprint, asked.footprint, 'T********'))
        GROUP BY asked.key
    ), remaining AS (
        SELECT slug FROM asked LEFT JOIN taken USING (key)
        WHERE {_holds_enough("asked.periods - coalesce(taken.periods, '{}')")}
    )
    """


@cache
def free_sites(filters: Filters) -> Statement:
    """One row: the slugs of the sites that have a free stretch at all, some of them more than once."""
    return Statement(f"""
        WITH {_DAYS}, {_openings(filters)}, {_PLAIN}, {_doubtful(filters)}
        SELECT coalesce(array_agg(slug), '{{}}') AS slugs
        FROM (SELECT slug FROM plain UNION ALL SELECT slug FROM remaining) found
    """)
