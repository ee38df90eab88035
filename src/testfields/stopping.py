"""Ending when told to: SIGTERM and SIGINT unwind whatever a process is at, and nothing holds it up for long."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

SIGNALS = (signal.SIGTERM, signal.SIGINT)
# Whoever told the process to end expects it gone within 10 s. What is left then, the database or the next start tidies.
ENDS_WITHIN_S = 9.0


def _leave() -> None:
    raise KeyboardInterrupt


@contextmanager
def until_told(within_s: float = ENDS_WITHIN_S) -> Iterator[None]:
    """Leave the block, wherever it is, when the process is told to end. For the main thread."""
    listen(within_s=within_s)
    with suppress(KeyboardInterrupt):
        yield


def listen(tell: Callable[[], object] = _leave, within_s: float = ENDS_WITHIN_S) -> None:
    """Call `tell` once, when the process is told to end; `within_s` seconds later it ends, come what may."""

    def told(_number: int, _frame: object) -> None:
        hurry(within_s)
        tell()

    for number in SIGNALS:
        signal.signal(number, told)


def hurry(within_s: float = ENDS_WITHIN_S) -> None:
    """The process is ending: being told again changes nothing, and in `within_s` seconds it is gone."""
    for number in SIGNALS:
        # Not SIG_IGN, which the programs started from here on would inherit.
        signal.signal(number, lambda *_: None)
    last_resort = threading.Timer(within_s, os._exit, [1])
    last_resort.daemon = True
    last_resort.start()
