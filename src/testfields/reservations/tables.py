"""Reservations and the volumes they ask for; their story is told in events."""

from piccolo.columns import BigInt, BigSerial, ForeignKey, OnDelete, Text, Timestamptz
from piccolo.columns.defaults import TimestamptzNow
from piccolo.constraints import Check
from piccolo.table import Table

from testfields.accounts.tables import Organisation, Person
from testfields.db.columns import Geometry, NumRange, TsTzRange
from testfields.db.sets import one_of
from testfields.projects.tables import Project
from testfields.reservations.states import State
from testfields.reservations.stays import StayState
from testfields.sites.tables import Area, Site


class Reservation(Table, tablename="reservation"):
    """A company's application for one or more volumes, in one or more areas of one site."""

    id = BigSerial(primary_key=True)
    project_id = ForeignKey(Project, on_delete=OnDelete.restrict, null=False, index=True)
    # Found by reservation_by_company and reservation_by_site, newest first.
    company_id = ForeignKey(Organisation, on_delete=OnDelete.restrict, null=False)
    site_id = ForeignKey(Site, on_delete=OnDelete.restrict, null=False)
    # That of its first volume; each volume has its own. The index is for an import that removes an area.
    area_id = ForeignKey(Area, on_delete=OnDelete.restrict, null=False, index=True)
    state = Text()
    note = Text(default="")
    conditions = Text(default="")
    # When a hold or a return for changes runs out.
    deadline = Timestamptz(null=True, default=None)
    # When staff ought to have decided.
    due_at = Timestamptz(null=True, default=None)
    submitted_at = Timestamptz(null=True, default=None)
    created_by = ForeignKey(Person, on_delete=OnDelete.restrict, null=False)
    created_at = Timestamptz(default=TimestamptzNow())
    version = BigInt(default=1)

    reservation_state_1 = Check(one_of("state", State))


class Stay(Table, tablename="stay"):
    """The volumes of one period of an application, and what has become of them."""

    id = BigSerial(primary_key=True)
    # Found by stay_once. One that was taken away, given back or missed may be asked for again: then there are two.
    reservation_id = ForeignKey(Reservation, on_delete=OnDelete.cascade, null=False)
    # As it is by now: an early check-out ends it.
    period = TsTzRange()
    checked_in_at = Timestamptz(null=True, default=None)
    state = Text(default=StayState.PLANNED)

    stay_state_1 = Check(one_of("state", StayState))


class Volume(Table, tablename="volume"):
    """One footprint × altitudes × period as it was asked for, before buffers."""

    id = BigSerial(primary_key=True)
    reservation_id = ForeignKey(Reservation, on_delete=OnDelete.cascade, null=False, index=True)
    # Its period and state go along with the stay's (reservations/stays.sql).
    stay_id = ForeignKey(Stay, on_delete=OnDelete.cascade, null=False, index=True)
    stay_state = Text(default=StayState.PLANNED)
    # The reservation's own, so that what a site has next is found in the order of time: volume_by_site_and_start.
    site_id = ForeignKey(Site, on_delete=OnDelete.restrict, null=False)
    area_id = ForeignKey(Area, on_delete=OnDelete.restrict, null=False, index=True)
    footprint = Geometry()
    # Metres above ground.
    altitude = NumRange()
    period = TsTzRange()

    volume_period_finite_1 = Check(
        "NOT isempty(period) AND isfinite(lower(period)) AND isfinite(upper(period))"
        " AND lower_inc(period) AND NOT upper_inc(period)"
    )
