from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.constraints import Check

ID = "2026-11-23T02:16:30:388170"
VERSION = "1.38.0"
DESCRIPTION = "claims have finite heights"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="testfields", description=DESCRIPTION
    )

    manager.add_constraint(
        table_class_name="Claim",
        tablename="claim",
        constraint_name="claim_altitude_finite_1",
        constraint_class=Check,
        params={
            "condition": "coalesce(lower(altitude) NOT IN ('NaN', 'Infinity', '-Infinity'), true) AND coalesce(upper(altitude) NOT IN ('NaN', 'Infinity', '-Infinity'), true)"
        },
        schema=None,
    )

    return manager
