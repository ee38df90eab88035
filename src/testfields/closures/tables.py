"""Closures: times in which a place is shut."""

from piccolo.columns import BigInt, BigSerial, ForeignKey, OnDelete, Text, Timestamptz
from piccolo.columns.defaults import TimestamptzNow
from piccolo.constraints import Check
from piccolo.table import Table

from testfields.accounts.tables import Person
from testfields.closures.rules import ClosureKind
from testfields.db.columns import Geometry, TsTzRange
from testfields.db.sets import one_of
from testfields.sites.tables import Area, Site


class Closure(Table, tablename="closure"):
    """A time in which staff keep one place shut: a site, an area of it, or a drawn part of either."""

    id = BigSerial(primary_key=True)
    site_id = ForeignKey(Site, on_delete=OnDelete.restrict, null=False, index=True)
    # The index is for an import that removes an area.
    area_id = ForeignKey(Area, on_delete=OnDelete.restrict, null=True, default=None, index=True)
    # The first of those that were entered together; each is lifted by itself.
    closing_id = BigInt(index=True)
    # As it was drawn, where it is a part; what is claimed of it follows the ground (closures/ground.sql).
    footprint = Geometry(null=True)
    kind = Text()
    reason_ja = Text()
    reason_en = Text()
    period = TsTzRange()
    created_by = ForeignKey(Person, on_delete=OnDelete.restrict, null=False)
    created_at = Timestamptz(default=TimestamptzNow())
    lifted_at = Timestamptz(null=True, default=None)
    version = BigInt(default=1)

    closure_kind_1 = Check(one_of("kind", ClosureKind))
