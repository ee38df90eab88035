"""Waiting without a connection: who may have to wait long for others waits here, and only a few in the database.

A pool is small, and a lock that somebody holds lets everybody who wants it hold a connection. So at most half of a
pool's connections store something at a time, and half of these at one site; the others wait in the process. Whoever
only reads, or books elsewhere, goes on.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from weakref import WeakValueDictionary

from testfields.db.outages import Crowded

# Seconds; after that it is told (`Crowded`).
TURNS_WITHIN_S = 15

# The sites at which the work at hand has its turn already.
OWN_TURNS: ContextVar[frozenset[int]] = ContextVar("own_turns", default=frozenset())


class NotYet(Crowded):
    """It is others' turn at a site: the work at hand has to let its connection go, wait, and begin anew."""

    def __init__(self, site_id: int) -> None:
        super().__init__()
        self.site_id = site_id


class Turns:
    """The turns of one pool of `size` connections."""

    def __init__(self, size: int) -> None:
        self._storing = asyncio.Semaphore(max(1, size // 2))
        self._each = max(1, size // 4)
        self._sites: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()

    def storing(self) -> "_Waiting":
        """One of the connections that may store something, for a block; raises Crowded."""
        return _Waiting(self._storing)

    def are_taken(self, site_id: int) -> bool:
        """Whether there would be a wait for a turn at a site."""
        return site_id not in OWN_TURNS.get() and self._of_site(site_id).locked()

    @asynccontextmanager
    async def at_site(self, site_id: int) -> AsyncIterator[None]:
        """A turn at a site, waited for; raises Crowded."""
        if site_id in OWN_TURNS.get():
            yield
            return
        async with _Waiting(self._of_site(site_id)):
            before = OWN_TURNS.get()
            OWN_TURNS.set(before | {site_id})
            try:
                yield
            finally:
                OWN_TURNS.set(before)

    def _of_site(self, site_id: int) -> asyncio.Semaphore:
        """Kept as long as somebody has a turn or waits for one."""
        turns = self._sites.get(site_id)
        if turns is None:
            turns = self._sites[site_id] = asyncio.Semaphore(self._each)
        return turns


class _Waiting:
    """One of `turns` for a block, waited for; raises Crowded."""

    def __init__(self, turns: asyncio.Semaphore) -> None:
        self._turns = turns

    async def __aenter__(self) -> None:
        if not self._turns.locked():
            await self._turns.acquire()
            return
        try:
            async with asyncio.timeout(TURNS_WITHIN_S):
                await self._turns.acquire()
        except TimeoutError as error:
            raise Crowded from error

    async def __aexit__(self, *_: object) -> None:
        self._turns.release()
