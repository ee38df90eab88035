"""The statement that asks all sites at once: which of them have free time in a window."""

from functools import cache

from testfields.availability.search_queries import (
    AREA_FILTERS,
    EARLIEST,
    LATEST,
    POLICY,
    VOLUME,
    Filters,
    bookable_site,
    where,
)
from testfields.db.statements import Statement

# Between two points of the slot grid.
_LONG_ENOUGH = """
    starts + least <= ends AND grid_after(starts, zone, slot) + least <= grid_before(ends, zone, slot)
"""


# Claims come by claim_by_period, hours in one pass over opening_hours. Ten thousand sites keep few different
# timetables, so what is open is worked out once for each of these (as the function `opening` does for a site). Then by
# time alone, whichever area a claim is in; only sites that this leaves in doubt are looked at area by area.
@cache
def free_sites(filters: Filters) -> Statement:
    """One row: the slugs of the sites that have a free stretch at all, some of them more than once."""
    return Statement(f"""
    WITH span AS (
        SELECT min(lower(CAST(:within AS tstzrange)) AT TIME ZONE timezone) AS first,
               max(upper(CAST(:within AS tstzrange)) AT TIME ZONE timezone) AS last
        FROM (SELECT DISTINCT timezone FROM site) zone
    ), day AS MATERIALIZED (
        -- From the day before: an opening may last into the next. Minutes count from the day's own midnight, and a
        -- change of summer time moves no opening by more than three hours.
        SELECT date, extract(isodow FROM date)::integer AS weekday,
               extract(epoch FROM span.first - date) / 60 - 180 AS from_minute,
               extract(epoch FROM span.last - date) / 60 + 180 AS to_minute
        FROM span CROSS JOIN LATERAL (
            SELECT span.first::date + ahead AS date
            FROM generate_series(-1, span.last::date - span.first::date) AS ahead
        ) dates
    ), weekday AS MATERIALIZED (
        SELECT weekday, min(from_minute)::integer AS from_minute, max(to_minute)::integer AS to_minute
        FROM day GROUP BY weekday
    ), timetable AS MATERIALIZED (
        SELECT site.timezone, site.slot_minutes, site.minimum_minutes, site.notice_minutes, site.horizon_days,
               site.turnaround_minutes, hours.weekday, hours.opens_minute, hours.closes_minute,
               array_agg(site.id) AS site_ids, array_agg(site.slug) AS slugs
        FROM weekday
        JOIN opening_hours hours ON hours.weekday = weekday.weekday
         AND hours.opens_minute < weekday.to_minute AND hours.closes_minute > weekday.from_minute
        JOIN site ON site.id = hours.site_id
        WHERE {bookable_site(filters)}
          AND EXISTS (SELECT FROM area WHERE area.site_id = site.id AND {where(AREA_FILTERS, filters)})
        GROUP BY site.timezone, site.slot_minutes, site.minimum_minutes, site.notice_minutes, site.horizon_days,
                 site.turnaround_minutes, hours.weekday, hours.opens_minute, hours.closes_minute
    ), opening AS MATERIALIZED (
        SELECT site_ids, slugs, make_interval(mins => site.turnaround_minutes) AS turnaround, {POLICY},
               greatest((day.date + make_interval(mins => opens_minute)) AT TIME ZONE timezone, {EARLIEST}) AS starts,
               least((day.date + make_interval(mins => closes_minute)) AT TIME ZONE timezone, {LATEST}) AS ends
        FROM timetable site JOIN day USING (weekday)
    ), judged AS MATERIALIZED (
        SELECT *, {_LONG_ENOUGH} AS long_enough FROM opening WHERE starts < ends
    ), opened AS MATERIALIZED (
        SELECT unnest(site_ids) AS site_id, unnest(slugs) AS slug, zone, slot, least, turnaround, starts, ends,
               long_enough
        FROM judged
    ), claimed AS MATERIALIZED (
        SELECT site_id, footprint, altitude, period FROM claim
        WHERE period && tstzrange(
            lower(CAST(:within AS tstzrange)),
            upper(CAST(:within AS tstzrange)) + coalesce((SELECT max(turnaround) FROM judged), '0')
        )
    ), standing AS MATERIALIZED (
        SELECT site_id, footprint, altitude, tstzrange(lower(period) - turnaround, upper(period)) AS period
        FROM claimed JOIN opened USING (site_id)
    ), busy AS MATERIALIZED (
        SELECT site_id, range_agg(period) AS periods FROM standing GROUP BY site_id
    ), besides AS (
        SELECT site_id, slug, zone, slot, least,
               unnest(tstzmultirange(tstzrange(starts, ends)) - busy.periods) AS period
        FROM opened JOIN busy USING (site_id)
        -- Where nothing is to spare, nothing is left beside a claim.
        WHERE starts + least < ends
    ), plain AS MATERIALIZED (
        SELECT site_id, slug FROM opened
        WHERE long_enough AND NOT EXISTS (SELECT FROM busy WHERE busy.site_id = opened.site_id)
        UNION ALL
        SELECT site_id, slug FROM (SELECT *, lower(period) AS starts, upper(period) AS ends FROM besides) stretch
        WHERE {_LONG_ENOUGH}
    ), doubtful AS MATERIALIZED (
        -- Without a claim and with a single opening nothing more can be found.
        SELECT site_id, min(slug) AS slug, min(zone) AS zone, min(slot) AS slot, min(least) AS least,
               range_agg(tstzrange(starts, ends)) AS periods
        FROM opened WHERE NOT EXISTS (SELECT FROM plain WHERE plain.site_id = opened.site_id)
        GROUP BY site_id
        HAVING count(*) > 1 OR site_id IN (SELECT site_id FROM busy)
    ), asked AS MATERIALIZED (
        SELECT area.id AS key, doubtful.*, {VOLUME}
        FROM doubtful
        JOIN area ON area.site_id = doubtful.site_id
        JOIN site ON site.id = area.site_id
        JOIN organisation owner ON owner.id = site.owner_id
        CROSS JOIN (SELECT CAST(:footprint AS geometry) AS footprint, CAST(:altitude AS numrange) AS altitude) one
        WHERE {where(AREA_FILTERS, filters)}
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
        SELECT slug, zone, slot, least, unnest(asked.periods - coalesce(taken.periods, '{{}}')) AS period
        FROM asked LEFT JOIN taken USING (key)
    )
    SELECT coalesce(array_agg(slug), '{{}}') AS slugs
    FROM (
        SELECT slug FROM plain
        UNION ALL
        SELECT slug FROM (SELECT *, lower(period) AS starts, upper(period) AS ends FROM remaining) stretch
        WHERE {_LONG_ENOUGH}
    ) found
""")
