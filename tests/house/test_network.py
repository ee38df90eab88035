"""The network is closed to the tests, by every way out."""

import asyncio
import socket
import urllib.request
from collections.abc import Callable

import httpx
import pytest

# Set aside for documentation (RFC 5737, RFC 3849, RFC 2606): nobody lives there, should the door be open.
ELSEWHERE = "192.0.2.1"
ELSEWHERE_6 = "2001:db8::1"
NAME = "portal.example"

REFUSED = "Tests may not reach"


def udp(host: str, family: socket.AddressFamily) -> None:
    with socket.socket(family, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"", (host, 9))


def quiet_connect() -> None:
    with socket.socket() as caller:
        caller.settimeout(1)
        caller.connect_ex((ELSEWHERE, 80))


@pytest.mark.parametrize(
    "leave",
    [
        lambda: socket.create_connection((ELSEWHERE, 80), timeout=1),
        lambda: socket.create_connection((ELSEWHERE_6, 80), timeout=1),
        quiet_connect,
        lambda: udp(ELSEWHERE, socket.AF_INET),
        lambda: udp(ELSEWHERE_6, socket.AF_INET6),
        lambda: socket.getaddrinfo(NAME, 443),
        lambda: socket.gethostbyname(NAME),
        lambda: urllib.request.urlopen(f"http://{ELSEWHERE}", timeout=1),
        lambda: httpx.get(f"http://{ELSEWHERE}", timeout=1, trust_env=False),
    ],
    ids=["tcp", "tcp-6", "connect_ex", "udp", "udp-6", "getaddrinfo", "gethostbyname", "urllib", "httpx"],
)
def test_there_is_no_way_out(leave: Callable[[], object]) -> None:
    with pytest.raises((OSError, httpx.ConnectError), match=REFUSED):
        leave()


async def test_there_is_no_way_out_for_asyncio() -> None:
    with pytest.raises(OSError, match=REFUSED):
        await asyncio.open_connection(ELSEWHERE, 80)


@pytest.mark.parametrize("here", ["127.0.0.1", "localhost"])
def test_this_machine_can_be_reached(here: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection((here, server.getsockname()[1]), timeout=5).close()
