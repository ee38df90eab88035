"""The database schema over time: which migrations there are, which ran, and bringing it up to date."""

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass

import asyncpg
from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.apps.migrations.commands.new import AutoMigrationManager, _create_new_migration
from piccolo.apps.migrations.tables import Migration

from testfields.db.engine import DB, EXTENSIONS
from testfields.piccolo_app import APP_CONFIG

# One process migrates at a time; any fixed number serves.
MIGRATION_LOCK = 7_031_996


# Nobody answers, or not with this name and password.
UNREACHABLE = (
    OSError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.CannotConnectNowError,
)


class SchemaError(Exception):
    """The database cannot be worked with as it is; the text says what to do."""


@dataclass(frozen=True)
class SchemaStatus:
    """Migrations by id: those that ran here and those still to run."""

    done: tuple[str, ...]
    pending: tuple[str, ...]


async def demand_current() -> None:
    """Raise SchemaError for a database that this version cannot work with."""
    pending = (await status()).pending
    if pending:
        raise SchemaError(f"{len(pending)} migrations have not been run in this database. Run: testfields db upgrade")


async def status() -> SchemaStatus:
    """What has been run here and what has not; raises SchemaError where the database does not answer."""
    with _reaching():
        return await _status()


@contextlib.contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except UNREACHABLE as error:
        raise SchemaError(f"The database cannot be reached: {error}. Check DATABASE_URL.") from error


async def _status() -> SchemaStatus:
    known = sorted(BaseMigrationManager().get_migration_modules(APP_CONFIG.resolved_migrations_folder_path))
    ran = (
        set(await Migration.get_migrations_which_ran(APP_CONFIG.app_name)) if await Migration.table_exists() else set()
    )
    return SchemaStatus(
        done=tuple(one for one in known if one in ran), pending=tuple(one for one in known if one not in ran)
    )


async def upgrade() -> SchemaStatus:
    """Run every pending migration, each in its own transaction; answers with the status before.

    Raises SchemaError where the database does not answer, or lacks an extension that others have to bring.
    """
    with _reaching():
        connection = await DB.get_new_connection()
    try:
        await connection.execute(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
        for extension in EXTENSIONS:
            await _create_extension(connection, extension)
        before = await status()
        # Piccolo reports by printing; the commands above this floor speak for themselves.
        with contextlib.redirect_stdout(io.StringIO()):
            await ForwardsMigrationManager(app_name=APP_CONFIG.app_name).run()
    finally:
        await connection.close()
    return before


async def _create_extension(connection: asyncpg.Connection, name: str) -> None:
    try:
        await connection.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
    except asyncpg.InsufficientPrivilegeError as error:
        raise SchemaError(
            f"A superuser of the database has to run this in it, once: CREATE EXTENSION {name}"
        ) from error
    except asyncpg.FeatureNotSupportedError as error:
        raise SchemaError(f"PostgreSQL's extension {name} is not installed on the database's machine.") from error


async def differences() -> list[str]:
    """Statements by which the tables in the code differ from what the migrations build; none when in step."""
    statements = await AutoMigrationManager(auto_input="n").get_alter_statements(APP_CONFIG)
    return [line for alteration in statements for line in alteration.statements]


async def revise(description: str) -> str:
    """Write a new migration from the difference between tables and migrations; answers with its path."""
    meta = await _create_new_migration(APP_CONFIG, auto=True, description=description)
    return meta.migration_path
