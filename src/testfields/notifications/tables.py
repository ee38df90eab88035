"""The outbox: what the portal owes whom, by which channel, and what has become of it."""

from piccolo.columns import BigSerial, ForeignKey, Integer, OnDelete, Text, Timestamptz
from piccolo.columns.defaults import TimestamptzNow
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from testfields.accounts.tables import Organisation, Person, WayIn
from testfields.db.sets import one_of
from testfields.events.tables import Event
from testfields.notifications.rules import Channel, DeliveryState


class Delivery(Table, tablename="delivery"):
    """One letter about one event to one receiver by one channel; never written twice.

    The receiver is a person, an organisation by its address for contact, or the address that a link is sent to.
    """

    id = BigSerial(primary_key=True)
    event_id = ForeignKey(Event, on_delete=OnDelete.restrict, null=False)
    channel = Text(default="mail")
    person_id = ForeignKey(Person, on_delete=OnDelete.cascade, null=True, default=None, index=True)
    organisation_id = ForeignKey(Organisation, on_delete=OnDelete.restrict, null=True, default=None)
    way_in_id = ForeignKey(WayIn, on_delete=OnDelete.cascade, null=True, default=None, index=True)
    # The event's, so that its staff find what did not arrive.
    tenant_id = ForeignKey(Organisation, on_delete=OnDelete.restrict, null=True, default=None)
    locale = Text()
    subject = Text()
    text = Text()
    html = Text()
    created_at = Timestamptz(default=TimestamptzNow())
    state = Text(default="waiting")
    # Until then it is some worker's own; whoever comes later may take it, because that worker is gone.
    leased_until = Timestamptz(null=True, default=None)
    attempts = Integer(default=0)
    next_attempt_at = Timestamptz(null=True, default=None)
    sent_at = Timestamptz(null=True, default=None)
    last_error = Text(default="")

    delivery_once = Unique([event_id, channel, person_id, organisation_id, way_in_id], nulls_distinct=False)
    delivery_receiver_1 = Check("num_nonnulls(person_id, organisation_id, way_in_id) = 1")
    delivery_channel_1 = Check(one_of("channel", Channel))
    delivery_state_1 = Check(one_of("state", DeliveryState))
