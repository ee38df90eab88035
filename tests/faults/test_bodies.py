"""A body that is too large, cut short or sent in a way that the portal does not take: answered, never a reset."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests import factories
from tests.server import Server, serving

PIECE = b"x" * 65_536
# As much as a body may hold, many times over, and more than lies in the buffers between two ends of a connection.
PIECES = 250


@pytest.fixture
async def asked(own_db: str, tmp_path: Path) -> AsyncIterator[tuple[Server, str]]:
    """A server, and somebody's token."""
    token = await factories.token(await factories.company())
    with serving(own_db, tmp_path, TESTFIELDS_WORKERS="1") as server:
        yield server, token


def chunked() -> Iterator[bytes]:
    """A large body, chunk by chunk."""
    for _ in range(PIECES):
        yield f"{len(PIECE):x}\r\n".encode() + PIECE + b"\r\n"
    yield b"0\r\n\r\n"


SENT = {
    "in chunks": (b"Transfer-Encoding: chunked", list(chunked())),
    "with its length": (b"Content-Length: %d" % (PIECES * len(PIECE)), [PIECE] * PIECES),
    # Who asks first never has to send it.
    "after a question": (b"Expect: 100-continue\r\nContent-Length: %d" % (PIECES * len(PIECE)), []),
}


async def answer_to(server: Server, path: str, token: str, head: bytes, body: list[bytes]) -> tuple[int, bytes]:
    """Status and whole answer to a request that is sent to its end before anything is read."""
    host, _, port = server.base_url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    program = path.startswith("/api/")
    sent = {
        "Host": host,
        "Authorization": f"Bearer {token}",
        "Accept": "application/json" if program else "text/html",
        "Content-Type": "application/json" if program else "application/x-www-form-urlencoded",
        "Connection": "close",
    }
    writer.write(f"POST {path} HTTP/1.1\r\n".encode())
    writer.write(b"".join(f"{name}: {value}\r\n".encode() for name, value in sent.items()) + head + b"\r\n\r\n")
    for piece in body:
        writer.write(piece)
        await writer.drain()
    answer = await reader.read()
    writer.close()
    return int(answer.split(maxsplit=2)[1]), answer


async def test_a_body_that_is_too_large_is_answered(asked: tuple[Server, str]) -> None:
    server, token = asked
    for way, sent in SENT.items():
        told, problem = await answer_to(server, "/api/v1/projects", token, *sent)
        shown, page = await answer_to(server, "/my/projects/new", token, *sent)
        nowhere, _ = await answer_to(server, "/nowhere", token, *sent)

        assert (way, told, shown, nowhere) == (way, 413, 413, 405)
        assert b"/problems/too-large" in problem
        assert b"</html>" in page


async def test_what_the_portal_does_not_take_is_told(asked: tuple[Server, str]) -> None:
    server, token = asked
    broken = (b"Transfer-Encoding: chunked", [b"zz\r\n{}"])
    packed = (b"Content-Encoding: gzip\r\nContent-Length: 2", [b"{}"])

    assert (await answer_to(server, "/api/v1/projects", token, *broken))[0] == 400
    for path in ("/api/v1/projects", "/my/projects/new"):
        assert (await answer_to(server, path, token, *packed))[0] == 415
