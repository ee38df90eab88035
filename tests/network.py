"""Tests reach this machine and nothing beyond it."""

import ipaddress
import socket
import sys
from typing import Any

SENDING = {"socket.connect", "socket.sendto", "socket.sendmsg"}
LOOKING_UP = {"socket.getaddrinfo", "socket.gethostbyname"}


def close() -> None:
    """Refuse every connection, packet and name look-up of this process that is not for loopback, from now on for good.

    An audit hook sees them all, whichever library asks, and cannot be taken away again.
    """
    sys.addaudithook(_refuse_the_rest)


def _refuse_the_rest(event: str, values: tuple[Any, ...]) -> None:
    if event in SENDING:
        sender, address = values[:2]
        if sender.family in (socket.AF_INET, socket.AF_INET6) and address:
            _refuse_unless_here(address[0])
    elif event in LOOKING_UP:
        _refuse_unless_here(values[0])


def _refuse_unless_here(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if not name or name == "localhost":
        return
    try:
        here = ipaddress.ip_address(name).is_loopback
    except ValueError:
        here = False
    if not here:
        raise OSError(f"Tests may not reach {name}.")
