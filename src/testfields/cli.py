"""What the administrator types."""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any, TypeVar

import rich_click as click
from rich.console import Console

from testfields import ports, schema
from testfields.accounts.authority import May
from testfields.accounts.guards import only_terminal, rows_of_commands
from testfields.db import cluster
from testfields.db.engine import DB
from testfields.db.outages import Crowded, OutOfReach
from testfields.events.service import broken_chains
from testfields.features import FEATURES
from testfields.settings import SettingsError, load

console = Console()
T = TypeVar("T")


def database() -> AbstractContextManager[str]:
    """The address of the portal's database, for one command."""
    settings = load()
    return cluster.address(settings.database_url, settings.data)


@asynccontextmanager
async def pool(url: str, size: int = 4) -> AsyncIterator[None]:
    """The portal's pool, for one command."""
    DB.use(url)
    async with DB.open(size):
        yield


async def demand_current(url: str) -> None:
    """Raise SchemaError where the database at `url` is not ready for this version."""
    DB.use(url)
    await schema.demand_current()


def on_pool(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Do `work` on the portal's database."""

    async def do(url: str) -> T:
        await demand_current(url)
        async with pool(url):
            return await work()

    with database() as url:
        return asyncio.run(do(url))


@click.group()
@click.version_option(package_name="testfields", message="%(package)s %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """The test-field portal."""
    # What the commands of the rooms below run their work with.
    context.obj = on_pool


for feature in FEATURES:
    for command in feature.commands:
        cli.add_command(command)
    for group, command in feature.subcommands:
        group.add_command(command)


@cli.group()
def db() -> None:
    """The database and its schema."""


@db.command()
@only_terminal(May.KEEP_DATABASE)
def upgrade() -> None:
    """Bring the database up to date."""
    with database() as url:
        before = asyncio.run(migrate(url))
    console.print(f"{len(before.pending)} migrations run, {len(before.done)} were there before.")


async def migrate(url: str) -> schema.SchemaStatus:
    """Run what is pending; the status before."""
    DB.use(url)
    return await schema.upgrade()


@db.command()
@only_terminal(May.KEEP_DATABASE)
def status() -> None:
    """Which migrations have run, and which SQL has to be loaded. Exit status 1 unless all is as it should be."""

    async def look(url: str) -> schema.SchemaStatus:
        DB.use(url)
        return await schema.status()

    with database() as url:
        found = asyncio.run(look(url))
    for one in found.done:
        console.print(f"done     {one}")
    for word, these in (("pending", found.pending), ("unknown", found.foreign), ("to load", found.stale)):
        for one in these:
            console.print(f"[bold]{word}[/]  {one}")
    sys.exit(0 if found.current else 1)


@db.command()
@only_terminal(May.KEEP_DATABASE)
def verify() -> None:
    """Compute every chain of events again. Exit status 1 when a seal does not fit."""
    broken = on_pool(broken_chains)
    for one in broken:
        console.print(f"{one.subject} {one.subject_id}, event {one.sequence}: the seal does not fit")
    console.print("Every chain is whole." if not broken else f"{len(broken)} events are not as they were written.")
    sys.exit(1 if broken else 0)


@db.command()
@only_terminal(May.KEEP_DATABASE)
@click.argument("description")
def revise(description: str) -> None:
    """Write a migration from the difference between the tables and the migrations."""
    console.print(asyncio.run(schema.revise(description)))


@cli.command()
@only_terminal(May.RUN)
def serve() -> None:
    """Serve pages and API until stopped."""
    from testfields import serving  # noqa: PLC0415 (only this command needs the server)

    _log_to_terminal()
    serving.serve(load())


@cli.command()
@only_terminal(May.RUN)
@click.option("--database", "address", help="Use this database instead of the embedded one; it is filled with samples.")
@click.option("--fresh", is_flag=True, help="Start again with an empty database.")
def demo(address: str | None, fresh: bool) -> None:
    """Run the portal with sample sites, sample accounts and a living fortnight."""
    from testfields.demo import run  # noqa: PLC0415 (only this command needs it)

    try:
        run.run(load(), address, fresh)
    except run.DemoError as error:
        raise click.ClickException(str(error)) from error


@cli.command()
@only_terminal(May.RUN)
def worker() -> None:
    """Do what follows from decisions, in the background, until stopped."""
    from testfields.worker import run_worker  # noqa: PLC0415 (only this command needs the job queue)

    _log_to_terminal()
    run_worker(load())


@cli.command()
@only_terminal(May.RUN)
@click.option("--write", type=click.Path(dir_okay=False), help="Write to this file instead of the terminal.")
def openapi(write: str | None) -> None:
    """The API's description, OpenAPI 3.1."""
    from testfields.app import create_app  # noqa: PLC0415 (only this command builds the app)

    text = json.dumps(create_app(load()).openapi_schema.to_schema(), ensure_ascii=False, indent=2, sort_keys=True)
    if write:
        with open(write, "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write(text + "\n")
    else:
        click.echo(text)


def _log_to_terminal() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")


def main() -> None:
    """Run the command; what the administrator can mend is told in one line. Raises NoRow."""
    tuple(rows_of_commands(cli))
    try:
        cli()
    except (SettingsError, cluster.ClusterError, schema.SchemaError, ports.PortInUse, OutOfReach, Crowded) as error:
        Console(stderr=True).print(str(error), style="bold red", markup=False, soft_wrap=True)
        sys.exit(1)
