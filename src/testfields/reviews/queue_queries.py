"""The statements of the queue, one for each order in which it can stand."""

from testfields.db.statements import Replanned
from testfields.reviews.queries import WARNINGS

# What the queue tells of each application.
_ROWS = f"""
    SELECT reservation.id, reservation.state, reservation.version, reservation.due_at, reservation.submitted_at,
           reservation.rank, reservation.company_id, reservation.owner_id,
           company.name_ja AS company_name_ja, company.name_en AS company_name_en,
           project.title_ja AS project_title_ja, project.title_en AS project_title_en,
           site.slug AS site_slug, site.name_ja AS site_name_ja, site.name_en AS site_name_en, site.timezone,
           places.name_ja AS area_name_ja, places.name_en AS area_name_en,
           asked.first AS first_period, asked.count AS periods,
           coalesce(seen.version = reservation.version, false) AS has_read,
           assignee.name AS assignee,
           coalesce(mark.recommended_version = reservation.version, false) AS recommended,
           told.changed, told.filed_again,
           {WARNINGS}
    FROM shown reservation
    JOIN organisation company ON company.id = reservation.company_id
    JOIN project ON project.id = reservation.project_id
    JOIN site ON site.id = reservation.site_id
    CROSS JOIN LATERAL areas_of(reservation.id) places
    LEFT JOIN review_read seen ON seen.reservation_id = reservation.id AND seen.person_id = :person_id
    LEFT JOIN review_mark mark ON mark.reservation_id = reservation.id
    LEFT JOIN person assignee ON assignee.id = mark.assignee_id
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(event.action = 'submit' AND event.from_state = 'returned'), false) AS filed_again,
               coalesce(bool_or(
                   event.details ? 'volumes'
                   AND (event.from_state = ANY(judged_states()) OR event.from_state = 'returned')), false) AS changed
        FROM reservation_event event WHERE event.reservation_id = reservation.id
    ) told
    CROSS JOIN LATERAL (
        SELECT (array_agg(volume.period ORDER BY lower(volume.period)))[1] AS first, count(*) AS count
        FROM volume WHERE volume.reservation_id = reservation.id
    ) asked
"""

# Without a due date last; as reservation_by_due has it.
_DUE = "coalesce(reservation.due_at, '9999-12-31T00:00:00Z'::timestamptz)"


# When the first of what is still to come begins.
_STARTS = "(SELECT starts_at FROM span_of(reservation.id))"

# Whether one of the words that were typed stands in a project or its company's name.
_FOUND = "(project.found_by LIKE words.pattern OR company.found_by LIKE words.pattern)"
# Whether each of them does, or is the application's number.
_WITH_ITS_NUMBER = f"""
    NOT EXISTS (
        SELECT FROM words, project JOIN organisation company ON company.id = project.company_id
        WHERE project.id = reservation.project_id
          AND NOT coalesce(reservation.id = words.number, false) AND NOT {_FOUND})
"""


def _queue(rank: str, order: str, further: str) -> Replanned:
    """A page of the queue in an `order` that an index has, so that it does not matter how many wait behind it.

    Each state of each site is read from its own part of the index, no further than the page goes. Where words are
    sought, the projects that have them all are found first, whoever's they are. `rank` is a number that rises along the
    `order`; `further` is what comes after the row where the last page ended.
    """
    return Replanned(f"""
        WITH own AS MATERIALIZED (
            SELECT site.id, site.owner_id, CASE
                WHEN CAST(:due AS text) IS NULL THEN 'infinity'
                WHEN :due = 'overdue' THEN CAST(:now AS timestamptz)
                ELSE day_begins((CAST(:now AS timestamptz) AT TIME ZONE site.timezone)::date
                                + CAST(:due_days AS integer), site.timezone) END AS due_before
            FROM site
            WHERE site.owner_id = ANY(CAST(:owners AS bigint[])) AND (CAST(:site AS text) IS NULL OR site.slug = :site)
        ), taking_place AS MATERIALIZED (
            SELECT volume.reservation_id AS id
            FROM own JOIN site ON site.id = own.id
            JOIN volume ON volume.site_id = own.id AND volume.period && tstzrange(
                day_begins(CAST(:first_day AS date), site.timezone),
                day_begins(CAST(:last_day AS date) + 1, site.timezone))
            WHERE CAST(:first_day AS date) IS NOT NULL OR CAST(:last_day AS date) IS NOT NULL
        ), words AS MATERIALIZED (
            SELECT * FROM sought(CAST(:text AS text))
        ), fitting AS MATERIALIZED (
            SELECT project.id
            FROM project JOIN organisation company ON company.id = project.company_id
            WHERE NOT EXISTS (SELECT FROM words WHERE NOT {_FOUND})
        ), shown AS MATERIALIZED (
            SELECT one.*
            FROM own CROSS JOIN unnest(CAST(:states AS text[])) AS part (state)
            CROSS JOIN LATERAL (
                SELECT reservation.*, own.owner_id, {rank} AS rank
                FROM reservation
                WHERE reservation.site_id = own.id AND reservation.state = part.state AND seen_by_staff(reservation)
                  AND {_DUE} < own.due_before
                  AND ((CAST(:first_day AS date) IS NULL AND CAST(:last_day AS date) IS NULL)
                       OR reservation.id IN (SELECT id FROM taking_place))
                  AND (NOT :unassigned OR NOT EXISTS (
                       SELECT FROM review_mark WHERE reservation_id = reservation.id AND assignee_id IS NOT NULL))
                  AND (NOT :mine OR reservation.id IN (
                       SELECT reservation_id FROM review_mark WHERE assignee_id = :person_id))
                  AND (CAST(:text AS text) IS NULL OR reservation.project_id IN (SELECT id FROM fitting)
                       OR (reservation.id IN (SELECT number FROM words) AND {_WITH_ITS_NUMBER}))
                  AND (CAST(:after_id AS bigint) IS NULL OR {further})
                ORDER BY {order}
                LIMIT :limit
            ) one
            ORDER BY one.rank, one.id
            LIMIT :limit
        )
        {_ROWS}
        ORDER BY reservation.rank, reservation.id
    """)


# What is due first, in microseconds; served by reservation_by_due.
QUEUE_BY_DUE = _queue(
    rank=f"CAST(extract(epoch FROM {_DUE}) * 1000000 AS bigint)",
    order=f"{_DUE}, reservation.id",
    further=f"""
        ({_DUE}, reservation.id) > (
            'epoch'::timestamptz + greatest(CAST(:after_rank AS bigint), 0) * '1 microsecond'::interval,
            CAST(:after_id AS bigint))
    """,
)
# The newest first; served by reservation_by_site_and_state.
QUEUE_NEWEST = _queue(
    rank="-reservation.id", order="reservation.id DESC", further="reservation.id < CAST(:after_id AS bigint)"
)

# What takes place first; no index has this order, so it is for the parts that stay short.
QUEUE_BY_START = _queue(
    rank=f"CAST(extract(epoch FROM {_STARTS}) * 1000000 AS bigint)",
    order=f"{_STARTS}, reservation.id",
    further=f"""
        ({_STARTS}, reservation.id) > (
            'epoch'::timestamptz + CAST(:after_rank AS bigint) * '1 microsecond'::interval, CAST(:after_id AS bigint))
    """,
)
