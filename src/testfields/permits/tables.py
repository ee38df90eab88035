"""Permits: what anybody may check by their code."""

from piccolo.columns import BigSerial, ForeignKey, OnDelete, Text, Timestamptz
from piccolo.columns.defaults import TimestamptzNow
from piccolo.table import Table

from testfields.events.tables import Event
from testfields.reservations.tables import Reservation
from testfields.sites.tables import Site


class Permit(Table, tablename="permit"):
    """Leave to use what a confirmed reservation holds; revoked rows stay."""

    id = BigSerial(primary_key=True)
    reservation_id = ForeignKey(Reservation, on_delete=OnDelete.restrict, null=False, index=True)
    site_id = ForeignKey(Site, on_delete=OnDelete.restrict, null=False)
    # The confirmation it rests on: one permit each, and what was asked for and granted by then is what it permits.
    event_id = ForeignKey(Event, on_delete=OnDelete.restrict, null=False, unique=True)
    code = Text(unique=True)
    issued_at = Timestamptz(default=TimestamptzNow())
    revoked_at = Timestamptz(null=True, default=None)
    revoked_because = Text(default="")
