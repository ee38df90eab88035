"""Statements that find free time: what is open, minus what is claimed, as multiranges.

A search is put together from parts: the places asked for (`asked`, a row for each, with `key`), then the same chain
for every search, then the form of the answer.
"""

from collections.abc import Mapping
from functools import cache

from testfields.db.statements import Statement

# Names of the filters that a search has.
Filters = frozenset[str]

# Between which instants the site's notice and horizon let a booking lie (availability.rules: the start after the
# notice, the end not after the local day `horizon_days` from today). A window that ends before is seen without looking
# at the zone: a day less covers any change of summer time.
EARLIEST = """
    greatest(lower(CAST(:within AS tstzrange)),
             CAST(:now AS timestamptz) + make_interval(mins => site.notice_minutes))
"""
LATEST = """
    CASE WHEN upper(CAST(:within AS tstzrange))
              <= CAST(:now AS timestamptz) + make_interval(hours => 24 * (site.horizon_days - 1))
         THEN upper(CAST(:within AS tstzrange))
         ELSE least(
             upper(CAST(:within AS tstzrange)),
             day_begins((CAST(:now AS timestamptz) AT TIME ZONE site.timezone)::date + site.horizon_days + 1,
                        site.timezone)
         )
    END
"""

POLICY = """
    site.timezone AS zone, make_interval(mins => site.slot_minutes) AS slot,
    make_interval(mins => greatest(site.minimum_minutes, CAST(:minutes AS integer))) AS least
"""

# A voxel (空間ID) counts its heights from sea level. Of an area it means what of it lies inside; common ground is told
# by what counts of both.
MEETS_VOXEL = """
    (area.ground && CAST(:voxel AS geometry) AND ST_Relate(area.ground, CAST(:voxel_ground AS geometry), 'T********'))
"""
LAYER = """
    numrange(lower(CAST(:layer AS numrange)) - site.ground_elevation,
             upper(CAST(:layer AS numrange)) - site.ground_elevation)
"""
# Without a ground elevation the layer would have no bounds, and meet every height.
IN_LAYER = f"(site.ground_elevation IS NOT NULL AND area.altitude && {LAYER})"

# A statement holds the filters that are asked for and no others, so that each has a plan of its own: one site or area
# is found by its index, all of them in one pass.
_SITE_FILTERS = {"sites": "site.slug = ANY(CAST(:sites AS text[]))"}
AREA_FILTERS = {
    "areas": "area.id = ANY(CAST(:areas AS bigint[]))",
    "bbox": "ST_Intersects(area.geometry, CAST(:bbox AS geometry))",
    "use": "CAST(:use AS text) = ANY(CASE WHEN area.uses = '{}' THEN site.uses ELSE area.uses END)",
    "altitude": "area.altitude @> CAST(:altitude AS numrange)",
    "footprint": "is_inside(CAST(:footprint AS geometry), area.geometry)",
    "voxel": f"{MEETS_VOXEL} AND {IN_LAYER}",
}
_INDEXED = frozenset({"sites", "areas"})


def where(known: Mapping[str, str], filters: Filters) -> str:
    """The conditions of `filters`.

    PostgreSQL would take most of them to leave next to nothing and plan nested loops over ten thousand sites; of a
    CASE it expects half.
    """
    asked = [
        condition if name in _INDEXED else f"CASE WHEN {condition} THEN true ELSE false END"
        for name, condition in known.items()
        if name in filters
    ]
    return " AND ".join(["true", *asked])


def bookable_site(filters: Filters) -> str:
    """Sites in which the volume could ever be booked; not those of deactivated owners, who are few."""
    decided = "site.owner_id NOT IN (SELECT id FROM organisation WHERE NOT active)"
    conditions = where(_SITE_FILTERS, filters)
    return f"site.published AND {decided} AND site.maximum_minutes >= CAST(:minutes AS integer) AND {conditions}"


_VOLUME = "SELECT CAST(:footprint AS geometry) AS footprint, CAST(:altitude AS numrange) AS altitude"
_VOLUME_IN_VOXEL = f"""
    SELECT ST_Multi(ST_CollectionExtract(ST_Intersection(area.geometry, CAST(:voxel AS geometry)), 3)) AS footprint,
           area.altitude * {LAYER} AS altitude
"""


def _areas(filters: Filters) -> str:
    """The areas that fit, a page of them in the order of their ids."""
    return f"""
        SELECT area.id AS key, area.id AS area_id, area.site_id, {POLICY}, area.mode = 'shared' AS shared,
               taken.footprint, taken.altitude, make_interval(mins => site.turnaround_minutes) AS turnaround,
               tstzrange({EARLIEST}, greatest({EARLIEST}, {LATEST})) AS bookable
        FROM area
        JOIN site ON site.id = area.site_id
        JOIN organisation owner ON owner.id = site.owner_id
        CROSS JOIN LATERAL ({_VOLUME_IN_VOXEL if "voxel" in filters else _VOLUME}) one
        CROSS JOIN LATERAL taken(area, site, owner.metric_crs, one.footprint, one.altitude, NULL) taken
        WHERE {bookable_site(filters)} AND {where(AREA_FILTERS, filters)} AND area.retired_at IS NULL
          AND area.id > :after
        ORDER BY area.id
        LIMIT :limit
    """


# Several volumes of one application, each a place of its own in its area.
_PLACES = f"""
    SELECT one.key, area.id AS area_id, area.site_id, {POLICY}, area.mode = 'shared' AS shared,
           taken.footprint, taken.altitude, make_interval(mins => site.turnaround_minutes) AS turnaround,
               tstzrange({EARLIEST}, greatest({EARLIEST}, {LATEST})) AS bookable
    FROM unnest(CAST(:area_ids AS bigint[]), CAST(:footprints AS geometry[]), CAST(:altitudes AS numrange[]))
         WITH ORDINALITY AS one (area_id, footprint, altitude, key)
    JOIN area ON area.id = one.area_id
    JOIN site ON site.id = area.site_id
    JOIN organisation owner ON owner.id = site.owner_id
    CROSS JOIN LATERAL taken(area, site, owner.metric_crs, one.footprint, one.altitude, NULL) taken
    WHERE area.retired_at IS NULL
"""

# Hours are found by opening_hours_site_id, claims by claim_by_site_and_period.
_CHAIN = """
    opened AS (
        SELECT opening.site_id, range_agg(opening.period) * tstzmultirange(CAST(:within AS tstzrange)) AS periods
        FROM opening(CAST(:within AS tstzrange))
        WHERE opening.site_id = ANY(ARRAY(SELECT DISTINCT site_id FROM asked))
        GROUP BY opening.site_id
    ), standing AS (
        -- A booking takes its turnaround too, so what stands is in the way from that much earlier.
        SELECT asked.key, claim_told(claim.source_kind) AS kind,
               range_agg(tstzrange(lower(claim.period) - asked.turnaround, upper(claim.period)))
                   * tstzmultirange(CAST(:within AS tstzrange)) AS periods
        FROM asked
        JOIN claim
          ON claim.site_id = asked.site_id
         AND claim.period && tstzrange(lower(CAST(:within AS tstzrange)),
                                       upper(CAST(:within AS tstzrange)) + asked.turnaround)
         AND claim.altitude && asked.altitude
         AND claim.footprint && asked.footprint
         -- An area's own polygon is met most often, and comparing is cheaper than relating.
         AND (claim.footprint = asked.footprint OR ST_Relate(claim.footprint, asked.footprint, 'T********'))
         AND NOT (claim.source_kind = ANY(claims_of_reservations()) AND claim.source_id = :besides)
        GROUP BY asked.key, claim_told(claim.source_kind)
    ), taken AS (
        SELECT key, range_agg(periods) AS periods FROM standing GROUP BY key
    ), stretch AS MATERIALIZED (
        SELECT asked.key, asked.zone, asked.slot, asked.least,
               unnest(opened.periods * tstzmultirange(asked.bookable) - coalesce(taken.periods, '{}')) AS period
        FROM asked JOIN opened USING (site_id) LEFT JOIN taken USING (key)
    ), free AS (
        SELECT stretch.key, grid.starts, grid.ends
        FROM stretch
        CROSS JOIN LATERAL (
            SELECT grid_after(lower(period), zone, slot) AS starts, grid_before(upper(period), zone, slot) AS ends
            OFFSET 0
        ) grid
        WHERE upper(stretch.period) - lower(stretch.period) >= stretch.least
          AND grid.ends - grid.starts >= stretch.least
    ), partly AS (
        -- Where something stands in a shared area without filling it, a smaller volume may still fit.
        SELECT asked.key, range_agg(claim.period) * tstzmultirange(CAST(:within AS tstzrange)) AS periods
        FROM asked
        JOIN area ON area.id = asked.area_id
        JOIN claim
          ON claim.site_id = asked.site_id
         AND claim.period && CAST(:within AS tstzrange)
         AND claim.altitude && area.altitude
         AND claim.footprint && area.ground
         AND ST_Relate(claim.footprint, area.ground, 'T********')
         AND NOT (claim.altitude @> area.altitude AND is_inside(area.ground, claim.footprint))
        WHERE asked.shared
        GROUP BY asked.key
    )
"""

# The answer of the API, built here and passed on as it is.
_AS_JSON = """
    SELECT coalesce(json_agg(json_build_object(
               'site', site.slug, 'area', area.slug, 'area_id', area.id, 'mode', area.mode, 'timezone', site.timezone,
               'free', coalesce(free.list, '[]'), 'taken', coalesce(taken.list, '[]'),
               'partly', coalesce(partly.list, '[]')
           ) ORDER BY asked.key), '[]')::text AS body, max(asked.key) AS last, count(*) AS areas
    FROM asked
    JOIN area ON area.id = asked.area_id
    JOIN site ON site.id = asked.site_id
    LEFT JOIN (
        SELECT key, json_agg(json_build_object('start', starts, 'end', ends) ORDER BY starts) AS list
        FROM free GROUP BY key
    ) free USING (key)
    LEFT JOIN (
        SELECT key, json_agg(json_build_object('kind', kind, 'start', lower(period), 'end', upper(period))
                             ORDER BY period, kind) AS list
        FROM (SELECT key, kind, unnest(periods) AS period FROM standing) one GROUP BY key
    ) taken USING (key)
    LEFT JOIN (
        SELECT key, json_agg(json_build_object('start', lower(period), 'end', upper(period)) ORDER BY period) AS list
        FROM (SELECT key, unnest(periods) AS period FROM partly) one GROUP BY key
    ) partly USING (key)
"""

# The same as values, for pages.
_AS_ROWS = """
    SELECT asked.key, area.id AS area_id, area.slug AS area, asked.zone,
           (extract(epoch FROM asked.slot) / 60)::integer AS slot_minutes,
           coalesce(opened.periods, '{}') AS open, coalesce(free.periods, '{}') AS free,
           coalesce(taken.held, '{}') AS held, coalesce(taken.reserved, '{}') AS reserved,
           coalesce(taken.closed, '{}') AS closed, coalesce(partly.periods, '{}') AS partly
    FROM asked
    JOIN area ON area.id = asked.area_id
    LEFT JOIN opened ON opened.site_id = asked.site_id
    LEFT JOIN (SELECT key, range_agg(tstzrange(starts, ends)) AS periods FROM free GROUP BY key) free USING (key)
    LEFT JOIN (
        SELECT key, range_agg(periods) FILTER (WHERE kind = 'held') AS held,
               range_agg(periods) FILTER (WHERE kind = 'reserved') AS reserved,
               range_agg(periods) FILTER (WHERE kind = 'closed') AS closed
        FROM standing GROUP BY key
    ) taken USING (key)
    LEFT JOIN partly USING (key)
    ORDER BY area.position, asked.key
"""


def _search(asked: str, answer: str) -> Statement:
    return Statement(f"WITH asked AS MATERIALIZED ({asked}), {_CHAIN} {answer}")


@cache
def free_as_json(filters: Filters) -> Statement:
    """One row: the answer of the API, the last area's id, and how many areas there are."""
    return _search(_areas(filters), _AS_JSON)


@cache
def free_as_rows(filters: Filters) -> Statement:
    """A row for each area."""
    return _search(_areas(filters), _AS_ROWS)


FREE_AT_PLACES = _search(_PLACES, _AS_ROWS)
