"""What site managers see of a day at their own fields, as one statement each."""

from testfields.db.statements import Replanned, Statement

# The permitted stays of own sites that touch a local day of their site, and those that are still under way; of what is
# over, what was used or missed. Somebody may check in an hour before midnight and out an hour after it, so it is looked
# for that much more widely. Served by volume_by_site_and_period and primary keys.
STAYS = Replanned("""
    SELECT stay.id AS stay_id, stay.period, stay.state AS stay_state, reservation.id, reservation.state,
           reservation.version, reservation.company_id, site.owner_id, site.slug AS site_slug,
           site.name_ja AS site_name_ja, site.name_en AS site_name_en, site.timezone, site.no_show_minutes,
           places.name_ja AS area_name_ja, places.name_en AS area_name_en,
           company.name_ja AS company_name_ja, company.name_en AS company_name_en, company.contact_email,
           project.title_ja AS project_title_ja, project.title_en AS project_title_en
    FROM site
    CROSS JOIN LATERAL (
        SELECT coalesce(CAST(:day AS date), (CAST(:now AS timestamptz) AT TIME ZONE site.timezone)::date) AS date
    ) today
    CROSS JOIN LATERAL (
        SELECT tstzrange(day_begins(today.date, site.timezone), day_begins(today.date + 1, site.timezone)) AS hours
    ) day
    CROSS JOIN LATERAL (
        SELECT DISTINCT volume.stay_id FROM volume
        WHERE volume.site_id = site.id
          AND volume.period && tstzrange(lower(day.hours) - interval '2 hours', upper(day.hours) + interval '1 hour')
    ) there
    JOIN stay ON stay.id = there.stay_id
    JOIN reservation ON reservation.id = stay.reservation_id
    JOIN organisation company ON company.id = reservation.company_id
    JOIN project ON project.id = reservation.project_id
    CROSS JOIN LATERAL areas_of(reservation.id) places
    WHERE site.owner_id = ANY(CAST(:owners AS bigint[])) AND (CAST(:site AS text) IS NULL OR site.slug = :site)
      AND stay.state <> 'lapsed' AND (reservation.state = ANY(permitted_states()) OR stay.state = ANY(:over))
      AND (stay.period && day.hours
           OR CAST(:now AS timestamptz) <@ day.hours AND stay.state = ANY(open_stays())
              AND lower(stay.period) <= CAST(:now AS timestamptz) + interval '1 hour')
    ORDER BY lower(stay.period), site.slug, stay.id
""")

# Served by the primary keys.
RESERVATION_OF = Statement("""
    SELECT reservation.id, company.name_ja, company.name_en
    FROM stay
    JOIN reservation ON reservation.id = stay.reservation_id
    JOIN site ON site.id = reservation.site_id
    JOIN organisation company ON company.id = reservation.company_id
    WHERE stay.id = :stay_id AND site.owner_id = ANY(CAST(:owners AS bigint[])) AND seen_by_staff(reservation)
""")
