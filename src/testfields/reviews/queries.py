"""Every statement of the desk. Each is bounded to the owners whose staff asks, and leaves drafts out."""

from testfields.db.statements import Statement
from testfields.projects.fields import FACTS


def _taken_by(reservation: str) -> str:
    """What a reservation's volumes take when they are claimed.

    An application on the waiting list has no claim; this is the claim that it would have. Served by
    volume_reservation_id.
    """
    return f"""
        SELECT volume.id, volume.area_id, volume.period AS asked_period, volume.altitude AS asked_altitude,
               taken.period, taken.altitude, taken.footprint,
               CASE WHEN area.mode = 'exclusive' THEN area.geometry ELSE volume.footprint END AS shown
        FROM volume
        JOIN area ON area.id = volume.area_id
        JOIN site place ON place.id = area.site_id
        JOIN organisation owner ON owner.id = place.owner_id
        CROSS JOIN LATERAL taken(area, place, owner.metric_crs, volume.footprint, volume.altitude, volume.period) taken
        WHERE volume.reservation_id = {reservation}.id AND volume.stay_state = ANY(stays_in_force())
    """


def _meets(one: str, other: str) -> str:
    """Whether two volumes share space at some moment; a common edge is not shared space."""
    return f"""
        {one}.period && {other}.period AND {one}.altitude && {other}.altitude AND {one}.footprint && {other}.footprint
        AND ST_Relate({one}.footprint, {other}.footprint, 'T********')
    """


# Who else asks for what this application asks for: those that wait, and for one that waits itself, those that stand.
# Found by when they take place, so that it does not matter how many wait for other times: what is taken begins when it
# was asked for and ends a turnaround later. Served by volume_by_site_and_period and claim_by_site_and_period.
_RIVALS = f"""
    SELECT asked.reservation_id AS id
    FROM ({_taken_by("reservation")}) mine
    JOIN site place ON place.id = reservation.site_id
    JOIN organisation owner ON owner.id = place.owner_id
    JOIN volume asked ON asked.site_id = reservation.site_id AND asked.period && tstzrange(
        lower(mine.period) - make_interval(mins => place.turnaround_minutes), upper(mine.period))
    JOIN reservation other ON other.id = asked.reservation_id AND other.state = 'waiting' AND other.id <> reservation.id
    JOIN area ON area.id = asked.area_id
    CROSS JOIN LATERAL taken(area, place, owner.metric_crs, asked.footprint, asked.altitude, asked.period) theirs
    WHERE reservation.state = ANY(under_way_states()) AND {_meets("mine", "theirs")}
    UNION
    SELECT standing.source_id
    FROM claim standing CROSS JOIN LATERAL ({_taken_by("reservation")}) mine
    WHERE standing.site_id = reservation.site_id AND standing.source_kind = ANY(claims_of_reservations())
      AND standing.source_id <> reservation.id AND reservation.state = 'waiting'
      AND {_meets("mine", "standing")}
"""

# Whether its time begins before staff would otherwise have to decide; closures of any part of the site during its
# times, and uses that begin or end where its turnaround does.
# Both served by claim_by_site_and_period.
WARNINGS = f"""
    reservation.state = 'submitted'
    AND coalesce(reservation.due_at >= (SELECT starts_at FROM span_of(reservation.id)), false) AS hurried,
    (SELECT count(*) FROM ({_RIVALS}) rival) AS rivals,
    (SELECT count(DISTINCT closed.source_id)
     FROM claim closed CROSS JOIN LATERAL ({_taken_by("reservation")}) mine
     WHERE closed.site_id = reservation.site_id AND closed.source_kind = 'closure'
       AND closed.period && mine.period) AS closures,
    (SELECT count(DISTINCT next.source_id)
     FROM claim next CROSS JOIN LATERAL ({_taken_by("reservation")}) mine
     WHERE next.site_id = reservation.site_id AND next.source_kind = ANY(claims_of_reservations())
       AND next.source_id <> reservation.id AND next.period -|- mine.period AND next.altitude && mine.altitude
       AND next.footprint && mine.footprint
       AND ST_Relate(next.footprint, mine.footprint, 'T********')) AS back_to_back
"""

SITES = Statement("""
    SELECT slug, name_ja, name_en FROM site WHERE owner_id = ANY(CAST(:owners AS bigint[])) ORDER BY slug
""")

# Everybody who is told of a decision.
_MAILED = "(SELECT count(*) FROM company_told(reservation.id)) AS mailed"

# Served by the primary key.
CASE = Statement(f"""
    SELECT reservation.id, reservation.state, reservation.version, reservation.note, reservation.conditions,
           reservation.deadline, reservation.due_at, reservation.submitted_at, reservation.created_at,
           reservation.company_id, reservation.area_id, site.owner_id,
           company.name_ja AS company_name_ja, company.name_en AS company_name_en, company.corporate_number,
           company.contact_email, applicant.name AS applicant_name,
           project.title_ja AS project_title_ja, project.title_en AS project_title_en,
           {", ".join(f"project.{name}" for name in FACTS)},
           site.slug AS site_slug, site.name_ja AS site_name_ja, site.name_en AS site_name_en, site.timezone,
           site.road_answer, site.property_class, site.turnaround_minutes,
           places.name_ja AS area_name_ja, places.name_en AS area_name_en,
           places.each_one::text AS areas,
           EXISTS (SELECT FROM claim WHERE claim.source_kind = ANY(claims_of_reservations())
                   AND claim.source_id = reservation.id) AS claimed,
           {_MAILED},
           {WARNINGS}
    FROM reservation
    JOIN project ON project.id = reservation.project_id
    JOIN organisation company ON company.id = reservation.company_id
    JOIN person applicant ON applicant.id = reservation.created_by
    JOIN site ON site.id = reservation.site_id
    CROSS JOIN LATERAL areas_of(reservation.id) places
    WHERE reservation.id = :id AND site.owner_id = ANY(CAST(:owners AS bigint[])) AND seen_by_staff(reservation)
""")

MARK_READ = Statement("""
    INSERT INTO review_read (person_id, reservation_id, site_id, version)
    SELECT :person_id, reservation.id, reservation.site_id, :version
    FROM reservation WHERE reservation.id = :reservation_id
    ON CONFLICT (person_id, reservation_id) DO UPDATE SET version = excluded.version
    WHERE review_read.version <> excluded.version
""")

# All that stands or is asked for at a site on one local day: this application, every other one, closures.
# Served by claim_by_site_and_period, volume_by_site_and_period and primary keys.
SCENE = Statement(f"""
    WITH subject AS (
        SELECT reservation.*, site.timezone,
               tstzrange(day_begins(CAST(:day AS date), site.timezone),
                         day_begins(CAST(:day AS date) + 1, site.timezone)) AS day
        FROM reservation JOIN site ON site.id = reservation.site_id
        WHERE reservation.id = :id AND site.owner_id = ANY(CAST(:owners AS bigint[])) AND seen_by_staff(reservation)
    ), involved AS (
        SELECT subject.id FROM subject
        UNION
        SELECT claim.source_id FROM subject JOIN claim ON claim.site_id = subject.site_id
        WHERE claim.source_kind = ANY(claims_of_reservations()) AND claim.period && subject.day
        UNION
        SELECT waiting.id
        FROM subject
        JOIN volume asked ON asked.site_id = subject.site_id AND asked.period && subject.day
        JOIN reservation waiting ON waiting.id = asked.reservation_id AND waiting.state = 'waiting'
    ), rivals AS (
        SELECT rival.id FROM subject reservation CROSS JOIN LATERAL ({_RIVALS}) rival
    )
    SELECT 'reservation' AS kind, reservation.id AS number, taken.id AS part, reservation.state,
           reservation.id = subject.id AS mine, reservation.id IN (SELECT id FROM rivals) AS rival,
           company.name_ja AS name_ja, company.name_en AS name_en,
           area.name_ja AS area_name_ja, area.name_en AS area_name_en,
           taken.asked_period AS period, taken.asked_altitude AS altitude,
           told_shape(taken.shown)::text AS shape
    FROM involved
    JOIN reservation ON reservation.id = involved.id
    JOIN organisation company ON company.id = reservation.company_id
    CROSS JOIN subject
    CROSS JOIN LATERAL ({_taken_by("reservation")}) taken
    JOIN area ON area.id = taken.area_id
    WHERE taken.asked_period && subject.day
    UNION ALL
    SELECT 'closure', closure.id, claim.id, closure.kind, false, false, closure.reason_ja, closure.reason_en,
           area.name_ja, area.name_en, claim.period, claim.altitude, told_shape(claim.footprint)::text
    FROM subject
    JOIN claim ON claim.site_id = subject.site_id AND claim.source_kind = 'closure' AND claim.period && subject.day
    JOIN closure ON closure.id = claim.source_id
    LEFT JOIN area ON area.id = closure.area_id
    ORDER BY mine DESC, period, number, part
""")

# The ground that it all lies on: the site first, then its areas, of the retired ones its own; served by area_once.
GROUND = Statement("""
    SELECT 'site' AS kind, site.slug, site.name_ja, site.name_en, NULL::numrange AS altitude,
           told_shape(site.geometry)::text AS shape, -1 AS position
    FROM site JOIN reservation ON reservation.site_id = site.id WHERE reservation.id = :id
    UNION ALL
    SELECT 'area', area.slug, area.name_ja, area.name_en, area.altitude, told_shape(area.geometry)::text, area.position
    FROM area JOIN reservation ON reservation.site_id = area.site_id
    WHERE reservation.id = :id AND (
        area.retired_at IS NULL OR area.id IN (SELECT area_id FROM volume WHERE volume.reservation_id = reservation.id))
    ORDER BY position, slug
""")
