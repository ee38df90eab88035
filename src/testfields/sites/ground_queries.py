"""Where sites and areas lie, for heights and for spatial IDs."""

from testfields.db.statements import Statement
from testfields.sites.plan_queries import SHOWN

# What spatial IDs are listed of: an area, or a site from its lowest area's bottom to its highest one's top. Served by
# site's unique index on slug and by area_once.
GROUND_OF_AREA = Statement(f"""
    SELECT area.geometry, lower(area.altitude) AS lower, upper(area.altitude) AS upper, site.ground_elevation
    FROM site JOIN area ON area.site_id = site.id
    WHERE {SHOWN} AND site.slug = :slug AND area.slug = :area AND area.retired_at IS NULL
""")
GROUND_OF_SITE = Statement(f"""
    SELECT site.geometry, min(lower(area.altitude)) AS lower, max(upper(area.altitude)) AS upper, site.ground_elevation
    FROM site LEFT JOIN area ON area.site_id = site.id AND area.retired_at IS NULL
    WHERE {SHOWN} AND site.slug = :slug
    GROUP BY site.id
""")

# Where heights are told in areas that everybody sees: the middle of each, and the ground there. By primary keys.
PLACES_OF_AREAS = Statement("""
    SELECT area.id, ST_X(ST_Centroid(area.geometry)) AS longitude, ST_Y(ST_Centroid(area.geometry)) AS latitude,
           site.ground_elevation::float8 AS ground_elevation
    FROM area JOIN site ON site.id = area.site_id
    WHERE area.id = ANY(CAST(:ids AS bigint[])) AND site.published
""")
