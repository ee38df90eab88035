"""What happened, whatever it happened to: one table, in which every subject has a chain of its own."""

from piccolo.columns import JSONB, BigInt, BigSerial, Bytea, Integer, Text, Timestamptz
from piccolo.columns.defaults import TimestamptzNow
from piccolo.constraints import Unique
from piccolo.table import Table


class Event(Table, tablename="event"):
    """Appended only, each row sealed with the hash of the one before in its subject's story.

    Its subject, site and tenant are kept as they were, without keys: the history outlives what it is about. What must
    agree with it is held in step by triggers of its own room.
    """

    id = BigSerial(primary_key=True)
    subject = Text()
    subject_id = BigInt()
    sequence = Integer()
    at = Timestamptz(default=TimestamptzNow())
    site_id = BigInt(null=True, default=None)
    tenant_id = BigInt(null=True, default=None)
    # A key to person, which stands on the floor above: accounts/event_actor.sql.
    actor_id = BigInt(null=True, default=None)
    actor_role = Text()
    action = Text()
    from_state = Text(null=True, default=None)
    to_state = Text(null=True, default=None)
    reason = Text(default="")
    details = JSONB(default="{}")
    previous_hash = Bytea()
    hash = Bytea()

    event_once = Unique([subject, subject_id, sequence])
