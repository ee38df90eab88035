"""The rules that the database keeps by itself, whoever writes to it.

No claims intersect; published sites do not overlap; a reservation's story is only ever added to, each event sealed
with the hash of the one before; no state without its event; each event enqueues what follows from it.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from procrastinate.schema import SchemaManager

from testfields.db.engine import DB

ID = "2026-11-23T00:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "claim guard, event chain, jobs"

CLAIMS = """
CREATE INDEX claim_by_site_and_period ON claim USING gist (site_id, period);
CREATE INDEX claim_by_period ON claim USING gist (period);
CREATE INDEX claim_by_source ON claim (source_kind, source_id);
ALTER TABLE site_lock SET (fillfactor = 50);

CREATE FUNCTION give_site_its_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO site_lock (site_id, claims_taken) VALUES (NEW.id, 0);
    RETURN NULL;
END $$;
CREATE TRIGGER site_gets_its_lock AFTER INSERT ON site
    FOR EACH ROW EXECUTE FUNCTION give_site_its_lock();

-- Takers at one site queue on its lock row. It is updated, not merely locked, so that a transaction with an older
-- snapshot (REPEATABLE READ) fails with 40001 instead of overlooking what has been committed since.
-- Several sites are locked in the order of their ids, so that takers never wait for each other in a ring.
CREATE FUNCTION guard_claims() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    site bigint;
    in_the_way jsonb;
BEGIN
    FOR site IN SELECT DISTINCT site_id FROM new_claims ORDER BY site_id LOOP
        UPDATE site_lock SET claims_taken = claims_taken + 1 WHERE site_id = site;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'site % has no lock row', site USING ERRCODE = 'foreign_key_violation';
        END IF;
    END LOOP;

    SELECT jsonb_agg(to_jsonb(one) ORDER BY one.start, one.id) INTO in_the_way FROM (
        SELECT DISTINCT standing.id, standing.source_kind AS kind, standing.source_id AS source,
               lower(standing.period) AS start, upper(standing.period) AS "end",
               lower(standing.altitude) AS lower, upper(standing.altitude) AS upper,
               ST_AsGeoJSON(standing.footprint, 7)::jsonb AS footprint
        FROM new_claims taken
        JOIN claim standing
          ON standing.site_id = taken.site_id
         AND standing.period && taken.period
         AND standing.id <> taken.id
         AND standing.altitude && taken.altitude
         AND standing.footprint && taken.footprint
         AND ST_Relate(standing.footprint, taken.footprint, 'T********')
        LIMIT 20
    ) one;
    IF in_the_way IS NOT NULL THEN
        RAISE EXCEPTION 'the volume is taken'
            USING ERRCODE = 'exclusion_violation', DETAIL = in_the_way::text,
                  SCHEMA = TG_TABLE_SCHEMA, TABLE = 'claim', CONSTRAINT = 'claim_no_overlap';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER claim_guard_insert AFTER INSERT ON claim
    REFERENCING NEW TABLE AS new_claims
    FOR EACH STATEMENT EXECUTE FUNCTION guard_claims();
CREATE TRIGGER claim_guard_update AFTER UPDATE ON claim
    REFERENCING NEW TABLE AS new_claims
    FOR EACH STATEMENT EXECUTE FUNCTION guard_claims();
"""

SITES = """
CREATE FUNCTION guard_published_sites() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    other text;
BEGIN
    -- Sites are published seldom; one at a time keeps two from overlapping each other unseen.
    PERFORM pg_advisory_xact_lock(hashtext('testfields.site.published'));
    SELECT slug INTO other FROM site
    WHERE published AND id <> NEW.id AND geometry && NEW.geometry AND ST_Relate(geometry, NEW.geometry, 'T********')
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'site % overlaps published site %', NEW.slug, other
            USING ERRCODE = 'exclusion_violation', DETAIL = other, TABLE = 'site', CONSTRAINT = 'site_no_overlap';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER site_guard AFTER INSERT OR UPDATE OF geometry, published ON site
    FOR EACH ROW WHEN (NEW.published) EXECUTE FUNCTION guard_published_sites();
"""

# What is open where, in each site's own zone: minutes are added to local midnight as wall-clock time, so that nine
# o'clock stays nine o'clock on the days on which summer time begins and ends. One plain SELECT, so that PostgreSQL
# merges it into the query that asks, for one site by index or for all in one pass.
OPEN_HOURS = """
CREATE FUNCTION opening(within tstzrange) RETURNS TABLE (site_id bigint, period tstzrange)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    -- An hour that the clock leaps over can leave nothing between opening and closing.
    SELECT hours.site_id, tstzrange(instants.opens, greatest(instants.opens, instants.closes))
    FROM generate_series(
             (lower(within) AT TIME ZONE 'UTC')::date - 2, (upper(within) AT TIME ZONE 'UTC')::date + 1,
             interval '1 day'
         ) AS day
    JOIN opening_hours hours ON hours.weekday = extract(isodow FROM day)
    JOIN site ON site.id = hours.site_id
    CROSS JOIN LATERAL (
        SELECT (day::timestamp + make_interval(mins => hours.opens_minute)) AT TIME ZONE site.timezone AS opens,
               (day::timestamp + make_interval(mins => hours.closes_minute)) AT TIME ZONE site.timezone AS closes
    ) instants
$$;
"""

EVENTS = """
CREATE INDEX reservation_by_site_and_state ON reservation (site_id, state);

CREATE FUNCTION event_seal(event reservation_event) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(event.previous_hash || convert_to(jsonb_build_array(
        event.reservation_id, event.sequence,
        to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        event.actor_id, event.actor_role, event.action, event.from_state, event.to_state, event.reason, event.details
    )::text, 'UTF8'))
$$;

CREATE FUNCTION chain_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last reservation_event;
BEGIN
    SELECT * INTO last FROM reservation_event
    WHERE reservation_id = NEW.reservation_id ORDER BY sequence DESC LIMIT 1;
    NEW.sequence := coalesce(last.sequence, 0) + 1;
    NEW.previous_hash := coalesce(last.hash, ''::bytea);
    NEW.hash := event_seal(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER event_chain BEFORE INSERT ON reservation_event
    FOR EACH ROW EXECUTE FUNCTION chain_event();

CREATE FUNCTION refuse_to_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reservation_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite();

-- Looked at when the transaction ends: the last event must have led to the state that is stored.
CREATE FUNCTION demand_event_for_state() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told text;
    stored text;
BEGIN
    SELECT to_state INTO told FROM reservation_event
    WHERE reservation_id = NEW.id ORDER BY sequence DESC LIMIT 1;
    SELECT state INTO stored FROM reservation WHERE id = NEW.id;
    IF stored IS DISTINCT FROM told THEN
        RAISE EXCEPTION 'reservation % is % but its last event says %', NEW.id, stored, told
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reservation_state_has_event';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reservation_state_has_event AFTER INSERT OR UPDATE OF state ON reservation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION demand_event_for_state();

-- Enqueued by the event itself, in the same transaction: no path can forget what follows.
CREATE FUNCTION enqueue_what_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM procrastinate_defer_jobs_v1(ARRAY[
        ROW('events', 'what_follows', 0, NULL, NULL, jsonb_build_object('event_id', NEW.id), NULL)
            ::procrastinate_job_to_defer_v1
    ]);
    RETURN NULL;
END $$;
-- NOTIFY takes one lock for the whole database while a transaction commits, so that commits queue and cannot share
-- a flush: with it 338 bookings a second were measured, without it 758. The worker looks every second instead.
DROP TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 ON procrastinate_jobs;
CREATE TRIGGER event_has_consequences AFTER INSERT ON reservation_event
    FOR EACH ROW EXECUTE FUNCTION enqueue_what_follows();
"""


async def forwards() -> MigrationManager:
    """Install procrastinate's tables, then the triggers that rest on them."""
    manager = MigrationManager(migration_id=ID, app_name="testfields", description=DESCRIPTION)

    async def run() -> None:
        async with DB.connection() as connection:
            for script in (SchemaManager.get_schema(), CLAIMS, SITES, OPEN_HOURS, EVENTS):
                await connection.execute(script)

    manager.add_raw(run)
    return manager
