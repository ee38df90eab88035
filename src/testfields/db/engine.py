"""Piccolo's engine made fit for PostGIS: geometry in binary, transactions that always let go.

One engine, one pool. Both Piccolo's queries and the compiled statements of ``db.statements`` run on
the connection that the current transaction holds, or else on one of the pool's.
"""

import asyncio
import functools
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar

import asyncpg
import shapely
from asyncpg.pool import PoolConnectionProxy
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from shapely.geometry.base import BaseGeometry

EXTENSIONS = ("postgis", "btree_gist")
# asyncpg keeps this many prepared statements on each connection; the portal has fewer.
PREPARED_STATEMENTS = 500
ATTEMPTS = 6

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]

P = ParamSpec("P")
R = TypeVar("R")


class LeanConnection(asyncpg.Connection):
    """Goes back to the pool without a round trip: the portal leaves nothing on a connection that needs resetting."""

    def get_reset_query(self) -> str:
        """No session locks, no cursors, no LISTEN, no SET outside a transaction: nothing to undo."""
        return ""


class SafeTransaction(PostgresTransaction):
    """A transaction that gives its connection back however it ends, and nests as a savepoint.

    Piccolo 1.38 leaks the connection when COMMIT fails, and treats a nested transaction as none at all.
    """

    __slots__ = ("_savepoint",)

    async def __aenter__(self) -> "SafeTransaction":
        self._savepoint = None
        if self._parent is not None:
            self._savepoint = self._parent.connection.transaction()
            await self._savepoint.start()
            return self
        self.connection = await self.get_connection()  # type: ignore[no-untyped-call]
        try:
            self.transaction = self.connection.transaction()
            await self.begin()  # type: ignore[no-untyped-call]
        except BaseException:
            await self._give_back()
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if self._savepoint is not None:
            await (self._savepoint.rollback() if error else self._savepoint.commit())
            return False
        try:
            if error is None and not self._committed and not self._rolled_back:
                await self.commit()  # type: ignore[no-untyped-call]
            elif error is not None and not self._rolled_back and not self.connection.is_closed():
                await self.rollback()  # type: ignore[no-untyped-call]
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._give_back()
        return False

    async def _give_back(self) -> None:
        if self.engine.pool:
            await self.engine.pool.release(self.connection)
        else:
            await self.connection.close()


class PostGISEngine(PostgresEngine):
    """Piccolo's engine, told its address when the portal starts instead of when it is imported."""

    def __init__(self) -> None:
        super().__init__(config={})

    async def check_version(self) -> None:
        """Nothing: Piccolo would connect while being imported, before anybody said where to."""

    async def prep_database(self) -> None:
        """Nothing: the migrations create the extensions."""

    def use(self, url: str) -> None:
        """Talk to the database at `url` from now on."""
        self.config = {"dsn": url, "statement_cache_size": PREPARED_STATEMENTS, "connection_class": LeanConnection}

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
        """The connection of the current transaction, or one of the pool's for the block."""
        current = self.current_transaction.get()
        if current is not None:
            yield current.connection
        elif self.pool is not None:
            async with self.pool.acquire() as connection:
                yield connection
        else:
            single = await self.get_new_connection()
            try:
                yield single
            finally:
                await single.close()

    @asynccontextmanager
    async def one_statement(self) -> AsyncIterator[None]:
        """Around a single writing statement: alone it is its own transaction, without round trips for BEGIN and COMMIT.

        Inside another transaction a savepoint, so that a refusal leaves the caller's transaction usable.
        """
        if self.current_transaction.get() is None:
            yield
        else:
            async with self.transaction():
                yield

    @asynccontextmanager
    async def open(self, size: int) -> AsyncIterator[None]:
        """Keep a pool of at most `size` connections open for the block."""
        await self.start_connection_pool(min_size=min(2, size), max_size=size)
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
        if DB.current_transaction.get() is not None:
            async with DB.transaction():
                return await work(*args, **kwargs)
        return await _with_retries(functools.partial(work, *args, **kwargs))

    return wrapper


async def _with_retries(work: Callable[[], Awaitable[R]]) -> R:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            async with DB.transaction():
                return await work()
        except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
            if attempt == ATTEMPTS:
                raise
            await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))
    raise AssertionError("unreachable")
