"""Slow and half-open clients are closed, and hold nobody else up. Real sockets, limits made small."""

import socket
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests import factories
from tests.server import Server, serving

CONNECTIONS = 4
SMALL = f"""
from testfields import app, serving
app.BODY_WITHIN_S = serving.HEADERS_WITHIN_S = 1.0
serving.CONNECTIONS = {CONNECTIONS}
"""
HEAD = (
    b"POST /api/v1/reservations/check HTTP/1.1\r\nHost: portal\r\nContent-Type: application/json\r\n"
    b"Accept-Language: ja\r\n"
)


@pytest.fixture
async def portal(own_db: str, tmp_path: Path) -> AsyncIterator[Server]:
    """One process that takes few connections and has little patience."""
    with serving(own_db, tmp_path, beforehand=SMALL, TESTFIELDS_WORKERS="1") as server:
        yield server


def connected(server: Server) -> socket.socket:
    """A connection that waits for an answer as long as it takes."""
    return socket.create_connection(("127.0.0.1", httpx.URL(server.base_url).port or 0))


def answer(connection: socket.socket) -> str:
    """All that comes until the portal closes the connection."""
    said = b""
    with connection, suppress(ConnectionResetError):
        while part := connection.recv(65536):
            said += part
    return said.decode()


def drip(connection: socket.socket, byte: bytes) -> None:
    """Send a byte again and again until the portal has had enough."""
    with connection, suppress(OSError):
        while True:
            connection.sendall(byte)
            time.sleep(0.1)


async def test_slow_and_half_open_clients_are_closed_and_hold_nobody_up(portal: Server) -> None:
    # Nothing at all, and headers that never end.
    silent, half = connected(portal), connected(portal)
    half.sendall(b"GET / HTTP/1.1\r\nHost: por")
    assert [answer(silent), answer(half)] == ["", ""]
    slow = connected(portal)
    slow.sendall(b"GET / HTTP/1.1\r\nX: ")
    drip(slow, b"a")

    # A connection that is kept and not used.
    idle = connected(portal)
    idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: portal\r\n\r\n")
    assert answer(idle).startswith("HTTP/1.1 200")

    # A body by halves, and one byte by byte, with and without its length.
    # Of somebody who is known: nobody else's is read.
    head = HEAD + f"Authorization: Bearer {await factories.token(await factories.company())}\r\n".encode()
    stuck, counted, chunked = connected(portal), connected(portal), connected(portal)
    stuck.sendall(head + b'Content-Length: 9\r\n\r\n{"a')
    said = answer(stuck)
    assert said.startswith("HTTP/1.1 408")
    assert "\r\nconnection: close\r\n" in said.lower()
    assert '"type":"/problems/too-slow","title":"要求の送信に時間がかかりすぎました。' in said
    counted.sendall(head + b"Content-Length: 900000\r\n\r\n")
    drip(counted, b" ")
    chunked.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n")
    drip(chunked, b"1\r\n \r\n")

    # More of them than there are connections: who comes after them waits until they are closed, and is answered.
    crowd = [connected(portal) for _ in range(3 * CONNECTIONS)]
    for one in crowd:
        one.sendall(b"GET / HT")
    async with httpx.AsyncClient(base_url=portal.base_url, timeout=None) as client:
        assert (await client.get("/readyz")).status_code == 200
    assert {answer(one) for one in crowd} == {""}
