"""The embedded database."""

import tempfile
from pathlib import Path

import asyncpg

from testfields.db import cluster


async def test_the_data_folder_may_have_a_space_and_a_quote_in_its_path() -> None:
    with tempfile.TemporaryDirectory(prefix="it's here ") as folder, cluster.running(Path(folder)) as running:
        connection = await asyncpg.connect(running.url())
        try:
            assert await connection.fetchval("SELECT current_database()") == cluster.DATABASE
        finally:
            await connection.close()
