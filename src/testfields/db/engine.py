"""Piccolo's engine made fit for PostGIS: geometry in binary, and few connections shared fairly.

One engine, one pool. Both Piccolo's queries and the compiled statements of ``db.statements`` run on
the connection that the current transaction holds, or else on one of the pool's. A database that cannot do its
work is told in the words of ``db.outages``.
"""

import asyncio
import functools
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import asyncpg
import shapely
from piccolo.engine.postgres import PostgresEngine
from piccolo.querystring import QueryString
from shapely.geometry.base import BaseGeometry

from testfields.db.outages import ERRORS, OutOfReach, outage_of, storing
from testfields.db.transactions import AGAIN, LOCK_TIMEOUT, SafeTransaction
from testfields.db.turns import NotYet, Turns

EXTENSIONS = ("postgis", "btree_gist")
# asyncpg keeps this many prepared statements on each connection; the portal has fewer.
PREPARED_STATEMENTS = 500
ATTEMPTS = 6
# Whoever gets no connection in this time is told to come back later instead of waiting on.
CONNECTS_WITHIN_S = 10
# The claim guard looks anew after it has waited for a site's lock, which an older snapshot would not let it. Said by
# the portal itself, since a database or a role may have another level as its own.
SESSION = {"default_transaction_isolation": "read committed", "lock_timeout": LOCK_TIMEOUT}
IN_SESSION: dict[str, Any] = {"statement_cache_size": PREPARED_STATEMENTS, "server_settings": SESSION}
THROUGH_POOLER: dict[str, Any] = {"statement_cache_size": 0}

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    from testfields.db.outages import Connection

P = ParamSpec("P")
R = TypeVar("R")


class LeanConnection(asyncpg.Connection):
    """Goes back to the pool without a round trip: the portal leaves nothing on a connection that needs resetting."""

    def get_reset_query(self) -> str:
        """No session locks, no cursors, no LISTEN, no SET outside a transaction: nothing to undo."""
        return ""


class PostGISEngine(PostgresEngine):
    """Piccolo's engine, told its address when the portal starts instead of when it is imported."""

    def __init__(self) -> None:
        super().__init__(config={})
        # How to connect, by address.
        self._ways: dict[str, dict[str, Any]] = {}
        # Without a pool nobody shares connections with others.
        self.turns = Turns(sys.maxsize)

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[asyncpg.Record]:  # noqa: ARG002
        """Piccolo's own statements take the same way as all others."""
        sql, arguments = querystring.compile_string(engine_type=self.engine_type)
        async with self.connection() as connection:
            return await connection.fetch(sql, *arguments)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> list[asyncpg.Record]:  # noqa: ARG002
        """So do those that change the schema."""
        async with self.connection() as connection:
            return await connection.fetch(ddl)

    async def check_version(self) -> None:
        """Nothing: Piccolo would connect while being imported, before anybody said where to."""

    async def prep_database(self) -> None:
        """Nothing: the upgrade creates the extensions."""

    def use(self, url: str) -> None:
        """Talk to the database at `url` from now on."""
        self.config = {"dsn": url, "connection_class": LeanConnection}

    @property
    def through_pooler(self) -> bool:
        """Whether a pooler such as PgBouncer hands each transaction on to whichever session of the server is free.

        Then nothing may be left in a session or looked for there: no prepared statement, no setting, no lock. So it is
        where nothing has been asked yet.
        """
        return self._ways.get(self.config["dsn"]) is not IN_SESSION

    async def _connect(self, dsn: str, **options: Any) -> asyncpg.Connection:
        """A connection. The first to an address finds out who answers there: a pooler cannot know who will serve."""
        if dsn not in self._ways:
            connection = await asyncpg.connect(dsn, **THROUGH_POOLER)
            try:
                served_by = await connection.fetchval("SELECT pg_backend_pid()")
                direct = served_by == connection.get_server_pid()
            finally:
                await connection.close()
            self._ways[dsn] = IN_SESSION if direct else THROUGH_POOLER
        return await asyncpg.connect(dsn, **options, **self._ways[dsn])

    async def start_connection_pool(self, **kwargs: Any) -> None:
        """Open the pool; every connection learns the geometry codec as it is made."""
        await super().start_connection_pool(connect=self._connect, init=teach_geometry, **kwargs)

    async def get_new_connection(self) -> asyncpg.Connection:
        """A connection outside the pool, with the same codec."""
        connection = await self._connect(**self.config)
        await teach_geometry(connection)
        return connection

    def transaction(self, allow_nested: bool = True) -> SafeTransaction:
        """A transaction; inside another one, a savepoint."""
        return SafeTransaction(engine=self, allow_nested=allow_nested)

    def connection(self) -> "InUse":
        """The connection of the current transaction, or one of the pool's for the block; raises OutOfReach."""
        return InUse(self)

    def own_connection(self) -> "Lent":
        """One of the pool's connections for the block, or a new one where no pool is open; raises OutOfReach."""
        return Lent(self)

    @asynccontextmanager
    async def turn_at(self, site_id: int) -> AsyncIterator[None]:
        """A turn at a site for what may wait for its lock; within a transaction it lasts until that ends.

        Raises Crowded where others take too long.
        """
        current = cast("SafeTransaction | None", self.current_transaction.get())
        if current is not None:
            await current.take_turn(site_id)
            yield
            return
        async with self.turns.at_site(site_id):
            yield

    @asynccontextmanager
    async def open(self, size: int) -> AsyncIterator[None]:
        """Keep a pool of at most `size` connections open for the block."""
        # It connects when it is asked to: a process may start while the database is away.
        await self.start_connection_pool(min_size=0, max_size=size)
        before, self.turns = self.turns, Turns(size)
        try:
            yield
        finally:
            self.turns = before
            await self.close_connection_pool()


class Lent:
    """A connection of nobody else's for a block.

    This and `InUse` are passed by each statement, so they are classes: a generator would take three times as long.
    """

    def __init__(self, engine: PostGISEngine) -> None:
        self._engine, self._pool = engine, engine.pool

    async def __aenter__(self) -> "Connection":
        try:
            async with asyncio.timeout(CONNECTS_WITHIN_S):
                self._connection: Connection = await (
                    self._engine.get_new_connection() if self._pool is None else self._pool.acquire()
                )
        except ERRORS as error:
            raise OutOfReach from error
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        if self._pool is None:
            await self._connection.close()
        else:
            await self._pool.release(cast("PoolConnectionProxy", self._connection))


class InUse:
    """The connection of the current transaction for a block, or else one that is lent for it."""

    def __init__(self, engine: PostGISEngine) -> None:
        self._transaction = cast("SafeTransaction | None", engine.current_transaction.get())
        self._lent = Lent(engine)

    async def __aenter__(self) -> "Connection":
        transaction = self._transaction
        self._connection = await self._lent.__aenter__() if transaction is None else transaction.connection
        return self._connection

    async def __aexit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        outage = outage_of(error, self._connection)
        if self._transaction is None:
            await self._lent.__aexit__()
        elif isinstance(error, AGAIN):
            self._transaction.again = error
        if outage is not None:
            raise outage from error


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
    # What comes from PostGIS says so already.
    known = shape if shapely.get_srid(shape) == 4326 else shapely.set_srid(shape, 4326)
    return bytes(shapely.to_wkb(known, include_srid=True))


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
        return await (in_transaction() if inside_another else begun_anew(in_transaction))

    return wrapper


def one_statement(work: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """As `transactional`, for `work` that is a single statement.

    Alone it is its own transaction, without round trips for BEGIN and COMMIT; not so through a pooler.
    """
    in_transaction = transactional(work)

    @functools.wraps(work)
    async def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        async def in_its_turn() -> R:
            async with DB.turns.storing():
                return await work(*args, **kwargs)

        if DB.current_transaction.get() is not None or DB.through_pooler:
            return await in_transaction(*args, **kwargs)
        with storing():
            return await begun_anew(in_its_turn)

    return wrapper


async def begun_anew(work: Callable[[], Awaitable[R]]) -> R:
    """Do `work`, a transaction of its own, again from the start as long as one of `AGAIN` asks for it."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await work()
        except NotYet as others:
            async with DB.turns.at_site(others.site_id):
                return await begun_anew(work)
        except AGAIN:
            if attempt == ATTEMPTS:
                raise
            await _pause(attempt)
    raise AssertionError("unreachable")


async def _pause(attempt: int) -> None:
    """Wait before the next attempt, longer each time, and by chance so that rivals do not meet again."""
    await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))
