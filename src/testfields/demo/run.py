"""Running the demo: database, fortnight, server and worker, until it is told to stop."""

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from testfields import schema, stopping
from testfields.accounts import tokens as api_tokens
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
# A busy machine may take its time; one on which nothing moves for so long will not get there.
NOTHING_MOVES_FOR_S = 600.0
TELLS_EVERY_S = 5.0
# Longer than server and worker take, which are told to end before the database is.
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
    console.print("Preparing the demo: the database …")
    # From here on a request to stop unwinds, so that neither database nor server is left behind.
    with stopping.until_told(STOPS_WITHIN_S), _database(settings, address, fresh) as url:
        tokens = asyncio.run(_prepare(url))
        with _processes(settings, url) as processes:
            _write(settings, tokens)
            _tell(settings, url)
            _wait(processes)


@contextmanager
def _database(settings: Settings, address: str | None, fresh: bool) -> Iterator[str]:
    if address:
        yield address
        return
    with cluster.running(settings.data) as embedded, cluster.kept_up(embedded):
        if fresh:
            cluster.drop_database(embedded, DATABASE)
        cluster.ensure_database(embedded, DATABASE)
        yield embedded.url(DATABASE)


async def _prepare(url: str) -> Mapping[str, str]:
    """Schema, cast and fortnight; a token for each account, by its key."""
    DB.use(url)
    console.print("  its tables …")
    await schema.upgrade()
    async with DB.open(4):
        if not await seed.seeded():
            tell = _now_and_then()
            await seed.play(now(), lambda done, planned: tell(f"  a fortnight of trials: {done} of {planned} …"))
        people = await seed.people()
        return {one.key: await _token(people[one.key], now()) for one in ACCOUNTS}


def _now_and_then() -> Callable[[str], None]:
    """Print what is told, the first of it and then what comes after every few seconds."""
    due = 0.0

    def tell(words: str) -> None:
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + TELLS_EVERY_S
            console.print(words, highlight=False)

    return tell


async def _token(actor: Actor, at: datetime) -> str:
    new = NewToken("demo", sorted(scopes_for(actor)), at + timedelta(days=TOKEN_DAYS))
    return (await api_tokens.renew(actor, new, at)).secret


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
            process.wait()


def _log(settings: Settings) -> Path:
    return settings.data / "demo.log"


def _wait_until_up(settings: Settings, processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Return when the server answers, which may take as long as something moves.

    Raises DemoError when one of the processes has ended, or when they have long said nothing.
    """
    address = f"http://{settings.host}:{settings.port}/healthz"
    begun = moved = time.monotonic()
    said = 0
    tell = _now_and_then()
    while time.monotonic() < moved + NOTHING_MOVES_FOR_S:
        tell(f"  the server: {time.monotonic() - begun:.0f} s …")
        if any(process.poll() is not None for process in processes):
            raise DemoError(
                f"The server stopped. Is port {settings.port} in use? Set TESTFIELDS_PORT; see {_log(settings)}."
            )
        if _answers(address):
            return
        if _log(settings).stat().st_size != said:
            said, moved = _log(settings).stat().st_size, time.monotonic()
        time.sleep(0.1)
    raise DemoError(f"The server does not answer, and nothing has moved for a while; see {_log(settings)}.")


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 (it is of our own making)
    except (urllib.error.URLError, OSError):
        return False
    return True


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
