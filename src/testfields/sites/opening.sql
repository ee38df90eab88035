-- What is open where, in each site's own zone: minutes are added to local midnight as wall-clock time, so that nine
-- o'clock stays nine o'clock on the days on which summer time begins and ends; of an hour that comes twice the second
-- counts, and a time that the clock leaps over lies as far after the leap. A date with hours of its own has these alone;
-- any other has those of its weekday, unless the site keeps it as a day off. Nothing that PostgreSQL could not merge
-- into the query that asks, for one site by index or for all in one pass; a weekday is compared as the integer it is.
-- Zones lie between UTC-12 and UTC+14; an opening lasts into the next day at most.
CREATE OR REPLACE FUNCTION opening(within tstzrange) RETURNS TABLE (site_id bigint, period tstzrange)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    -- An hour that the clock leaps over can leave nothing between opening and closing.
    SELECT hours.site_id, tstzrange(instants.opens, greatest(instants.opens, instants.closes))
    FROM generate_series(
             (lower(within) AT TIME ZONE 'UTC' - interval '12 hours')::date - date '1970-01-01' - 1,
             (upper(within) AT TIME ZONE 'UTC' + interval '14 hours')::date - date '1970-01-01'
         ) AS since
    CROSS JOIN LATERAL (
        SELECT date '1970-01-01' + since AS date,
               (date_part('epoch', lower(within)) / 60)::integer - since * 1440 AS from_minute,
               (date_part('epoch', upper(within)) / 60)::integer - since * 1440 AS to_minute
    ) day
    JOIN opening_hours hours ON hours.weekday = extract(isodow FROM day.date)::integer
    JOIN site ON site.id = hours.site_id
    CROSS JOIN LATERAL (
        SELECT (day.date + make_interval(mins => hours.opens_minute)) AT TIME ZONE site.timezone AS opens,
               (day.date + make_interval(mins => hours.closes_minute)) AT TIME ZONE site.timezone AS closes
    ) instants
    -- Most of what lies elsewhere is seen without looking at the zone.
    WHERE CASE WHEN hours.opens_minute > day.to_minute + 840 OR hours.closes_minute < day.from_minute - 720 THEN false
               WHEN site.year_end = 'closed' AND is_year_end(day.date) THEN false
               WHEN site.public_holidays = 'closed'
                AND EXISTS (SELECT FROM public_holiday WHERE public_holiday.day = day.date) THEN false
               ELSE instants.opens < upper(within) AND instants.closes > lower(within)
          END
      AND NOT EXISTS (
          SELECT FROM exception_day other WHERE other.site_id = hours.site_id AND other.day = day.date)
    UNION ALL
    SELECT own.site_id, tstzrange(instants.opens, greatest(instants.opens, instants.closes))
    FROM exception_day own
    JOIN site ON site.id = own.site_id
    CROSS JOIN LATERAL (
        SELECT (own.day + make_interval(mins => own.opens_minute)) AT TIME ZONE site.timezone AS opens,
               (own.day + make_interval(mins => own.closes_minute)) AT TIME ZONE site.timezone AS closes
    ) instants
    WHERE own.day BETWEEN (lower(within) AT TIME ZONE 'UTC' - interval '12 hours')::date - 1
                      AND (upper(within) AT TIME ZONE 'UTC' + interval '14 hours')::date
      AND instants.opens < upper(within) AND instants.closes > lower(within)
$$;
