"""What the administrator types about layers of zones. ``testfields.cli`` mounts the group `zones`.

Publishing them stands above, in the room that knows whom it concerns (reviews/zone_commands.py).
"""

import os
import sys

import rich_click as click
from rich.markup import escape
from rich.table import Table

from testfields.accounts.authority import May
from testfields.accounts.guards import only_terminal
from testfields.core.clock import now
from testfields.core.errors import N_, PortalError
from testfields.sites.commands import Runner, console, tell, terminal_language
from testfields.web import locale
from testfields.zones.importing import end
from testfields.zones.service import layers


@click.group()
def zones() -> None:
    """Restrictions of law and of the neighbourhood."""
    locale.use(terminal_language(os.environ))


@zones.command("end")
@only_terminal(May.PUBLISH_ZONES)
@click.argument("slug")
@click.pass_obj
def end_(run: Runner, slug: str) -> None:
    """Let a layer hold no longer, without another in its place; decisions keep what they saw."""

    async def ended() -> None:
        await end(slug, now())

    try:
        run(ended)
    except PortalError as error:
        tell(error)
        sys.exit(1)
    console.print(locale.translate(N_("“%(slug)s” holds no longer."), slug=slug))


@zones.command("list")
@only_terminal(May.PUBLISH_ZONES)
@click.pass_obj
def list_(run: Runner) -> None:
    """The layers that hold now, with their source and the day they are of."""
    table = Table(*(locale.translate(one) for one in COLUMNS))
    for one in run(lambda: layers(now())):
        told = (one.slug, one.kind, locale.named(one, "name"), str(one.zones), one.as_of.isoformat(), one.source)
        table.add_row(*(escape(cell) for cell in told))
    console.print(table)


COLUMNS = (N_("Slug"), N_("Kind"), N_("Name"), N_("Zones"), N_("As of"), N_("Source"))
