-- The one tolerance by which shapes are compared, as core/shapes.py tells it. Plain SELECTs, so that PostgreSQL merges
-- them into the query that asks.

-- A shape grown by so many metres, or shrunk by as many below zero: degrees of longitude are made as long as those of
-- latitude, so that no system of coordinates has to be known and the same shape always gives the same.
CREATE OR REPLACE FUNCTION grown(shape geometry, metres float8) RETURNS geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ST_Multi(ST_Scale(
        ST_Buffer(ST_Scale(shape, ST_MakePoint(narrow, 1)), metres / metres_per_degree(), 'quad_segs=4'),
        ST_MakePoint(1 / narrow, 1)
    ))
    FROM (SELECT cos(radians((ST_YMin(shape) + ST_YMax(shape)) / 2)) AS narrow) latitude
$$;

-- The ground of a shape that counts. The insets of two shapes meet just where their common ground is wider than the
-- tolerance.
CREATE OR REPLACE FUNCTION inset(shape geometry) RETURNS geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT grown(shape, -tolerance_m() / 2) $$;

-- Whether one shape sticks out of another by no more than the tolerance. Not STRICT, which an OR is not: PostgreSQL would
-- not merge it into the query that asks, but parse and plan it anew in each, as for each claim that the guard looks at.
CREATE OR REPLACE FUNCTION is_inside(inside geometry, outside geometry) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ST_CoveredBy(inside, outside) OR ST_CoveredBy(inside, grown(outside, tolerance_m()))
$$;

-- Whether two shapes are the same but for the tolerance.
CREATE OR REPLACE FUNCTION same_ground(one geometry, other geometry) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT is_inside(one, other) AND is_inside(other, one) $$;

-- A shape as every door tells it: to a tenth of a millimetre, which is how it is kept.
CREATE OR REPLACE FUNCTION told_shape(shape geometry) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ST_AsGeoJSON(shape, 9)::jsonb $$;
