"""What the administrator types about people and owners."""

import sys
from collections.abc import Callable, Coroutine
from typing import Any

import rich_click as click

from testfields.accounts import directory
from testfields.accounts.authority import May
from testfields.accounts.entries import NewOrganisation, folded_email
from testfields.accounts.guards import only_terminal
from testfields.accounts.rules import OSAKAS_SYSTEM, OrganisationKind
from testfields.core.errors import InvalidInput
from testfields.web import locale

# Runs work on the portal's database; the command line puts it into click's context.
Run = Callable[[Callable[[], Coroutine[Any, Any, Any]]], Any]


@click.group()
def people() -> None:
    """Who may log in."""


@people.command("create-admin")
@only_terminal(May.ADMINISTER)
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
        raise click.ClickException(_faults(error)) from error
    click.echo(f"{folded_email(email)} may now log in.")


@click.group()
def owners() -> None:
    """Whose land it is."""


@owners.command("add")
@only_terminal(May.ADMINISTER)
@click.argument("slug")
@click.option("--name-ja", required=True, help="The name in Japanese.")
@click.option("--name-en", required=True, help="The name in English.")
@click.option("--email", required=True, help="The address for contact.")
@click.option("--corporate-number", help="The 法人番号, 13 digits.")
@click.option("--metric-crs", default=OSAKAS_SYSTEM, show_default=True, help="Plane rectangular system, EPSG code.")
@click.option(
    "--at-once", is_flag=True, help="Companies that registered themselves may apply before they are verified."
)
@click.pass_obj
def add_owner(run: Run, /, slug: str, email: str, at_once: bool, **more: Any) -> None:
    """Add an owner of land; SLUG is the name by which files of sites call it."""
    new = NewOrganisation(
        OrganisationKind.OWNER, slug, contact_email=folded_email(email), asks_verified=not at_once, **more
    )
    try:
        run(lambda: directory.add_organisation(new))
    except InvalidInput as error:
        raise click.ClickException(_faults(error)) from error
    click.echo(f"Sites of {slug} can now be imported. Its staff are added at /admin/people.")


def _faults(error: InvalidInput) -> str:
    return "\n".join(f"{one.path}: {locale.said(one.message, 'en')}" for one in error.faults)


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
