"""Transactions that always let go."""

from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Literal

import asyncpg
from piccolo.engine.postgres import PostgresTransaction

from testfields.db.outages import OutOfReach, reaching, storing
from testfields.db.turns import NotYet

if TYPE_CHECKING:
    from asyncpg.transaction import Transaction

    from testfields.db.engine import PostGISEngine

# Nobody waits longer than this for another's lock, so that what one holds is no outage for all.
LOCK_TIMEOUT = "5s"
# What the database, or whose turn it is, asks to be begun anew.
AGAIN = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, NotYet)


class SafeTransaction(PostgresTransaction):
    """A transaction that gives its connection back however it ends, and nests as a savepoint.

    Piccolo 1.38 leaks the connection when COMMIT fails, and treats a nested transaction as none at all.
    """

    __slots__ = ("_held", "_savepoint", "_sites", "again")
    engine: "PostGISEngine"

    async def __aenter__(self) -> "SafeTransaction":
        self._savepoint = None
        # What asked for all of it to be done again, also where that was told to somebody on the way.
        self.again: Exception | None = None
        if self._parent is not None:
            self.connection = self._parent.connection
            self._savepoint = self.connection.transaction()
            with reaching(self.connection):
                await self._savepoint.start()
            return self
        self._held, self._sites = AsyncExitStack(), set[int]()
        try:
            await self._held.enter_async_context(self.engine.turns.storing())
            self.connection = await self._held.enter_async_context(self.engine.own_connection())
            await self._begin()
        except BaseException:
            await self._held.aclose()
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def _begin(self) -> None:
        pooled = self.engine.through_pooler
        self.transaction = self.connection.transaction(isolation="read_committed" if pooled else None)
        with reaching(self.connection):
            await self.begin()  # type: ignore[no-untyped-call]
            if pooled:
                await self.connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")

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
                with storing(), reaching(self.connection):
                    await self.commit()  # type: ignore[no-untyped-call]
            elif error is not None and not self._rolled_back:
                await self.rollback()
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._held.aclose()
        return False

    async def take_turn(self, site_id: int) -> None:
        """Have a turn at a site until the transaction ends; raises NotYet where it is others'."""
        if site_id in self._sites:
            return
        if self.engine.turns.are_taken(site_id):
            self.again = NotYet(site_id)
            raise self.again
        await self._held.enter_async_context(self.engine.turns.at_site(site_id))
        self._sites.add(site_id)

    async def rollback(self) -> None:
        """Take back all that was done."""
        await self._undo(self.transaction)
        self._rolled_back = True

    async def _undo(self, transaction: "Transaction") -> None:
        """Roll back. A connection that is lost has done so, and what it was lost by is the error to tell."""
        with suppress(OutOfReach), reaching(self.connection):
            await transaction.rollback()
