"""What a company or a site has filed, newest first, without reading what others have; areas can be removed quickly."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import ForeignKey

from testfields.db.engine import DB

ID = "2026-11-26T01:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "reservations by company, site and area"

# Each takes the place of an index on its first column alone.
NEWEST = """
CREATE INDEX reservation_by_company ON reservation (company_id, id);
CREATE INDEX reservation_by_site ON reservation (site_id, id);
"""
INDEXED = {
    ("Reservation", "company_id"): False,
    ("Reservation", "site_id"): False,
    ("Reservation", "area_id"): True,
    ("Closure", "area_id"): True,
}


async def forwards() -> MigrationManager:
    """Exchange the indexes."""
    manager = MigrationManager(migration_id=ID, app_name="testfields", description=DESCRIPTION)

    async def run() -> None:
        async with DB.connection() as connection:
            await connection.execute(NEWEST)

    manager.add_raw(run)
    for (table, column), wanted in INDEXED.items():
        manager.alter_column(
            table_class_name=table,
            tablename=table.lower(),
            column_name=column,
            db_column_name=column,
            params={"index": wanted},
            old_params={"index": not wanted},
            column_class=ForeignKey,
            old_column_class=ForeignKey,
            schema=None,
        )
    return manager
