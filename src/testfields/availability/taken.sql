-- A shape with so many metres around it, in a metric system. Where an outline winds, the arcs around its corners cross
-- each other, and each crossing costs: so many points are spread in steps, each as wide as all before it, which fills
-- what is narrow before it is gone over again. As right as the arcs are, to half a hundredth.
CREATE OR REPLACE FUNCTION spread(shape geometry, metres float8) RETURNS geometry
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    step float8 := least(metres, 1);
    done float8 := 0;
BEGIN
    IF ST_NPoints(shape) <= 200 THEN
        RETURN ST_Buffer(shape, metres);
    END IF;
    WHILE step > 1e-6 LOOP
        shape := ST_SimplifyPreserveTopology(ST_Buffer(shape, step, 'quad_segs=4'), 0.01);
        done := done + step;
        step := least(done, metres - done);
    END LOOP;
    RETURN shape;
END $$;

-- Half the separation on every side; the neighbour brings the other half. It goes as far as the shared areas that share
-- ground with this one, so that it holds between the whole field and a track on it, and ends at the edge where another
-- area merely begins: that is the owner's own line. A retired area counts as long as something that was asked for in it
-- stands. Found by area_once, and then by volume_area_id and claim_by_source.
CREATE OR REPLACE FUNCTION widened(footprint geometry, place area, separation_m numeric, metric_crs bigint) RETURNS geometry
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN footprint IS NULL AND around.geometry IS NULL THEN place.geometry
        ELSE ST_Multi(ST_CollectionExtract(ST_Intersection(
            ST_Union(place.geometry, coalesce(around.geometry, place.geometry)),
            ST_Transform(spread(ST_Transform(coalesce(footprint, place.geometry), metric_crs::int),
                                separation_m::float8 / 2), 4326)), 3))
    END
    FROM (
        SELECT ST_Union(other.geometry) AS geometry FROM area other
        WHERE other.site_id = place.site_id AND other.id <> place.id AND other.mode = 'shared'
          AND (other.retired_at IS NULL OR EXISTS (
              SELECT FROM volume
              JOIN claim standing ON standing.source_kind = ANY(claims_of_reservations())
               AND standing.source_id = volume.reservation_id AND upper(standing.period) > now()
              WHERE volume.area_id = other.id))
          AND other.ground && place.ground AND ST_Relate(other.ground, place.ground, 'T********')
    ) around
$$;

-- An exclusive area is taken as a whole at every height; of a shared one the volume with half the site's separations
-- around it, as far as it counts and as far as the site goes; both until the turnaround is over. No footprint is the
-- whole area, no altitude all its heights. One plain SELECT, so that PostgreSQL merges it into the query that asks.
CREATE OR REPLACE FUNCTION taken(place area, policy site, metric_crs bigint,
                      footprint geometry, altitude numrange, period tstzrange)
RETURNS TABLE (footprint geometry, altitude numrange, period tstzrange)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
               WHEN place.mode = 'exclusive' OR footprint IS NULL AND policy.lateral_separation_m = 0 THEN place.ground
               ELSE ST_Multi(ST_CollectionExtract(ST_Intersection(policy.ground, inset(
                   CASE WHEN policy.lateral_separation_m = 0 THEN footprint
                        ELSE widened(footprint, place, policy.lateral_separation_m, metric_crs)
                   END
               )), 3))
           END,
           CASE
               WHEN place.mode = 'exclusive' THEN '(,)'::numrange
               ELSE numrange(lower(coalesce(altitude, place.altitude)) - policy.vertical_separation_m / 2,
                             upper(coalesce(altitude, place.altitude)) + policy.vertical_separation_m / 2)
           END,
           tstzrange(lower(period), upper(period) + make_interval(mins => policy.turnaround_minutes))
$$;
