"""Every statement about reservations, their volumes and their events."""

from testfields.db.statements import Statement
from testfields.projects.fields import FACTS

# The hot path: reservation, volumes, claims and event in one statement and one round trip. The claim guard and the
# event chain run as triggers of it. The project is held, so that its use stays the one that the
# area allows, and so is the site, as it was looked at.
FILE = Statement("""
    WITH filed AS (
        INSERT INTO reservation (project_id, company_id, site_id, area_id, state, note, deadline, due_at, submitted_at,
                                 created_by, created_at)
        SELECT project.id, project.company_id, site.id, :area_id, :state, :note, :deadline, :due_at, :submitted_at,
               :person_id, :now
        FROM project, site
        WHERE project.id = :project_id AND project.company_id = ANY(CAST(:companies AS bigint[]))
          AND project.use = ANY(CAST(:uses AS text[]))
          AND site.id = :site_id AND site.version = :site_version
        FOR SHARE
        RETURNING id, project_id, company_id
    ), stays AS (
        INSERT INTO stay (reservation_id, period)
        SELECT DISTINCT filed.id, one FROM filed, unnest(CAST(:periods AS tstzrange[])) AS one
        RETURNING id, period
    ), volumes AS (
        INSERT INTO volume (reservation_id, stay_id, site_id, area_id, footprint, altitude, period)
        SELECT filed.id, stays.id, :site_id, one.area_id, one.footprint, one.altitude, one.period
        FROM filed, unnest(CAST(:area_ids AS bigint[]), CAST(:footprints AS geometry[]), CAST(:altitudes AS numrange[]),
                           CAST(:periods AS tstzrange[]))
                    WITH ORDINALITY AS one (area_id, footprint, altitude, period, place)
        JOIN stays USING (period)
        ORDER BY one.place
    ), claims AS (
        INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
        SELECT :site_id, :claim_kind, filed.id, one.footprint, one.altitude, one.period
        FROM filed, unnest(CAST(:claim_footprints AS geometry[]), CAST(:claim_altitudes AS numrange[]),
                           CAST(:claim_periods AS tstzrange[])) AS one (footprint, altitude, period)
    ), event AS (
        INSERT INTO event (subject, subject_id, at, site_id, tenant_id, actor_id, actor_role, action, to_state, reason,
                           details)
        SELECT 'reservation', filed.id, :now, :site_id, (SELECT owner_id FROM site WHERE site.id = :site_id),
               :person_id, :role, :action, :state, :reason, CAST(:details AS jsonb)
        FROM filed
    )
    SELECT id, project_id, company_id FROM filed
""")

# What is tried under a project, and how; by primary key.
PROJECT_FOR = Statement(f"""
    SELECT {", ".join(FACTS)} FROM project WHERE id = :project_id AND company_id = ANY(CAST(:companies AS bigint[]))
""")

# Which of these applications are of these companies; by primary key.
OWN = Statement("""
    SELECT id FROM reservation WHERE id = ANY(CAST(:ids AS bigint[])) AND company_id = ANY(CAST(:companies AS bigint[]))
""")

VIEW = """
    SELECT reservation.id, reservation.state, reservation.note, reservation.conditions, reservation.deadline,
           reservation.due_at, reservation.submitted_at, reservation.created_at, reservation.version,
           reservation.project_id, reservation.company_id, reservation.site_id, reservation.area_id, site.owner_id,
           project.title_ja AS project_title_ja, project.title_en AS project_title_en, project.use,
           company.name_ja AS company_name_ja, company.name_en AS company_name_en,
           site.slug AS site_slug, site.name_ja AS site_name_ja, site.name_en AS site_name_en, site.timezone,
           area.slug AS area_slug, places.name_ja AS area_name_ja, places.name_en AS area_name_en,
           places.each_one::text AS areas,
           (SELECT jsonb_agg(jsonb_build_object(
                       'area_id', volume.area_id,
                       'stay_id', volume.stay_id,
                       'period', jsonb_build_object('start', lower(volume.period), 'end', upper(volume.period)),
                       'altitude', jsonb_build_object(
                           'lower', lower(volume.altitude), 'upper', upper(volume.altitude), 'reference', 'AGL'),
                       'above_sea', CASE WHEN site.ground_elevation IS NOT NULL THEN jsonb_build_object(
                           'lower', lower(volume.altitude) + site.ground_elevation,
                           'upper', upper(volume.altitude) + site.ground_elevation, 'reference', 'TP') END,
                       'footprint', told_shape(volume.footprint)
                   ) ORDER BY lower(volume.period), volume.id)
            FROM volume WHERE volume.reservation_id = reservation.id)::text AS volumes,
           stays_of(reservation.id)::text AS stays
    FROM reservation
    JOIN project ON project.id = reservation.project_id
    JOIN organisation company ON company.id = reservation.company_id
    JOIN site ON site.id = reservation.site_id
    JOIN area ON area.id = reservation.area_id
    CROSS JOIN LATERAL areas_of(reservation.id) places
"""

# A company sees its own; staff of the land's owner see what has been filed there, drafts excepted.
_VISIBLE = """
    (reservation.company_id = ANY(CAST(:companies AS bigint[]))
     OR (site.owner_id = ANY(CAST(:owners AS bigint[])) AND seen_by_staff(reservation)))
"""

# Served by the primary key.
FIND = Statement(f"{VIEW} WHERE reservation.id = :id AND {_VISIBLE}")


def _newest(places: str, condition: str) -> str:
    """The newest ids of each of `places`, a company or a site a row, with `condition`.

    Each is read from its own index, backwards and no further than the page goes: a condition on all of them at once
    would read the whole table where they have filed little.
    """
    return f"""
        SELECT newest.id FROM {places} CROSS JOIN LATERAL (
            SELECT reservation.id FROM reservation WHERE {condition} ORDER BY reservation.id DESC LIMIT :limit
        ) newest
    """


def newest_of_companies(condition: str) -> str:
    """The newest ids of each of the companies, with `condition`. Served by reservation_by_company."""
    companies = "unnest(CAST(:companies AS bigint[])) AS company (id)"
    return _newest(companies, f"reservation.company_id = company.id AND {condition}")


_SOUGHT = """
    reservation.id < :before
    AND (CAST(:state AS text) IS NULL OR reservation.state = :state)
    AND (CAST(:site AS text) IS NULL OR reservation.site_id = (SELECT id FROM site WHERE slug = :site))
    AND (CAST(:project_id AS bigint) IS NULL OR reservation.project_id = :project_id)
"""
# The sites of the actor's land, by site_owner_id; what has been filed at each by reservation_by_site.
_NEWEST_ON_LAND = _newest(
    "(SELECT id FROM site WHERE owner_id = ANY(CAST(:owners AS bigint[]))) own",
    f"reservation.site_id = own.id AND seen_by_staff(reservation) AND {_SOUGHT}",
)
# What `_VISIBLE` says, each half by its own index. Keyset paging, newest first.
LIST = Statement(f"""
    {VIEW}
    WHERE reservation.id IN (
        {newest_of_companies(_SOUGHT)} UNION {_NEWEST_ON_LAND} ORDER BY id DESC LIMIT :limit
    )
    ORDER BY reservation.id DESC
""")

# Served by primary keys. The project is held as in FILE.
LOCK = Statement("""
    SELECT reservation.id, reservation.state, reservation.version, reservation.company_id, reservation.site_id,
           reservation.area_id, site.owner_id, site.no_show_minutes, project.use, reservation.deadline
    FROM reservation
    JOIN site ON site.id = reservation.site_id
    JOIN project ON project.id = reservation.project_id
    WHERE reservation.id = :id
    FOR UPDATE OF reservation FOR SHARE OF project
""")

# When what is still to come begins and ends; served by stay_once.
SPAN = Statement("SELECT starts_at, last_starts_at, ends_at FROM span_of(:id)")

MOVE = Statement("""
    UPDATE reservation
    SET state = :state, deadline = :deadline, version = version + 1,
        conditions = coalesce(CAST(:conditions AS text), conditions),
        submitted_at = coalesce(CAST(:submitted_at AS timestamptz), submitted_at),
        due_at = coalesce(CAST(:due_at AS timestamptz), due_at)
    WHERE id = :id
    RETURNING version
""")

VOLUMES = Statement("""
    SELECT area_id, footprint, altitude, period, stay_id, stay_state
    FROM volume WHERE reservation_id = :id ORDER BY lower(period), id
""")

# Names of staff stay with staff; served by event_once.
EVENTS = Statement("""
    SELECT event.sequence, event.at, event.actor_role, event.action, event.from_state, event.to_state, event.reason,
           event.details ->> 'conditions' AS conditions, stays_in(event.details)::text AS stays,
           coalesce(event.details -> 'left_out', '[]')::text AS left_out,
           coalesce(event.details -> 'moved', '[]')::text AS moved,
           CAST(event.details ->> 'other' AS bigint) AS other,
           CASE WHEN :sees_staff OR event.actor_role = 'company' THEN person.name END AS actor_name,
           CASE WHEN :sees_staff THEN approver.name END AS deputy_for,
           encode(event.hash, 'hex') AS hash
    FROM reservation_event event LEFT JOIN person ON person.id = event.actor_id
    LEFT JOIN person approver ON approver.id = CAST(event.details ->> 'deputy_for' AS bigint)
    WHERE event.reservation_id = :id
    ORDER BY event.sequence
""")

# The last event, and the one before where the portal has only confirmed what it decided; whether anybody has been
# written to about them. Served by event_once and delivery_once.
LAST_DECISION = Statement("""
    SELECT decision.from_state, decision.action, decision.at, array_agg(last.id) AS events,
           EXISTS (SELECT FROM delivery WHERE event_id = ANY(array_agg(last.id))) AS written
    FROM reservation_event decision
    JOIN reservation_event last USING (reservation_id)
    WHERE reservation_id = :id AND last.sequence >= decision.sequence
      AND decision.sequence = (
          SELECT max(sequence) FROM reservation_event WHERE reservation_id = :id AND action <> :confirm)
    GROUP BY decision.id, decision.from_state, decision.action, decision.at
""")

# Served by reservation_by_site_and_state.
ANYBODY_WAITS = Statement("""
    SELECT EXISTS (SELECT FROM reservation WHERE site_id = :site_id AND state = 'waiting')
""")

# The next of those who wait at a site, first come, first served, for whom nothing is in the way by now; one whose time
# has begun is past helping, and a deactivated company is passed over. Served by reservation_by_site_and_state and
# claim_by_site_and_period.
NEXT_WAITING = Statement("""
    SELECT reservation.id, reservation.submitted_at
    FROM reservation
    JOIN site place ON place.id = reservation.site_id
    JOIN organisation owner ON owner.id = place.owner_id
    JOIN organisation company ON company.id = reservation.company_id AND company.active
    WHERE reservation.site_id = :site_id AND reservation.state = 'waiting'
      AND (reservation.submitted_at, reservation.id) > (CAST(:after_at AS timestamptz), CAST(:after_id AS bigint))
      AND (SELECT starts_at FROM span_of(reservation.id)) > :now
      AND NOT EXISTS (
          SELECT FROM volume
          JOIN area ON area.id = volume.area_id
          CROSS JOIN LATERAL taken(area, place, owner.metric_crs, volume.footprint, volume.altitude, volume.period) mine
          JOIN claim standing
            ON standing.site_id = reservation.site_id
           AND standing.period && mine.period AND standing.altitude && mine.altitude
           AND standing.footprint && mine.footprint
           AND (standing.footprint = mine.footprint OR ST_Relate(standing.footprint, mine.footprint, 'T********'))
          WHERE volume.reservation_id = reservation.id
      )
    ORDER BY reservation.submitted_at, reservation.id
    LIMIT 1
""")

# What deadlines.runs_out_at says; null for what has no end.
_ENDS_AT = """
    CASE end_of_state(reservation.state)
         WHEN 'deadline' THEN reservation.deadline
         WHEN 'start' THEN (SELECT starts_at FROM span_of(reservation.id))
         WHEN 'end' THEN (SELECT ends_at FROM span_of(reservation.id))
    END
"""

# Asked for after LOCK, so that nobody moves on what is about to expire.
ENDS_AT = Statement(f"SELECT {_ENDS_AT} AS ends_at FROM reservation WHERE id = :id")

# --- For the company's pages.

# A draft as it is wanted now, under another project or in another area too; served by primary keys.
REVISE = Statement("""
    WITH plan AS (
        SELECT id, company_id FROM project
        WHERE id = :project_id AND company_id = ANY(CAST(:companies AS bigint[])) AND use = ANY(CAST(:uses AS text[]))
        FOR SHARE
    )
    UPDATE reservation
    SET project_id = plan.id, company_id = plan.company_id, site_id = :site_id, area_id = :area_id, note = :note
    FROM plan
    WHERE reservation.id = :id
""")

# The owner of the land who asks for verified companies, where the company is one of the `unverified`.
ASKS_VERIFIED = Statement("""
    SELECT owner.name_ja, owner.name_en
    FROM site JOIN organisation owner ON owner.id = site.owner_id
    WHERE site.id = :site_id AND owner.asks_verified
      AND coalesce(CAST(:company_id AS bigint), (SELECT company_id FROM project WHERE id = CAST(:project_id AS bigint)))
          = ANY(CAST(:unverified AS bigint[]))
""")
