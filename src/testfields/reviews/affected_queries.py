"""What is under way where zones have changed."""

from testfields.db.statements import Statement
from testfields.projects.fields import FACTS

# Applications under way on the land of one of the owners, or of any where none are named, with times to come on ground
# that layers published or replaced after a moment concern: the one given, or else that of the last decision. Served by
# reservation_by_site_and_state, event_once and zone_part_geometry.
TOUCHED = Statement(f"""
    SELECT reservation.id AS number, site.slug AS site, site.name_ja AS site_ja, site.name_en AS site_en,
           site.timezone,
           places.name_ja AS area_ja, places.name_en AS area_en,
           company.name_ja AS company_ja, company.name_en AS company_en,
           {", ".join(f"project.{name}" for name in FACTS)}, ahead.period, seen.at AS since,
           EXISTS (SELECT FROM permit
                   WHERE permit.reservation_id = reservation.id AND permit.revoked_at IS NULL) AS permitted
    FROM site
    JOIN reservation ON reservation.site_id = site.id AND reservation.state = ANY(under_way_states())
    JOIN project ON project.id = reservation.project_id
    JOIN organisation company ON company.id = reservation.company_id
    CROSS JOIN LATERAL areas_of(reservation.id) places
    CROSS JOIN LATERAL (
        SELECT coalesce(CAST(:since AS timestamptz), max(event.at)) AS at FROM reservation_event event
        WHERE event.reservation_id = reservation.id AND event.action = ANY(CAST(:decisions AS text[]))
    ) seen
    CROSS JOIN LATERAL (
        SELECT volume.period FROM volume
        WHERE volume.reservation_id = reservation.id AND upper(volume.period) > :now
          AND volume.stay_state = ANY(open_stays())
        ORDER BY volume.period LIMIT 1
    ) ahead
    WHERE (CAST(:owners AS bigint[]) IS NULL OR site.owner_id = ANY(CAST(:owners AS bigint[])))
      AND seen_by_staff(reservation)
      AND EXISTS (
          SELECT FROM volume
          JOIN zone_part part ON ST_Intersects(part.geometry, volume.footprint)
          JOIN zone ON zone.id = part.zone_id
          JOIN zone_layer layer ON layer.id = zone.layer_id
          WHERE volume.reservation_id = reservation.id AND upper(volume.period) > :now
            AND volume.stay_state = ANY(open_stays()) AND greatest(layer.published_at, layer.replaced_at) > seen.at)
    ORDER BY ahead.period, reservation.id
    LIMIT :limit
""")
