"""Piccolo's engine made fit for PostGIS: geometry in binary, transactions that always let go.

One engine, one pool. Both Piccolo's queries and the compiled statements of ``db.statements`` run on
the connection that the current transaction holds, or else on one of the pool's. A database that is lost,
or gives no connection in time, is told as `OutOfReach`.
"""

import asyncio
import functools
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeAlias, TypeVar

import asyncpg
import shapely
from asyncpg.pool import PoolConnectionProxy
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from shapely.geometry.base import BaseGeometry

EXTENSIONS = ("postgis", "btree_gist")
# asyncpg keeps this many prepared statements on each connection; the portal has fewer.
PREPARED_STATEMENTS = 500
ATTEMPTS = 6
# Whoever gets no connection in this time is told to come back later instead of waiting on.
CONNECTS_WITHIN_S = 10
# The claim guard looks anew after it has waited for a site's lock, which an older snapshot would not let it. Said by
# the portal itself, since a database or a role may have another level as its own.
SESSION = {"default_transaction_isolation": "read committed"}

if TYPE_CHECKING:
    from asyncpg.transaction import Transaction

    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]

P = ParamSpec("P")
R = TypeVar("R")


class LeanConnection(asyncpg.Connection):
    """Goes back to the pool without a round trip: the portal leaves nothing on a connection that needs resetting."""

    def get_reset_query(self) -> str:
        """No session locks, no cursors, no LISTEN, no SET outside a transaction: nothing to undo."""
        return ""


class OutOfReach(Exception):
    """The database is down, starting or shutting down, or every connection stays in use."""


# The server's farewell may come before the connection is seen to be closed, even to a connection at rest, whose
# next statement the driver then finds itself in no state to send.
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InternalClientError,
    OSError,
)
ERRORS = (*LOST, asyncpg.PostgresError, asyncpg.InterfaceError)


@contextmanager
def reaching(connection: "Connection") -> Iterator[None]:
    """Raise OutOfReach where the connection is lost during the block."""
    try:
        yield
    except ERRORS as error:
        if isinstance(error, LOST) or _is_closed(connection):
            raise OutOfReach from error
        raise


def _is_closed(connection: "Connection") -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        # The pool takes a lost connection out of its holder's hands.
        return True


class SafeTransaction(PostgresTransaction):
    """A transaction that gives its connection back however it ends, and nests as a savepoint.

    Piccolo 1.38 leaks the connection when COMMIT fails, and treats a nested transaction as none at all.
    """

    __slots__ = ("_savepoint",)
    engine: "PostGISEngine"

    async def __aenter__(self) -> "SafeTransaction":
        self._savepoint = None
        if self._parent is not None:
            self.connection = self._parent.connection
            self._savepoint = self.connection.transaction()
            with reaching(self.connection):
                await self._savepoint.start()
            return self
        self.connection = await self.engine.take_connection()
        try:
            self.transaction = self.connection.transaction()
            with reaching(self.connection):
                await self.begin()  # type: ignore[no-untyped-call]
        except BaseException:
            await self.engine.give_back(self.connection)
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> Literal[False]:
        if self._savepoint is not None:
            if error is None:
                with reaching(self.connection):
                    await self._savepoint.commit()
            else:
                await self._undo(self._savepoint)
            return False
        try:
            if error is None and not self._committed and not self._rolled_back:
                with reaching(self.connection):
                    await self.commit()  # type: ignore[no-untyped-call]
            elif error is not None and not self._rolled_back:
                await self.rollback()
        finally:
            self.engine.current_transaction.reset(self.context)
            await self.engine.give_back(self.connection)
        return False

    async def rollback(self) -> None:
        """Take back all that was done."""
        await self._undo(self.transaction)
        self._rolled_back = True

    async def _undo(self, transaction: "Transaction") -> None:
        """Roll back. A connection that is lost has done so, and what it was lost by is the error to tell."""
        with suppress(OutOfReach), reaching(self.connection):
            await transaction.rollback()


class PostGISEngine(PostgresEngine):
    """Piccolo's engine, told its address when the portal starts instead of when it is imported."""

    def __init__(self) -> None:
        super().__init__(config={})

    async def check_version(self) -> None:
        """Nothing: Piccolo would connect while being imported, before anybody said where to."""

    async def prep_database(self) -> None:
        """Nothing: the upgrade creates the extensions."""

    def use(self, url: str) -> None:
        """Talk to the database at `url` from now on."""
        self.config = {
            "dsn": url,
            "statement_cache_size": PREPARED_STATEMENTS,
            "connection_class": LeanConnection,
            "server_settings": SESSION,
        }

    async def start_connection_pool(self, **kwargs: Any) -> None:
        """Open the pool; every connection learns the geometry codec as it is made."""
        await super().start_connection_pool(init=teach_geometry, **kwargs)

    async def get_new_connection(self) -> asyncpg.Connection:
        """A connection outside the pool, with the same codec."""
        connection = await super().get_new_connection()
        await teach_geometry(connection)
        return connection

    def transaction(self, allow_nested: bool = True) -> SafeTransaction:
        """A transaction; inside another one, a savepoint."""
        return SafeTransaction(engine=self, allow_nested=allow_nested)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator["Connection"]:
        """The connection of the current transaction, or one of the pool's for the block; raises OutOfReach."""
        current = self.current_transaction.get()
        if current is not None:
            with reaching(current.connection):
                yield current.connection
            return
        connection = await self.take_connection()
        try:
            with reaching(connection):
                yield connection
        finally:
            await self.give_back(connection)

    async def take_connection(self) -> "Connection":
        """One of the pool's connections, or a new one where no pool is open; raises OutOfReach."""
        try:
            async with asyncio.timeout(CONNECTS_WITHIN_S):
                return await (self.get_new_connection() if self.pool is None else self.pool.acquire())
        except ERRORS as error:
            raise OutOfReach from error

    async def give_back(self, connection: "Connection") -> None:
        """Undo `take_connection`."""
        if self.pool is not None and isinstance(connection, PoolConnectionProxy):
            await self.pool.release(connection)
        else:
            await connection.close()

    @asynccontextmanager
    async def open(self, size: int) -> AsyncIterator[None]:
        """Keep a pool of at most `size` connections open for the block."""
        # It connects when it is asked to: a process may start while the database is away.
        await self.start_connection_pool(min_size=0, max_size=size)
        try:
            yield
        finally:
            await self.close_connection_pool()


async def teach_geometry(connection: asyncpg.Connection) -> None:
    """Let `connection` send and receive geometry as EWKB; before PostGIS is there, do nothing."""
    schema = await connection.fetchval(
        "SELECT n.nspname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typname = 'geometry'"
    )
    if schema:
        await connection.set_type_codec(
            "geometry", schema=schema, encoder=to_ewkb, decoder=shapely.from_wkb, format="binary"
        )


def to_ewkb(shape: BaseGeometry) -> bytes:
    """A shape in longitude and latitude as PostGIS takes it."""
    return bytes(shapely.to_wkb(shapely.set_srid(shape, 4326), include_srid=True))


DB = PostGISEngine()


def transactional(work: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Run `work` in one transaction of its own, or in a savepoint of the caller's.

    The outermost is tried again from the start when PostgreSQL asks for it (40001, 40P01), so `work` may do
    nothing outside the database.
    """

    @functools.wraps(work)
    async def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        async def in_transaction() -> R:
            async with DB.transaction():
                return await work(*args, **kwargs)

        inside_another = DB.current_transaction.get() is not None
        return await (in_transaction() if inside_another else _with_retries(in_transaction))

    return wrapper


def one_statement(work: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """As `transactional`, for `work` that is a single statement.

    Alone it is its own transaction, without round trips for BEGIN and COMMIT.
    """
    in_savepoint = transactional(work)

    @functools.wraps(work)
    async def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        if DB.current_transaction.get() is not None:
            return await in_savepoint(*args, **kwargs)
        return await _with_retries(functools.partial(work, *args, **kwargs))

    return wrapper


async def _with_retries(work: Callable[[], Awaitable[R]]) -> R:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await work()
        except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
            if attempt == ATTEMPTS:
                raise
            await pause(attempt)
    raise AssertionError("unreachable")


async def pause(attempt: int) -> None:
    """Wait before the next attempt, longer each time, and by chance so that rivals do not meet again."""
    await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))
