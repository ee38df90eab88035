"""What staff have read: approving takes one click once the application has been opened as it now stands."""

from piccolo.columns import BigInt, BigSerial, ForeignKey, OnDelete
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
