"""Every statement about deliveries."""

from testfields.db.statements import Statement

# Served by delivery_once: what is told of one event is told to one receiver once, however often the job runs.
POST = Statement("""
    INSERT INTO delivery (event_id, channel, person_id, organisation_id, way_in_id, tenant_id, locale, subject, text,
                          html, created_at, next_attempt_at)
    SELECT event.id, :channel, :person_id, :organisation_id, :way_in_id, event.tenant_id, :locale, :subject, :text,
           :html, :now, :now
    FROM event WHERE event.id = :event_id
    ON CONFLICT ON CONSTRAINT delivery_once DO NOTHING
    RETURNING id
""")

_NAME = """
    coalesce((SELECT name FROM person WHERE person.id = delivery.person_id),
             (SELECT name_ja FROM organisation WHERE organisation.id = delivery.organisation_id), '')
"""
_EMAIL = """
    coalesce((SELECT email FROM person WHERE person.id = delivery.person_id),
             (SELECT contact_email FROM organisation WHERE organisation.id = delivery.organisation_id),
             (SELECT email FROM way_in WHERE way_in.id = delivery.way_in_id))
"""

# Ours until `until`, in one statement that is its own transaction: nothing stays open while a mail server thinks.
# Of two who come at once the second finds the lease of the first. Served by the primary key.
LEASE = Statement(f"""
    UPDATE delivery SET leased_until = :until, attempts = attempts + 1
    WHERE id = :delivery_id AND state = 'waiting' AND (leased_until IS NULL OR leased_until <= :now)
    RETURNING id, attempts AS attempt, {_NAME} AS name, {_EMAIL} AS email, locale, subject, text, html, created_at,
              way_in_id
""")

# Until when somebody else has it, where it is still to be delivered.
LEASED_UNTIL = Statement("SELECT leased_until FROM delivery WHERE id = :delivery_id AND state = 'waiting'")

# Nothing where somebody else has taken it over meanwhile.
GIVE_BACK = Statement("""
    UPDATE delivery SET leased_until = NULL WHERE id = :delivery_id AND state = 'waiting' AND attempts = :attempt
""")

MARK_SENT = Statement("""
    UPDATE delivery SET state = 'sent', sent_at = :now, leased_until = NULL, next_attempt_at = NULL, last_error = ''
    WHERE id = :delivery_id
""")

# Without a next attempt it has failed for good. Nothing where somebody else has taken it over meanwhile.
MARK_REFUSED = Statement("""
    UPDATE delivery
    SET state = CASE WHEN CAST(:next_attempt_at AS timestamptz) IS NULL THEN 'failed' ELSE 'waiting' END,
        next_attempt_at = :next_attempt_at, leased_until = NULL, last_error = :reason
    WHERE id = :delivery_id AND state = 'waiting' AND attempts = :attempt
""")

# Those that ought to be on their way and are not, counted as due from now, so that they are taken up once.
# Served by delivery_waiting.
TAKE_UP = Statement("""
    UPDATE delivery SET next_attempt_at = :now
    WHERE state = 'waiting' AND next_attempt_at < :overdue AND (leased_until IS NULL OR leased_until < :overdue)
    RETURNING id
""")

# Whose business the actor may look into: everybody's, or that of these tenants.
_SEEN = "(:everything OR delivery.tenant_id = ANY(CAST(:tenants AS bigint[])))"

# What has been seen as `seen`, or as anything, is due anew; what is somebody's at the moment is on its way already.
RESEND = Statement(f"""
    UPDATE delivery SET state = 'waiting', attempts = 0, next_attempt_at = :now, leased_until = NULL
    WHERE id = :delivery_id AND {_SEEN} AND (CAST(:seen AS text) IS NULL OR state = :seen)
      AND (leased_until IS NULL OR leased_until <= :now)
""")

_LISTED = f"""
    delivery.id, delivery.channel, {_EMAIL} AS email, delivery.subject, delivery.state, delivery.attempts,
    delivery.created_at, delivery.sent_at, delivery.next_attempt_at, delivery.last_error
"""

# Newest first, by the primary key backwards, delivery_by_tenant or delivery_undelivered.
LATEST = Statement(f"""
    SELECT {_LISTED} FROM delivery
    WHERE delivery.id < :before AND {_SEEN} AND (CAST(:state AS text) IS NULL OR delivery.state = :state)
    ORDER BY delivery.id DESC
    LIMIT :limit
""")

ONE = Statement(f"""
    SELECT {_LISTED}, delivery.locale, delivery.text FROM delivery WHERE delivery.id = :delivery_id AND {_SEEN}
""")

# What did not arrive of what was told of one subject; served by event_once and delivery_once.
FAILED_ABOUT = Statement(f"""
    SELECT {_LISTED}
    FROM event JOIN delivery ON delivery.event_id = event.id
    WHERE event.subject = :subject AND event.subject_id = :subject_id AND delivery.state = 'failed'
    ORDER BY delivery.id DESC
    LIMIT :limit
""")

# Since when the oldest has been due that nobody is at, and how many such there are; served by delivery_waiting and
# delivery_undelivered.
BACKLOG = Statement("""
    SELECT min(next_attempt_at) AS since, count(*) AS overdue,
           (SELECT count(*) FROM delivery WHERE state = 'failed') AS failed
    FROM delivery
    WHERE state = 'waiting' AND next_attempt_at < :overdue AND (leased_until IS NULL OR leased_until < :overdue)
""")
