"""Whether the database can store something now, asked without storing anything."""

from testfields.db.outages import ReadOnly
from testfields.db.statements import Statement

# Exporting a snapshot writes a small file beside the tables, gone with the transaction: on a full disk it fails.
_LOOK = Statement("""
    SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS read_only,
           pg_export_snapshot() AS snapshot
""")


async def demand_storing() -> None:
    """Raise OutOfReach where nothing can be stored; its `reason` says why."""
    if await _LOOK.value():
        raise ReadOnly
