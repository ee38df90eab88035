"""Every statement of the numbers; it reads across the rooms and writes nothing. Bounded to the owners who ask."""

from testfields.db.statements import Statement

# The stories of applications are read, not where these stand by now: a month that is over keeps its numbers.
#
# `told` is what happened in the months by each site's clock, served by event_by_site; `asked` is how an application
# last came before staff, with the date that its company was promised, served by event_once. What stood before staff
# when the month ended is told by what happened next, and where nothing has, by where it stands.
NUMBERS = Statement("""
    WITH own AS MATERIALIZED (
        SELECT site.id, site.slug, site.name_ja, site.name_en, site.timezone,
               day_begins(CAST(:first AS date), site.timezone) AS begins,
               day_begins(CAST(CAST(:month AS date) + interval '1 month' AS date), site.timezone) AS ends
        FROM site WHERE site.owner_id = ANY(CAST(:owners AS bigint[]))
    ), told AS (
        SELECT event.id, event.site_id, event.subject_id, event.sequence, event.at, event.action, event.to_state,
               own.timezone, CAST(date_trunc('month', event.at AT TIME ZONE own.timezone) AS date) AS month
        FROM own
        JOIN event ON event.subject = 'reservation' AND event.site_id = own.id
         AND event.at >= own.begins AND event.at < own.ends
    ), counted AS (
        SELECT month, site_id, NULL AS decision, NULL::integer AS days, NULL::boolean AS in_time
        FROM told
        WHERE to_state = 'submitted' AND NOT EXISTS (
            SELECT FROM event earlier
            WHERE earlier.subject = 'reservation' AND earlier.subject_id = told.subject_id
              AND earlier.sequence < told.sequence AND earlier.to_state = 'submitted')
        UNION ALL
        SELECT told.month, told.site_id, told.action,
               CASE WHEN told.action <> :returned
                    THEN CAST(told.at AT TIME ZONE told.timezone AS date)
                         - CAST(asked.at AT TIME ZONE told.timezone AS date) END,
               CASE WHEN told.action <> :returned THEN told.at <= asked.due_at END
        FROM told
        CROSS JOIN LATERAL (
            SELECT event.at, CAST(event.details ->> 'due_at' AS timestamptz) AS due_at
            FROM event
            WHERE event.subject = 'reservation' AND event.subject_id = told.subject_id
              AND event.sequence < told.sequence AND event.to_state = 'submitted' AND event.action <> :taken_back
            ORDER BY event.sequence DESC LIMIT 1) asked
        WHERE told.action = ANY(ARRAY[:approved, :rejected, :returned]::text[]) AND NOT EXISTS (
            SELECT FROM event undone
            WHERE undone.subject = 'reservation' AND undone.subject_id = told.subject_id
              AND undone.sequence > told.sequence AND undone.action = :taken_back
              AND undone.details -> 'taken_back' @> to_jsonb(told.id))
    ), figures AS (
        SELECT month, site_id,
               count(*) FILTER (WHERE decision IS NULL) AS filed,
               count(*) FILTER (WHERE decision = :approved) AS approved,
               count(*) FILTER (WHERE decision = :rejected) AS rejected,
               count(*) FILTER (WHERE decision = :returned) AS returned,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS median_days, max(days) AS longest_days,
               count(in_time) AS promised, count(*) FILTER (WHERE in_time) AS in_time
        FROM counted
        GROUP BY GROUPING SETS ((month, site_id), (month))
        HAVING month = CAST(:month AS date) OR grouping(site_id) = 1
    )
    SELECT own.slug, own.name_ja, own.name_en,
           (SELECT count(*) FROM (
                SELECT DISTINCT ON (event.subject_id) event.from_state
                FROM event
                WHERE event.subject = 'reservation' AND event.site_id = own.id AND event.at >= own.ends
                ORDER BY event.subject_id, event.sequence) next
            WHERE next.from_state = 'submitted')
           + (SELECT count(*) FROM reservation
              WHERE reservation.site_id = own.id AND reservation.state = 'submitted' AND NOT EXISTS (
                  SELECT FROM event
                  WHERE event.subject = 'reservation' AND event.subject_id = reservation.id AND event.at >= own.ends)
             ) AS open,
           figures.*
    FROM own LEFT JOIN figures ON figures.site_id = own.id
    UNION ALL
    SELECT NULL, NULL, NULL, NULL, figures.* FROM figures WHERE figures.site_id IS NULL
    ORDER BY name_ja, slug, month
""")
