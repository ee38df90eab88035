"""What can go wrong, in one small family.

    PortalError
    ├── Unreadable            the body is not JSON at all                           400
    ├── UnsupportedMedia      the body is of a kind this address does not take      415
    ├── InvalidInput          the request cannot be understood or breaks a rule     422
    ├── NotFound              it is not there, or not for this caller to know of    404
    ├── NotAllowed            the caller is known and may not do this               403
    ├── InitialPassword       the caller's password is not one of their own yet     403
    ├── ConsentMissing        the caller has yet to agree to a text that is new     403
    ├── NotLoggedIn           nobody is logged in, or the token is not valid        401
    ├── WrongState            the action does not exist in the present state        409
    ├── Taken                 something stands where the volume was asked for       409
    ├── Stale                 the caller saw an older version                       412
    ├── VersionMissing        the caller did not say which version it saw           428
    ├── TooMany               too often in too short a time                         429
    └── NoRoom                the disk is full                                      503

Messages are gettext ids in English with named `%(…)s` places; the edge that answers
translates them, so nothing below it knows a language. ``web.problems`` maps kind to status.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

T = TypeVar("T")


def N_(message: str) -> str:  # noqa: N802 (gettext's own name)
    """Mark `message` for translation and leave it as it is."""
    return message


@dataclass(frozen=True)
class Message:
    """A text to be translated where it is shown: a gettext id and its values.

    A value that is a word of the portal is a Message too, or holds its text in both languages; any other is what
    somebody typed or what was counted, and is told as it is.
    """

    id: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one field; `path` is a JSON path such as ``volumes[0].period.end``."""

    path: str
    message: Message


def fault(path: str, message: str, **values: object) -> Fault:
    """Build a `Fault` from a marked gettext id and the values of its places."""
    return Fault(path, Message(message, values))


def each_once(faults: Sequence[Fault]) -> list[Fault]:
    """Faults in their order, none of them twice."""
    return [one for place, one in enumerate(faults) if one not in faults[:place]]


def all_at(path: str, faults: Sequence[Fault]) -> list[Fault]:
    """Faults of several fields told at one, each once."""
    return each_once([Fault(path, one.message) for one in faults])


def tried(faults: list[Fault], read: Callable[..., T], *words: object) -> T | None:
    """What `read` makes of `words`; where that is refused its faults are added to the others, and there is nothing."""
    try:
        return read(*words)
    except InvalidInput as error:
        faults.extend(error.faults)
        return None


class PortalError(Exception):
    """Anything the portal refuses, with a message for the person who asked."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = Message(message, values)


class InvalidInput(PortalError):
    """Input that breaks one or more rules; every fault found is listed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(N_("Some of what you entered cannot be accepted. Please correct it and send it again."))
        self.faults = tuple(faults)


class NotFound(PortalError):
    """Nothing is there, or nothing this caller may know of."""


class NotAllowed(PortalError):
    """The caller is known, and this is not theirs to do."""


class InitialPassword(PortalError):
    """Somebody else made the caller's password; they choose one of their own before anything else."""

    def __init__(self) -> None:
        super().__init__(N_("Please choose a password of your own; only you should know it."))


class ConsentMissing(PortalError):
    """The caller has yet to agree to a text that is new, before they go on."""

    def __init__(self) -> None:
        super().__init__(N_("Please look at the new terms first."))


class NotLoggedIn(PortalError):
    """Nobody is logged in, or the token is unknown, expired or revoked."""


class WrongState(PortalError):
    """The action does not exist in the state the thing is in."""


@dataclass(frozen=True)
class InTheWay:
    """One standing claim as anybody may know of it: its kind, time, heights (m) and shape, never whose it is.

    `reservation_id` is told to those alone who know the application anyway: its own company, and where they ask for a
    closure the land's staff.
    """

    kind: str
    start: datetime
    end: datetime
    lower: float | None
    upper: float | None
    footprint: dict[str, Any]
    reservation_id: int | None = None


class Taken(PortalError):
    """Something stands where the volume was asked for; `nearest` are free times for it, as (start, end).

    `numbers` are the applications behind what is in the way, None for a closure: for services alone, never answered.
    """

    def __init__(
        self,
        in_the_way: Sequence[InTheWay],
        nearest: Sequence[tuple[datetime, datetime]] = (),
        numbers: Sequence[int | None] = (),
    ) -> None:
        super().__init__(N_("Something else is booked there at that time."))
        self.in_the_way = tuple(in_the_way)
        self.nearest = tuple(nearest)
        self.numbers = tuple(numbers)


class Stale(PortalError):
    """The thing has changed since the caller saw it."""


CHANGED_SINCE = N_("This has changed since you saw it. Please load it again.")


def refuse_stale(seen: int | None, version: int) -> None:
    """Raise Stale where the caller saw another version than the one that is there; None is any."""
    if seen is not None and seen != version:
        raise Stale(CHANGED_SINCE)


class VersionMissing(PortalError):
    """A change came without the version it is meant for."""


class Unreadable(PortalError):
    """The body cannot be read at all."""


class UnsupportedMedia(PortalError):
    """The body is of a kind that this address does not take."""


class TooMany(PortalError):
    """Too often in too short a time; `retry_after` seconds from now it may be tried again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(N_("Too many attempts. Please wait a little and try again."))
        self.retry_after = retry_after


class NoRoom(PortalError):
    """The disk is full, so a file cannot be kept."""

    def __init__(self) -> None:
        super().__init__(N_("There is no room left for files at the moment, so nothing was stored. Please tell us."))
