-- What is asked about a place is asked of small parts: an outline of a prefecture's districts has tens of thousands of
-- points. An airport concerns all within 24 km of it, as far as an outer horizontal surface may reach
-- (zones/rules.py), whether its surfaces are known or not.

CREATE OR REPLACE FUNCTION zone_parts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    reach geometry := NEW.geometry;
BEGIN
    IF (SELECT kind FROM zone_layer WHERE id = NEW.layer_id) = 'airport' THEN
        reach := ST_Buffer(NEW.geometry::geography, 24000)::geometry;
    END IF;
    INSERT INTO zone_part (zone_id, geometry)
    SELECT NEW.id, part.geom FROM ST_Dump(reach) AS polygon, ST_Subdivide(polygon.geom, 64) AS piece,
                                  ST_Dump(ST_CollectionExtract(piece, 3)) AS part;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER zone_parts AFTER INSERT ON zone FOR EACH ROW EXECUTE FUNCTION zone_parts();

CREATE UNIQUE INDEX IF NOT EXISTS zone_layer_current ON zone_layer (slug) WHERE replaced_at IS NULL;

-- What a decision saw stays as it was.
CREATE OR REPLACE FUNCTION zones_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'zone_layer' AND to_jsonb(OLD) -> 'replaced_at' = 'null'
       AND to_jsonb(NEW) - 'replaced_at' = to_jsonb(OLD) - 'replaced_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was published of zones is not changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER zones_stay BEFORE UPDATE OR DELETE ON zone_layer FOR EACH ROW EXECUTE FUNCTION zones_stay();
CREATE OR REPLACE TRIGGER zones_stay BEFORE UPDATE OR DELETE ON zone FOR EACH ROW EXECUTE FUNCTION zones_stay();
