"""The database schema over time: which migrations there are, which ran, and bringing it up to date."""

import contextlib
import io
from dataclasses import dataclass

from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.apps.migrations.commands.new import AutoMigrationManager, _create_new_migration
from piccolo.apps.migrations.tables import Migration

from testfields.db.engine import DB, EXTENSIONS
from testfields.piccolo_app import APP_CONFIG

# One process migrates at a time; any fixed number serves.
MIGRATION_LOCK = 7_031_996


@dataclass(frozen=True)
class SchemaStatus:
    """Migrations by id: those that ran here and those still to run."""

    done: tuple[str, ...]
    pending: tuple[str, ...]


async def status() -> SchemaStatus:
    """What has been run here and what has not."""
    known = sorted(BaseMigrationManager().get_migration_modules(APP_CONFIG.resolved_migrations_folder_path))
    ran = (
        set(await Migration.get_migrations_which_ran(APP_CONFIG.app_name)) if await Migration.table_exists() else set()
    )
    return SchemaStatus(
        done=tuple(one for one in known if one in ran), pending=tuple(one for one in known if one not in ran)
    )


async def upgrade() -> SchemaStatus:
    """Run every pending migration, each in its own transaction; answers with the status before."""
    connection = await DB.get_new_connection()
    try:
        await connection.execute(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
        for extension in EXTENSIONS:
            await connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        before = await status()
        # Piccolo reports by printing; the commands above this floor speak for themselves.
        with contextlib.redirect_stdout(io.StringIO()):
            await ForwardsMigrationManager(app_name=APP_CONFIG.app_name).run()
    finally:
        await connection.close()
    return before


async def differences() -> list[str]:
    """Statements by which the tables in the code differ from what the migrations build; none when in step."""
    statements = await AutoMigrationManager(auto_input="n").get_alter_statements(APP_CONFIG)
    return [line for alteration in statements for line in alteration.statements]


async def revise(description: str) -> str:
    """Write a new migration from the difference between tables and migrations; answers with its path."""
    meta = await _create_new_migration(APP_CONFIG, auto=True, description=description)
    return meta.migration_path
