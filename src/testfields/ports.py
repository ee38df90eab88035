"""A port that is one portal's alone, although its processes share it."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class PortInUse(Exception):
    """Somebody listens there already, or nobody may; the text says what to do."""


@contextmanager
def held(host: str, port: int) -> Iterator[None]:
    """Raise PortInUse where anybody listens there, and keep others of the portal's from it for the block.

    The server's processes share a port (SO_REUSEPORT), so the system would let a second portal share it too. The name
    of a second socket says whose it is while nobody listens yet; Linux frees it with the process.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(socket.AF_UNIX) as name, socket.socket(family) as probe:
        # Connections of a portal that has just ended do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            if sys.platform == "linux":
                name.bind(f"\0testfields {host} {port}")
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            raise PortInUse(f"Port {port} of {host} cannot be had: {error.strerror}. Set TESTFIELDS_PORT.") from error
        probe.close()
        yield
