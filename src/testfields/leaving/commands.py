"""Locking somebody out at the terminal of the portal's machine."""

import rich_click as click

from testfields.accounts import directory
from testfields.accounts.authority import May
from testfields.accounts.commands import Run
from testfields.accounts.guards import only_terminal
from testfields.core.clock import now
from testfields.core.errors import NotFound, WrongState
from testfields.leaving import service, words
from testfields.web import locale


@click.command("lock-out")
@only_terminal(May.ADMINISTER)
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def lock_out(run: Run, email: str, yes: bool) -> None:
    """Lock somebody out at once; says first what is open and who is left. The last administrator stays."""
    try:
        found: service.Leaver = run(lambda: service.find(email, now()))
    except NotFound as error:
        raise click.ClickException(locale.said(error.message, "en")) from error
    for left in found.left:
        click.echo(left.name_en)
        for told in (*words.warnings(left), *words.pending(left), *words.remains(left)):
            click.echo(f"  {locale.said(told, 'en')}")
    if not yes:
        click.confirm(f"Lock {found.email} out?", abort=True)

    async def lock() -> None:
        await directory.lock_out(found.id, now(), even_last=True)

    try:
        run(lock)
    except WrongState as error:
        raise click.ClickException(locale.said(error.message, "en")) from error
    click.echo(f"{found.email} is locked out. Browsers are logged out and API tokens revoked.")
