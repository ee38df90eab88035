"""What the administrator types about layers of zones. ``testfields.cli`` mounts the group `zones`.

Publishing them stands above, in the room that knows whom it concerns (reviews/zone_commands.py).
"""

import os

import rich_click as click
from rich.markup import escape
from rich.table import Table

from testfields.accounts.authority import May
from testfields.accounts.guards import only_terminal
from testfields.core.clock import now
from testfields.core.errors import N_
from testfields.sites.commands import Runner, console, terminal_language
from testfields.web import locale
from testfields.zones.service import layers


@click.group()
def zones() -> None:
    """Restrictions of law and of the neighbourhood."""
    locale.use(terminal_language(os.environ))


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
