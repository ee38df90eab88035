"""A database that cannot do its work just now, told as one small family.

    OutOfReach            it is down, starting or ending, gives no connection, or says that it can do no more
    ├── ReadOnly          it may only be read
    └── Lost              the connection broke while it was in use
        └── Undecided     … at the very moment of storing, so that nobody knows whether it was stored
    Crowded               others keep what is needed for longer than anybody should wait

What was asked for stays undone, `Undecided` excepted; all of it may be tried again later.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]


class OutOfReach(Exception):
    """The database is down, starting or shutting down, can do no more, or every connection stays in use."""

    def __str__(self) -> str:
        """One line for the administrator."""
        return f"The database cannot go on ({self.reason}): {self.__cause__ or type(self).__name__}"

    @property
    def reason(self) -> str:
        """What is wrong, in a word for whoever watches over the portal."""
        return next((word for kind, word in REASONS.items() if isinstance(self.__cause__, kind)), "no database")


class ReadOnly(OutOfReach):
    """The database is a copy of another, or has been told to store nothing."""

    reason = "read-only"


class Lost(OutOfReach):
    """The connection broke while it was in use."""


class Undecided(Lost):
    """The connection broke while something was being stored: it may be there, or not, but never by half."""


class Crowded(Exception):
    """Others are at work where one at a time may be, and it took them too long."""

    def __str__(self) -> str:
        """One line for the administrator."""
        return "Others keep for too long what this needs. Nothing was stored; please try again."


# The server's farewell may come before the connection is seen to be closed, even to a connection at rest, whose
# next statement the driver then finds itself in no state to send.
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InternalClientError,
    OSError,
)
# It answers, and says that it cannot: classes 53 (disk full, out of memory or connections), 57 (cancelled, starting or
# ending) and 58 (its own files fail) of PostgreSQL's Appendix A.
UNABLE = (
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresSystemError,
)
ERRORS = (*LOST, asyncpg.PostgresError, asyncpg.InterfaceError)
REASONS = {
    asyncpg.DiskFullError: "disk full",
    asyncpg.OutOfMemoryError: "out of memory",
    asyncpg.TooManyConnectionsError: "out of connections",
}


@contextmanager
def reaching(connection: "Connection") -> Iterator[None]:
    """Raise OutOfReach or Crowded where the database cannot go on with the block."""
    try:
        yield
    except ERRORS as error:
        outage = outage_of(error, connection)
        if outage is None:
            raise
        raise outage from error


def outage_of(error: BaseException | None, connection: "Connection") -> OutOfReach | Crowded | None:
    """What an error says about the database that a block with `connection` ended with; None where it can go on."""
    if not isinstance(error, ERRORS):
        return None
    if isinstance(error, asyncpg.LockNotAvailableError):
        return Crowded()
    if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
        return ReadOnly()
    if isinstance(error, LOST) or _is_closed(connection):
        return Lost()
    return OutOfReach() if isinstance(error, UNABLE) else None


def _is_closed(connection: "Connection") -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        # The pool takes a lost connection out of its holder's hands.
        return True


@contextmanager
def storing() -> Iterator[None]:
    """Raise Undecided where the connection is lost during the block, which stores something for good."""
    try:
        yield
    except Lost as error:
        raise Undecided from error.__cause__
