-- What of a place is not closed yet in a period, cut at every time at which a closure there begins or ends: what a
-- further closure takes, so that no two claims share ground. A millimetre is left between them, as what is cut is
-- rounded. Served by claim_by_site_and_period.
CREATE OR REPLACE FUNCTION left_open(at_site bigint, ground geometry, during tstzrange)
RETURNS TABLE (footprint geometry, period tstzrange) LANGUAGE sql STABLE AS $$
    WITH closed AS MATERIALIZED (
        SELECT claim.footprint, claim.period * during AS period FROM claim
        WHERE claim.site_id = at_site AND claim.period && during AND claim_source(claim.source_kind) = 'closure'
          AND claim.footprint && ground AND ST_Relate(claim.footprint, ground, 'T********')
    ), stretches AS (
        SELECT tstzrange(at, lead(at) OVER (ORDER BY at)) AS period
        FROM (
            SELECT lower(one.period) AS at FROM closed one UNION SELECT upper(one.period) FROM closed one
            UNION SELECT lower(during) UNION SELECT upper(during)
        ) edge
        WHERE NOT isempty(during)
    ), cells AS (
        SELECT stretches.period, ST_Multi(ST_CollectionExtract(
                   coalesce(ST_Difference(ground, grown(ST_Union(closed.footprint), 0.001)), ground), 3)) AS footprint
        FROM stretches LEFT JOIN closed ON closed.period && stretches.period
        WHERE NOT upper_inf(stretches.period)
        GROUP BY stretches.period
    )
    SELECT cells.footprint, cells.period FROM cells WHERE NOT ST_IsEmpty(inset(cells.footprint))
$$;
