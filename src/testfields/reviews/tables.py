"""What staff have read of an application, who of them is at it, and what they note for each other."""

from piccolo.columns import BigInt, BigSerial, Boolean, ForeignKey, OnDelete, Text, Timestamptz
from piccolo.columns.defaults import TimestamptzNow
from piccolo.constraints import Unique
from piccolo.table import Table

from testfields.accounts.tables import Person
from testfields.reservations.tables import Reservation
from testfields.sites.tables import Site


class ReviewRead(Table, tablename="review_read"):
    """The latest version of an application that somebody has opened."""

    id = BigSerial(primary_key=True)
    person_id = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    reservation_id = ForeignKey(Reservation, on_delete=OnDelete.cascade, null=False, index=True)
    site_id = ForeignKey(Site, on_delete=OnDelete.restrict, null=False)
    version = BigInt()

    review_read_once = Unique([person_id, reservation_id])


class ReviewMark(Table, tablename="review_mark"):
    """Who has taken an application on, and who recommends it at which version."""

    id = BigSerial(primary_key=True)
    reservation_id = ForeignKey(Reservation, on_delete=OnDelete.cascade, null=False)
    site_id = ForeignKey(Site, on_delete=OnDelete.restrict, null=False)
    assignee_id = ForeignKey(Person, on_delete=OnDelete.restrict, null=True, default=None, index=True)
    recommended_by = ForeignKey(Person, on_delete=OnDelete.restrict, null=True, default=None)
    recommended_version = BigInt(null=True, default=None)
    recommended_at = Timestamptz(null=True, default=None)

    review_mark_once = Unique([reservation_id])


class ReviewNote(Table, tablename="review_note"):
    """A note that staff of the land's owner alone read; a recommendation may come without words."""

    id = BigSerial(primary_key=True)
    reservation_id = ForeignKey(Reservation, on_delete=OnDelete.cascade, null=False, index=True)
    site_id = ForeignKey(Site, on_delete=OnDelete.restrict, null=False)
    person_id = ForeignKey(Person, on_delete=OnDelete.restrict, null=False)
    text = Text()
    at = Timestamptz(default=TimestamptzNow())
    recommends = Boolean(default=False)
