"""Work that takes a processor long: done beside the event loop, one after the other, and only a few wait for it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from testfields.db.outages import Crowded

P = ParamSpec("P")
T = TypeVar("T")

# Whoever came after so many would wait too long, and keep what was sent in memory meanwhile.
MOST_WAITING = 20


class Hand:
    """Does one kind of work, in each process one at a time."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, name)
        self._waiting = 0

    async def do(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` gives or raises; raises Crowded where too many wait already."""
        if self._waiting >= MOST_WAITING:
            raise Crowded
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, partial(work, *args, **kwargs))
        finally:
            self._waiting -= 1
