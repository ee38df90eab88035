"""What the administrator types about people."""

import sys
from collections.abc import Callable, Coroutine
from typing import Any

import rich_click as click

from testfields.accounts import directory
from testfields.accounts.entries import folded_email
from testfields.core.errors import InvalidInput
from testfields.web import locale

# Runs work on the portal's database; the command line puts it into click's context.
Run = Callable[[Callable[[], Coroutine[Any, Any, int]]], int]


@click.group()
def people() -> None:
    """Who may log in."""


@people.command("create-admin")
@click.argument("email")
@click.option("--name", default="Administrator", show_default=True, help="The name shown to others.")
@click.pass_obj
def create_admin(run: Run, email: str, name: str) -> None:
    """Add an administrator of the portal.

    The password is asked for twice, or read as one line from standard input where that is no terminal.
    """
    password = _password()

    async def add() -> int:
        return await directory.create_admin(folded_email(email), name, password)

    try:
        run(add)
    except InvalidInput as error:
        raise click.ClickException(" ".join(locale.said(one.message, "en") for one in error.faults)) from error
    click.echo(f"{folded_email(email)} may now log in.")


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
