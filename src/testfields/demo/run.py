"""Running the demo: database, fortnight, server and worker, until it is told to stop."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from testfields import schema
from testfields.accounts import service as accounts
from testfields.accounts.access import scopes_for
from testfields.accounts.entries import NewToken
from testfields.accounts.rules import Actor
from testfields.core.clock import now
from testfields.db import cluster
from testfields.db.engine import DB
from testfields.demo import seed
from testfields.demo.cast import ACCOUNTS, PASSWORD
from testfields.settings import Settings

# Beside the portal's own database, so that a demo's accounts never meet real ones.
DATABASE = "demo"
TOKEN_DAYS = 30
STARTS_WITHIN_S = 60
STOPS_WITHIN_S = 30
console = Console()


class DemoError(Exception):
    """The demo cannot run; the text says why."""


def run(settings: Settings, address: str | None, fresh: bool) -> None:
    """Run the demo on the embedded cluster, or on the database that was asked for by its address.

    Raises DemoError when ``DATABASE_URL`` is set and the demo was not asked to use a database of its own, or when it is
    to begin anew in a database that is not its own to empty.
    """
    if settings.database_url and not address:
        raise DemoError(
            "DATABASE_URL is set: the demo would put sample accounts with a known password into a real database."
            " Unset it, or name the demo's database with --database."
        )
    if address and fresh:
        raise DemoError("--fresh empties the embedded database only. Empty the one named with --database yourself.")
    # Written when the demo answers; one of an earlier run would say so too soon.
    _accounts_file(settings).unlink(missing_ok=True)
    # From here on a request to stop unwinds, so that neither database nor server is left behind.
    signal.signal(signal.SIGTERM, _stop)
    with suppress(KeyboardInterrupt), _database(settings, address, fresh) as url:
        console.print("Preparing the demo …")
        tokens = asyncio.run(_prepare(url))
        with _processes(settings, url) as processes:
            _write(settings, tokens)
            _tell(settings, url)
            _wait(processes)


def _stop(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def _database(settings: Settings, address: str | None, fresh: bool) -> Iterator[str]:
    if address:
        yield address
        return
    with cluster.running(settings.data) as embedded:
        if fresh:
            cluster.drop_database(embedded, DATABASE)
        cluster.ensure_database(embedded, DATABASE)
        yield embedded.url(DATABASE)


async def _prepare(url: str) -> Mapping[str, str]:
    """Schema, cast and fortnight; a token for each account, by its key."""
    DB.use(url)
    await schema.upgrade()
    async with DB.open(4):
        if not await seed.seeded():
            await seed.play(now())
        people = await seed.people()
        return {one.key: await _token(people[one.key], now()) for one in ACCOUNTS}


async def _token(actor: Actor, at: datetime) -> str:
    new = NewToken("demo", sorted(scopes_for(actor)), at + timedelta(days=TOKEN_DAYS))
    return (await accounts.renew_token(actor, new, at)).secret


def _write(settings: Settings, tokens: Mapping[str, str]) -> None:
    """``demo.json``, for programs that want to try the API."""
    people = {one.key: {"email": one.email, "password": PASSWORD, "token": tokens[one.key]} for one in ACCOUNTS}
    file = _accounts_file(settings)
    settings.data.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps({"base_url": settings.base_url, "accounts": people}, ensure_ascii=False, indent=2))


def _accounts_file(settings: Settings) -> Path:
    return settings.data / "demo.json"


@contextmanager
def _processes(settings: Settings, url: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    environment = os.environ | {
        "DATABASE_URL": url,
        "TESTFIELDS_DEMO": "1",
        "TESTFIELDS_DATA": str(settings.data),
    }
    with _log(settings).open("ab") as log:
        processes = [
            subprocess.Popen([sys.executable, "-m", "testfields", word], env=environment, stdout=log, stderr=log)
            for word in ("serve", "worker")
        ]
    try:
        _wait_until_up(settings, processes)
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(STOPS_WITHIN_S)


def _log(settings: Settings) -> Path:
    return settings.data / "demo.log"


def _wait_until_up(settings: Settings, processes: list[subprocess.Popen[bytes]]) -> None:
    address = f"http://{settings.host}:{settings.port}/healthz"
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in processes):
            raise DemoError(
                f"The server stopped. Is port {settings.port} in use? Set TESTFIELDS_PORT; see {_log(settings)}."
            )
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise DemoError(f"The server did not answer at {address} within {STARTS_WITHIN_S} seconds.")


def _tell(settings: Settings, url: str) -> None:
    table = Table("", "E-mail", title="Log in as", title_justify="left")
    for one in ACCOUNTS:
        table.add_row(one.key, one.email)
    console.print(f"\n[bold]The demo runs at {settings.base_url}[/]  (Ctrl-C ends it)\n")
    console.print(table)
    console.print(f"Password for all: [bold]{PASSWORD}[/]. API tokens are in {_accounts_file(settings)}.")
    console.print("Or use the bar “Look as” at the top of each page.")
    # Whole, to be copied: folded at the terminal's edge it would be no address.
    console.print("For commands on its database:", f"DATABASE_URL='{url}'", soft_wrap=True)


def _wait(processes: list[subprocess.Popen[bytes]]) -> None:
    """Until a signal interrupts, or until one of the processes ends by itself."""
    while True:
        if any(process.poll() is not None for process in processes):
            raise DemoError("The server or the worker has stopped; see demo.log in the data folder.")
        time.sleep(0.2)
