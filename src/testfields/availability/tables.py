"""Claims: every volume that is taken, whatever took it. The trigger beside this table is the rule at the heart."""

from piccolo.columns import BigInt, BigSerial, ForeignKey, OnDelete, Text
from piccolo.constraints import Check
from piccolo.table import Table

from testfields.availability.kinds import ClaimKind
from testfields.db.columns import Geometry, NumRange, TsTzRange
from testfields.db.sets import one_of
from testfields.sites.tables import Site


class SiteLock(Table, tablename="site_lock"):
    """One row a site, updated by whoever takes a claim there, so that takers queue."""

    site_id = BigInt(primary_key=True)
    claims_taken = BigInt(default=0)


class Claim(Table, tablename="claim"):
    """A footprint × altitudes × period that nothing else may intersect; buffers are already in it."""

    id = BigSerial(primary_key=True)
    site_id = ForeignKey(Site, on_delete=OnDelete.restrict, null=False)
    source_kind = Text()
    source_id = BigInt()
    footprint = Geometry()
    # Metres above ground, half-open; unbounded for an exclusive area.
    altitude = NumRange()
    period = TsTzRange()

    claim_source_kind_1 = Check(one_of("source_kind", ClaimKind))
    claim_period_finite_1 = Check(
        "NOT isempty(period) AND NOT lower_inf(period) AND NOT upper_inf(period)"
        " AND isfinite(lower(period)) AND isfinite(upper(period)) AND lower_inc(period) AND NOT upper_inc(period)"
    )
    claim_altitude_1 = Check("NOT isempty(altitude)")
    # NaN sorts above every number and would stand in nobody's way; no end at all is written as such, not as infinity.
    claim_altitude_finite_1 = Check(
        "coalesce(lower(altitude) NOT IN ('NaN', 'Infinity', '-Infinity'), true)"
        " AND coalesce(upper(altitude) NOT IN ('NaN', 'Infinity', '-Infinity'), true)"
    )
    claim_footprint_1 = Check("NOT ST_IsEmpty(footprint) AND ST_IsValid(footprint)")
