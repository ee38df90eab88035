"""The database schema over time: which migrations ran, which SQL is loaded, and bringing both up to date.

Migrations make tables, once and in order. Functions, triggers and what Piccolo's tables cannot say stand in the rooms'
SQL files in the form they have now, and are loaded whole after the migrations.
"""

import contextlib
import hashlib
import io
import os
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import asyncpg
from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.apps.migrations.commands.new import AutoMigrationManager, _create_new_migration
from piccolo.apps.migrations.tables import Migration

from testfields.db.engine import DB, EXTENSIONS
from testfields.db.outages import OutOfReach
from testfields.db.tables import SqlFile
from testfields.piccolo_app import APP_CONFIG, sql_files

# One process migrates at a time; any fixed number serves.
MIGRATION_LOCK = 7_031_996


# Nobody answers, or not yet.
AWAY = (
    OSError,
    OutOfReach,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)
# It answers, and not with this name, password or database, or with what else the address asks for: whatever stands
# behind its question mark and is not for the driver is a setting of the session.
REFUSED = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.UndefinedObjectError,
    asyncpg.InvalidParameterValueError,
    asyncpg.CantChangeRuntimeParamError,
)
# The same from PgBouncer, which has one code for all that it has to say.
REFUSED_BY_POOLER = "unsupported startup parameter"
# Nobody can be asked: the address makes no sense, or has a port that there cannot be.
UNREADABLE = (ValueError, OverflowError)
# Files that an address may name.
NAMED_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
# What OpenSSL calls the part of itself that reads them.
READING_FILES = {"PEM", "X509"}


class SchemaError(Exception):
    """The database cannot be worked with as it is; the text says what to do."""


class NotThere(SchemaError):
    """Nobody answers where the database should be; it may still come."""


class WrongAddress(SchemaError):
    """The address leads to no database for the portal, and will not by waiting."""


@dataclass(frozen=True)
class SchemaStatus:
    """What this database has of what this version brings.

    Migrations by id: those that ran here, those still to run, and those that ran but are not of this version; and the
    SQL files that are not loaded as they stand here.
    """

    done: tuple[str, ...]
    pending: tuple[str, ...]
    foreign: tuple[str, ...]
    stale: tuple[str, ...]

    @property
    def current(self) -> bool:
        """Whether this version can work with it."""
        return not (self.pending or self.foreign or self.stale)


async def demand_current() -> None:
    """Raise SchemaError for a database that this version cannot work with."""
    found = await status()
    _refuse_foreign(found)
    if found.pending:
        raise SchemaError(
            f"{len(found.pending)} migrations have not been run in this database. Run: testfields db upgrade"
        )
    if found.stale:
        raise SchemaError(
            f"{', '.join(found.stale)}: not loaded in this database as this version has it. Run: testfields db upgrade"
        )


def _refuse_foreign(found: SchemaStatus) -> None:
    """Raise SchemaError for a database that an older or a newer version has made."""
    if found.foreign:
        raise SchemaError(
            f"This database has run {len(found.foreign)} migrations that this version does not know, the last of them"
            f" {found.foreign[-1]}. Use the version that made it, or begin anew: the demo with --fresh, the portal"
            " with an empty database."
        )


async def status() -> SchemaStatus:
    """What has been run here and what has not; raises SchemaError where the database does not answer."""
    with _reaching():
        return await _status()


@contextlib.contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except (*AWAY, *REFUSED, *UNREADABLE) as error:
        raise _said(error.__cause__ if isinstance(error, OutOfReach) and error.__cause__ else error) from error


def _said(cause: BaseException) -> SchemaError:
    """What the administrator is told. An address that cannot be read is not repeated: its password may be anywhere."""
    if isinstance(cause, REFUSED) or REFUSED_BY_POOLER in str(cause):
        # The whole text of a database's error has lines for details and hints.
        return WrongAddress(f"The database cannot be used: {cause.args[0]}. Check DATABASE_URL.")
    if isinstance(cause, UNREADABLE):
        return WrongAddress(
            "DATABASE_URL cannot be read. It looks like postgresql://user:password@host:5432/name, signs such as"
            " / and @ in the password percent-encoded (%2F, %40)."
        )
    if isinstance(cause, socket.gaierror) and cause.errno != socket.EAI_AGAIN:
        return WrongAddress("The database cannot be reached: its host is not known. Check DATABASE_URL.")
    if isinstance(cause, OSError) and (wrong := _no_way(cause)):
        return WrongAddress(f"The database cannot be used: {wrong}. Check DATABASE_URL.")
    return NotThere(f"The database cannot be reached: {cause or type(cause).__name__}. Check DATABASE_URL.")


def _no_way(cause: OSError) -> str | None:
    """What of the address will not do however long it is waited for: its socket's path, or a file that it names."""
    # Python's own refusal, of what is longer than the system takes (unix(7): 107 bytes).
    if cause.errno is None and "AF_UNIX" in str(cause):
        return "the path of its socket is too long"
    if isinstance(cause, NotADirectoryError):
        return "the folder of its socket is none"
    named = dict(parse_qsl(urlsplit(DB.config["dsn"]).query))
    lacking = [one for one in NAMED_FILES if one in named and not os.access(named[one], os.R_OK)]
    if lacking:
        return f"the file of its {' and '.join(lacking)} cannot be read"
    if isinstance(cause, ssl.SSLError) and cause.library in READING_FILES:
        return f"a file of its {' or '.join(one for one in NAMED_FILES if one in named)} is not what it should be"
    return None


async def _status() -> SchemaStatus:
    known = sorted(BaseMigrationManager().get_migration_modules(APP_CONFIG.resolved_migrations_folder_path))
    ran = (
        set(await Migration.get_migrations_which_ran(APP_CONFIG.app_name)) if await Migration.table_exists() else set()
    )
    return SchemaStatus(
        done=tuple(one for one in known if one in ran),
        pending=tuple(one for one in known if one not in ran),
        foreign=tuple(sorted(ran.difference(known))),
        stale=await _stale(),
    )


async def _stale() -> tuple[str, ...]:
    """The SQL files that differ from those loaded, also when one was taken away here."""
    loaded: dict[str, str] = {}
    if await SqlFile.table_exists():
        loaded = {row["name"]: row["sha256"] for row in await SqlFile.select()}
    here = {name: _sha256(text) for name, text in sql_files().items()}
    return tuple(name for name in sorted(here | loaded) if here.get(name) != loaded.get(name))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def upgrade() -> SchemaStatus:
    """Run every pending migration, each in its own transaction, then load all SQL; answers with the status before.

    Raises SchemaError where the database does not answer, lacks an extension that others have to bring, or was made by
    another version.
    """
    async with _alone():
        connection = await DB.get_new_connection()
        try:
            before = await status()
            _refuse_foreign(before)
            for extension in EXTENSIONS:
                await _create_extension(connection, extension)
            # Piccolo reports by printing; the commands above this floor speak for themselves.
            with contextlib.redirect_stdout(io.StringIO()):
                await ForwardsMigrationManager(app_name=APP_CONFIG.app_name).run()
            await load_sql(connection)
        finally:
            await connection.close()
    return before


@contextlib.asynccontextmanager
async def _alone() -> AsyncIterator[None]:
    """Nobody else migrates meanwhile, however long it takes.

    The lock is a transaction's: a session may be handed on to others by a pooler in between. Raises SchemaError where
    the database does not answer.
    """
    with _reaching():
        guard = await DB.get_new_connection()
    try:
        async with guard.transaction():
            await guard.execute(f"SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
            yield
    finally:
        await guard.close()


async def load_sql(connection: asyncpg.Connection) -> None:
    """Load every room's SQL files, in one transaction, over what was loaded before or has been changed by hand."""
    async with connection.transaction():
        for text in sql_files().values():
            await connection.execute(text)
        await connection.execute("DELETE FROM sql_file")
        rows = [(name, _sha256(text)) for name, text in sql_files().items()]
        await connection.executemany("INSERT INTO sql_file (name, sha256) VALUES ($1, $2)", rows)


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
