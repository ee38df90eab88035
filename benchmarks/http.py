"""A client so lean that it leaves the cores to the portal: one keep-alive connection, one request after the other."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Client:
    """An open connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, request: bytes, status: int) -> None:
        """Send a whole request and read the whole answer; raises RuntimeError for another `status`."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        content = await self.reader.readexactly(int(length[1]) if length else 0)
        if not head.startswith(b"HTTP/1.1 %d" % status):
            raise RuntimeError(f"{head!r} {content!r}")


@asynccontextmanager
async def connected(base_url: str) -> AsyncIterator[Client]:
    """A connection to the portal at `base_url`."""
    address = urlsplit(base_url)
    reader, writer = await asyncio.open_connection(str(address.hostname), int(address.port or 80))
    try:
        yield Client(reader, writer)
    finally:
        writer.close()
