"""Every statement about what a company has on its own page."""

from testfields.db.statements import Statement
from testfields.reservations.queries import VIEW, newest_of_companies

# With when it takes place and the last thing that happened to it. Served by stay_once and event_once.
_TOLD = """
    SELECT mine.*, span.starts_at, span.last_starts_at, span.ends_at,
           last.action AS last_action, last.reason AS last_reason
    FROM mine
    CROSS JOIN LATERAL span_of(mine.id) span
    CROSS JOIN LATERAL (
        SELECT event.action, event.reason FROM reservation_event event
        WHERE event.reservation_id = mine.id ORDER BY event.sequence DESC LIMIT 1
    ) last
"""
UNDER_WAY = Statement(f"""
    WITH mine AS (
        {VIEW}
        WHERE reservation.id IN (
            {newest_of_companies("NOT reservation.state = ANY(CAST(:over AS text[]))")} ORDER BY id DESC LIMIT :limit
        )
    )
    {_TOLD}
    ORDER BY span.starts_at, mine.id
""")

# Those that are over, and in whose number or names the words stand, in lower case; all where there are none.
_OVER = """
    reservation.state = ANY(CAST(:over AS text[]))
    AND (CAST(:words AS text) = '' OR strpos(reservation.id::text, :words) > 0 OR EXISTS (
        SELECT FROM project, site, area
        WHERE project.id = reservation.project_id AND site.id = reservation.site_id AND area.id = reservation.area_id
          AND strpos(lower(concat_ws(' ', project.title_ja, project.title_en, site.name_ja, site.name_en,
                                     area.name_ja, area.name_en)), :words) > 0
    ))
"""

# Keyset paging, newest first.
PAST = Statement(f"""
    WITH mine AS (
        {VIEW}
        WHERE reservation.id IN (
            {newest_of_companies(f"reservation.id < :before AND {_OVER}")} ORDER BY id DESC LIMIT :limit
        )
    )
    {_TOLD}
    ORDER BY mine.id DESC
""")

# Served by reservation_by_company.
COUNT_PAST = Statement(f"""
    SELECT count(*) FROM reservation WHERE reservation.company_id = ANY(CAST(:companies AS bigint[])) AND {_OVER}
""")

# The stays of a company, each with its application, that touch a period and are not of one that came to nothing;
# served by reservation_by_company and stay_once.
STAYS = Statement("""
    SELECT stay.id AS stay_id, stay.period, stay.state AS stay_state, reservation.id, reservation.state,
           reservation.version, project.title_ja AS project_title_ja, project.title_en AS project_title_en,
           site.name_ja AS site_name_ja, site.name_en AS site_name_en, site.timezone,
           places.name_ja AS area_name_ja, places.name_en AS area_name_en
    FROM reservation
    JOIN stay ON stay.reservation_id = reservation.id
    JOIN project ON project.id = reservation.project_id
    JOIN site ON site.id = reservation.site_id
    CROSS JOIN LATERAL areas_of(reservation.id) places
    WHERE reservation.company_id = ANY(CAST(:companies AS bigint[]))
      AND reservation.state = ANY(CAST(:states AS text[]))
      AND stay.state = ANY(stays_in_force()) AND stay.period && CAST(:within AS tstzrange)
    ORDER BY lower(stay.period), stay.id
    LIMIT :limit
""")
